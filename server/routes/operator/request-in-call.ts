import { z } from 'zod';
import { callRequestKinds } from '../../../domain/api.ts';
import { answer, notFound, refuse } from '../../http/answer.ts';
import { ofCall } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { refusalOf } from './refusals.ts';

export const requestInCall = route({
  method: 'post',
  path: '/operator/calls/{id}/requests',
  roles: ['operator'],
  summary: 'Hang up, transfer, hand over, return',
  params: ofCall,
  body: z.object({ kind: z.enum(callRequestKinds, `one of ${callRequestKinds.join(', ')}`) }),
  answers: { 200: 'the call’s machine took it', 202: 'no controller answered in 2 s; the cockpit will tell' },
  async handle({ house: { requests, config }, params, body: { kind }, user }) {
    const result = await requests.ask({ switchId: config.switch.id, operatorId: user.id, callId: params.id, kind, askedAt: user.askedAt });
    if (!result) return answer({ pending: true }, 202);
    if (!result.ok && result.code === 'noSuchCall') return notFound('The call');
    return result.ok ? answer({ ok: true }) : refuse(409, result.code, result.detail ?? refusalOf(result.code));
  },
});
