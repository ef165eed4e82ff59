import type { Db } from './database.ts';
import { switchIsUp } from './switch-service.ts';

/** What is known of a switch's former owner when it is taken over. */
export interface Ownership {
  readonly epoch: bigint;
  /** Until when somebody heard the switch, ms since the epoch; null for a switch that never had an owner. */
  readonly heardUntil: number | null;
}

/**
 * Ownership of a switch: a lease with a fencing epoch. Taking it over raises the epoch, and `adoptLiveCalls` stamps the
 * new epoch on every live call, so that a write of the former owner, however late, finds no row.
 * @param marked whether we hold the owner's mark: then an owner that had it is gone, and its lease need not run out
 * @returns undefined while another owner's lease runs
 */
export async function takeSwitch(db: Db, { switchId, ownerId, leaseMs, marked }: { switchId: string; ownerId: string; leaseMs: number; marked: boolean }): Promise<Ownership | undefined> {
  const { rows } = await db.raw<{ rows: { epoch: string; heard_until: number | null }[] }>(
    `with former as (select id, least(now(), coalesce(lease_until - :leaseMs * interval '1 ms', updated_at)) as heard_until from switches where id = :switchId)
     insert into switches as s (id, epoch, owner_id, owner_marked, lease_until) values (:switchId, 1, :ownerId, :marked, now() + :leaseMs * interval '1 ms')
     on conflict (id) do update set epoch = s.epoch + 1, owner_id = excluded.owner_id, owner_marked = excluded.owner_marked, lease_until = excluded.lease_until, updated_at = now()
       where s.owner_id is null or s.owner_id = excluded.owner_id or s.lease_until < now() or (s.owner_marked and :marked)
     returning epoch, (select extract(epoch from f.heard_until)::float8 * 1000 from former f where s.epoch > 1) as heard_until`,
    { switchId, ownerId, leaseMs, marked },
  );
  return rows[0] && { epoch: BigInt(rows[0].epoch), heardUntil: rows[0].heard_until };
}

interface MarkConnection {
  query(sql: string, values: readonly unknown[]): Promise<{ rows: { held: boolean }[] }>;
  once(event: 'end' | 'error', listener: () => void): void;
}

/**
 * The owner's mark: an advisory lock that PostgreSQL takes away when the process's connection ends, however it ended. A
 * killed owner is so followed at once; one that is frozen keeps its connection, and its lease runs out.
 */
export class OwnerMark {
  #connection: MarkConnection | undefined;
  #held = false;
  constructor(readonly db: Db, readonly switchId: string) {}

  get held(): boolean {
    return this.#held;
  }

