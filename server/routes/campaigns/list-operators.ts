import { ownsCampaign } from '../../../platform/postgres/campaigns.ts';
import { listResultOperators } from '../../../platform/postgres/results.ts';
import { answer, notFound } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

export const listOperators = route({
  method: 'get',
  path: '/campaigns/{id}/operators',
  roles: ['customer'],
  summary: 'Who has called in a campaign',
  params: ofRow,
  answers: { 200: '{operators: {id, name}[]}' },
  async handle({ house: { db }, params, user }) {
    const own = { customerId: tenantOf(user), campaignId: params.id };
    return (await ownsCampaign(db, own)) ? answer({ operators: await listResultOperators(db, own) }) : notFound('The campaign');
  },
});
