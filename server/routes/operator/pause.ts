import { z } from 'zod';
import { setPause } from '../../../platform/postgres/operators.ts';
import { answer, refuse } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { cockpitWithContact } from '../../next-contact.ts';
import { refusalOf } from './refusals.ts';

export const pause = route({
  method: 'post',
  path: '/operator/pause',
  roles: ['operator'],
  summary: 'Pause or go on; in a call the pause begins after its wrap-up',
  body: z.object({ paused: z.boolean('true or false'), reason: z.string().trim().max(60, 'at most 60 characters').default('own') }),
  answers: { 200: 'Cockpit' },
  async handle({ house, body: { paused, reason }, user }) {
    const state = await setPause(house.db, { operatorId: user.id, paused, reason: reason || 'own' });
    if (state === undefined || state === 'offline' || state === 'connecting') return refuse(409, 'notOnLine', refusalOf('notOnLine'));
    const cockpit = await cockpitWithContact(house, user.id);
    house.nudges.publish({ topic: 'operator', id: user.id });
    return answer(cockpit);
  },
});
