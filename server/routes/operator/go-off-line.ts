import { withdrawLegCredentials } from '../../../platform/postgres/leg-credentials.ts';
import { releaseClaim } from '../../../platform/postgres/queue.ts';
import { answer, noContent, refuse } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { refusalOf } from './refusals.ts';

export const goOffLine = route({
  method: 'delete',
  path: '/operator/phone',
  roles: ['operator'],
  summary: 'Go off line; between calls only',
  answers: { 204: 'off line', 202: 'asked for; no controller answered in 2 s' },
  async handle({ house: { db, nudges, requests, config }, user }) {
    const operatorId = user.id;
    const { leg } = await withdrawLegCredentials(db, { operatorId });
    if (leg !== null) {
      const result = await requests.ask({ switchId: config.switch.id, operatorId, kind: 'endLeg', payload: { leg }, askedAt: user.askedAt });
      if (result && !result.ok) return refuse(409, result.code, result.detail ?? refusalOf(result.code));
      if (!result) return answer({ pending: true }, 202);
    }
    await releaseClaim(db, { operatorId });
    nudges.publish({ topic: 'operator', id: operatorId });
    return noContent();
  },
});
