import { campaignInputSchema } from '../../../domain/campaign.ts';
import { createCampaign as create } from '../../../platform/postgres/campaigns.ts';
import { checkLogins, checkNumbers, draftOf } from '../../campaign-draft.ts';
import { answer } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

export const createCampaign = route({
  method: 'post',
  path: '/campaigns',
  roles: ['customer'],
  summary: 'Make a campaign: a draft until it is started',
  body: campaignInputSchema,
  answers: { 201: '{id}' },
  async handle({ house: { db, config }, body, user }) {
    const draft = draftOf(body, config.switch.sipHosts);
    if ('refused' in draft) return draft;
    const customerId = tenantOf(user);
    const wrongLogin = await checkLogins(db, customerId, draft);
    if (wrongLogin) return wrongLogin;
    const wrongNumber = await checkNumbers(db, draft, draft.destinations);
    if (wrongNumber) return wrongNumber;
    return answer(await create(db, { customerId, userId: user.id, draft }), 201);
  },
});
