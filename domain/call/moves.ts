import type { Call, EndedBy, TransferEnd } from './call.ts';
import { lateArrival } from './asked-managers.ts';
import { moveTimeoutMs, operatorAwayMs, switchLimitMs, transferGraceMs, type Draft } from './draft.ts';
import type { CallEvent, RefusalCode } from './event.ts';
import { announced, beginRecording, notAnnounced, stopSegment } from './recording.ts';

/** What several states do alike: ends, limits and the moves of legs. */

export type Handled = 'moved' | 'late' | { readonly refused: RefusalCode };
export type Handler = (draft: Draft, event: CallEvent) => Handled;

export const refuse = (refused: RefusalCode): Handled => ({ refused });
export const isGone = (event: CallEvent): event is Extract<CallEvent, { type: 'LegHungUp' | 'LegLost' | 'OriginateFailed' }> =>
  event.type === 'LegHungUp' || event.type === 'LegLost' || event.type === 'OriginateFailed';

/** What every state does with requests that make no sense in it. */
export function otherwise(draft: Draft, event: CallEvent): Handled {
  const { call, recorded } = draft;
  switch (event.type) {
    case 'HangupRequested': return inTransfer(call) ? refuse('returnFirst') : 'late';
    case 'TransferRequested': return refuse(call.state === 'ended' || call.state === 'ending' ? 'callEnded' : 'notTalking');
    case 'HandOverRequested': return refuse('managerNotThere');
    case 'ReturnRequested': return refuse('nothingToReturnFrom');
    case 'ManagerAccepting': case 'ManagerDeclined': return refuse('transferOver');
    case 'ManagerArrived': return lateArrival(draft, event) ? 'moved' : 'late';
    // A leg's record moved on (created, ringing, parked): worth keeping, nothing to do.
    case 'LegCreated': case 'LegProgressed': case 'LegAnswered': case 'LegParked': case 'LegsBridged': return recorded ? 'moved' : 'late';
    case 'LegHungUp': case 'LegLost': case 'OriginateFailed': return 'moved';
    case 'AnnouncementFailed': return notAnnounced(draft);
    case 'DeadlinePassed': return event.name === 'announced' ? announced(draft) : 'late';
    case 'MoveFailed': case 'OperatorLegReplaced': case 'OperatorSilent': case 'OperatorHeard': return 'late';
    default: return event satisfies never;
  }
}

export const inTransfer = (call: Call): boolean => ['moving', 'ringingManager', 'joining', 'briefing', 'handingOver'].includes(call.state);

/** The contact is gone: the record gets the network's cause, the rest is hung up. */
export function contactGone(draft: Draft, event: CallEvent): Handled {
  const { call } = draft;
  if (!isGone(event)) return 'late';
  const cause = draft.leg(call.contactLeg)?.cause ?? 'UNKNOWN';
  call.hangupCause ??= cause;
  if (inTransfer(call)) draft.endTransfer('contactHungUp');
  draft.end(endedByLoss(draft, event) ?? (call.answeredAt !== null ? 'contact' : isGivenUp(event) ? 'operatorLost' : 'network'), 'NORMAL_CLEARING');
  return 'moved';
}

/** Nobody asked for it, and the network does not call a dial off: the operator's leg, which dials, is gone, and its own event comes after this one. */
const isGivenUp = (event: CallEvent): boolean => event.type === 'LegHungUp' && event.cause === 'ORIGINATOR_CANCEL';

/** Who ended a call whose leg nobody saw go: a conversation went with its switch; whether a telephone rang before that nobody knows. */
export function endedByLoss({ call }: Draft, event: CallEvent): 'network' | 'unknown' | undefined {
  if (event.type === 'LegLost') return event.cause !== undefined && call.answeredAt !== null ? 'network' : 'unknown';
  return event.type === 'OriginateFailed' && event.fate === 'unknown' ? 'unknown' : undefined;
}

/** The limit, in every state that has one: put off once when a transfer is under way. */
export function limitPassed(draft: Draft): Handled {
  const { call } = draft;
  if (inTransfer(call) && !call.limitExtended) {
    call.limitExtended = true;
    call.limitAt = draft.at + transferGraceMs;
    draft.deadline('limit', transferGraceMs);
    draft.order({ type: 'AnnounceCall' });
    return 'moved';
  }
  draft.end('limit', 'ALLOTTED_TIMEOUT');
  return 'moved';
}

export function contactAnswered(draft: Draft): Handled {
  const { call } = draft;
  call.answeredAt = draft.at;
  // The bridge of this answer was told before it: that was no ringing.
  if (call.ringingAt !== null && call.ringingAt >= draft.at) call.ringingAt = null;
  call.limitAt = draft.at + call.maxDurationMs;
  draft.clear('ringing');
  draft.deadline('limit', call.maxDurationMs);
  draft.startTalk();
  draft.go('talking');
  beginRecording(draft);
  return 'moved';
}

