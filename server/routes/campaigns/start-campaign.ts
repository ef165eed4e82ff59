import { startCampaign as start, type Missing } from '../../../platform/postgres/campaigns.ts';
import { audit } from '../../accounts/logins.ts';
import { answer, notFound, refuse } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

const remedies: Readonly<Record<Missing, { field: string; message: string }>> = {
  script: { field: 'script', message: 'write the script first: the operators read from it' },
  contacts: { field: 'lists', message: 'upload a list with at least one accepted contact first' },
};

export const startCampaign = route({
  method: 'post',
  path: '/campaigns/{id}/start',
  roles: ['customer'],
  summary: 'Open the campaign to the operators: it needs contacts and a script',
  params: ofRow,
  answers: { 200: '{state}' },
  async handle({ house: { db, nudges }, params, user, request }) {
    const started = await db.transaction(async (tx) => {
      const done = await start(tx, { customerId: tenantOf(user), campaignId: params.id });
      if (done.ok) await audit(tx, request, user, { action: 'campaignStarted', subject: 'campaign', subjectId: params.id });
      return done;
    });
    if (!started.ok) {
      if (started.code === 'notFound') return notFound('The campaign');
      if (started.code === 'finished') return refuse(409, 'finished', 'A finished campaign does not start again: make a new one.');
      return refuse(409, 'notReady', 'The campaign cannot start yet.', { fields: started.missing.map((missing) => remedies[missing]) });
    }
    nudges.publish({ topic: 'pool' });
    nudges.publish({ topic: 'campaign', id: params.id });
    return answer({ state: 'running' });
  },
});
