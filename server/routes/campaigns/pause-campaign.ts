import { pauseCampaign as pause } from '../../../platform/postgres/campaigns.ts';
import { audit } from '../../accounts/logins.ts';
import { answer, notFound, refuse } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

export const pauseCampaign = route({
  method: 'post',
  path: '/campaigns/{id}/pause',
  roles: ['customer'],
  summary: 'No new calls; those under way live on',
  params: ofRow,
  answers: { 200: '{state}' },
  async handle({ house: { db, nudges }, params, user, request }) {
    const state = await db.transaction(async (tx) => {
      const after = await pause(tx, { customerId: tenantOf(user), campaignId: params.id });
      if (after === 'paused') await audit(tx, request, user, { action: 'campaignPaused', subject: 'campaign', subjectId: params.id });
      return after;
    });
    if (state === undefined) return notFound('The campaign');
    if (state !== 'paused') return refuse(409, 'notRunning', 'Only a running campaign can be paused.');
    nudges.publish({ topic: 'pool' });
    nudges.publish({ topic: 'campaign', id: params.id });
    return answer({ state });
  },
});
