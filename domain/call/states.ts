import type { AskedManager, CallState, TransferEnd } from './call.ts';
import { acceptedNow, askNext, askedOf, chooseManager, endAsking, noteAsked, waitForAccept } from './asked-managers.ts';
import { handedOverLimitMs, moveTimeoutMs, switchMarginMs, type Draft } from './draft.ts';
import type { CallEvent } from './event.ts';
import {
  bridges, comeBack, contactAnswered, contactGone, endBy, endedByLoss, handOver, isGone, joinContact, joinManager, limitPassed, moveFailed, operatorIsBack, otherwise, passed, refuse, replaceOperatorLeg, waitForOperator, type Handled, type Handler,
} from './moves.ts';
import { transferEndOf } from './outcome.ts';
import { startSegment, stopSegment } from './recording.ts';
import { hasPageLeft, waitForManager, waitingManager } from './waiting-manager.ts';

const dialling: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event)) return event.leg === call.contactLeg ? contactGone(draft, event) : endBy(draft, 'operatorLost');
  if (event.type === 'HangupRequested') return endBy(draft, event.by);
  if (passed(event, 'ringing')) return endBy(draft, 'ringTimeout');
  if (event.type === 'LegAnswered' && event.leg === call.contactLeg) return contactAnswered(draft);
  if ((event.type === 'LegProgressed' && event.leg === call.contactLeg) || bridges(event, call.operatorLeg, call.contactLeg)) {
    // The network's progress and the early bridge come in either order: the first of them counts.
    call.ringingAt = Math.min(call.ringingAt ?? event.at, event.at);
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
  // Parked: answered, but not bridged yet.
  if (event.type === 'OperatorSilent' && event.leg === call.operatorLeg && !draft.leg(event.leg)?.parked) return waitForOperator(draft);
  if (passed(event, 'limit')) return limitPassed(draft);
  if (event.type === 'TransferRequested') {
    // Answered, but not bridged yet: taking the contact out now would leave the operator's leg without a word of it.
    if (draft.leg(call.operatorLeg)?.parked) return refuse('notTalking');
    if (call.managers.length === 0) return refuse('noManager');
    // Ids are used once: the same request given twice is not a second transfer.
    if (event.managerLegs.some((id) => call.legs[id] !== undefined || askedOf(call, id))) return 'late';
    noteAsked(draft, event);
    call.managerLeg = null;
    call.transferEnded = null;
    call.returnAsked = false;
    draft.startHold();
    stopSegment(draft);
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
  if (moveFailed(event, call.contactLeg)) return comeBack(draft, 'failed');
  if (event.type === 'LegParked' && event.leg === call.operatorLeg) {
    draft.clear('move');
    if (call.returnAsked) return comeBack(draft, 'cancelled');
    // Nobody whom one could ask: their pages do not stand open.
    return askNext(draft) ? 'moved' : comeBack(draft, 'notOpen');
  }
  return otherwise(draft, event);
};

/** This manager (or, without one, everybody who rings) will not come: the next one is asked, or the operator is back. */
function notThisOne(draft: Draft, reason: TransferEnd, asked?: AskedManager): Handled {
  endAsking(draft, reason, asked);
  if (draft.call.asked.some(({ state }) => state === 'ringing') || askNext(draft)) return 'moved';
  return comeBack(draft, reason);
}

const ringingManager: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event)) {
    if (event.leg === call.contactLeg) return contactGone(draft, event);
    const asked = askedOf(call, event.leg);
    return asked?.state === 'ringing' ? notThisOne(draft, transferEndOf(draft.leg(event.leg)?.cause ?? '', false), asked) : 'moved';
  }
  if (replaceOperatorLeg(draft, event)) return 'moved';
  if (passed(event, 'limit')) return limitPassed(draft);
  if (passed(event, 'managerRinging')) return notThisOne(draft, 'noAnswer');
  if (event.type === 'ReturnRequested') return comeBack(draft, 'cancelled');
  if (event.type === 'ManagerDeclined') {
    const asked = askedOf(call, event.transfer);
    return asked?.state === 'ringing' ? notThisOne(draft, event.reason, asked) : refuse('transferOver');
  }
  if (event.type === 'ManagerAccepting') {
    if (askedOf(call, event.transfer)?.state !== 'ringing') return refuse('transferOver');
    waitForAccept(draft);
    return 'moved';
  }
  const accepted = acceptedNow(draft, event);
  if (accepted) {
    chooseManager(draft, accepted);
    return joinManager(draft);
  }
  if (event.type === 'LegAnswered' && askedOf(call, event.leg)?.manager.acceptKey) waitForAccept(draft);
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
    startSegment(draft, 'briefing', draft.call.managerLeg);
    return 'moved';
  }
  if (moveFailed(event, draft.call.operatorLeg, draft.call.managerLeg)) return comeBack(draft, 'failed');
  return withManager(draft, event);
};

const briefing: Handler = (draft, event) => {
  const { call } = draft;
  if (event.type === 'HandOverRequested' && call.managerLeg !== null) return handOver(draft, call.managerLeg);
  if (isGone(event) && event.leg === call.contactLeg) {
    call.hangupCause ??= draft.leg(call.contactLeg)?.cause ?? 'UNKNOWN';
    call.endedBy ??= endedByLoss(draft, event) ?? 'contact';
    draft.stopHold();
    draft.endTransfer('contactHungUp');
    draft.settleAsked('contactHungUp');
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
    draft.settleAsked('handedOver');
    call.limitAt = draft.at + handedOverLimitMs;
    draft.transfer('handedOver');
    // The contact's old limit would also cut contact and manager.
    draft.order({ type: 'CancelScheduledHangup', leg: call.contactLeg });
    if (call.managerLeg !== null) draft.order({ type: 'CancelScheduledHangup', leg: call.managerLeg });
    draft.order({ type: 'ScheduleHangup', leg: call.contactLeg, afterMs: handedOverLimitMs + switchMarginMs });
    draft.deadline('limit', handedOverLimitMs);
    draft.release();
    draft.go('handedOver');
    startSegment(draft, 'handedOver', call.contactLeg);
    return 'moved';
  }
  if (moveFailed(event, call.contactLeg, call.managerLeg)) return comeBack(draft, 'failed');
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
    if (event.leg === call.managerLeg) return hasPageLeft(call, event) ? waitForManager(draft) : endBy(draft, 'manager');
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
    startSegment(draft, 'conversation', call.contactLeg);
    return 'moved';
  }
  if (isGone(event)) {
    if (event.leg === call.contactLeg) return contactGone(draft, event);
    return event.leg === call.operatorLeg ? waitForOperator(draft) : 'moved';
  }
  if (event.type === 'LegParked' && event.leg === call.operatorLeg) return call.joinOrdered ? 'moved' : joinContact(draft);
  if (moveFailed(event, call.operatorLeg, call.contactLeg)) {
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
  if (replaceOperatorLeg(draft, event)) return operatorIsBack(draft);
  if (event.type === 'OperatorHeard' && event.leg === call.operatorLeg && draft.alive(event.leg)) return operatorIsBack(draft);
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

/** What a person asks of an ended call is refused with its reason; what the network still tells is late. */
const ended: Handler = (draft, event) =>
  (event.type.endsWith('Requested') && event.type !== 'HangupRequested') || event.type === 'ManagerAccepting' || event.type === 'ManagerDeclined' ? otherwise(draft, event) : 'late';

export const handlers: Readonly<Record<CallState, Handler>> = {
  dialling, talking, moving, ringingManager, joining, briefing, handingOver, handedOver, waitingManager, returning, waitingOperator, farewell, ending, ended,
};
