import type { Call, CallState, EndedBy, TransferEnd } from './call.ts';
import {
  Draft, handedOverLimitMs, managerRingTimeoutMs, moveTimeoutMs, operatorAwayMs, switchMarginMs, transferGraceMs,
} from './draft.ts';
import type { CallEvent, RefusalCode } from './event.ts';
import { transferEndOf } from './outcome.ts';

export type Handled = 'moved' | 'late' | { readonly refused: RefusalCode };
type Handler = (draft: Draft, event: CallEvent) => Handled;

const refuse = (refused: RefusalCode): Handled => ({ refused });
const isGone = (event: CallEvent): event is Extract<CallEvent, { type: 'LegHungUp' | 'LegLost' | 'OriginateFailed' }> =>
  event.type === 'LegHungUp' || event.type === 'LegLost' || event.type === 'OriginateFailed';

/** What every state does with requests that make no sense in it. */
function otherwise({ call, recorded }: Draft, event: CallEvent): Handled {
  switch (event.type) {
    case 'HangupRequested': return inTransfer(call) ? refuse('returnFirst') : 'late';
    case 'TransferRequested': return refuse(call.state === 'ended' || call.state === 'ending' ? 'callEnded' : 'notTalking');
    case 'HandOverRequested': return refuse('managerNotThere');
    case 'ReturnRequested': return refuse('nothingToReturnFrom');
    // A leg's record moved on (created, ringing, parked): worth keeping, nothing to do.
    case 'LegCreated': case 'LegProgressed': case 'LegAnswered': case 'LegParked': case 'LegsBridged': return recorded ? 'moved' : 'late';
    case 'LegHungUp': case 'LegLost': case 'OriginateFailed': return 'moved';
    case 'MoveFailed': case 'OperatorLegReplaced': case 'DeadlinePassed': return 'late';
    default: return event satisfies never;
  }
}

const inTransfer = (call: Call): boolean => ['moving', 'ringingManager', 'joining', 'briefing', 'handingOver'].includes(call.state);

/** The contact is gone: the record gets the network's cause, the rest is hung up. */
function contactGone(draft: Draft, event: CallEvent): Handled {
  const { call } = draft;
  if (!isGone(event)) return 'late';
  const cause = draft.leg(call.contactLeg)?.cause ?? 'UNKNOWN';
  call.hangupCause ??= cause;
  if (inTransfer(call)) draft.endTransfer('contactHungUp');
  const unseen = event.type === 'LegLost' || (event.type === 'OriginateFailed' && event.fate === 'unknown');
  draft.end(unseen ? 'unknown' : call.answeredAt === null ? 'network' : 'contact', 'NORMAL_CLEARING');
  return 'moved';
}

