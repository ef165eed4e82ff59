import type { LegId } from '../leg.ts';
import type { AskedManager, Call, TransferEnd } from './call.ts';
import { managerAcceptMs, managerRingTimeoutMs, type Draft } from './draft.ts';
import type { CallEvent } from './event.ts';

/** Who is asked in a transfer, and who of them has accepted. The states say when. */

/** By the transfer's id, or by the leg. */
export const askedOf = (call: Call, id: LegId): AskedManager | undefined => call.asked.find(({ transfer, leg }) => transfer === id || leg === id);

/** All managers of the call stand in line; a page that is not open has missed the transfer already and is not waited for. */
export function noteAsked(draft: Draft, { managerLegs, absent }: Extract<CallEvent, { type: 'TransferRequested' }>): void {
  for (const [index, manager] of draft.call.managers.entries()) {
    const transfer = managerLegs[index];
    if (transfer === undefined) continue;
    const asked: AskedManager = { transfer, manager, state: 'waiting', leg: null };
    draft.call.asked.push(asked);
    if (!absent.includes(manager.id)) continue;
    invite(draft, asked);
    draft.record(asked, 'noAnswer');
  }
}

/** Asks the next one, or all at once. @returns false when there is nobody left to ask. */
export function askNext(draft: Draft): boolean {
  const { call } = draft;
  const waiting = call.asked.filter(({ state }) => state === 'waiting');
  const now = call.managerRing === 'together' ? waiting : waiting.slice(0, 1);
  if (now.length === 0) return false;
  for (const asked of now) ask(draft, asked);
  call.managerLeg = now.length === 1 ? (now[0]?.leg ?? null) : null;
  draft.deadline('managerRinging', managerRingTimeoutMs + 2_000);
  draft.transfer('ringing');
  draft.go('ringingManager');
  return true;
}

function ask(draft: Draft, asked: AskedManager): void {
  const { call } = draft;
  const { place, acceptKey } = asked.manager;
  asked.state = 'ringing';
  invite(draft, asked);
  if (place.kind === 'page') return;
  asked.leg = asked.transfer;
  call.legs[asked.transfer] = { role: 'manager', status: 'ordered', parked: false, unwanted: false };
  draft.order({
    type: 'OriginateLeg', leg: asked.transfer, destination: place, ringTimeoutMs: managerRingTimeoutMs, callerId: call.callerId,
    acceptKey: acceptKey ? call.language : null,
  });
}

function invite(draft: Draft, { transfer, manager }: AskedManager): void {
  draft.order({ type: 'InviteManager', transfer, manager: manager.id, kind: manager.place.kind });
}

/** One manager, or everybody who rings, will not come. */
export function endAsking(draft: Draft, reason: TransferEnd, only?: AskedManager): void {
  for (const asked of draft.call.asked) {
    if (asked.state !== 'ringing' || (only && asked !== only)) continue;
    draft.record(asked, reason);
    draft.hangup(asked.leg, 'ORIGINATOR_CANCEL');
  }
}

/** Whoever picked up gets time for the whisper and the key, whoever tapped Accept for the microphone; never less than the ringing. */
export function waitForAccept(draft: Draft): void {
  const ringingUntil = (draft.call.transfer?.since ?? draft.at) + managerRingTimeoutMs + 2_000;
  draft.order({ type: 'SetDeadline', name: 'managerRinging', at: Math.max(ringingUntil, draft.at + managerAcceptMs) });
}

/** The manager whom this event makes the one who accepted: a telephone's leg has parked, a page has called in. */
export function acceptedNow(draft: Draft, event: CallEvent): AskedManager | undefined {
  const { call } = draft;
  if (event.type === 'LegAnswered' || event.type === 'LegParked') {
    const asked = askedOf(call, event.leg);
    const leg = draft.leg(event.leg);
    return asked?.state === 'ringing' && leg?.status === 'answered' && leg.parked ? asked : undefined;
  }
  if (event.type !== 'ManagerArrived' || call.legs[event.leg] !== undefined) return undefined;
  const asked = askedOf(call, event.transfer);
  if (asked?.state !== 'ringing' || asked.manager.place.kind !== 'page') return undefined;
  asked.leg = event.leg;
  call.legs[event.leg] = { role: 'manager', status: 'answered', parked: true, unwanted: false };
  return asked;
}

/** The first who accepts has the call; the others stop ringing. */
export function chooseManager(draft: Draft, chosen: AskedManager): void {
  draft.call.managerLeg = chosen.leg;
  draft.record(chosen, 'accepted');
  for (const asked of draft.call.asked) {
    if (asked.state === 'ringing') draft.record(asked, 'taken');
    // In turn: the later ones need not be asked any more.
    else if (asked.state === 'waiting') asked.state = 'over';
  }
  draft.hangupManagers(chosen.leg);
}

/** A page that calls in when nobody waits for it any more is hung up. @returns false when that changes nothing. */
export function lateArrival(draft: Draft, { leg }: Extract<CallEvent, { type: 'ManagerArrived' }>): boolean {
  const { call } = draft;
  if (call.legs[leg] !== undefined) return false;
  call.legs[leg] = { role: 'manager', status: 'answered', parked: true, unwanted: false };
  draft.hangup(leg, 'NORMAL_CLEARING');
  return true;
}
