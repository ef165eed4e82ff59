import { isInWindow, nextInWindow } from '../../domain/calling-window.ts';
import { sipAddress } from '../../domain/campaign.ts';
import { startCall, type NewCall } from '../../domain/call/transition.ts';
import type { Call, CallManager, ManagerPlace } from '../../domain/call/call.ts';
import type { CallCommand } from '../../domain/call/command.ts';
import { readPhone } from '../../domain/phone.ts';
import { practiceTrunk, ticketFor, type LimitsRow, type TrunkRefusal, type TrunkTicket } from './authorise-trunk.ts';
import { writeNewCall } from './call-store.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';
import { finishContact, requeueContact } from './queue.ts';

/** Why a call is not made. The queue is already put right; the operator's screen shows the reason. */
export type AttemptRefusal =
  | 'notOnLine' | 'switchDraining' | 'alreadyOnCall' | 'wrapUpOpen' | 'paused' | 'claimLost' | 'campaignNotRunning' | 'outsideWindow' | 'doNotCall' | 'tooManyAttempts' | 'numberBusy' | 'numberNotAllowed' | TrunkRefusal;

export type Authorisation =
  | { readonly ok: true; readonly call: Call; readonly commands: readonly CallCommand[]; readonly commandIds: readonly string[]; readonly campaignId: string }
  | { readonly ok: false; readonly code: AttemptRefusal };

interface Row {
  campaign_id: string; customer_id: string; campaign_state: string; language: 'ru' | 'en'; country: string;
  manager_ring: Call['managerRing']; managers: readonly { id: string; kind: string; address: string | null; acceptKey: boolean; price: string }[];
  script_version: number; ring_timeout_ms: number; max_duration_ms: number; max_attempts: number;
  window_from: string; window_to: string; window_days: number[];
  record_calls: boolean; announce_recording: boolean; record_after_hand_over: boolean;
  contact_time_zone: string; attempts: number; e164: string; extension: string | null; position: number;
  operator_leg: string | null; operator_state: string; draining: boolean; dnc: boolean; entered: boolean;
  /** Null where the trunk is not of this switch. */
  limits: LimitsRow | null;
}

export interface AttemptOrder {
  readonly operatorId: string; readonly contactId: string; readonly switchId: string; readonly epoch: bigint;
  /** Chosen beforehand by the caller: the call's id and its contact leg's channel uuid. */
  readonly callId: string; readonly contactLeg: string; readonly nowMs: number;
  /** The trunk of the switch; the practice line unless given. */
  readonly trunkId?: string;
  /** The request that is answered by this call, in the same transaction. */
  readonly requestId?: string;
}

/** Looked at anew so often when operator or claim have changed in the very moment between reading and writing. */
const looks = 3;

/**
 * The last word before a telephone rings: window, DNC, attempts and destination are read and judged; then operator and claim
 * are locked and looked at again, limits and the day's cap are counted, and the attempt is written, in one transaction. One
 * live call per operator and one live attempt per number in the whole house are unique indexes.
 */
export async function authoriseAttempt(db: Db, order: AttemptOrder): Promise<Authorisation> {
  try {
    for (let look = 0; look < looks; look += 1) {
      const result = await authorise(db, order);
      if (result !== 'changed') return result;
    }
    return { ok: false, code: 'claimLost' };
  } catch (error) {
    const constraint = (error as { constraint?: string }).constraint;
    if (constraint === 'calls_one_live_per_number') return { ok: false, code: 'numberBusy' };
    if (constraint === 'calls_one_live_per_operator') return { ok: false, code: 'alreadyOnCall' };
    throw error;
  }
}

