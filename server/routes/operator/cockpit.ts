import { cockpitWithContact } from '../../next-contact.ts';
import { answer, notFound } from '../../http/answer.ts';
import { route } from '../../http/route.ts';

export const cockpit = route({
  method: 'get',
  path: '/operator/cockpit',
  roles: ['operator'],
  summary: 'Everything that the operator’s page shows',
  answers: { 200: 'Cockpit' },
  async handle({ house, user }) {
    const read = await cockpitWithContact(house, user.id);
    return read ? answer(read) : notFound();
  },
});
