import type { CallCommand } from '../../domain/call/command.ts';
import type { RecordedWhat } from '../../domain/call/recording.ts';
import type { Db } from './database.ts';

type AboutRecording = Extract<CallCommand, { type: 'StartRecording' | 'StopRecording' | 'NoteUnrecorded' }>;
export const isAboutRecording = (command: CallCommand): command is AboutRecording =>
  command.type === 'StartRecording' || command.type === 'StopRecording' || command.type === 'NoteUnrecorded';

/** Writes a step's segments: within the transaction of the step. `at`: ms since the epoch. */
export async function applyRecordings(trx: Db, { callId, at, recordings }: { callId: string; at: number; recordings: readonly AboutRecording[] }): Promise<void> {
  for (const order of recordings) {
    const { segment, leg } = order;
    if (order.type === 'StopRecording') {
      await trx.raw(`update recordings set stopped_at = to_timestamp(:at::double precision / 1000) where call_id = :callId and segment = :segment and stopped_at is null`, { callId, at, segment });
      continue;
    }
    const started = order.type === 'StartRecording';
    await trx.raw(
      `insert into recordings (customer_id, campaign_id, call_id, switch_id, segment, what, leg, state, reason, started_at, offset_ms)
       select k.customer_id, k.campaign_id, k.id, k.switch_id, :segment, :what, :leg, :state, :reason, to_timestamp(:at::double precision / 1000), :offsetMs
       from calls k where k.id = :callId on conflict (call_id, segment) do nothing`,
      { callId, at, segment, leg, what: started ? order.what : 'conversation', state: started ? 'running' : 'failed', reason: started ? null : 'notAnnounced', offsetMs: started ? order.offsetMs : 0 },
    );
  }
}

/** Why a segment has no sound; the screens have a word for each. */
export type RecordingFailure = 'practiceLine' | 'notAnnounced' | 'refused' | 'diskFull' | 'empty' | 'lost' | 'unreadable';

/** The segment was never recorded, or its file is lost. */
export async function failRecording(db: Db, { callId, segment, reason }: { callId: string; segment: number; reason: RecordingFailure }): Promise<void> {
  await db.raw(`update recordings set state = 'failed', reason = :reason, stopped_at = coalesce(stopped_at, now()) where call_id = :callId and segment = :segment and state = 'running'`, { callId, segment, reason });
}

/** The order to start had been lost: the segment began later than its row says. */
export async function moveRecordingStart(db: Db, { callId, segment }: { callId: string; segment: number }): Promise<void> {
  await db.raw(
    `update recordings r set started_at = now(), offset_ms = greatest(0, round(extract(epoch from now() - k.answered_at) * 1000))
     from calls k where k.id = r.call_id and r.call_id = :callId and r.segment = :segment and r.state = 'running'`,
    { callId, segment },
  );
}

export interface FinishedRecording { readonly id: string; readonly callId: string; readonly customerId: string; readonly campaignId: string; readonly segment: number; readonly leg: string; readonly startedAt: Date; readonly stoppedAt: Date; readonly tries: number }
interface FinishedRow { id: string; call_id: string; customer_id: string; campaign_id: string; segment: number; leg: string; started_at: Date; stopped_at: Date; tries: number }

/** Segments of a switch whose file is complete (of ended calls in any case) and not in the store yet; oldest first. */
export async function listFinishedRecordings(db: Db, { switchId, limit }: { switchId: string; limit: number }): Promise<FinishedRecording[]> {
  const { rows } = await db.raw<{ rows: FinishedRow[] }>(
    `select r.id, r.call_id, r.customer_id, r.campaign_id, r.segment, r.leg, r.started_at, coalesce(r.stopped_at, k.ended_at) as stopped_at, r.tries
     from recordings r join calls k on k.id = r.call_id
     where r.switch_id = :switchId and r.state = 'running' and (r.stopped_at is not null or k.ended_at is not null) and (r.next_try_at is null or r.next_try_at <= now())
     order by r.started_at limit :limit`,
    { switchId, limit },
  );
  return rows.map((row) => ({ id: row.id, callId: row.call_id, customerId: row.customer_id, campaignId: row.campaign_id, segment: row.segment, leg: row.leg, startedAt: row.started_at, stoppedAt: row.stopped_at, tries: row.tries }));
}

/** Whether there is such a segment whose sound is still to be kept; a file of the spool without one belongs to nobody. */
export async function isRunningRecording(db: Db, { callId, segment }: { callId: string; segment: number }): Promise<boolean> {
  return (await db('recordings').where({ call_id: callId, segment, state: 'running' }).first('id')) !== undefined;
}

export async function storeRecording(
  db: Db,
  { id, durationMs, bytes, format, storageKey }: { id: string; durationMs: number; bytes: number; format: string; storageKey: string },
): Promise<void> {
  await db.raw(
    `update recordings set state = 'stored', duration_ms = :durationMs, bytes = :bytes, format = :format, storage_key = :storageKey, stored_at = now(), stopped_at = coalesce(stopped_at, now()), next_try_at = null
     where id = :id and state = 'running'`,
    { id, durationMs, bytes, format, storageKey },
  );
}

