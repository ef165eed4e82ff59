import { z } from 'zod';
import { changePassword, findPasswordReset, usePasswordReset } from '../../../platform/postgres/passwords.ts';
import { endUserSessions } from '../../../platform/postgres/user-sessions.ts';
import { readUser } from '../../../platform/postgres/users.ts';
import { audit } from '../../accounts/logins.ts';
import { notifyOwner } from '../../accounts/notices.ts';
import { weakness, weaknessText } from '../../accounts/password-rules.ts';
import { networkOf } from '../../http/address.ts';
import { badField, noContent, refuse } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { hashOfToken, tokenShape } from '../../manager-links.ts';
import { hashPassword } from '../sessions/password.ts';
import { tooManyAttempts } from '../sessions/sign-in.ts';

/** The lengths and the words are judged by `weakness`, which knows whose password it is. */
export const newPasswordField = z.string('give the new password').max(1_024, weaknessText.tooLong);
const linkOver = () => refuse(404, 'linkOver', 'This link was used, is older than 30 minutes or never was: ask for another.');

export const resetPassword = route({
  method: 'post',
  path: '/passwords/reset',
  roles: 'anyone',
  summary: 'A new password by the link of a letter; ends every session of the account. A second factor stays',
  body: z.object({ token: z.string().max(100), password: newPasswordField }),
  answers: { 204: 'changed; sign in with it' },
  async handle({ house, body: { token, password }, request }) {
    const { db, accountLimits } = house;
    const address = networkOf(request);
    const waitMs = await accountLimits.resets.take(address);
    if (waitMs > 0) return tooManyAttempts(waitMs);
    const tokenHash = hashOfToken(token);
    const found = tokenShape.test(token) ? await findPasswordReset(db, { tokenHash }) : undefined;
    const user = found && (await readUser(db, found.userId));
    if (!user) return linkOver();
    await accountLimits.resets.giveBack(address);
    const weak = weakness(password, [user.email, user.name]);
    if (weak) return badField('password', weaknessText[weak], 422, `password.${weak}`);
    const passwordHash = await hashPassword(password);
    const done = await db.transaction(async (tx) => {
      if (!(await usePasswordReset(tx, { tokenHash }))) return false;
      await changePassword(tx, { userId: user.id, passwordHash });
      await endUserSessions(tx, { userId: user.id, except: null });
      await audit(tx, request, null, { action: 'passwordReset', subject: 'user', subjectId: user.id, customerId: user.customerId });
      return true;
    });
    if (!done) return linkOver();
    house.accountChanged(user.id);
    notifyOwner(house, request, user, 'password');
    return noContent();
  },
});
