import { z } from 'zod';
import type { ResultsPage } from '../../../domain/api.ts';
import { resultFilters } from '../../../domain/results-filter.ts';
import { countCampaigns, noCounts } from '../../../platform/postgres/campaign-counts.ts';
import { ownsCampaign } from '../../../platform/postgres/campaigns.ts';
import { listResults, type ResultsCursor } from '../../../platform/postgres/results.ts';
import { answer, badField, notFound } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

const cursorShape = z.tuple([z.string().regex(/^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/), z.uuid()]);

export const results = route({
  method: 'get',
  path: '/campaigns/{id}/results',
  roles: ['customer'],
  summary: 'Results, newest first, narrowed down as asked; `next` of a page is the `cursor` of the following one',
  params: ofRow,
  query: z.object({ ...resultFilters, cursor: z.string().max(200).optional(), limit: z.coerce.number('a number from 1 to 200').int().min(1, 'at least 1').max(200, 'at most 200').default(50) }),
  answers: { 200: 'ResultsPage' },
  async handle({ house: { db }, params, query, user }) {
    const own = { customerId: tenantOf(user), campaignId: params.id };
    const { cursor, limit, ...filters } = query;
    const after = cursor === undefined ? null : readCursor(cursor);
    if (after === undefined) return badField('cursor', 'use `next` of the page before as it is');
    if (!(await ownsCampaign(db, own))) return notFound('The campaign');
    const [page, counts] = await Promise.all([listResults(db, { ...own, filters, after, limit }), countCampaigns(db, own)]);
    const body: ResultsPage = { now: new Date().toISOString(), results: page.results, next: page.next && writeCursor(page.next), counts: counts.get(params.id) ?? noCounts };
    return answer(body);
  },
});

const writeCursor = ({ createdAt, id }: ResultsCursor): string => Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');

function readCursor(text: string): ResultsCursor | undefined {
  try {
    const read = cursorShape.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return read.success ? { createdAt: read.data[0], id: read.data[1] } : undefined;
  } catch {
    return undefined;
  }
}
