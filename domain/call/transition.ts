import type { Destination, LegId } from '../leg.ts';
import { legStatuses, type Call, type CallManager, type LegStatus } from './call.ts';
import type { CallCommand } from './command.ts';
import { Draft, switchLimitMs } from './draft.ts';
import { numberNotAllowed, type CallEvent, type RefusalCode } from './event.ts';
import type { CallRecording } from './recording.ts';
import { handlers } from './states.ts';

export type Step =
  | { readonly kind: 'moved'; readonly call: Call; readonly commands: readonly CallCommand[] }
  /** Late, twice or meaningless here: nothing changed but the count. */
  | { readonly kind: 'late'; readonly call: Call; readonly commands: readonly [] }
  /** A person's request that cannot be met now: nothing changed. */
  | { readonly kind: 'refused'; readonly call: Call; readonly commands: readonly []; readonly code: RefusalCode };

export interface NewCall {
  readonly id: string;
  readonly operatorLeg: LegId;
  readonly contactLeg: LegId;
  readonly destination: Destination;
  readonly managers: readonly CallManager[];
  readonly managerRing: Call['managerRing'];
  readonly language: Call['language'];
  readonly callerId: string | null;
  readonly ringTimeoutMs: number;
  readonly maxDurationMs: number;
  readonly recording: Pick<CallRecording, 'announce' | 'afterHandOver'> | null;
}

/** The first step: the contact's leg is ordered on the operator's standing leg. */
export function startCall(input: NewCall, at: number): { call: Call; commands: CallCommand[] } {
  const call: Call = {
    ...input,
    state: 'dialling',
    managerLeg: null,
    asked: [],
    legs: {
      [input.operatorLeg]: { role: 'operator', status: 'answered', parked: true, unwanted: false },
      [input.contactLeg]: { role: 'contact', status: 'ordered', parked: false, unwanted: false },
    },
    createdAt: at, ringingAt: null, answeredAt: null, limitAt: null, limitExtended: false, handedOverAt: null, releasedAt: null, endedAt: null,
    talkMs: 0, talkingSince: null, holdMs: 0, holdSince: null,
    transfer: null, transferEnded: null, returnAsked: false, joinOrdered: false, movesFailed: 0,
    recording: input.recording && { ...input.recording, told: false, segments: 0, running: null },
    hangupCause: null, endedBy: null, outcome: null, lateEvents: 0,
  };
  const draft = new Draft(call, at);
  draft.arm(call.operatorLeg);
  draft.order({
    type: 'DialContact', operatorLeg: call.operatorLeg, contactLeg: call.contactLeg,
    destination: call.destination, ringTimeoutMs: call.ringTimeoutMs, callerId: call.callerId, limitMs: switchLimitMs(call),
  });
  // The switch's own bridge_answer_timeout ends it first; this one is for a switch that forgot.
  draft.deadline('ringing', call.ringTimeoutMs + 3_000);
  draft.order({ type: 'AnnounceCall' });
  return { call, commands: draft.commands };
}

/** Pure: the call given is never changed. Every state × event has an answer and none throws. */
export function transition(before: Call, event: CallEvent): Step {
  const draft = new Draft(structuredClone(before), event.at);
  const handled = bookkeep(draft, event) ? handlers[before.state](draft, event) : 'late';
  if (handled === 'moved') return { kind: 'moved', call: draft.call, commands: draft.commands };
  if (handled === 'late') return { kind: 'late', call: { ...before, lateEvents: before.lateEvents + 1 }, commands: [] };
  return { kind: 'refused', call: before, commands: [], code: handled.refused };
}

const fateCauses = { refused: 'DESTINATION_OUT_OF_ORDER', notAllowed: numberNotAllowed, unknown: 'UNKNOWN' } as const;

/** Writes a leg's fact into its record. False: the fact says nothing new, or the leg is not of this call. */
function bookkeep(draft: Draft, event: CallEvent): boolean {
  switch (event.type) {
    case 'LegCreated': return advance(draft, event.leg, 'created');
    case 'LegProgressed': return advance(draft, event.leg, 'ringing');
    case 'LegAnswered': return advance(draft, event.leg, 'answered');
    case 'LegHungUp': return advance(draft, event.leg, 'gone', event.cause);
    case 'LegLost': return advance(draft, event.leg, 'gone', event.cause ?? 'UNKNOWN');
    case 'OriginateFailed': return advance(draft, event.leg, 'gone', fateCauses[event.fate]);
    case 'LegParked': return park(draft, event.leg, true);
    case 'LegsBridged': return park(draft, event.leg, false) && park(draft, event.other, false);
    default: return true;
  }
}

function advance(draft: Draft, id: LegId, status: LegStatus, cause?: string): boolean {
  const leg = draft.leg(id);
  if (leg === undefined || legStatuses.indexOf(leg.status) >= legStatuses.indexOf(status)) return false;
  const wasOrdered = leg.status === 'ordered';
  leg.status = status;
  draft.recorded = true;
  if (cause !== undefined) leg.cause = cause;
  // Asked to hang up before the switch had created it: now it can be.
  if (wasOrdered && leg.unwanted && status !== 'gone') draft.order({ type: 'HangupLeg', leg: id, cause: 'ORIGINATOR_CANCEL' });
  return true;
}

function park(draft: Draft, id: LegId, parked: boolean): boolean {
  const leg = draft.leg(id);
  if (leg === undefined || leg.status === 'gone') return false;
  if (leg.parked !== parked) draft.recorded = true;
  leg.parked = parked;
  return true;
}
