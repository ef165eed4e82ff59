import { z } from 'zod';
import { readTotp, removeTotp } from '../../../platform/postgres/second-factors.ts';
import type { User } from '../../../platform/postgres/users.ts';
import { audit } from '../../accounts/logins.ts';
import { notifyOwner } from '../../accounts/notices.ts';
import { enrol, makeRecoveryCodes, needsSecondFactor, takeCode } from '../../accounts/second-step.ts';
import type { House } from '../../house.ts';
import { answer, noContent, refuse, type Refusal } from '../../http/answer.ts';
import { everyRole, route } from '../../http/route.ts';
import { codeField, offerSecret, wrongCode } from '../sessions/second-step.ts';
import { tooManyAttempts } from '../sessions/sign-in.ts';
import { ownPasswordField, refuseWrongPassword } from './own-password.ts';

const passwordAndCode = z.object({ password: ownPasswordField, code: codeField });

export const offerSecondFactor = route({
  method: 'post',
  path: '/account/totp',
  roles: everyRole,
  summary: 'A secret for the authenticator app; it counts once its first code was given',
  body: z.object({ password: ownPasswordField }),
  answers: { 201: '{secret, uri}' },
  async handle({ house, body: { password }, user }) {
    return (await refuseWrongPassword(house, user, password)) ?? offerSecret(house, user);
  },
});

export const confirmSecondFactor = route({
  method: 'post',
  path: '/account/totp/confirm',
  roles: everyRole,
  summary: 'The first code of the app: from now on one is asked for at sign-in',
  body: z.object({ code: codeField }),
  answers: { 201: '{recoveryCodes: string[]}: shown this once' },
  async handle({ house, body: { code }, user, request }) {
    const waitMs = await house.accountLimits.code.take({ device: `own ${user.id}` });
    if (waitMs > 0) return tooManyAttempts(waitMs);
    const recoveryCodes = await house.db.transaction(async (tx) => {
      const codes = await enrol(tx, house.secretKey, user.id, code);
      if (codes) await audit(tx, request, user, { action: 'totpEnrolled', subject: 'user', subjectId: user.id });
      return codes;
    });
    if (!recoveryCodes) return wrongCode();
    await house.accountLimits.code.succeeded({ device: `own ${user.id}` });
    notifyOwner(house, request, user, 'totpOn');
    return answer({ recoveryCodes }, 201);
  },
});

/** Password and a code: what the change of a second factor takes. */
async function refuseUnproven(house: House, user: User, { password, code }: z.output<typeof passwordAndCode>): Promise<Refusal | undefined> {
  if (!(await readTotp(house.db, { userId: user.id }))?.confirmedAt) return refuse(409, 'noSecondFactor', 'This account has no second factor.');
  const refused = await refuseWrongPassword(house, user, password);
  if (refused) return refused;
  const waitMs = await house.accountLimits.code.take({ device: `own ${user.id}` });
  if (waitMs > 0) return tooManyAttempts(waitMs);
  if (!(await takeCode(house, user.id, code))) return wrongCode();
  await house.accountLimits.code.succeeded({ device: `own ${user.id}` });
  return undefined;
}

export const removeSecondFactor = route({
  method: 'post',
  path: '/account/totp/remove',
  roles: everyRole,
  summary: 'Sign in without a code again; not for moderators and administrators',
  body: passwordAndCode,
  answers: { 204: 'removed, the recovery codes too' },
  async handle({ house, body, user, request }) {
    if (needsSecondFactor(user)) return refuse(409, 'secondFactorObligatory', 'Your role always signs in with a code. A new telephone: ask another administrator.');
    const refused = await refuseUnproven(house, user, body);
    if (refused) return refused;
    await house.db.transaction(async (tx) => {
      await removeTotp(tx, { userId: user.id });
      await audit(tx, request, user, { action: 'totpRemoved', subject: 'user', subjectId: user.id });
    });
    notifyOwner(house, request, user, 'totpOff');
    return noContent();
  },
});

export const renewRecoveryCodes = route({
  method: 'post',
  path: '/account/recovery-codes',
  roles: everyRole,
  summary: 'Ten new recovery codes; those before open nothing any more',
  body: passwordAndCode,
  answers: { 201: '{recoveryCodes: string[]}: shown this once' },
  async handle({ house, body, user, request }) {
    const refused = await refuseUnproven(house, user, body);
    if (refused) return refused;
    const recoveryCodes = await house.db.transaction(async (tx) => {
      await audit(tx, request, user, { action: 'recoveryCodesMade', subject: 'user', subjectId: user.id });
      return makeRecoveryCodes(tx, house.secretKey, user.id);
    });
    notifyOwner(house, request, user, 'recoveryCodesMade');
    return answer({ recoveryCodes }, 201);
  },
});
