import { z } from 'zod';
import { answer, refuse } from '../../http/answer.ts';
import { rowId } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { refusalOf } from './refusals.ts';

export const dial = route({
  method: 'post',
  path: '/operator/calls',
  roles: ['operator'],
  summary: 'Call the contact on the screen',
  body: z.object({ contactId: rowId }),
  answers: { 201: '{callId}: the controller took it', 202: 'no controller answered in 2 s; the cockpit will tell' },
  async handle({ house: { requests, config }, body: { contactId }, user }) {
    const result = await requests.ask({ switchId: config.switch.id, operatorId: user.id, kind: 'dial', payload: { contactId }, askedAt: user.askedAt });
    if (!result) return answer({ pending: true }, 202);
    return result.ok ? answer({ callId: result.callId }, 201) : refuse(409, result.code, result.detail ?? refusalOf(result.code));
  },
});