/** Converting or storing failed; tried again after a pause that doubles up to an hour. */
export async function postponeRecording(db: Db, { id }: { id: string }): Promise<void> {
  await db.raw(`update recordings set tries = tries + 1, next_try_at = now() + least(3600, 5 * power(2, least(tries, 10))) * interval '1 s' where id = :id and state = 'running'`, { id });
}

export interface DueRecording { readonly id: string; readonly customerId: string; readonly callId: string; readonly segment: number; readonly storageKey: string; readonly days: number }
interface DueRow { id: string; customer_id: string; call_id: string; segment: number; storage_key: string; days: number }

/** Sound older than its campaign keeps it; each campaign's own oldest first, so that one campaign's many do not hold up the others. */
export async function listDueRecordings(db: Db, { limitPerCampaign }: { limitPerCampaign: number }): Promise<DueRecording[]> {
  const { rows } = await db.raw<{ rows: DueRow[] }>(
    `select r.id, r.customer_id, r.call_id, r.segment, r.storage_key, p.recording_days as days
     from campaigns p cross join lateral (
       select * from recordings r where r.campaign_id = p.id and r.state = 'stored' and r.started_at < now() - p.recording_days * interval '1 day'
       order by r.started_at limit :limitPerCampaign) r`,
    { limitPerCampaign },
  );
  return rows.map((row) => ({ id: row.id, customerId: row.customer_id, callId: row.call_id, segment: row.segment, storageKey: row.storage_key, days: row.days }));
}

/** The row stays. @returns false when it was erased already. */
export async function eraseRecording(trx: Db, { id, reason }: { id: string; reason: 'retention' }): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `update recordings set state = 'erased', erased_at = now(), reason = :reason, storage_key = null, bytes = null where id = :id and state = 'stored'`, { id, reason },
  );
  return rowCount === 1;
}

/** Whose recordings may be heard: a customer's own, an operator's own calls, or all. */
export type Hearer = { readonly customerId: string } | { readonly operatorId: string } | 'all';
const mayHear = `(:customerId::bigint is null or k.customer_id = :customerId) and (:operatorId::bigint is null or k.operator_id = :operatorId)`;
const hearerBindings = (hearer: Hearer) => ({ customerId: hearer !== 'all' && 'customerId' in hearer ? hearer.customerId : null, operatorId: hearer !== 'all' && 'operatorId' in hearer ? hearer.operatorId : null });

export interface RecordingRow {
  readonly id: string; readonly segment: number; readonly what: RecordedWhat; readonly state: 'running' | 'stored' | 'failed' | 'erased'; readonly reason: string | null;
  readonly startedAt: Date; readonly offsetMs: number; readonly durationMs: number | null; readonly bytes: number | null; readonly erasedAt: Date | null;
}
interface ListedRow { id: string; segment: number; what: RecordedWhat; state: RecordingRow['state']; reason: string | null; started_at: Date; offset_ms: number; duration_ms: number | null; bytes: number | null; erased_at: Date | null }

/** A call's segments in their order; undefined for a call that is none of the hearer's. */
export async function listRecordings(db: Db, { callId, hearer }: { callId: string; hearer: Hearer }): Promise<RecordingRow[] | undefined> {
  const { rows } = await db.raw<{ rows: (ListedRow | { id: null })[] }>(
    `select r.id, r.segment, r.what, r.state, r.reason, r.started_at, r.offset_ms, r.duration_ms, r.bytes, r.erased_at
     from calls k left join recordings r on r.call_id = k.id where k.id = :callId and ${mayHear} order by r.segment`,
    { callId, ...hearerBindings(hearer) },
  );
  if (rows.length === 0) return undefined;
  return rows.flatMap((row) => (row.id === null ? [] : [{
    id: row.id, segment: row.segment, what: row.what, state: row.state, reason: row.reason, startedAt: row.started_at, offsetMs: row.offset_ms, durationMs: row.duration_ms, bytes: row.bytes, erasedAt: row.erased_at,
  }]));
}

export interface StoredSound { readonly callId: string; readonly customerId: string; readonly segment: number; readonly storageKey: string; readonly bytes: number; readonly format: string; readonly storedAt: Date }

/** The sound of a segment; undefined for what is not the hearer's, `gone` for one that has none. */
export async function findSound(db: Db, { id, hearer }: { id: string; hearer: Hearer }): Promise<StoredSound | 'gone' | undefined> {
  const { rows } = await db.raw<{ rows: { call_id: string; customer_id: string; segment: number; state: string; storage_key: string; bytes: number; format: string; stored_at: Date }[] }>(
    `select r.call_id, r.customer_id, r.segment, r.state, r.storage_key, r.bytes, r.format, r.stored_at
     from recordings r join calls k on k.id = r.call_id where r.id = :id and ${mayHear}`,
    { id, ...hearerBindings(hearer) },
  );
  const row = rows[0];
  if (!row) return undefined;
  if (row.state !== 'stored') return 'gone';
  return { callId: row.call_id, customerId: row.customer_id, segment: row.segment, storageKey: row.storage_key, bytes: row.bytes, format: row.format, storedAt: row.stored_at };
}

/** Why the switch's recordings are not started now; null when they are. */
export async function recordDiskProblem(db: Db, { switchId, problem }: { switchId: string; problem: string | null }): Promise<void> {
  await db.raw(`update switches set recording_problem = :problem where id = :switchId and recording_problem is distinct from :problem`, { switchId, problem });
}
