import { z } from 'zod';
import type { Request } from 'express';
import { changePassword, readPasswordHash } from '../../../platform/postgres/passwords.ts';
import { endUserSessions } from '../../../platform/postgres/user-sessions.ts';
import type { User } from '../../../platform/postgres/users.ts';
import { audit, renewSession } from '../../accounts/logins.ts';
import { notifyOwner } from '../../accounts/notices.ts';
import { weakness, weaknessText } from '../../accounts/password-rules.ts';
import type { House } from '../../house.ts';
import { badField, noContent, type Refusal } from '../../http/answer.ts';
import { everyRole, route } from '../../http/route.ts';
import { newPasswordField } from '../passwords/reset.ts';
import { hashPassword, isPassword } from '../sessions/password.ts';
import { tooManyAttempts } from '../sessions/sign-in.ts';

export const ownPasswordField = z.string('give your password').min(1, 'give your password').max(1_024, 'at most 1,024 characters');

/** Whoever sits down at an open page does not change what protects the account. @returns undefined when the password is right */
export async function refuseWrongPassword({ db, accountLimits }: Pick<House, 'db' | 'accountLimits'>, user: User, password: string, field = 'password'): Promise<Refusal | undefined> {
  const waitMs = await accountLimits.ownPassword.take(user.id);
  if (waitMs > 0) return tooManyAttempts(waitMs);
  if (!(await isPassword(await readPasswordHash(db, { userId: user.id }), password))) return badField(field, 'this is not your password', 422, 'wrongPassword');
  await accountLimits.ownPassword.forget(user.id);
  return undefined;
}

export const changeOwnPassword = route({
  method: 'post',
  path: '/account/password',
  roles: everyRole,
  summary: 'Change the own password; every other session of the account ends',
  body: z.object({ current: ownPasswordField, next: newPasswordField }),
  answers: { 204: 'changed; this session goes on under a new id' },
  async handle({ house, body: { current, next }, user, request }) {
    const refused = await refuseWrongPassword(house, user, current, 'current');
    if (refused) return refused;
    const weak = weakness(next, [user.email, user.name]);
    if (weak) return badField('next', weaknessText[weak], 422, `password.${weak}`);
    const passwordHash = await hashPassword(next);
    const loginId = request.session.loginId ?? null;
    await house.db.transaction(async (tx) => {
      await changePassword(tx, { userId: user.id, passwordHash });
      await endUserSessions(tx, { userId: user.id, except: loginId });
      await audit(tx, request, user, { action: 'passwordChanged', subject: 'user', subjectId: user.id });
    });
    await keepSession(request);
    house.accountChanged(user.id);
    notifyOwner(house, request, user, 'password');
    return noContent();
  },
});

/** The same login under a new session id. */
async function keepSession(request: Request): Promise<void> {
  const { userId, loginId, signedInAt, manager } = request.session;
  await renewSession(request, { ...(userId && loginId && signedInAt ? { userId, loginId, signedInAt } : {}), ...(manager ? { manager } : {}) });
}