  /** Tries to take the mark, on a connection of its own. False while another process has it or the database is away. */
  async take(): Promise<boolean> {
    if (this.#held) return true;
    try {
      const connection = (this.#connection ??= await this.#connect());
      const { rows } = await connection.query(`select pg_try_advisory_lock(hashtext('exchange switch'), hashtext($1)) as held`, [this.switchId]);
      this.#held = rows[0]?.held === true && this.#connection === connection;
    } catch {
      await this.#drop();
    }
    return this.#held;
  }

  async release(): Promise<void> {
    const connection = this.#connection;
    if (this.#held) await connection?.query(`select pg_advisory_unlock(hashtext('exchange switch'), hashtext($1)) as held`, [this.switchId]).catch(() => undefined);
    await this.#drop();
  }

  async #connect(): Promise<MarkConnection> {
    const connection = (await this.db.client.acquireConnection()) as MarkConnection;
    for (const event of ['end', 'error'] as const) connection.once(event, () => void this.#drop(connection));
    return connection;
  }

  async #drop(which = this.#connection): Promise<void> {
    if (which === undefined || which !== this.#connection) return;
    this.#connection = undefined;
    this.#held = false;
    await this.db.client.releaseConnection(which);
  }
}

/** @returns false when the switch is no longer this owner's: stop writing at once. */
export async function renewSwitch(db: Db, { switchId, epoch, leaseMs, marked }: { switchId: string; epoch: bigint; leaseMs: number; marked: boolean }): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update switches set lease_until = now() + :leaseMs * interval '1 ms', owner_marked = :marked where id = :switchId and epoch = :epoch`,
    { switchId, leaseMs, marked, epoch: String(epoch) },
  );
  return rowCount === 1;
}

/** Gives the lease back, so that the next controller need not wait for its end. */
export async function releaseSwitch(db: Db, { switchId, epoch }: { switchId: string; epoch: bigint }): Promise<void> {
  await db.raw(`update switches set owner_id = null, lease_until = null, link_up = false, link_changed_at = case when link_up then now() else link_changed_at end, updated_at = now() where id = :switchId and epoch = :epoch`, { switchId, epoch: String(epoch) });
}

/** The link's state as the screens show it. @returns the Core-UUID known before: another one means the switch restarted. */
export async function recordLink(
  db: Db,
  { switchId, epoch, up, coreUuid }: { switchId: string; epoch: bigint; up: boolean; coreUuid: string | null },
): Promise<string | null> {
  const { rows } = await db.raw<{ rows: { before: string | null }[] }>(
    `with before as (select id, core_uuid from switches where id = :switchId)
     update switches s set link_up = :up, link_changed_at = case when s.link_up = :up then s.link_changed_at else now() end, core_uuid = coalesce(:coreUuid::text, s.core_uuid), updated_at = now()
     from before where s.id = before.id and s.epoch = :epoch returning before.core_uuid as before`,
    { switchId, epoch: String(epoch), up, coreUuid },
  );
  return rows[0]?.before ?? null;
}

/** What a controller knows of its switch and everybody else must. */
export interface SwitchDescription {
  readonly switchId: string;
  readonly wsUrl: string;
  readonly practice: boolean;
  /** `directoryHash` of what it proves itself with. */
  readonly directoryHash: string;
}

/** Written by the owner; the newest word counts. Throws SharedSecret. */
export async function describeSwitch(db: Db, { epoch, ...row }: SwitchDescription & { epoch: bigint }): Promise<void> {
  await db.transaction(async (trx) => {
    await freeDirectoryHash(trx, row);
    await trx.raw(
      `update switches set ws_url = :wsUrl, practice = :practice, directory_hash = :directoryHash where id = :switchId and epoch = :epoch`,
      { ...row, epoch: String(epoch) },
    );
  });
}

/** The switch that a server's own environment names, for as long as no controller has described it. Throws SharedSecret. */
export async function ensureSwitch(db: Db, row: SwitchDescription): Promise<void> {
  await db.transaction(async (trx) => {
    const known = (await trx('switches').where({ id: row.switchId }).whereNotNull('ws_url').first('id')) as { id: string } | undefined;
    if (known) return;
    await freeDirectoryHash(trx, row);
    await trx.raw(
      `insert into switches as s (id, ws_url, practice, directory_hash) values (:switchId, :wsUrl, :practice, :directoryHash)
       on conflict (id) do update set ws_url = excluded.ws_url, practice = excluded.practice, directory_hash = excluded.directory_hash where s.ws_url is null`,
      { ...row },
    );
  });
}

/** Two switches that prove themselves alike could not be told apart. */
export class SharedSecret extends Error {
  override readonly name = 'SharedSecret';
}

/** A switch that was given another name leaves its secret to the new one. */
async function freeDirectoryHash(trx: Db, { switchId, directoryHash }: SwitchDescription): Promise<void> {
  const { rows } = await trx.raw<{ rows: { id: string; up: boolean }[] }>(
    `select s.id, ${switchIsUp} as up from switches s where s.directory_hash = :directoryHash and s.id <> :switchId for update`,
    { switchId, directoryHash },
  );
  const [other] = rows;
  if (other?.up) throw new SharedSecret(`The switches ${other.id} and ${switchId} have the same password: give each its own, so that they can be told apart.`);
  if (other) await trx('switches').where({ id: other.id }).update({ directory_hash: null });
}

/** How full the switch is and what it is, as it says itself. */
export async function recordSessions(db: Db, { switchId, epoch, sessions, maxSessions, version }: { switchId: string; epoch: bigint; sessions: number; maxSessions: number; version: string | null }): Promise<void> {
  await db.raw(
    `update switches set sessions = :sessions, max_sessions = greatest(:maxSessions::int, 1), version = coalesce(:version::text, version) where id = :switchId and epoch = :epoch`,
    { switchId, epoch: String(epoch), sessions, maxSessions, version },
  );
}

/** Which switch asks the directory. */
export async function findSwitchByDirectoryHash(db: Db, { directoryHash }: { directoryHash: string }): Promise<{ switchId: string } | undefined> {
  const row = (await db('switches').where({ directory_hash: directoryHash }).first('id')) as { id: string } | undefined;
  return row && { switchId: row.id };
}
