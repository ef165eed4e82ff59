import { readCampaign as read } from '../../../platform/postgres/campaigns.ts';
import { answer, notFound } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

export const readCampaign = route({
  method: 'get',
  path: '/campaigns/{id}',
  roles: ['customer'],
  summary: 'A campaign, whole',
  params: ofRow,
  answers: { 200: 'Campaign' },
  async handle({ house, params, user }) {
    const campaign = await read(house.db, { customerId: tenantOf(user), campaignId: params.id });
    return campaign ? answer({ ...campaign, lineRecords: !house.config.switch.standIn }) : notFound('The campaign');
  },
});
