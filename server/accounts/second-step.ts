import type { Db } from '../../platform/postgres/database.ts';
import { confirmTotp, readTotp, replaceRecoveryCodes, useRecoveryCode, useTotpStep } from '../../platform/postgres/second-factors.ts';
import type { User } from '../../platform/postgres/users.ts';
import type { House } from '../house.ts';
import { hashRecoveryCode, newRecoveryCodes, openTotp, stepOfCode } from './totp.ts';

/** A sign-in between its two steps, kept in the session: it opens nothing. */
export interface PendingSignIn { readonly userId: string; readonly until: number }
export const pendingMs = 600_000;

/** `code`: the account has a second factor. `enrol`: its role must have one, and has none yet. */
export type SecondStep = 'code' | 'enrol' | 'none';

export const needsSecondFactor = ({ role }: Pick<User, 'role'>): boolean => role === 'moderator' || role === 'admin';

export async function secondStepOf(db: Db, user: User): Promise<SecondStep> {
  const totp = await readTotp(db, { userId: user.id });
  if (totp?.confirmedAt) return 'code';
  return needsSecondFactor(user) ? 'enrol' : 'none';
}

/** A right code, used up by this: of the app, or one of the recovery codes. */
export async function takeCode({ db, secretKey }: Pick<House, 'db' | 'secretKey'>, userId: string, code: string): Promise<'totp' | 'recovery' | undefined> {
  const totp = await readTotp(db, { userId });
  if (!totp?.confirmedAt) return undefined;
  const step = stepOfCode(openTotp(secretKey, userId, totp.secretSealed), code.replace(/\s/g, ''), Date.now());
  if (step !== undefined) return (await useTotpStep(db, { userId, step })) ? 'totp' : undefined;
  const codeHash = hashRecoveryCode(secretKey, userId, code);
  return codeHash !== undefined && (await useRecoveryCode(db, { userId, codeHash })) ? 'recovery' : undefined;
}

/** The first right code confirms the secret that was offered. @returns the recovery codes, shown this once */
export async function enrol(tx: Db, secretKey: House['secretKey'], userId: string, code: string): Promise<string[] | undefined> {
  const totp = await readTotp(tx, { userId });
  if (!totp || totp.confirmedAt) return undefined;
  const step = stepOfCode(openTotp(secretKey, userId, totp.secretSealed), code.replace(/\s/g, ''), Date.now());
  if (step === undefined || !(await confirmTotp(tx, { userId, secretSealed: totp.secretSealed, step }))) return undefined;
  return makeRecoveryCodes(tx, secretKey, userId);
}

/** Ten new ones instead of those before. */
export async function makeRecoveryCodes(tx: Db, secretKey: House['secretKey'], userId: string): Promise<string[]> {
  const codes = newRecoveryCodes();
  await replaceRecoveryCodes(tx, { userId, hashes: codes.flatMap((each) => hashRecoveryCode(secretKey, userId, each) ?? []) });
  return codes;
}
