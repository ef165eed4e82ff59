import type { Call } from '../../domain/call/call.ts';
import type { CallCommand } from '../../domain/call/command.ts';
import { switchLost, type CallEvent, type DeadlineName } from '../../domain/call/event.ts';
import { followUnanswered } from './attempt-followup.ts';
import { outgoingLock, type TrunkRefusal } from './authorise-trunk.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';
import { isStaleRequest, refuseStaleRequest, RequestTooLate, staleAfterMs } from './request-queue.ts';
import { applyRecordings, isAboutRecording } from './recordings.ts';
import { switchHeardUntil } from './switch-service.ts';
import { applyInvitations, isAboutInvitation } from './transfers.ts';

/** Orders that go to the switch and are stored until they are executed; the others are effects of the transaction itself. */
const forSwitch = (command: CallCommand): boolean => !['SetDeadline', 'ClearDeadline', 'ReleaseOperator', 'AnnounceCall', 'InviteManager', 'RecordInvitation', 'NoteUnrecorded'].includes(command.type);

/** The last word on each deadline: a statement may not set and clear the same row. */
function netDeadlines(commands: readonly CallCommand[]): { set: { name: DeadlineName; at: number }[]; cleared: DeadlineName[] } {
  const last = new Map<DeadlineName, number | null>();
  for (const command of commands) {
    if (command.type === 'SetDeadline') last.set(command.name, command.at);
    if (command.type === 'ClearDeadline') last.set(command.name, null);
  }
  const entries = [...last];
  return {
    set: entries.flatMap(([name, at]) => (at === null ? [] : [{ name, at }])),
    cleared: entries.flatMap(([name, at]) => (at === null ? [name] : [])),
  };
}

const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);

function columnsOf(call: Call) {
  return {
    id: call.id, state: call.state, machine: JSON.stringify(call),
    operatorBound: call.releasedAt === null,
    numberLive: call.legs[call.contactLeg]?.status !== 'gone',
    operatorLeg: call.operatorLeg, managerLeg: call.managerLeg,
    ringingAt: seconds(call.ringingAt), answeredAt: seconds(call.answeredAt), releasedAt: seconds(call.releasedAt),
    endedAt: seconds(call.endedAt), handedOverAt: seconds(call.handedOverAt),
    talkMs: Math.round(call.talkMs), holdMs: Math.round(call.holdMs),
    hangupCause: call.hangupCause, outcome: call.outcome, endedBy: call.endedBy,
  };
}

/** Statements that a step's deadlines and orders become, and the answer to the request it came of; written with the call's row in one statement. */
const deadlinesAndCommands = `
  , cleared as (delete from call_deadlines d using step where d.call_id = step.id and d.name = any(:cleared::text[]))
  , deadlines as (
    insert into call_deadlines (call_id, name, switch_id, at)
    select step.id, x.name, step.switch_id, to_timestamp(x.at / 1000) from step, jsonb_to_recordset(:deadlines::jsonb) as x(name text, at double precision)
    on conflict (call_id, name) do update set at = excluded.at)
  , commands as (
    insert into call_commands (call_id, switch_id, epoch, command)
    select step.id, step.switch_id, step.epoch, x.value from step, jsonb_array_elements(:commands::jsonb) with ordinality as x(value, n) order by x.n
    returning id)
  , answered as (
    update requests r set handled_at = now(), result = :answer::jsonb from step where r.id = :requestId::bigint and r.handled_at is null)
  select (select array_agg(id::text order by id) from commands) as command_ids from step`;

export interface NewCallRow {
  readonly call: Call; readonly commands: readonly CallCommand[]; readonly operatorId: string; readonly contactId: string; readonly customerId: string;
  readonly campaignId: string; readonly switchId: string; readonly epoch: bigint; readonly attempt: number; readonly scriptVersion: number; readonly e164: string;
  /** The request that this call answers: carried out and answered in one, so that it is never carried out twice. */
  readonly requestId?: string | undefined;
  /** The trunk whose limits, with the campaign's and the day's cap, are looked at first, and the most that the call can cost. */
  readonly limits?: { readonly trunkId: string; readonly most: bigint } | null;
  /** What it leaves by and may cost, where that is counted. */
  readonly counted?: { readonly trunkId: string; readonly price: string; readonly managerPrice: string; readonly most: string } | null | undefined;
}

/** What `begin_call` raises. */
const waitedTooLong = 'XL001';

/**
 * Writes a call with its first orders, takes its contact out of the queue, binds the operator: one statement (`begin_call`).
 * `changed`: operator or claim are not as they were read. Throws StaleOwner when the switch has another owner,
 * RequestTooLate when its request waited too long.
 */
