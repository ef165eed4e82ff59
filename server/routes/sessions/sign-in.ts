import { z } from 'zod';
import type { SessionUser } from '../../../domain/api.ts';
import { findUserByEmail, type User } from '../../../platform/postgres/users.ts';
import { audit, openLogin, renewSession } from '../../accounts/logins.ts';
import { pendingMs, secondStepOf } from '../../accounts/second-step.ts';
import { networkOf } from '../../http/address.ts';
import { answer, refuse, type Refusal } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { isPassword } from './password.ts';

export const emailField = z.string('give your e-mail address').trim().toLowerCase().min(3, 'give your e-mail address').max(254, 'at most 254 characters');
const body = z.object({
  email: emailField,
  password: z.string('give your password').min(1, 'give your password').max(1_024, 'at most 1,024 characters'),
});

export const toSessionUser = ({ id, name, email, role }: User): SessionUser => ({ id, name, email, role });

export const tooManyAttempts = (waitMs: number): Refusal => {
  const retryAfter = Math.ceil(waitMs / 1_000);
  return refuse(429, 'tooManyAttempts', `Too many failed attempts: try again in ${Math.ceil(retryAfter / 60)} min.`, { retryAfter });
};

export const signIn = route({
  method: 'post',
  path: '/sessions',
  roles: 'anyone',
  summary: 'Sign in. An account with a second step is not signed in by this alone: POST /sessions/totp follows',
  body,
  answers: { 201: '{user: SessionUser}, and the session cookie; or {user: null, secondStep: "code" | "enrol"}: the cookie only lets one take that step, for ten minutes' },
  async handle({ house, body: { email, password }, request }) {
    const found = await findUserByEmail(house.db, email);
    const device = found && house.devices.of(request, found.user.id);
    const guesser = device === undefined ? { account: email, address: networkOf(request) } : { device };
    // Counted before the password is looked at: guesses that come all at once are counted, too.
    const waitMs = await house.accountLimits.password.take(guesser);
    if (waitMs > 0) return tooManyAttempts(waitMs);
    const right = await isPassword(found?.passwordHash, password);
    if (!found || !right) {
      await audit(house.db, request, null, { action: 'signInFailed', ...(found ? { subject: 'user', subjectId: found.user.id, customerId: found.user.customerId } : {}) });
      return refuse(401, 'wrongCredentials', 'The e-mail or the password is wrong.');
    }
    await house.accountLimits.password.succeeded(guesser);
    const secondStep = await secondStepOf(house.db, found.user);
    if (secondStep !== 'none') {
      await renewSession(request, { pending: { userId: found.user.id, until: Date.now() + pendingMs } });
      return answer({ user: null, secondStep }, 201);
    }
    await openLogin(house, request, found.user);
    house.devices.trust(request, found.user.id);
    return answer({ user: toSessionUser(found.user) }, 201);
  },
});
