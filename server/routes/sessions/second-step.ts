import type { Request } from 'express';
import { z } from 'zod';
import { offerTotp, readTotp } from '../../../platform/postgres/second-factors.ts';
import { readUser, type User } from '../../../platform/postgres/users.ts';
import { sealedWith } from '../../accounts/house-key.ts';
import { audit, openLogin } from '../../accounts/logins.ts';
import { notifyOwner } from '../../accounts/notices.ts';
import { enrol, needsSecondFactor, secondStepOf, takeCode } from '../../accounts/second-step.ts';
import { newTotpSecret, sealTotp, totpUri } from '../../accounts/totp.ts';
import type { House } from '../../house.ts';
import { networkOf } from '../../http/address.ts';
import { answer, badField, refuse, type Refusal } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { toSessionUser, tooManyAttempts } from './sign-in.ts';

export const codeField = z.string('give the code').trim().min(6, 'six digits from the app, or a recovery code').max(40, 'six digits from the app, or a recovery code');
export const wrongCode = (): Refusal => badField('code', 'this code is wrong, was used already or is over: take the next one', 422, 'wrongCode');

/** Who gave the right password a moment ago. */
async function pendingUser({ db }: Pick<House, 'db'>, request: Request): Promise<User | Refusal> {
  const { pending } = request.session;
  const user = pending && pending.until > Date.now() ? await readUser(db, pending.userId) : undefined;
  return user ?? refuse(401, 'signInFirst', 'Give e-mail and password first; the second step follows within ten minutes.');
}

export const beginEnrolment = route({
  method: 'post',
  path: '/sessions/totp/enrolment',
  roles: 'anyone',
  summary: 'At the first sign-in of a role that must have a second factor: a secret for the authenticator app',
  answers: { 201: '{secret, uri}: as text and for a QR code; POST /sessions/totp with the first code confirms it' },
  async handle({ house, request }) {
    const user = await pendingUser(house, request);
    if ('refused' in user) return user;
    return offerSecret(house, user);
  },
});

/** A new secret for the app; it counts once its first code was given. */
export async function offerSecret({ db, secretKey }: Pick<House, 'db' | 'secretKey'>, user: User) {
  const secret = newTotpSecret();
  await sealedWith(db, secretKey);
  if (!(await offerTotp(db, { userId: user.id, secretSealed: sealTotp(secretKey, user.id, secret) }))) return refuse(409, 'enrolledAlready', 'This account has a second factor already.');
  return answer({ secret, uri: totpUri(secret, user.email) }, 201);
}

export const takeSecondStep = route({
  method: 'post',
  path: '/sessions/totp',
  roles: 'anyone',
  summary: 'The second step of a sign-in: a code of the authenticator app, or a recovery code. The first one confirms an enrolment',
  body: z.object({ code: codeField }),
  answers: { 201: '{user: SessionUser, recoveryCodes: string[] | null}, and the session cookie; the codes are shown this once, after an enrolment' },
  async handle({ house, body: { code }, request }) {
    const user = await pendingUser(house, request);
    if ('refused' in user) return user;
    const device = house.devices.of(request, user.id);
    const guesser = device === undefined ? { account: user.id, address: networkOf(request) } : { device };
    const waitMs = await house.accountLimits.code.take(guesser);
    if (waitMs > 0) return tooManyAttempts(waitMs);
    const step = await secondStepOf(house.db, user);
    const done = step === 'code' ? await enter(house, request, user, code) : await enrolAtSignIn(house, request, user, code);
    if (!done) {
      await audit(house.db, request, null, { action: 'totpFailed', subject: 'user', subjectId: user.id, customerId: user.customerId });
      return wrongCode();
    }
    await house.accountLimits.code.succeeded(guesser);
    await openLogin(house, request, user, { secondStep: done.how });
    house.devices.trust(request, user.id);
    return answer({ user: toSessionUser(user), recoveryCodes: done.recoveryCodes }, 201);
  },
});

interface Done { readonly how: 'totp' | 'recovery' | 'enrolled'; readonly recoveryCodes: readonly string[] | null }

async function enter(house: House, request: Request, user: User, code: string): Promise<Done | undefined> {
  const how = await takeCode(house, user.id, code);
  if (how === 'recovery') {
    await audit(house.db, request, user, { action: 'recoveryCodeUsed', subject: 'user', subjectId: user.id });
    notifyOwner(house, request, user, 'recoveryCodeUsed');
  }
  return how && { how, recoveryCodes: null };
}

/** Only an account whose role asks for it, and that has none: nobody else comes here with a pending sign-in. */
async function enrolAtSignIn(house: House, request: Request, user: User, code: string): Promise<Done | undefined> {
  if (!needsSecondFactor(user) || !(await readTotp(house.db, { userId: user.id }))) return undefined;
  const recoveryCodes = await house.db.transaction(async (tx) => {
    const codes = await enrol(tx, house.secretKey, user.id, code);
    if (codes) await audit(tx, request, user, { action: 'totpEnrolled', subject: 'user', subjectId: user.id });
    return codes;
  });
  if (!recoveryCodes) return undefined;
  notifyOwner(house, request, user, 'totpOn');
  return { how: 'enrolled', recoveryCodes };
}