export async function writeNewCall(db: Db, row: NewCallRow): Promise<{ commandIds: string[] } | { refused: 'changed' | TrunkRefusal }> {
  const { call, counted, limits } = row;
  const attempt = {
    id: call.id, machine: call, operatorLeg: call.operatorLeg, contactLeg: call.contactLeg, createdAt: seconds(call.createdAt),
    customerId: row.customerId, campaignId: row.campaignId, contactId: row.contactId, operatorId: row.operatorId, switchId: row.switchId, epoch: String(row.epoch),
    attempt: row.attempt, scriptVersion: row.scriptVersion, e164: row.e164, requestId: row.requestId ?? null, staleAfterMs,
    limitsOf: limits?.trunkId ?? null, most: String(limits?.most ?? 0),
    trunkId: counted?.trunkId ?? null, trunkPrice: counted?.price ?? '0', managerPrice: counted?.managerPrice ?? '0', mostMinor: counted?.most ?? '0',
  };
  const { rows } = await prepared<{ begun: { commandIds: string[] } | { refused: 'changed' | 'stale' | TrunkRefusal } }>(
    db, 'begin_call', `select begin_call(:attempt::jsonb, :deadlines::jsonb, :commands::jsonb, :lock) as begun`,
    { attempt: JSON.stringify(attempt), deadlines: JSON.stringify(netDeadlines(row.commands).set), commands: JSON.stringify(row.commands.filter(forSwitch)), lock: outgoingLock },
  ).catch((error: Error & { code?: string }) => { throw error.code === waitedTooLong ? new RequestTooLate() : error; });
  const begun = rows[0]?.begun;
  if (!begun) throw new Error('no attempt written');
  if ('commandIds' in begun) return begun;
  if (begun.refused === 'stale') throw new StaleOwner();
  return { refused: begun.refused };
}

/** This controller does not own the switch any more: it must stop writing. */
export class StaleOwner extends Error {
  override readonly name = 'StaleOwner';
  constructor() {
    super('the switch has another owner');
  }
}

export interface StepRow {
  readonly before: Call; readonly call: Call; readonly version: number; readonly epoch: bigint; readonly event: CallEvent; readonly commands: readonly CallCommand[];
  /** The request that this step answers with `{ok: true}`. */
  readonly requestId?: string | undefined;
}
export interface WrittenStep {
  /** Ids of the orders for the switch, in order. */
  readonly commandIds: readonly string[];
  /** Whether the operator was released by this step. */
  readonly released: boolean;
}

/**
 * State and pending orders of one step, in one transaction; `version` is the version before it.
 * Throws StaleOwner when the row was written by a newer owner or has moved on, RequestTooLate when its request waited too long.
 */
export async function writeStep(db: Db, row: StepRow): Promise<WrittenStep> {
  const release = row.commands.find((command) => command.type === 'ReleaseOperator');
  const invitations = row.commands.filter(isAboutInvitation);
  const recordings = row.commands.filter(isAboutRecording);
  // Wrap-up begins within the statement; after an attempt that nobody answered the retry rules are asked.
  if ((!release || release.wrapUp) && invitations.length === 0 && recordings.length === 0) return { commandIds: await updateCall(db, row), released: release !== undefined };
  return db.transaction(async (trx) => {
    const commandIds = await updateCall(trx, row);
    await applyInvitations(trx, { callId: row.call.id, at: row.event.at, invitations });
    await applyRecordings(trx, { callId: row.call.id, at: row.event.at, recordings });
    if (!release || release.wrapUp) return { commandIds, released: release !== undefined };
    await releaseOperator(trx, { callId: row.call.id, wrapUp: false });
    if (row.call.outcome !== null) await followUnanswered(trx, { callId: row.call.id, outcome: row.call.outcome, nowMs: row.event.at });
    return { commandIds, released: true };
  });
}

