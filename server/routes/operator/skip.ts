import { skipContact } from '../../../platform/postgres/queue.ts';
import { answer, refuse } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { cockpitOf, cockpitWithContact } from '../../next-contact.ts';

export const skip = route({
  method: 'post',
  path: '/operator/skip',
  roles: ['operator'],
  summary: 'Put the next contact back for somebody else',
  answers: { 200: 'Cockpit, with another contact' },
  async handle({ house, user }) {
    const before = await cockpitOf(house, user.id);
    if (!before?.contact || before.call) return refuse(409, 'nothingToSkip', 'There is no contact before you that could be skipped.');
    await skipContact(house.db, { operatorId: user.id });
    const cockpit = await cockpitWithContact(house, user.id);
    house.nudges.publish({ topic: 'operator', id: user.id });
    return answer(cockpit);
  },
});
