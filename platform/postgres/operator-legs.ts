import { loseCall } from './call-store.ts';
import type { Db } from './database.ts';
import { somebodyListened } from './servers.ts';
import { switchIsUp } from './switch-service.ts';

export interface OperatorLeg {
  readonly operatorId: string;
  /** The call that still binds the operator, whose leg this one may replace. */
  readonly boundCallId: string | null;
}

export interface AttachedLeg extends OperatorLeg {
  readonly formerLeg: string | null;
  /** A call on a switch that is not up, which was given up for this leg. */
  readonly lostCallId: string | null;
}

/**
 * The page has called in: its one-use credentials are used up and the leg is the operator's standing leg. A call on another
 * switch still binds the operator while that switch is up; when it is not, the operator has given it up by coming here.
 * One transaction.
 * @returns undefined when the username is not a live credential of this switch, or the operator's call is elsewhere: the leg belongs to nobody
 */
export async function attachOperatorLeg(db: Db, { username, leg, switchId }: { username: string; leg: string; switchId: string }): Promise<AttachedLeg | undefined> {
  return db.transaction(async (trx) => {
    const elsewhere = await findCallElsewhere(trx, { username, switchId });
    if (elsewhere?.up) return undefined;
    if (elsewhere) await loseCall(trx, { callId: elsewhere.callId });
    const line = await useCredentials(trx, { username, leg, switchId });
    return line && { ...line, lostCallId: elsewhere?.callId ?? null };
  });
}

async function findCallElsewhere(trx: Db, { username, switchId }: { username: string; switchId: string }): Promise<{ callId: string; up: boolean } | undefined> {
  const { rows } = await trx.raw<{ rows: { id: string; up: boolean }[] }>(
    `select k.id, ${switchIsUp} as up from leg_credentials c join calls k on k.operator_id = c.operator_id and k.operator_bound join switches s on s.id = k.switch_id
     where c.username = :username and c.switch_id = :switchId and c.used_at is null and c.expires_at > now() - interval '30 s' and k.switch_id <> :switchId`,
    { username, switchId },
  );
  return rows[0] && { callId: rows[0].id, up: rows[0].up };
}

async function useCredentials(trx: Db, { username, leg, switchId }: { username: string; leg: string; switchId: string }): Promise<(OperatorLeg & { formerLeg: string | null }) | undefined> {
  const { rows } = await trx.raw<{ rows: { operator_id: string; former_leg: string | null; bound: string | null }[] }>(
    `with used as (
       update leg_credentials set used_at = now() where username = :username and switch_id = :switchId and operator_id is not null and used_at is null and expires_at > now() - interval '30 s'
       returning operator_id, page_id),
     before as (select o.operator_id, o.leg from operators o join used using (operator_id)),
     bound as (select k.id from calls k join used on used.operator_id = k.operator_id where k.operator_bound)
     update operators o set leg = :leg, switch_id = :switchId, page_id = used.page_id, page_seen_at = now(), version = o.version + 1,
       since = case when o.state in ('offline','connecting') then now() else o.since end,
       state = case
         when exists (select from bound) then 'onCall'
         when o.wrap_up_until is not null or exists (select from calls k where k.operator_id = o.operator_id and k.answered_at is not null and k.disposition is null and k.abandoned_at is null and not k.operator_bound) then 'wrapUp'
         when o.state = 'paused' then 'paused' else 'ready' end
     from used left join before using (operator_id)
     where o.operator_id = used.operator_id
     returning o.operator_id, before.leg as former_leg, (select id from bound) as bound`,
    { username, leg, switchId },
  );
  const row = rows[0];
  return row && { operatorId: row.operator_id, formerLeg: row.former_leg, boundCallId: row.bound };
}

/** A page that was loaded anew takes over the leg of the operator's own phone, which did not end with the page before. @returns false when there is none */
export async function adoptOwnPhone(db: Db, { operatorId, pageId }: { operatorId: string; pageId: string }): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update operators set page_id = :pageId, page_seen_at = now(), version = version + 1 where operator_id = :operatorId and leg is not null and line_kind <> 'browser'`,
    { operatorId, pageId },
  );
  return rowCount === 1;
}

/** Whether a leg is some operator's standing leg already. */
export async function isOperatorLeg(db: Db, { leg }: { leg: string }): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(`select 1 from operators where leg = :leg`, { leg });
  return rows.length > 0;
}

/** The operator's standing leg now, if any. */
export async function readOperatorLeg(db: Db, { operatorId }: { operatorId: string }): Promise<string | null> {
  const { rows } = await db.raw<{ rows: { leg: string | null }[] }>(`select leg from operators where operator_id = :operatorId`, { operatorId });
  return rows[0]?.leg ?? null;
}

/** The standing leg is gone. @returns whose it was, unless another leg took its place already. */
export async function detachOperatorLeg(db: Db, { leg }: { leg: string }): Promise<{ operatorId: string } | undefined> {
  const { rows } = await db.raw<{ rows: { operator_id: string }[] }>(
    `update operators set leg = null, page_id = null, state = case when state in ('wrapUp','onCall') then state else 'offline' end, since = now(), version = version + 1
     where leg = :leg returning operator_id`,
    { leg },
  );
  return rows[0] && { operatorId: rows[0].operator_id };
}

/** Standing legs as the database knows them, to be compared with the switch after a reconnect. */
export async function listOperatorLegs(db: Db, { switchId }: { switchId: string }): Promise<{ operatorId: string; leg: string }[]> {
  const { rows } = await db.raw<{ rows: { operator_id: string; leg: string }[] }>(`select operator_id, leg from operators where switch_id = :switchId and leg is not null`, { switchId });
  return rows.map((row) => ({ operatorId: row.operator_id, leg: row.leg }));
}

/**
 * Standing legs whose page has not been heard of, though a server was there to hear it: `media_timeout` does not fire
 * while STUN answers (FS#2161).
 */
export async function listSilentPages(db: Db, { switchId, silentMs }: { switchId: string; silentMs: number }): Promise<{ operatorId: string; leg: string }[]> {
  const { rows } = await db.raw<{ rows: { operator_id: string; leg: string }[] }>(
    `select operator_id, leg from operators where switch_id = :switchId and leg is not null and page_seen_at < now() - :silentMs * interval '1 ms'
       and ${somebodyListened}`,
    { switchId, silentMs },
  );
  return rows.map((row) => ({ operatorId: row.operator_id, leg: row.leg }));
}

/** Operators whose wrap-up countdown is over: paused, nothing submitted. @returns whose screens to refresh. */
export async function pauseOverdueWrapUps(db: Db): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { operator_id: string }[] }>(
    `update operators set pause_reason = 'wrapUpOver', wrap_up_until = null, since = now(), version = version + 1
     where state = 'wrapUp' and wrap_up_until < now() returning operator_id`,
  );
  return rows.map((row) => row.operator_id);
}