async function updateCall(db: Db, { before, call, version, epoch, event, commands, requestId }: StepRow): Promise<string[]> {
  const { set, cleared } = netDeadlines(commands);
  const { rows } = await prepared<{ command_ids: string[] | null }>(db, 'update_call',
    `with step as (
       update calls set state = :state, machine = :machine, version = version + 1, operator_bound = :operatorBound, number_live = :numberLive,
         operator_leg = :operatorLeg, manager_leg = :managerLeg,
         ringing_at = to_timestamp(:ringingAt::double precision), answered_at = to_timestamp(:answeredAt::double precision),
         released_at = to_timestamp(:releasedAt::double precision), ended_at = to_timestamp(:endedAt::double precision),
         handed_over_at = to_timestamp(:handedOverAt::double precision), talk_ms = :talkMs, hold_ms = :holdMs,
         hangup_cause = :hangupCause, outcome = :outcome, ended_by = :endedBy
       where id = :id and version = :version and epoch = :epoch and not ${isStaleRequest(':requestId')} returning id, switch_id, epoch, version, operator_id, campaign_id)
     , released as (
       update operators o set ${freed} from step join campaigns p on p.id = step.campaign_id where :wrapUp::boolean and o.operator_id = step.operator_id)
     , transitions as (
       insert into call_transitions (call_id, version, at, event, from_state, to_state)
       select id, version, to_timestamp(:at::double precision), :event::jsonb, :fromState, :state from step)
     ${deadlinesAndCommands}`,
    {
      ...columnsOf(call), version, epoch: String(epoch), at: seconds(event.at), event: JSON.stringify(event), fromState: before.state,
      cleared, deadlines: JSON.stringify(set), commands: JSON.stringify(commands.filter(forSwitch)),
      requestId: requestId ?? null, answer: JSON.stringify({ ok: true }), wrapUp: commands.some((command) => command.type === 'ReleaseOperator' && command.wrapUp),
    },
  );
  if (!rows[0]) await refuseStaleRequest(db, requestId);
  if (!rows[0]) throw new StaleOwner();
  return rows[0].command_ids ?? [];
}

/** Whether a step whose commit was not answered was committed after all: its transition stands there with the same event. */
export async function findWrittenStep(db: Db, { call, version, epoch, event, commands }: StepRow): Promise<WrittenStep | undefined> {
  const { rows } = await db.raw<{ rows: { command_ids: string[] | null }[] }>(
    `select (select array_agg(m.id::text order by m.id) from call_commands m where m.call_id = k.id and m.done_at is null) as command_ids
     from calls k join call_transitions t on t.call_id = k.id and t.version = k.version
     where k.id = :id and k.version = :version + 1 and k.epoch = :epoch and t.event = :event::jsonb`,
    { id: call.id, version, epoch: String(epoch), event: JSON.stringify(event) },
  );
  const ids = rows[0]?.command_ids ?? [];
  const own = commands.filter(forSwitch).length;
  return rows[0] && { commandIds: ids.slice(ids.length - own), released: commands.some((command) => command.type === 'ReleaseOperator') };
}

/**
 * Ends a call whose handling failed, so that neither its operator nor its number is bound for ever: the record stays for
 * study as it was, marked as quarantined. The legs are the caller's to end.
 */
export const quarantineCall = (db: Db, { callId, epoch }: { callId: string; epoch: bigint }): Promise<void> => abandonCall(db, { callId, epoch: String(epoch), endedBy: 'quarantine', unanswered: 'failed' });

/**
 * Ends a call whose switch is lost: it has not been up for long and its operator has gone on line at another one, or an
 * administrator has said so. It ends when the switch was last heard; what became of it later nobody can say, nor whether a
 * telephone rang that nobody had answered. Its owner's late write finds no row of that version.
 */
export const loseCall = (trx: Db, { callId }: { callId: string }): Promise<void> => abandonCall(trx, { callId, epoch: null, endedBy: 'switchLost', unanswered: 'unknown' });

async function abandonCall(db: Db, { callId, epoch, endedBy, unanswered }: { callId: string; epoch: string | null; endedBy: 'quarantine' | 'switchLost'; unanswered: 'failed' | 'unknown' }): Promise<void> {
  const lost = endedBy === 'switchLost';
  await db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { bound: boolean; answered: boolean }[] }>(
      `with before as (
         select k.id, k.operator_bound, (k.machine->>'talkingSince')::float8 as talking_since,
           case when :lost then greatest(coalesce(k.handed_over_at, k.answered_at, k.created_at), ${switchHeardUntil}) else now() end as at
         from calls k join switches s on s.id = k.switch_id
         where k.id = :callId and k.epoch = coalesce(:epoch::bigint, k.epoch) and k.ended_at is null for update of k)
       , settled as (
         update transfers t set state = case t.state when 'accepted' then 'hungUp' else 'failed' end, settled_at = before.at
         from before where t.call_id = before.id and t.state in ('ringing','accepted'))
       update calls k set ended_at = before.at, released_at = coalesce(k.released_at, before.at), operator_bound = false, number_live = false,
         talk_ms = k.talk_ms + case when :lost and before.talking_since is not null then greatest(0, extract(epoch from before.at) * 1000 - before.talking_since)::int else 0 end,
         hangup_cause = coalesce(k.hangup_cause, :cause),
         outcome = coalesce(k.outcome, case when k.handed_over_at is not null then 'handedOver' when k.answered_at is null then :unanswered else 'talked' end), ended_by = :endedBy, version = k.version + 1
       from before where k.id = before.id returning before.operator_bound as bound, k.answered_at is not null as answered`,
      { callId, epoch, unanswered, endedBy, lost, cause: lost ? switchLost : null },
    );
    if (!rows[0]) return;
    await trx.raw(`delete from call_deadlines where call_id = :callId`, { callId });
    if (rows[0].bound) await releaseOperator(trx, { callId, wrapUp: rows[0].answered });
    if (!rows[0].answered) await followUnanswered(trx, { callId, outcome: unanswered, nowMs: Date.now() });
  });
}

