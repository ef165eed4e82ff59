import { loseCall } from './call-store.ts';
import type { Db } from './database.ts';
import { lostAfterMs, switchHeardUntil, switchUnheldFor } from './switch-service.ts';

/** What was closed and freed. */
export interface LostSwitch {
  readonly kind: 'lost';
  readonly calls: number;
  /** Operators who were on line there, or about to be. */
  readonly operatorIds: readonly string[];
  readonly campaignIds: readonly string[];
}
/** `held`: a controller holds it, or did lately; drain it first. `notConfirmed`: it is drained, and nobody has confirmed. */
export type LossRefusal = { readonly kind: 'noSwitch' | 'held' | 'notConfirmed' };

/**
 * A switch is lost for good: its calls end when it was last heard, as `unknown`, `talked` or `handedOver` with SWITCH_LOST;
 * their contacts follow the retry rules, their operators are free to go on line elsewhere. Nothing starts there until it is
 * up and an administrator puts it back. One transaction, with the switch's row locked: its epoch is raised, so that a
 * controller that comes back owns nothing, begins no call and finds no row of the version that it knows.
 * @param confirmed needed while a controller held it lately, and then the switch must be drained
 */
export async function declareSwitchLost(db: Db, { switchId, confirmed }: { switchId: string; confirmed: boolean }): Promise<LostSwitch | LossRefusal> {
  return db.transaction(async (trx) => {
    // As in chooseSwitch: nobody is sent there meanwhile.
    await trx.raw(`select pg_advisory_xact_lock(hashtext('choose a switch'))`);
    const { rows } = await trx.raw<{ rows: { lost: boolean; drained: boolean; unheld: boolean }[] }>(
      `select s.lost_at is not null as lost, s.draining_at is not null as drained, ${switchUnheldFor} > :lostAfterMs * interval '1 ms' as unheld
       from switches s where s.id = :switchId for update`,
      { switchId, lostAfterMs },
    );
    const [row] = rows;
    if (row === undefined) return { kind: 'noSwitch' };
    if (row.lost) return { kind: 'lost', calls: 0, operatorIds: [], campaignIds: [] };
    if (!row.unheld && !row.drained) return { kind: 'held' };
    if (!row.unheld && !confirmed) return { kind: 'notConfirmed' };
    const operatorIds = await unbindOperators(trx, { switchId });
    const calls = (await trx('calls').where({ switch_id: switchId, ended_at: null }).orderBy('id').select('id', 'campaign_id', 'operator_id')) as { id: string; campaign_id: string; operator_id: string }[];
    for (const { id } of calls) await loseCall(trx, { callId: id });
    // A controller that still lives has the files and brings them into the store.
    if (row.unheld) await giveUpRecordings(trx, { switchId });
    await trx.raw(
      `update switches s set lost_at = now(), draining_at = coalesce(s.draining_at, now()), epoch = s.epoch + 1, owner_id = null, lease_until = null, owner_marked = false,
         link_changed_at = ${switchHeardUntil}, link_up = false, updated_at = now() where s.id = :switchId`,
      { switchId },
    );
    return { kind: 'lost', calls: calls.length, operatorIds: [...new Set([...operatorIds, ...calls.map((call) => call.operator_id)])], campaignIds: [...new Set(calls.map((call) => call.campaign_id))] };
  });
}

/** Standing legs there are gone with it, what was handed out to call in with opens nothing, claimed contacts are back in the queue. */
async function unbindOperators(trx: Db, { switchId }: { switchId: string }): Promise<string[]> {
  // First: whoever calls in at this moment is either seen below or finds no credentials.
  await trx('leg_credentials').where({ switch_id: switchId, used_at: null }).delete();
  // A telephone's standing leg costs up to when the switch was last heard, not until today.
  await trx.raw(
    `update operators o set line_since = least(now(), o.line_since + (now() - ${switchHeardUntil})) from switches s
     where s.id = :switchId and o.switch_id = s.id and o.line_since is not null`,
    { switchId },
  );
  const { rows } = await trx.raw<{ rows: { operator_id: string }[] }>(
    `with gone as (
       update operators set leg = null, page_id = null, state = case when state in ('wrapUp','onCall') then state else 'offline' end, since = now(), version = version + 1
       where switch_id = :switchId and (leg is not null or state = 'connecting') returning operator_id)
     , freed as (update call_queue q set claimed_by = null, lease_until = null from gone where q.claimed_by = gone.operator_id)
     select operator_id from gone`,
    { switchId },
  );
  return rows.map((row) => row.operator_id);
}

async function giveUpRecordings(trx: Db, { switchId }: { switchId: string }): Promise<void> {
  await trx.raw(`update recordings set state = 'failed', reason = 'lost', stopped_at = coalesce(stopped_at, now()), next_try_at = null where switch_id = :switchId and state = 'running'`, { switchId });
}