/** The limit, in every state that has one: put off once when a transfer is under way. */
function limitPassed(draft: Draft): Handled {
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

function contactAnswered(draft: Draft): Handled {
  const { call } = draft;
  call.answeredAt = draft.at;
  call.limitAt = draft.at + call.maxDurationMs;
  draft.clear('ringing');
  draft.deadline('limit', call.maxDurationMs);
  draft.order({ type: 'ScheduleHangup', leg: call.contactLeg, afterMs: call.maxDurationMs + transferGraceMs + switchMarginMs });
  draft.startTalk();
  draft.go('talking');
  return 'moved';
}

/** Music for the contact until the operator's page has called in again. */
function waitForOperator(draft: Draft): Handled {
  const { call } = draft;
  draft.startHold();
  draft.clear('move');
  call.transfer = null;
  draft.arm(call.contactLeg);
  draft.order({ type: 'PlayToLeg', leg: call.contactLeg, sound: 'music' });
  draft.deadline('operatorAway', operatorAwayMs);
  draft.go('waitingOperator');
  return 'moved';
}

/** Back to the contact: manager out first, then one move. */
function comeBack(draft: Draft, reason: TransferEnd): Handled {
  const { call } = draft;
  draft.endTransfer(reason);
  draft.clear('managerRinging');
  draft.hangup(call.managerLeg, 'NORMAL_CLEARING');
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

function joinContact(draft: Draft): Handled {
  draft.call.joinOrdered = true;
  draft.bridge(draft.call.operatorLeg, draft.call.contactLeg);
  return 'moved';
}

function handOver(draft: Draft, managerLeg: string): Handled {
  draft.clear('managerRinging');
  draft.transfer('handingOver');
  draft.bridge(draft.call.contactLeg, managerLeg);
  draft.go('handingOver');
  return 'moved';
}

function joinManager(draft: Draft): Handled {
  const { call } = draft;
  const manager = draft.leg(call.managerLeg);
  if (call.managerLeg === null || manager?.status !== 'answered' || !manager.parked) return 'moved';
  draft.clear('managerRinging');
  // The operator's page died while the manager rang: the contact gets the manager all the same.
  if (!draft.alive(call.operatorLeg)) return handOver(draft, call.managerLeg);
  draft.bridge(call.operatorLeg, call.managerLeg);
  draft.go('joining');
  return 'moved';
}

/** A new standing leg while the old one is gone and the call goes on without it. */
function replaceOperatorLeg(draft: Draft, event: CallEvent): boolean {
  const { call } = draft;
  if (event.type !== 'OperatorLegReplaced' || draft.alive(call.operatorLeg)) return false;
  call.operatorLeg = event.leg;
  call.legs[event.leg] = { role: 'operator', status: 'answered', parked: true, unwanted: false };
  return true;
}

const bridges = (event: CallEvent, one: string, two: string | null): boolean =>
  event.type === 'LegsBridged' && ((event.leg === one && event.other === two) || (event.leg === two && event.other === one));
const passed = (event: CallEvent, name: string): boolean => event.type === 'DeadlinePassed' && event.name === name;
const moveFailed = (event: CallEvent): boolean => event.type === 'MoveFailed' || passed(event, 'move');

const endBy = (draft: Draft, by: EndedBy): Handled => {
  draft.end(by, by === 'limit' || by === 'ringTimeout' ? 'ALLOTTED_TIMEOUT' : draft.call.answeredAt === null ? 'ORIGINATOR_CANCEL' : 'NORMAL_CLEARING');
  return 'moved';
};

const dialling: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event)) return event.leg === call.contactLeg ? contactGone(draft, event) : endBy(draft, 'operatorLost');
  if (event.type === 'HangupRequested') return endBy(draft, event.by);
  if (passed(event, 'ringing')) return endBy(draft, 'ringTimeout');
  if (event.type === 'LegAnswered' && event.leg === call.contactLeg) return contactAnswered(draft);
  if ((event.type === 'LegProgressed' && event.leg === call.contactLeg) || bridges(event, call.operatorLeg, call.contactLeg)) {
    call.ringingAt ??= event.at;
    draft.order({ type: 'AnnounceCall' });
    return 'moved';
  }
  return otherwise(draft, event);
};

const talking: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event)) {
    if (event.leg === call.contactLeg) return contactGone(draft, event);
    return event.leg === call.operatorLeg ? waitForOperator(draft) : 'moved';
  }
  if (event.type === 'HangupRequested') return endBy(draft, event.by);
  if (passed(event, 'limit')) return limitPassed(draft);
  if (event.type === 'TransferRequested') {
    if (call.manager === null) return refuse('noManager');
    // A leg's id is used once: the same request given twice is not a second transfer.
    if (call.legs[event.managerLeg] !== undefined) return 'late';
    call.managerLeg = event.managerLeg;
    call.transferEnded = null;
    call.returnAsked = false;
    draft.startHold();
    draft.transfer('requested');
    draft.arm(call.operatorLeg);
    draft.arm(call.contactLeg);
    draft.order({ type: 'PlayToLeg', leg: call.contactLeg, sound: 'music' });
    draft.deadline('move', moveTimeoutMs);
    draft.go('moving');
    return 'moved';
  }
  return otherwise(draft, event);
};

