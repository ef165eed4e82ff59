import type { Db } from './database.ts';
import { chooseSwitch, type ChosenSwitch } from './switch-service.ts';

/** Stores a page's one-use credentials, taking back the operator's earlier unused ones, and shows the operator as connecting. One transaction. */
export async function storeLegCredentials(
  db: Db,
  row: { username: string; operatorId: string; switchId: string; pageId: string; a1Hash: string; liveMs: number },
): Promise<{ expiresAt: Date }> {
  return db.transaction(async (trx) => {
    await trx('leg_credentials').where({ operator_id: row.operatorId, used_at: null }).delete();
    const { rows } = await trx.raw<{ rows: { expires_at: Date }[] }>(
      `insert into leg_credentials (username, operator_id, switch_id, page_id, a1_hash, expires_at)
       values (:username, :operatorId, :switchId, :pageId, :a1Hash, now() + :liveMs * interval '1 ms') returning expires_at`,
      row,
    );
    await trx.raw(
      `insert into operators as o (operator_id, state, switch_id, page_id, page_seen_at) values (:operatorId, 'connecting', :switchId, :pageId, now())
       on conflict (operator_id) do update set switch_id = :switchId, page_id = :pageId, page_seen_at = now(), version = o.version + 1, line_kind = 'browser',
         pause_reason = case when o.state = 'offline' then null else o.pause_reason end,
         since = case when o.state = 'offline' then now() else o.since end,
         state = case when o.state = 'offline' then 'connecting' else o.state end
       where o.leg is null`,
      row,
    );
    if (!rows[0]) throw new Error('no credentials stored');
    return { expiresAt: rows[0].expires_at };
  });
}

/** Chooses the operator's switch and stores the credentials for it. One transaction. @returns undefined when every switch is drained */
export async function storeCredentialsForSwitch(
  db: Db,
  { unreachable, ...row }: { username: string; operatorId: string; pageId: string; a1Hash: string; liveMs: number; unreachable: boolean },
): Promise<(ChosenSwitch & { expiresAt: Date }) | undefined> {
  return db.transaction(async (trx) => {
    const chosen = await chooseSwitch(trx, { operatorId: row.operatorId, unreachable });
    return chosen && { ...chosen, ...(await storeLegCredentials(trx, { ...row, switchId: chosen.switchId })) };
  });
}

/** The A1 hash behind a username while its leg may still come: unused and not expired. */
export async function findLegCredentials(db: Db, { username, switchId }: { username: string; switchId: string }): Promise<{ a1Hash: string } | undefined> {
  const row = (await db('leg_credentials').where({ username, switch_id: switchId }).whereNull('used_at').whereRaw('expires_at > now()').first('a1_hash')) as { a1_hash: string } | undefined;
  return row && { a1Hash: row.a1_hash };
}

/** Takes unused credentials back and shows an operator who was only connecting as offline. @returns the standing leg that is still up. */
export async function withdrawLegCredentials(db: Db, { operatorId }: { operatorId: string }): Promise<{ leg: string | null }> {
  return db.transaction(async (trx) => {
    await trx('leg_credentials').where({ operator_id: operatorId, used_at: null }).delete();
    const { rows } = await trx.raw<{ rows: { leg: string | null }[] }>(
      `update operators set version = version + 1, state = case when state = 'connecting' then 'offline' else state end,
         since = case when state = 'connecting' then now() else since end
       where operator_id = :operatorId returning leg`,
      { operatorId },
    );
    return { leg: rows[0]?.leg ?? null };
  });
}

/** Operators who were connecting, but whose credentials ran out unused, are offline. Old credentials go. @returns whose screens to refresh. */
export async function giveUpConnecting(db: Db): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { operator_id: string }[] }>(
    `with old as (delete from leg_credentials where expires_at < now() - interval '1 hour')
     update operators o set state = 'offline', since = now(), version = version + 1
     where o.state = 'connecting' and o.leg is null
       and not exists (select from leg_credentials c where c.operator_id = o.operator_id and c.used_at is null and c.expires_at > now() - interval '30 s')
     returning operator_id`,
  );
  return rows.map((row) => row.operator_id);
}

/** By what the operator is being put on line. */
export async function setLineKind(db: Db, { operatorId, kind }: { operatorId: string; kind: 'browser' | 'device' | 'phone' }): Promise<void> {
  await db('operators').where({ operator_id: operatorId }).update({ line_kind: kind });
}

const managerPrefix = 'mg-';
/** A username of a manager's page, as opposed to an operator's. */
export const isManagerUsername = (username: string): boolean => username.startsWith(managerPrefix);
export const managerUsername = (random: string): string => `${managerPrefix}${random}`;

/** Stores one-use credentials with which a manager's page calls in for one transfer; earlier unused ones of it are taken back. One transaction. */
export async function storeManagerCredentials(
  db: Db,
  row: { username: string; transferId: string; switchId: string; a1Hash: string; liveMs: number },
): Promise<{ expiresAt: Date }> {
  return db.transaction(async (trx) => {
    await trx('leg_credentials').where({ transfer_id: row.transferId, used_at: null }).delete();
    const { rows } = await trx.raw<{ rows: { expires_at: Date }[] }>(
      `insert into leg_credentials (username, transfer_id, switch_id, a1_hash, expires_at)
       values (:username, :transferId, :switchId, :a1Hash, now() + :liveMs * interval '1 ms') returning expires_at`,
      row,
    );
    if (!rows[0]) throw new Error('no credentials stored');
    return { expiresAt: rows[0].expires_at };
  });
}

/** A manager's page has called in: its credentials are used up. @returns undefined when they are not live: the leg belongs to nobody. */
export async function attachManagerLeg(db: Db, { username, switchId }: { username: string; switchId: string }): Promise<{ transferId: string; callId: string } | undefined> {
  const { rows } = await db.raw<{ rows: { transfer_id: string; call_id: string }[] }>(
    `update leg_credentials c set used_at = now() from transfers t
     where c.username = :username and c.switch_id = :switchId and t.id = c.transfer_id and c.used_at is null and c.expires_at > now() - interval '30 s'
     returning c.transfer_id, t.call_id`,
    { username, switchId },
  );
  return rows[0] && { transferId: rows[0].transfer_id, callId: rows[0].call_id };
}
