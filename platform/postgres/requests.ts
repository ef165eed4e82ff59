import type { Db } from './database.ts';
import { prepared } from './prepared.ts';

export type RequestKind = 'dial' | 'hangUp' | 'transfer' | 'handOver' | 'return' | 'endLeg' | 'managerAccept' | 'managerDecline' | 'ring';
export type RequestResult = { readonly ok: true; readonly callId?: string } | { readonly ok: false; readonly code: string; readonly detail?: string };

export interface NewRequest {
  readonly switchId: string; readonly operatorId: string; readonly callId?: string; readonly kind: RequestKind; readonly payload?: Readonly<Record<string, unknown>>;
  /** When it was asked for, ms by PostgreSQL's clock; now unless given. A database that froze between then and now has made it old. */
  readonly askedAt?: number;
}

/** The call is not one of this operator's. */
export class NoSuchCall extends Error {
  override readonly name = 'NoSuchCall';
}

/** What is carried out by an attempt's or a step's own commit; the others tell the switch at once. */
const isCommittedAgain = (kind: RequestKind): boolean => kind !== 'endLeg' && kind !== 'ring';

/**
 * Writes what a person asked for. It goes to the switch that drives the call, else to the one that holds the operator's
 * leg, else to the one named. What an attempt or a step of a call carries out does not wait for the disk here: that is
 * committed durably, and this with it, before the switch is told; one that a crash of the database takes along was never
 * carried out.
 * @returns the switch, whose controller is to be nudged. Throws NoSuchCall
 */
export async function insertRequest(db: Db, { switchId, operatorId, callId, kind, payload = {}, askedAt }: NewRequest): Promise<{ id: string; switchId: string }> {
  const { rows } = await prepared<{ id: string; switch_id: string }>(db, 'insert_request',
    `insert into requests (switch_id, operator_id, call_id, kind, payload, created_at)
     select coalesce((select switch_id from calls where id = :callId::uuid), (select switch_id from operators where operator_id = :operatorId and leg is not null), :switchId),
       :operatorId, :callId, :kind, :payload, least(now(), coalesce(to_timestamp(:askedAt::float8 / 1000), now()))
     from (select set_config('synchronous_commit', :waits, true)) at_once
     where :callId::uuid is null or exists (select from calls where id = :callId::uuid and operator_id = :operatorId)
     returning id, switch_id`,
    { switchId, operatorId, callId: callId ?? null, kind, payload: JSON.stringify(payload), askedAt: askedAt ?? null, waits: isCommittedAgain(kind) ? 'off' : 'on' },
  );
  if (!rows[0]) throw new NoSuchCall();
  return { id: rows[0].id, switchId: rows[0].switch_id };
}

/** What the controller answered; undefined while it has not. */
export async function readRequestResult(db: Db, { id }: { id: string }): Promise<RequestResult | undefined> {
  const { rows } = await prepared<{ result: RequestResult | null }>(db, 'request_result', `select result from requests where id = :id and handled_at is not null`, { id });
  return rows[0]?.result ?? undefined;
}

/** How often an operator had their own phone rung in this time. */
export async function countRings(db: Db, { operatorId, withinMs }: { operatorId: string; withinMs: number }): Promise<number> {
  const { rows } = await db.raw<{ rows: { count: number }[] }>(
    `select count(*)::int as count from requests where operator_id = :operatorId and kind = 'ring' and created_at > now() - :withinMs * interval '1 ms'`, { operatorId, withinMs },
  );
  return rows[0]?.count ?? 0;
}
