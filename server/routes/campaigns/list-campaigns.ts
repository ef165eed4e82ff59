import { listCampaigns as list } from '../../../platform/postgres/campaign-counts.ts';
import { answer } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

export const listCampaigns = route({
  method: 'get',
  path: '/campaigns',
  roles: ['customer'],
  summary: 'Your campaigns, newest first',
  answers: { 200: '{campaigns: CampaignSummary[], lineRecords: boolean}' },
  handle: async ({ house, user }) => answer({ campaigns: await list(house.db, { customerId: tenantOf(user) }), lineRecords: !house.config.switch.standIn }),
});