/** What an operator `o` becomes who is free of a call of campaign `p`. */
const freed = `version = o.version + 1, since = now(), wrap_up_extensions = 0,
  state = case when :wrapUp::boolean then 'wrapUp' when o.leg is null then 'offline' when o.pause_reason is not null then 'paused' else 'ready' end,
  wrap_up_until = case when :wrapUp::boolean then now() + p.wrap_up_ms * interval '1 ms' end`;

/** Frees the operator of a call: to wrap-up with its countdown, or ready again; a pause that was asked for begins now. */
async function releaseOperator(trx: Db, { callId, wrapUp }: { callId: string; wrapUp: boolean }): Promise<void> {
  await prepared(trx, 'release_operator',
    `update operators o set ${freed}
     from calls k join campaigns p on p.id = k.campaign_id where k.id = :callId and o.operator_id = k.operator_id`,
    { callId, wrapUp },
  );
}

export interface LiveCallRow {
  readonly call: Call; readonly version: number; readonly operatorId: string; readonly campaignId: string;
  readonly deadlines: readonly { name: DeadlineName; at: number }[];
  readonly pending: readonly { id: string; command: CallCommand }[];
}

/** Takes live calls of a switch over under the owner's epoch: a former owner's late write finds none, and neither does its late taking over. `except`: those that are driven already. */
export async function adoptLiveCalls(
  db: Db,
  { switchId, epoch, olderThanMs = 0, except = [] }: { switchId: string; epoch: bigint; olderThanMs?: number; except?: readonly string[] },
): Promise<LiveCallRow[]> {
  const { rows } = await db.raw<{ rows: { machine: Call; version: number; operator_id: string; campaign_id: string; deadlines: LiveCallRow['deadlines'] | null; pending: LiveCallRow['pending'] | null }[] }>(
    `with owner as (select id from switches where id = :switchId and epoch = :epoch for share)
     , adopted as (update calls k set epoch = :epoch from owner where k.switch_id = owner.id and k.ended_at is null
       and k.created_at <= now() - :olderThanMs * interval '1 ms' and k.id <> all(:except::uuid[]) returning k.id, k.machine, k.version, k.operator_id, k.campaign_id)
     select a.machine, a.version, a.operator_id, a.campaign_id,
       (select jsonb_agg(jsonb_build_object('name', d.name, 'at', extract(epoch from d.at) * 1000)) from call_deadlines d where d.call_id = a.id) as deadlines,
       (select jsonb_agg(jsonb_build_object('id', m.id::text, 'command', m.command) order by m.id) from call_commands m where m.call_id = a.id and m.done_at is null) as pending
     from adopted a`,
    { switchId, epoch: String(epoch), olderThanMs, except },
  );
  return rows.map((row) => ({
    call: row.machine, version: row.version, operatorId: row.operator_id, campaignId: row.campaign_id, deadlines: row.deadlines ?? [], pending: row.pending ?? [],
  }));
}

/** Marks orders as executed, with what the switch said, while the switch is this owner's. Does not wait for the disk: one without its mark is looked at after a crash. */
export async function markCommandsDone(db: Db, { done, epoch }: { done: readonly { id: string; result: string }[]; epoch: bigint }): Promise<void> {
  if (done.length === 0) return;
  await prepared(db, 'mark_orders',
    `update call_commands m set done_at = now(), result = left(x.result, 200)
     from jsonb_to_recordset(:done::jsonb) as x(id bigint, result text), (select set_config('synchronous_commit', 'off', true)) at_once, switches s
     where m.id = x.id and m.done_at is null and s.id = m.switch_id and s.epoch = :epoch`,
    { done: JSON.stringify(done), epoch: String(epoch) },
  );
}

/** Of the given legs those whose call has ended: a contact's, or a dialled manager's (whose leg is the transfer's id). */
export async function listLegsOfEndedCalls(db: Db, { legs }: { legs: readonly string[] }): Promise<Set<string>> {
  const { rows } = await db.raw<{ rows: { leg: string }[] }>(
    `select k.contact_leg as leg from calls k where k.contact_leg = any(:legs::uuid[]) and k.ended_at is not null
     union all select t.id from transfers t join calls k on k.id = t.call_id where t.id = any(:legs::uuid[]) and k.ended_at is not null`,
    { legs },
  );
  return new Set(rows.map(({ leg }) => leg));
}
