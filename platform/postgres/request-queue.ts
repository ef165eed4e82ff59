import type { Db } from './database.ts';
import { prepared } from './prepared.ts';

/** A request that waited longer than this (a controller or a database that was away) is refused: nobody wants an old key press carried out. */
export const staleAfterMs = 10_000;

/** SQL: whether this request has waited too long, at the moment when the statement is carried out and not when it was sent. */
export const isStaleRequest = (requestId: string): string => `exists (select from requests q where q.id = ${requestId}::bigint and q.created_at < clock_timestamp() - interval '${staleAfterMs} ms')`;

/** The step or attempt that a request would have led to was not written: it waited too long. */
export class RequestTooLate extends Error {
  override readonly name = 'RequestTooLate';
  constructor() {
    super('the request waited too long');
  }
}

/** Throws RequestTooLate when the request, where there is one, has waited too long. */
export async function refuseStaleRequest(db: Db, requestId: string | undefined): Promise<void> {
  if (requestId === undefined) return;
  const { rows } = await db.raw<{ rows: { stale: boolean }[] }>(`select ${isStaleRequest(':requestId')} as stale`, { requestId });
  if (rows[0]?.stale) throw new RequestTooLate();
}

/** What a person asked for, as the controller reads it. */
export interface PendingRequest {
  readonly id: string; readonly operatorId: string; readonly callId: string | null; readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Age when read, ms: a request that waited too long is refused, not carried out late. */
  readonly ageMs: number;
}

/** Requests of this switch that nobody has handled, oldest first. */
export async function listPendingRequests(db: Db, { switchId, limit = 100 }: { switchId: string; limit?: number }): Promise<PendingRequest[]> {
  const { rows } = await prepared<{ id: string; operator_id: string; call_id: string | null; kind: string; payload: Record<string, unknown>; age_ms: number }>(db, 'pending_requests',
    `select id, operator_id, call_id, kind, payload, (extract(epoch from now() - created_at) * 1000)::int as age_ms
     from requests where switch_id = :switchId and handled_at is null order by id limit :limit`,
    { switchId, limit },
  );
  return rows.map((row) => ({ id: row.id, operatorId: row.operator_id, callId: row.call_id, kind: row.kind, payload: row.payload, ageMs: row.age_ms }));
}

/** Writes a request's result, once, and only while the switch is this owner's. What a step carried out is answered by the step itself. @returns whether it was written */
export async function answerRequest(db: Db, { id, result, epoch }: { id: string; result: unknown; epoch: bigint }): Promise<boolean> {
  const { rowCount } = await prepared(db, 'answer_request',
    `update requests r set handled_at = now(), result = :result::jsonb from switches s where r.id = :id and r.handled_at is null and s.id = r.switch_id and s.epoch = :epoch`,
    { id, result: JSON.stringify(result), epoch: String(epoch) },
  );
  return rowCount === 1;
}
