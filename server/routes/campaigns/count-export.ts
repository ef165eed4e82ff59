import { z } from 'zod';
import { resultFilters } from '../../../domain/results-filter.ts';
import { ownsCampaign } from '../../../platform/postgres/campaigns.ts';
import { countExported } from '../../../platform/postgres/exports.ts';
import { answer, notFound } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

export const countExport = route({
  method: 'get',
  path: '/campaigns/{id}/export/counts',
  roles: ['customer'],
  summary: 'How many calls and how many contacts the files of an export would have, narrowed down as asked',
  params: ofRow,
  query: z.object(resultFilters),
  answers: { 200: '{calls, contacts}' },
  async handle({ house: { db }, params, query, user }) {
    const own = { customerId: tenantOf(user), campaignId: params.id };
    if (!(await ownsCampaign(db, own))) return notFound('The campaign');
    return answer(await countExported(db, { ...own, filters: query }));
  },
});
