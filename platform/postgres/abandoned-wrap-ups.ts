import { followAbandoned } from './attempt-followup.ts';
import type { Db } from './database.ts';

/** A wrap-up in which nothing was typed for this long after its countdown is one that nobody will finish. */
export const abandonedAfterMs = 30 * 60_000;

/**
 * Closes wrap-ups that nobody finishes: the contact follows the retry rules, the notes stay with the call, the operator is
 * paused (off line without a leg). One transaction each, a few at a time. @returns whose screens to refresh
 */
export async function closeAbandonedWrapUps(db: Db, { afterMs = abandonedAfterMs, limit = 20 }: { afterMs?: number; limit?: number } = {}): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select k.id from operators o join calls k on k.operator_id = o.operator_id
     where o.state = 'wrapUp' and k.answered_at is not null and k.disposition is null and k.abandoned_at is null and not k.operator_bound
       and greatest(k.released_at, k.notes_saved_at, o.since, coalesce(o.wrap_up_until, '-infinity')) < now() - :afterMs * interval '1 ms' limit :limit`,
    { afterMs, limit },
  );
  const operators: string[] = [];
  for (const { id } of rows) {
    const operatorId = await db.transaction((trx) => close(trx, id));
    if (operatorId !== undefined) operators.push(operatorId);
  }
  return operators;
}

async function close(trx: Db, callId: string): Promise<string | undefined> {
  const { rows } = await trx.raw<{ rows: { operator_id: string; handed_over: boolean; now: number }[] }>(
    `update calls set abandoned_at = now() where id = :callId and disposition is null and abandoned_at is null
     returning operator_id, handed_over_at is not null as handed_over, extract(epoch from now())::float8 * 1000 as now`,
    { callId },
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  await followAbandoned(trx, { callId, handedOver: row.handed_over, nowMs: row.now });
  await trx.raw(
    `update operators set state = case when leg is null then 'offline' else 'paused' end, pause_reason = 'wrapUpOver', wrap_up_until = null, since = now(), version = version + 1
     where operator_id = :operatorId and state = 'wrapUp'`,
    { operatorId: row.operator_id },
  );
  return row.operator_id;
}
