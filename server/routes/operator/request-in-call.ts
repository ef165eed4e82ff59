import { z } from 'zod';
import { callRequestKinds } from '../../../domain/api.ts';
import { findOwnCall } from '../../../platform/postgres/notes.ts';
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
  async handle({ house: { db, requests }, params, body: { kind }, user }) {
    const call = await findOwnCall(db, { callId: params.id, operatorId: user.id });
    if (!call) return notFound('The call');
    const result = await requests.ask({ switchId: call.switchId, operatorId: user.id, callId: params.id, kind, askedAt: user.askedAt });
    if (!result) return answer({ pending: true }, 202);
    return result.ok ? answer({ ok: true }) : refuse(409, result.code, result.detail ?? refusalOf(result.code));
  },
});