async function authorise(db: Db, order: AttemptOrder): Promise<Authorisation | 'changed'> {
  const { contactId, nowMs } = order;
  const trunkId = order.trunkId ?? practiceTrunk;
  const row = await readClaim(db, order, trunkId);
  if (!row) return { ok: false, code: 'claimLost' };
  const window = { from: row.window_from, to: row.window_to, days: row.window_days };
  if (row.operator_leg === null) return { ok: false, code: 'notOnLine' };
  if (row.draining) return { ok: false, code: 'switchDraining' };
  if (row.operator_state === 'wrapUp') return { ok: false, code: 'wrapUpOpen' };
  if (row.operator_state === 'paused') return { ok: false, code: 'paused' };
  if (row.operator_state !== 'ready') return { ok: false, code: 'alreadyOnCall' };
  if (row.campaign_state !== 'running') return { ok: false, code: 'campaignNotRunning' };
  if (row.dnc || row.entered || row.attempts >= row.max_attempts + 5) {
    // Entered by this operator: back for somebody else. The others: out for good.
    if (row.entered && !row.dnc) await requeueContact(db, { contactId, at: nowMs, position: row.position });
    else await finishContact(db, { contactId });
    return { ok: false, code: row.dnc ? 'doNotCall' : row.entered ? 'claimLost' : 'tooManyAttempts' };
  }
  // Lists are checked when they come in; this is for whatever else wrote the number.
  if (!readPhone(row.e164, row.country).ok) {
    await finishContact(db, { contactId });
    return { ok: false, code: 'numberNotAllowed' };
  }
  if (!isInWindow(nowMs, row.contact_time_zone, window)) {
    await requeueContact(db, { contactId, at: nextInWindow(nowMs, row.contact_time_zone, window), position: row.position });
    return { ok: false, code: 'outsideWindow' };
  }
  const ticket = ticketFor(row.limits, { e164: row.e164, managers: row.managers.flatMap(callManager), maxDurationMs: row.max_duration_ms });
  if (!ticket.ok) {
    if (ticket.code === 'destinationNotAllowed') await finishContact(db, { contactId });
    return ticket;
  }
  const { call, commands } = startCall(newCall(order, row, row.operator_leg, ticket), nowMs);
  const written = await writeNewCall(db, {
    call, commands, operatorId: order.operatorId, contactId, customerId: row.customer_id, campaignId: row.campaign_id,
    switchId: order.switchId, epoch: order.epoch, attempt: row.attempts + 1, scriptVersion: row.script_version, e164: row.e164, requestId: order.requestId,
    limits: ticket.most === null ? null : { trunkId, most: ticket.most }, counted: ticket.counted && { trunkId, ...ticket.counted },
  });
  if ('refused' in written) return written.refused === 'changed' ? 'changed' : { ok: false, code: written.refused };
  return { ok: true, call, commands, commandIds: written.commandIds, campaignId: row.campaign_id };
}

/** Operator, claim, contact, campaign and trunk; nothing when the claim is not this operator's any more. A leg on another switch is none here. */
async function readClaim(db: Db, { operatorId, contactId, switchId }: AttemptOrder, trunkId: string): Promise<Row | undefined> {
  const { rows } = await prepared<{ claim: Row }>(db, 'read_claim', `select claim from read_claim(:operatorId, :contactId, :switchId, :trunkId) claim`, { operatorId, contactId, switchId, trunkId });
  return rows[0]?.claim;
}

function newCall(order: AttemptOrder, row: Row, operatorLeg: string, { callerId, managers }: TrunkTicket): NewCall {
  return {
    id: order.callId, operatorLeg, contactLeg: order.contactLeg, callerId,
    destination: { kind: 'phone', e164: row.e164, ...(row.extension === null ? {} : { extension: row.extension }) },
    managers, managerRing: row.manager_ring, language: row.language,
    ringTimeoutMs: row.ring_timeout_ms, maxDurationMs: row.max_duration_ms,
    recording: row.record_calls ? { announce: row.announce_recording, afterHandOver: row.record_after_hand_over } : null,
  };
}

/** Stored addresses were validated when they were entered; one that is not valid any more is no manager. */
function callManager({ id, kind, address, acceptKey, price }: Row['managers'][number]): (CallManager & { price: string })[] {
  const place = managerPlace(kind, address);
  return place === null ? [] : [{ id, place, acceptKey: acceptKey && place.kind !== 'page', price }];
}

function managerPlace(kind: string, address: string | null): ManagerPlace | null {
  if (kind === 'page') return { kind: 'page' };
  if (kind === 'phone' && address !== null) return { kind: 'phone', e164: address };
  if (kind !== 'sip' || address === null || !sipAddress.test(address)) return null;
  const [user = '', host = ''] = address.split('@');
  return { kind: 'sip', user, host };
}
