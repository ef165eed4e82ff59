import { promisify } from 'node:util';
import { noContent } from '../../http/answer.ts';
import { route } from '../../http/route.ts';

export const signOut = route({
  method: 'delete',
  path: '/session',
  roles: 'anyone',
  summary: 'Sign out; the pages of this session lose their socket',
  answers: { 204: 'signed out' },
  async handle({ house, request }) {
    const { id } = request.session;
    await promisify(request.session.destroy.bind(request.session))();
    house.sessionEnded(id);
    return noContent();
  },
});
