import type { Db } from './database.ts';

export type RequestKind = 'dial' | 'hangUp' | 'transfer' | 'handOver' | 'return' | 'endLeg' | 'managerAccept' | 'managerDecline';
export type RequestResult = { readonly ok: true; readonly callId?: string } | { readonly ok: false; readonly code: string; readonly detail?: string };

export interface NewRequest {
  readonly switchId: string; readonly operatorId: string; readonly callId?: string; readonly kind: RequestKind; readonly payload?: Readonly<Record<string, unknown>>;
}

/** Writes what a person asked for; the switch's controller drains it. */
export async function insertRequest(db: Db, { switchId, operatorId, callId, kind, payload = {} }: NewRequest): Promise<{ id: string }> {
  const rows = (await db('requests')
    .insert({ switch_id: switchId, operator_id: operatorId, call_id: callId ?? null, kind, payload: JSON.stringify(payload) })
    .returning('id')) as { id: string }[];
  if (!rows[0]) throw new Error('no request written');
  return rows[0];
}

/** What the controller answered; undefined while it has not. */
export async function readRequestResult(db: Db, { id }: { id: string }): Promise<RequestResult | undefined> {
  const row = (await db('requests').where({ id }).whereNotNull('handled_at').first('result')) as { result: RequestResult | null } | undefined;
  return row?.result ?? undefined;
}
