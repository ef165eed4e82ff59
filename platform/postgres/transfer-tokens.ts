import type { Db } from './database.ts';

/** Keeps the hash of a link for one transfer, while that transfer rings. */
export async function storeTransferToken(db: Db, { tokenHash, transferId, liveMs }: { tokenHash: string; transferId: string; liveMs: number }): Promise<void> {
  await db.raw(
    `with old as (delete from transfer_tokens where expires_at < now() - interval '1 hour')
     insert into transfer_tokens (token_hash, transfer_id, expires_at) values (:tokenHash, :transferId, now() + :liveMs * interval '1 ms')`,
    { tokenHash, transferId, liveMs },
  );
}

/** A link is exchanged once. @returns undefined when it was used, has expired or never was. */
export async function useTransferToken(db: Db, { tokenHash }: { tokenHash: string }): Promise<{ transferId: string } | undefined> {
  const { rows } = await db.raw<{ rows: { transfer_id: string }[] }>(
    `update transfer_tokens set used_at = now() where token_hash = :tokenHash and used_at is null and expires_at > now() returning transfer_id`,
    { tokenHash },
  );
  return rows[0] && { transferId: rows[0].transfer_id };
}
