import { promisify } from 'node:util';
import { endUserSession } from '../../../platform/postgres/user-sessions.ts';
import { audit, userOf } from '../../accounts/logins.ts';
import { noContent } from '../../http/answer.ts';
import { route } from '../../http/route.ts';

export const signOut = route({
  method: 'delete',
  path: '/session',
  roles: 'anyone',
  summary: 'Sign out; the pages of this session lose their socket',
  answers: { 204: 'signed out' },
  async handle({ house, request }) {
    const { userId, loginId } = request.session;
    const user = await userOf(house, request.session);
    if (user && userId !== undefined && loginId !== undefined) {
      await house.db.transaction(async (tx) => {
        await endUserSession(tx, { userId, sessionId: loginId });
        await audit(tx, request, user, { action: 'signedOut', subject: 'user', subjectId: userId });
      });
    }
    await promisify(request.session.destroy.bind(request.session))();
    if (userId !== undefined) house.accountChanged(userId);
    return noContent();
  },
});
