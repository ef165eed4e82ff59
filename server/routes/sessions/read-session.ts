import { answer } from '../../http/answer.ts';
import { everyRole, route } from '../../http/route.ts';
import { toSessionUser } from './sign-in.ts';

export const readSession = route({
  method: 'get',
  path: '/session',
  roles: everyRole,
  summary: 'Who am I',
  answers: { 200: '{user: SessionUser}' },
  handle: async ({ user }) => answer({ user: toSessionUser(user) }),
});
