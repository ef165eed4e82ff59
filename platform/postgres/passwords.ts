import type { Db } from './database.ts';

export async function readPasswordHash(db: Db, { userId }: { userId: string }): Promise<string | undefined> {
  const row = (await db('users').where({ id: userId }).first('password_hash')) as { password_hash: string } | undefined;
  return row?.password_hash;
}

/** A new password; links for a forgotten one are over. */
export async function changePassword(tx: Db, { userId, passwordHash }: { userId: string; passwordHash: string }): Promise<void> {
  await tx('users').where({ id: userId }).update({ password_hash: passwordHash, password_changed_at: tx.fn.now() });
  await tx('password_resets').where({ user_id: userId }).delete();
}

/** Keeps the hash of a link, in place of the account's earlier ones. Old ones go. */
export async function storePasswordReset(db: Db, row: { tokenHash: string; userId: string; liveMs: number }): Promise<void> {
  await db.raw(
    `with old as (delete from password_resets where user_id = :userId or expires_at < now() - interval '1 day')
     insert into password_resets (token_hash, user_id, expires_at) values (:tokenHash, :userId, now() + :liveMs * interval '1 ms')`,
    row,
  );
}

/** Whose password the link changes, while it does. */
export async function findPasswordReset(db: Db, { tokenHash }: { tokenHash: string }): Promise<{ userId: string } | undefined> {
  const { rows } = await db.raw<{ rows: { user_id: string }[] }>('select user_id from password_resets where token_hash = ? and used_at is null and expires_at > now()', [tokenHash]);
  return rows[0] && { userId: rows[0].user_id };
}

/** A link changes one password, once. @returns false when it was used meanwhile */
export async function usePasswordReset(tx: Db, { tokenHash }: { tokenHash: string }): Promise<boolean> {
  const { rows } = await tx.raw<{ rows: unknown[] }>('update password_resets set used_at = now() where token_hash = ? and used_at is null and expires_at > now() returning user_id', [tokenHash]);
  return rows.length > 0;
}
