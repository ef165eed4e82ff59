import type { Db } from './database.ts';

/**
 * Ownership of a switch: a lease with a fencing epoch. Taking it over raises the epoch, and `adoptLiveCalls` stamps the
 * new epoch on every live call, so that a write of the former owner, however late, finds no row.
 * @returns the epoch, or undefined while another owner's lease runs.
 */
export async function takeSwitch(db: Db, { switchId, ownerId, leaseMs }: { switchId: string; ownerId: string; leaseMs: number }): Promise<bigint | undefined> {
  const { rows } = await db.raw<{ rows: { epoch: string }[] }>(
    `insert into switches as s (id, epoch, owner_id, lease_until) values (:switchId, 1, :ownerId, now() + :leaseMs * interval '1 ms')
     on conflict (id) do update set epoch = s.epoch + 1, owner_id = excluded.owner_id, lease_until = excluded.lease_until, updated_at = now()
       where s.owner_id is null or s.owner_id = excluded.owner_id or s.lease_until < now()
     returning epoch`,
    { switchId, ownerId, leaseMs },
  );
  return rows[0] === undefined ? undefined : BigInt(rows[0].epoch);
}

/** @returns false when the switch is no longer this owner's: stop writing at once. */
export async function renewSwitch(db: Db, { switchId, epoch, leaseMs }: { switchId: string; epoch: bigint; leaseMs: number }): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update switches set lease_until = now() + :leaseMs * interval '1 ms' where id = :switchId and epoch = :epoch`,
    { switchId, leaseMs, epoch: String(epoch) },
  );
  return rowCount === 1;
}

/** Gives the lease back, so that the next controller need not wait for its end. */
export async function releaseSwitch(db: Db, { switchId, epoch }: { switchId: string; epoch: bigint }): Promise<void> {
  await db.raw(`update switches set owner_id = null, lease_until = null, link_up = false where id = :switchId and epoch = :epoch`, { switchId, epoch: String(epoch) });
}

/** The link's state as the screens show it. @returns the Core-UUID known before: another one means the switch restarted. */
export async function recordLink(
  db: Db,
  { switchId, epoch, up, coreUuid }: { switchId: string; epoch: bigint; up: boolean; coreUuid: string | null },
): Promise<string | null> {
  const { rows } = await db.raw<{ rows: { before: string | null }[] }>(
    `with before as (select id, core_uuid from switches where id = :switchId)
     update switches s set link_up = :up, core_uuid = coalesce(:coreUuid::text, s.core_uuid), updated_at = now()
     from before where s.id = before.id and s.epoch = :epoch returning before.core_uuid as before`,
    { switchId, epoch: String(epoch), up, coreUuid },
  );
  return rows[0]?.before ?? null;
}
