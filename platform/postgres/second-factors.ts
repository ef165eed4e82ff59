import type { Db } from './database.ts';

export interface Totp { readonly secretSealed: string; readonly confirmedAt: Date | null }

/** The account's second factor; one that is not confirmed yet protects nothing. */
export async function readTotp(db: Db, { userId }: { userId: string }): Promise<Totp | undefined> {
  const row = (await db('user_totp').where({ user_id: userId }).first('secret_sealed', 'confirmed_at')) as { secret_sealed: string; confirmed_at: Date | null } | undefined;
  return row && { secretSealed: row.secret_sealed, confirmedAt: row.confirmed_at };
}

/** A new secret to be confirmed, in place of one that never was. @returns false when a confirmed one is there */
export async function offerTotp(db: Db, { userId, secretSealed }: { userId: string; secretSealed: string }): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `insert into user_totp as t (user_id, secret_sealed) values (:userId, :secretSealed)
     on conflict (user_id) do update set secret_sealed = excluded.secret_sealed, created_at = now(), last_step = 0 where t.confirmed_at is null returning user_id`,
    { userId, secretSealed },
  );
  return rows.length > 0;
}

/** The first right code confirms the secret that was offered. @returns false when it was confirmed meanwhile, or another was offered */
export async function confirmTotp(tx: Db, { userId, secretSealed, step }: { userId: string; secretSealed: string; step: number }): Promise<boolean> {
  const { rows } = await tx.raw<{ rows: unknown[] }>(
    'update user_totp set confirmed_at = now(), last_step = :step where user_id = :userId and secret_sealed = :secretSealed and confirmed_at is null returning user_id',
    { userId, secretSealed, step },
  );
  return rows.length > 0;
}

/** Uses up the code of this time step and those before it. @returns false when it was used already */
export async function useTotpStep(db: Db, { userId, step }: { userId: string; step: number }): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>('update user_totp set last_step = :step where user_id = :userId and confirmed_at is not null and last_step < :step returning user_id', { userId, step });
  return rows.length > 0;
}

export async function removeTotp(tx: Db, { userId }: { userId: string }): Promise<void> {
  await tx('recovery_codes').where({ user_id: userId }).delete();
  await tx('user_totp').where({ user_id: userId }).delete();
}

/** These instead of those before them. */
export async function replaceRecoveryCodes(tx: Db, { userId, hashes }: { userId: string; hashes: readonly string[] }): Promise<void> {
  await tx('recovery_codes').where({ user_id: userId }).delete();
  await tx('recovery_codes').insert(hashes.map((code_hash) => ({ user_id: userId, code_hash })));
}

/** @returns false when it is none of the account's, or was used already */
export async function useRecoveryCode(db: Db, { userId, codeHash }: { userId: string; codeHash: string }): Promise<boolean> {
  return (await db('recovery_codes').where({ user_id: userId, code_hash: codeHash, used_at: null }).update({ used_at: db.fn.now() })) === 1;
}

export async function countRecoveryCodes(db: Db, { userId }: { userId: string }): Promise<number> {
  const row = (await db('recovery_codes').where({ user_id: userId, used_at: null }).count({ left: '*' }).first()) as { left: string } | undefined;
  return Number(row?.left ?? 0);
}

/** Which of these accounts have no second factor yet, in the order given. */
export async function listWithoutTotp(db: Db, emails: readonly string[]): Promise<string[]> {
  const rows = (await db('users as u').join('user_totp as t', 't.user_id', 'u.id').whereNotNull('t.confirmed_at').whereIn('u.email', [...emails]).select('u.email')) as { email: string }[];
  return emails.filter((email) => rows.every((row) => row.email !== email));
}
