import type { AskedManager, Call } from './call.ts';
import { managerAwayMs, type Draft } from './draft.ts';
import type { CallEvent } from './event.ts';
import { askedOf } from './asked-managers.ts';
import { bridges, contactGone, endBy, isGone, moveFailed, otherwise, passed, refuse, type Handled, type Handler } from './moves.ts';
import { startSegment, stopSegment } from './recording.ts';

/** The manager who was given the contact, and whose page has left: loaded anew, or on another network. */

/** Whoever hangs up clears normally; a page that leaves says another cause, and one whose sound stopped is given one. */
export const hasPageLeft = (call: Call, event: CallEvent): boolean =>
  event.type === 'LegHungUp' && event.cause !== 'NORMAL_CLEARING' && askedOf(call, event.leg)?.manager.place.kind === 'page';

/** Music for the contact until the same manager's page has called in again. */
export function waitForManager(draft: Draft): Handled {
  const { call } = draft;
  stopSegment(draft);
  draft.clear('move');
  draft.arm(call.contactLeg);
  draft.order({ type: 'PlayToLeg', leg: call.contactLeg, sound: 'music' });
  draft.deadline('managerAway', managerAwayMs);
  draft.go('waitingManager');
  return 'moved';
}

/** Who may come back by this transfer: its leg is gone, and no new one is there. */
function awaited(draft: Draft, transfer: string): AskedManager | undefined {
  const { managerLeg } = draft.call;
  const asked = askedOf(draft.call, transfer);
  return managerLeg !== null && asked?.transfer === transfer && asked.leg === managerLeg && !draft.alive(managerLeg) ? asked : undefined;
}

export const waitingManager: Handler = (draft, event) => {
  const { call } = draft;
  if (isGone(event)) {
    if (event.leg === call.contactLeg) return contactGone(draft, event);
    if (event.leg !== call.managerLeg) return 'moved';
    // Back for a moment only.
    return hasPageLeft(call, event) ? waitForManager(draft) : endBy(draft, 'manager');
  }
  if (event.type === 'ManagerAccepting') return awaited(draft, event.transfer) ? 'moved' : refuse('transferOver');
  if (event.type === 'ManagerArrived' && call.legs[event.leg] === undefined) {
    const asked = awaited(draft, event.transfer);
    if (!asked) return otherwise(draft, event);
    asked.leg = event.leg;
    call.managerLeg = event.leg;
    call.legs[event.leg] = { role: 'manager', status: 'answered', parked: true, unwanted: false };
    call.movesFailed = 0;
    draft.clear('managerAway');
    draft.bridge(call.contactLeg, event.leg);
    return 'moved';
  }
  if (bridges(event, call.contactLeg, call.managerLeg)) {
    draft.clear('move');
    draft.go('handedOver');
    startSegment(draft, 'handedOver', call.contactLeg);
    return 'moved';
  }
  if (moveFailed(event, call.contactLeg, call.managerLeg) && call.managerLeg !== null && draft.alive(call.managerLeg)) {
    call.movesFailed += 1;
    if (call.movesFailed > 2) return endBy(draft, 'network');
    draft.bridge(call.contactLeg, call.managerLeg);
    return 'moved';
  }
  if (passed(event, 'managerAway')) return endBy(draft, 'manager');
  if (passed(event, 'limit')) return endBy(draft, 'limit');
  if (event.type.endsWith('Requested')) return refuse('handedOver');
  return otherwise(draft, event);
};
