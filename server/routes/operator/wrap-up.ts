import { z } from 'zod';
import { extendWrapUp, stopWrapUpCountdown } from '../../../platform/postgres/operators.ts';
import { findOwnCall } from '../../../platform/postgres/notes.ts';
import { answer, notFound, refuse } from '../../http/answer.ts';
import { ofCall } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { cockpitOf } from '../../next-contact.ts';

const extensionMs = 30_000;

export const wrapUp = route({
  method: 'post',
  path: '/operator/calls/{id}/wrap-up',
  roles: ['operator'],
  summary: 'More time: 30 s, at most ten times, or no countdown at all',
  params: ofCall,
  body: z.union([z.object({ extend: z.literal(true) }), z.object({ countdown: z.literal(false) })], 'send {"extend": true} or {"countdown": false}'),
  answers: { 200: 'Cockpit' },
  async handle({ house, params, body, user }) {
    const { db, nudges } = house;
    const own = { operatorId: user.id, callId: params.id };
    if (!(await findOwnCall(db, own))) return notFound('The call');
    const done = 'extend' in body ? await extendWrapUp(db, { ...own, byMs: extensionMs }) : await stopWrapUpCountdown(db, own);
    if (!done) return refuse(409, 'noMoreTime', 'This call is not in wrap-up with a countdown, or it was extended ten times.');
    nudges.publish({ topic: 'operator', id: user.id });
    return answer(await cockpitOf(house, user.id));
  },
});
