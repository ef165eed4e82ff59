import { ownsCampaign } from '../../../platform/postgres/campaigns.ts';
import { listLists as list } from '../../../platform/postgres/lists.ts';
import { answer, notFound } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { prepareThread } from '../../imports/spare-thread.ts';
import { tenantOf } from './tenant.ts';

export const listLists = route({
  method: 'get',
  path: '/campaigns/{id}/lists',
  roles: ['customer'],
  summary: 'The uploads of a campaign, newest first',
  params: ofRow,
  answers: { 200: '{lists: ListResult[]}' },
  async handle({ house: { db }, params, user }) {
    const own = { customerId: tenantOf(user), campaignId: params.id };
    // Who looks at a campaign's lists is about to send one.
    void prepareThread();
    return (await ownsCampaign(db, own)) ? answer({ lists: await list(db, own) }) : notFound('The campaign');
  },
});