const moving: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event) && event.leg === call.contactLeg) return contactGone(draft, event);
  if (isGone(event) && event.leg === call.operatorLeg) return comeBack(draft, 'operatorLost');
  if (passed(event, 'limit')) return limitPassed(draft);
  if (event.type === 'ReturnRequested') {
    call.returnAsked = true;
    return 'moved';
  }
  if (moveFailed(event)) return comeBack(draft, 'failed');
  if (event.type === 'LegParked' && event.leg === call.operatorLeg) {
    draft.clear('move');
    if (call.returnAsked) return comeBack(draft, 'cancelled');
    if (call.manager === null || call.managerLeg === null) return comeBack(draft, 'failed');
    call.legs[call.managerLeg] = { role: 'manager', status: 'ordered', parked: false, unwanted: false };
    draft.order({ type: 'OriginateLeg', leg: call.managerLeg, destination: call.manager, ringTimeoutMs: managerRingTimeoutMs, callerId: call.callerId });
    draft.deadline('managerRinging', managerRingTimeoutMs + 2_000);
    draft.transfer('ringing');
    draft.go('ringingManager');
    return 'moved';
  }
  return otherwise(draft, event);
};

const ringingManager: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event)) {
    if (event.leg === call.contactLeg) return contactGone(draft, event);
    if (event.leg === call.managerLeg) return comeBack(draft, transferEndOf(draft.leg(call.managerLeg)?.cause ?? '', false));
    return 'moved';
  }
  if (replaceOperatorLeg(draft, event)) return 'moved';
  if (passed(event, 'limit')) return limitPassed(draft);
  if (passed(event, 'managerRinging')) return comeBack(draft, 'noAnswer');
  if (event.type === 'ReturnRequested') return comeBack(draft, 'cancelled');
  if ((event.type === 'LegAnswered' || event.type === 'LegParked') && event.leg === call.managerLeg) return joinManager(draft);
  return otherwise(draft, event);
};

/** The manager is there; operator and manager are being joined, or talk. */
const withManager = (draft: Draft, event: CallEvent): Handled => {
  const { call } = draft;
  if (isGone(event)) {
    if (event.leg === call.contactLeg) return contactGone(draft, event);
    if (event.leg === call.managerLeg) return comeBack(draft, 'hungUp');
    if (event.leg === call.operatorLeg && call.managerLeg !== null) return handOver(draft, call.managerLeg);
    return 'moved';
  }
  if (passed(event, 'limit')) return limitPassed(draft);
  if (event.type === 'ReturnRequested') return comeBack(draft, 'cancelled');
  return otherwise(draft, event);
};

const joining: Handler = (draft, event) => {
  if (bridges(event, draft.call.operatorLeg, draft.call.managerLeg)) {
    draft.clear('move');
    draft.transfer('briefing');
    draft.go('briefing');
    return 'moved';
  }
  if (moveFailed(event)) return comeBack(draft, 'failed');
  return withManager(draft, event);
};

const briefing: Handler = (draft, event) => {
  const { call } = draft;
  if (event.type === 'HandOverRequested' && call.managerLeg !== null) return handOver(draft, call.managerLeg);
  if (isGone(event) && event.leg === call.contactLeg) {
    call.hangupCause ??= draft.leg(call.contactLeg)?.cause ?? 'UNKNOWN';
    call.endedBy ??= event.type === 'LegLost' ? 'unknown' : 'contact';
    draft.stopHold();
    draft.endTransfer('contactHungUp');
    draft.clear('limit');
    draft.deadline('farewell', 60_000);
    draft.go('farewell');
    return 'moved';
  }
  return withManager(draft, event);
};