/** Music for the contact until the operator's page has called in again, or is heard again on the leg that it has. */
export function waitForOperator(draft: Draft): Handled {
  const { call } = draft;
  draft.startHold();
  draft.clear('move');
  call.transfer = null;
  stopSegment(draft);
  if (draft.alive(call.operatorLeg)) draft.arm(call.operatorLeg);
  draft.arm(call.contactLeg);
  draft.order({ type: 'PlayToLeg', leg: call.contactLeg, sound: 'music' });
  draft.deadline('operatorAway', operatorAwayMs);
  draft.go('waitingOperator');
  return 'moved';
}

/** Back to the contact: manager out first, then one move. */
export function comeBack(draft: Draft, reason: TransferEnd): Handled {
  const { call } = draft;
  stopSegment(draft);
  draft.endTransfer(reason);
  draft.clear('managerRinging');
  draft.settleAsked(reason);
  draft.hangupManagers();
  call.returnAsked = false;
  call.joinOrdered = false;
  call.movesFailed = 0;
  if (!draft.alive(call.operatorLeg)) return waitForOperator(draft);
  draft.transfer('returning');
  draft.go('returning');
  // An operator's leg that has not parked yet is confirmed by its event; the deadline is for one that never comes.
  if (draft.leg(call.operatorLeg)?.parked) joinContact(draft);
  else draft.deadline('move', moveTimeoutMs);
  return 'moved';
}

/** The operator is there again: one move, as soon as their leg is parked. */
export function operatorIsBack(draft: Draft): Handled {
  const { call } = draft;
  draft.clear('operatorAway');
  call.movesFailed = 0;
  call.joinOrdered = false;
  draft.transfer('returning');
  draft.go('returning');
  if (draft.leg(call.operatorLeg)?.parked) joinContact(draft);
  else draft.deadline('move', moveTimeoutMs);
  return 'moved';
}

export function joinContact(draft: Draft): Handled {
  draft.call.joinOrdered = true;
  draft.bridge(draft.call.operatorLeg, draft.call.contactLeg);
  return 'moved';
}

export function handOver(draft: Draft, managerLeg: string): Handled {
  stopSegment(draft);
  draft.clear('managerRinging');
  draft.transfer('handingOver');
  draft.bridge(draft.call.contactLeg, managerLeg);
  draft.go('handingOver');
  return 'moved';
}

export function joinManager(draft: Draft): Handled {
  const { call } = draft;
  if (call.managerLeg === null) return comeBack(draft, 'failed');
  draft.clear('managerRinging');
  // The operator's page died while the manager rang: the contact gets the manager all the same.
  if (!draft.alive(call.operatorLeg)) return handOver(draft, call.managerLeg);
  // Nobody would end a briefing whose controller is gone; the contact has its limit since the dial.
  draft.order({ type: 'ScheduleHangup', leg: call.managerLeg, afterMs: switchLimitMs(call) });
  draft.bridge(call.operatorLeg, call.managerLeg);
  draft.go('joining');
  return 'moved';
}

/** A new standing leg while the old one is gone and the call goes on without it. */
export function replaceOperatorLeg(draft: Draft, event: CallEvent): boolean {
  const { call } = draft;
  if (event.type !== 'OperatorLegReplaced' || draft.alive(call.operatorLeg)) return false;
  call.operatorLeg = event.leg;
  call.legs[event.leg] = { role: 'operator', status: 'answered', parked: true, unwanted: false };
  return true;
}

export const bridges = (event: CallEvent, one: string, two: string | null): boolean =>
  event.type === 'LegsBridged' && ((event.leg === one && event.other === two) || (event.leg === two && event.other === one));
export const passed = (event: CallEvent, name: string): boolean => event.type === 'DeadlinePassed' && event.name === name;
/** The move of these legs, and no earlier one's, was refused or did not come about in time. */
export const moveFailed = (event: CallEvent, ...legs: readonly (string | null)[]): boolean =>
  event.type === 'MoveFailed' ? event.legs.length === legs.length && event.legs.every((leg) => legs.includes(leg)) : passed(event, 'move');

export const endBy = (draft: Draft, by: EndedBy): Handled => {
  draft.end(by, by === 'limit' || by === 'ringTimeout' ? 'ALLOTTED_TIMEOUT' : draft.call.answeredAt === null ? 'ORIGINATOR_CANCEL' : 'NORMAL_CLEARING');
  return 'moved';
};
