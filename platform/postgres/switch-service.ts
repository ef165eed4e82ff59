import type { SwitchState } from '../../domain/api.ts';
import type { Db } from './database.ts';

/** Up: its Event Socket is, and its controller is alive. `s` is a row of switches. */
export const switchIsUp = `(s.link_up and coalesce(s.lease_until > now(), false))`;
/** How long a switch has not been up, as an interval; without a meaning while it is. */
export const switchDownFor = `(now() - case when s.link_up then coalesce(s.lease_until, s.link_changed_at) else s.link_changed_at end)`;
/** When somebody last heard the switch; now, while it is up. */
export const switchHeardUntil = `least(now(), case when s.link_up then coalesce(s.lease_until, s.link_changed_at) else s.link_changed_at end)`;
/** How long no controller has held the switch, as an interval; not positive while one does. */
export const switchUnheldFor = `(now() - coalesce(s.lease_until, s.updated_at))`;
/** Calls and standing legs for each session that the switch can have; operators who are about to call in count. */
const load = `(
  (select count(*) from operators x where x.switch_id = s.id and (x.leg is not null or x.state = 'connecting') and x.operator_id <> :operatorId)
  + (select count(*) from calls k where k.switch_id = s.id and k.ended_at is null))::float8 / coalesce(s.max_sessions, 500)`;

/**
 * A call on a switch that is not up may be alive and its operator's page may find the way back, so for this long the
 * operator is not sent elsewhere; a page that has tried and not reached the switch is believed sooner.
 */
const patienceMs = 30_000;
const patienceWithUnreachableMs = 5_000;

export interface ChosenSwitch { readonly switchId: string; readonly wsUrl: string }

/**
 * The switch that an operator calls in at: the one with their call or their leg, else the least loaded of those that are up
 * and not drained. Where none is up the last one is tried, since it may only have lost its controller.
 * Part of the transaction that stores the credentials; one choice at a time, so that operators who come together are spread.
 * @param unreachable the page has tried the former switch and not reached it
 * @returns undefined when every switch is drained
 */
export async function chooseSwitch(trx: Db, { operatorId, unreachable }: { operatorId: string; unreachable: boolean }): Promise<ChosenSwitch | undefined> {
  await trx.raw(`select pg_advisory_xact_lock(hashtext('choose a switch'))`);
  const { rows } = await trx.raw<{ rows: { id: string; ws_url: string }[] }>(
    `with mine as (
       select (select k.switch_id from calls k where k.operator_id = :operatorId and k.operator_bound) as of_call,
         (select o.switch_id from operators o where o.operator_id = :operatorId and o.leg is not null) as of_leg,
         (select o.switch_id from operators o where o.operator_id = :operatorId) as last)
     select s.id, s.ws_url from switches s cross join mine m
       cross join lateral (select ${switchIsUp} as up, s.id is not distinct from m.of_call and (${switchIsUp} or ${switchDownFor} < :patienceMs * interval '1 ms') as has_call) x
     where s.ws_url is not null and (s.draining_at is null or x.has_call)
     order by x.has_call desc, x.up desc, x.up and s.id is not distinct from m.of_leg desc, case when x.up then ${load} end, s.id is not distinct from m.last desc, s.id
     limit 1`,
    { operatorId, patienceMs: unreachable ? patienceWithUnreachableMs : patienceMs },
  );
  return rows[0] && { switchId: rows[0].id, wsUrl: rows[0].ws_url };
}

/** Where browsers reach a switch. */
export async function readSwitchAddress(db: Db, { switchId }: { switchId: string }): Promise<string | undefined> {
  const row = (await db('switches').where({ id: switchId }).first('ws_url')) as { ws_url: string | null } | undefined;
  return row?.ws_url ?? undefined;
}

interface Row { id: string; ws_url: string | null; up: boolean; changed_at: Date; up_at: Date; draining_at: Date | null; lost_at: Date | null; version: string | null; may_be_lost: boolean; practice: boolean; operators: number; calls: number; sessions: number; max_sessions: number | null }

/** Every switch of the house with what stands on it. */
export async function listSwitches(db: Db): Promise<SwitchState[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select s.id, s.ws_url, ${switchIsUp} as up, now() - ${switchDownFor} as changed_at, s.link_changed_at as up_at, s.draining_at, s.lost_at, s.version,
       s.lost_at is null and (s.draining_at is not null or ${switchUnheldFor} > :lostAfterMs * interval '1 ms') as may_be_lost, s.practice, s.sessions, s.max_sessions,
       (select count(*)::int from operators o where o.switch_id = s.id and o.leg is not null) as operators,
       (select count(*)::int from calls k where k.switch_id = s.id and k.ended_at is null) as calls
     from switches s order by s.id`,
    { lostAfterMs },
  );
  return rows.map((row) => ({
    id: row.id, wsUrl: row.ws_url, up: row.up, downSince: row.up ? null : row.changed_at.toISOString(), since: (row.up ? row.up_at : row.changed_at).toISOString(), version: row.version,
    lostSince: row.lost_at?.toISOString() ?? null, mayBeDeclaredLost: row.may_be_lost, drainingSince: row.draining_at?.toISOString() ?? null, practice: row.practice,
    operators: row.operators, calls: row.calls, sessions: row.sessions, maxSessions: row.max_sessions, empty: row.operators === 0 && row.calls === 0,
  }));
}

/** A switch that no controller has held for this long may be declared lost as it stands. */
export const lostAfterMs = 60_000;

/** Takes a switch out of service, or back into it. One that was declared lost comes back only when it is up again. */
export async function setDraining(db: Db, { switchId, draining }: { switchId: string; draining: boolean }): Promise<'changed' | 'noSwitch' | 'stillLost'> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update switches s set draining_at = case when :draining::boolean then coalesce(s.draining_at, now()) end, lost_at = case when :draining::boolean then s.lost_at end
     where s.id = :switchId and (:draining::boolean or s.lost_at is null or ${switchIsUp})`,
    { switchId, draining },
  );
  if (rowCount === 1) return 'changed';
  return (await db('switches').where({ id: switchId }).first('id')) === undefined ? 'noSwitch' : 'stillLost';
}

/** Declared lost by an administrator: whatever still stands there is nobody's. */
export async function isDeclaredLost(db: Db, { switchId }: { switchId: string }): Promise<boolean> {
  return (await db('switches').where({ id: switchId }).whereNotNull('lost_at').first('id')) !== undefined;
}

export async function isDraining(db: Db, { switchId }: { switchId: string }): Promise<boolean> {
  const row = (await db('switches').where({ id: switchId }).first('draining_at')) as { draining_at: Date | null } | undefined;
  return (row?.draining_at ?? null) !== null;
}

/** Standing legs between calls on a switch that is drained, where another one can take their operators; at most `limit`. */
export async function listLegsToMove(db: Db, { switchId, limit }: { switchId: string; limit: number }): Promise<{ operatorId: string; leg: string }[]> {
  const { rows } = await db.raw<{ rows: { operator_id: string; leg: string }[] }>(
    `select o.operator_id, o.leg from operators o
     where o.switch_id = :switchId and o.leg is not null
       and not exists (select from calls k where k.operator_id = o.operator_id and k.operator_bound)
       and exists (select from switches s where s.id <> :switchId and s.draining_at is null and s.ws_url is not null and ${switchIsUp})
       and exists (select from switches s where s.id = :switchId and s.draining_at is not null)
     limit :limit`,
    { switchId, limit },
  );
  return rows.map((row) => ({ operatorId: row.operator_id, leg: row.leg }));
}