const handingOver: Handler = (draft, event) => {
  const { call } = draft;
  if (bridges(event, call.contactLeg, call.managerLeg)) {
    draft.clear('move');
    call.handedOverAt = draft.at;
    call.limitAt = draft.at + handedOverLimitMs;
    draft.transfer('handedOver');
    // The contact's old limit would also cut contact and manager.
    draft.order({ type: 'CancelScheduledHangup', leg: call.contactLeg });
    draft.order({ type: 'ScheduleHangup', leg: call.contactLeg, afterMs: handedOverLimitMs + switchMarginMs });
    draft.deadline('limit', handedOverLimitMs);
    draft.release();
    draft.go('handedOver');
    return 'moved';
  }
  if (moveFailed(event)) return comeBack(draft, 'failed');
  if (isGone(event) && event.leg === call.operatorLeg) return 'moved';
  if (event.type === 'HandOverRequested') return 'late';
  if (event.type === 'ReturnRequested') return refuse('handedOver');
  if (replaceOperatorLeg(draft, event)) return 'moved';
  return withManager(draft, event);
};

const handedOver: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event)) {
    if (event.leg === call.contactLeg) return contactGone(draft, event);
    if (event.leg === call.managerLeg) return endBy(draft, 'manager');
    return 'moved';
  }
  if (passed(event, 'limit')) return endBy(draft, 'limit');
  if (event.type.endsWith('Requested')) return refuse('handedOver');
  return otherwise(draft, event);
};

const returning: Handler = (draft, event) => {
  const { call } = draft;
  if (bridges(event, call.operatorLeg, call.contactLeg)) {
    draft.clear('move');
    call.transfer = null;
    draft.startTalk();
    draft.go('talking');
    return 'moved';
  }
  if (isGone(event)) {
    if (event.leg === call.contactLeg) return contactGone(draft, event);
    return event.leg === call.operatorLeg ? waitForOperator(draft) : 'moved';
  }
  if (event.type === 'LegParked' && event.leg === call.operatorLeg) return call.joinOrdered ? 'moved' : joinContact(draft);
  if (moveFailed(event)) {
    call.movesFailed += 1;
    return call.movesFailed > 2 ? endBy(draft, 'network') : joinContact(draft);
  }
  if (passed(event, 'limit')) return limitPassed(draft);
  if (event.type === 'HangupRequested') return endBy(draft, event.by);
  if (event.type === 'ReturnRequested') return 'late';
  return otherwise(draft, event);
};

const waitingOperator: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event)) return event.leg === call.contactLeg ? contactGone(draft, event) : 'moved';
  if (replaceOperatorLeg(draft, event)) {
    draft.clear('operatorAway');
    call.movesFailed = 0;
    draft.transfer('returning');
    draft.go('returning');
    return joinContact(draft);
  }
  if (passed(event, 'operatorAway')) return endBy(draft, 'operatorLost');
  if (passed(event, 'limit')) return limitPassed(draft);
  if (event.type === 'HangupRequested') return endBy(draft, event.by);
  return otherwise(draft, event);
};

const farewell: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event) && (event.leg === call.managerLeg || event.leg === call.operatorLeg)) return endBy(draft, 'contact');
  if (event.type === 'HangupRequested' || event.type === 'ReturnRequested' || passed(event, 'farewell')) return endBy(draft, 'contact');
  return otherwise(draft, event);
};

const ending: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event)) {
    if (event.leg === call.contactLeg) call.hangupCause ??= draft.leg(call.contactLeg)?.cause ?? null;
    draft.finishIfGone();
    return 'moved';
  }
  // They picked up while our order to hang up was on its way: it was a conversation for the network and is for us.
  if (event.type === 'LegAnswered' && event.leg === call.contactLeg) call.answeredAt ??= event.at;
  if (passed(event, 'ending')) {
    for (const [id, leg] of Object.entries(call.legs)) if (leg.role !== 'operator') draft.hangup(id, 'NORMAL_CLEARING');
    draft.deadline('ending', 15_000);
    return 'moved';
  }
  if (event.type === 'HangupRequested') return 'late';
  return otherwise(draft, event);
};

const ended: Handler = (draft, event) => (event.type.endsWith('Requested') && event.type !== 'HangupRequested' ? otherwise(draft, event) : 'late');

export const handlers: Readonly<Record<CallState, Handler>> = {
  dialling, talking, moving, ringingManager, joining, briefing, handingOver, handedOver, returning, waitingOperator, farewell, ending, ended,
};
