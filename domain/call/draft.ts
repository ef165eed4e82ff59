import type { LegId, OurHangupCause } from '../leg.ts';
import type { AskedManager, Call, CallLeg, CallState, EndedBy, InvitationState, TransferEnd } from './call.ts';
import type { CallCommand } from './command.ts';
import { deadlineNames, type DeadlineName } from './event.ts';
import { outcomeOf } from './outcome.ts';
import { stopSegment } from './recording.ts';

/** Time that the machine gives a move (music, bridge) to be confirmed. */
export const moveTimeoutMs = 4_000;
/** A manager rings this long. */
export const managerRingTimeoutMs = 25_000;
/** Whisper and accept key after a telephone's answer, or microphone and call of a page that accepted: the switch itself gives up sooner. */
export const managerAcceptMs = 15_000;
/** The contact hears music this long when the operator's leg died. */
export const operatorAwayMs = 20_000;
/** The contact hears music this long when the page of the manager who has them left: shorter than a leg may stay parked. */
export const managerAwayMs = 25_000;
/** A transfer under way puts the limit off by this much, once. */
export const transferGraceMs = 120_000;
/** Contact and manager may talk this long after the hand-over. */
export const handedOverLimitMs = 7_200_000;
/** The switch's own limits stand this far behind the controller's. */
export const switchMarginMs = 15_000;

/** What the switch itself allows a leg from its answer on: the controller's limit, a transfer's grace and the margin. */
export const switchLimitMs = (call: Call): number => call.maxDurationMs + transferGraceMs + switchMarginMs;

/** What one transition works on: a copy of the call and the orders so far. */
export class Draft {
  readonly commands: CallCommand[] = [];
  /** A leg's record says something that it did not say before. */
  recorded = false;
  constructor(
    readonly call: Call,
    readonly at: number,
  ) {}

  order(...commands: CallCommand[]): void {
    this.commands.push(...commands);
  }

  leg(id: LegId | null): CallLeg | undefined {
    return id === null ? undefined : this.call.legs[id];
  }

  alive(id: LegId | null): boolean {
    const leg = this.leg(id);
    return leg !== undefined && leg.status !== 'gone';
  }

  go(state: CallState): void {
    this.call.state = state;
    this.order({ type: 'AnnounceCall' });
  }

  deadline(name: DeadlineName, afterMs: number): void {
    this.order({ type: 'SetDeadline', name, at: this.at + afterMs });
  }

  clear(name: DeadlineName): void {
    this.order({ type: 'ClearDeadline', name });
  }

  /** Hangs a leg up, or, where the switch has not created it yet, as soon as it does. */
  hangup(id: LegId | null, cause: OurHangupCause): void {
    const leg = this.leg(id);
    if (id === null || leg === undefined || leg.status === 'gone') return;
    leg.unwanted = true;
    if (leg.status !== 'ordered') this.order({ type: 'HangupLeg', leg: id, cause });
  }

  arm(id: LegId): void {
    this.order({ type: 'ArmLeg', leg: id, role: id === this.call.operatorLeg ? 'operator' : 'other' });
  }

  bridge(leg: LegId, other: LegId): void {
    this.arm(leg);
    this.arm(other);
    this.order({ type: 'BridgeLegs', leg, other });
    this.deadline('move', moveTimeoutMs);
  }

  startTalk(): void {
    const { call } = this;
    this.stopHold();
    call.talkingSince ??= call.answeredAt === null ? null : Math.max(this.at, call.answeredAt);
  }

  stopTalk(): void {
    const { call } = this;
    if (call.talkingSince !== null) call.talkMs += Math.max(0, this.at - call.talkingSince);
    call.talkingSince = null;
  }

  startHold(): void {
    this.stopTalk();
    this.call.holdSince ??= this.at;
  }

  stopHold(): void {
    const { call } = this;
    if (call.holdSince !== null) call.holdMs += Math.max(0, this.at - call.holdSince);
    call.holdSince = null;
  }

  transfer(state: NonNullable<Call['transfer']>['state']): void {
    this.call.transfer = { state, since: this.at };
  }

  endTransfer(reason: TransferEnd): void {
    this.call.transferEnded = { reason, at: this.at };
  }

  /** How the transfer to one manager stands; one that is over stays so. */
  record(asked: AskedManager, state: InvitationState): void {
    asked.state = state === 'ringing' ? 'ringing' : state === 'accepted' ? 'chosen' : 'over';
    this.order({ type: 'RecordInvitation', transfer: asked.transfer, manager: asked.manager.id, state });
  }

  /** Everybody who is still asked, or was chosen and not given the contact, is told why not. */
  settleAsked(state: InvitationState): void {
    for (const asked of this.call.asked) {
      if (asked.state === 'ringing' || asked.state === 'chosen') this.record(asked, state);
      // Never rung: nothing to tell them.
      else if (asked.state === 'waiting') asked.state = 'over';
    }
  }

  hangupManagers(except: LegId | null = null): void {
    for (const [id, leg] of Object.entries(this.call.legs))
      if (leg.role === 'manager' && id !== except) this.hangup(id, leg.status === 'answered' ? 'NORMAL_CLEARING' : 'ORIGINATOR_CANCEL');
  }

  /** The operator goes to wrap-up after a conversation, else straight to the next contact. */
  release(): void {
    const { call } = this;
    if (call.releasedAt !== null) return;
    this.stopTalk();
    this.stopHold();
    call.releasedAt = this.at;
    this.order({ type: 'ReleaseOperator', wrapUp: call.answeredAt !== null });
  }

  /** Gives the orders to hang up what is left; ended at once when nothing is. */
  end(by: EndedBy, cause: OurHangupCause): void {
    const { call } = this;
    call.endedBy ??= by;
    this.stopTalk();
    this.stopHold();
    stopSegment(this);
    this.settleAsked(by === 'contact' || by === 'network' ? 'contactHungUp' : 'cancelled');
    for (const [id, leg] of Object.entries(call.legs)) if (leg.role !== 'operator') this.hangup(id, cause);
    for (const name of deadlineNames) if (name !== 'ending') this.clear(name);
    this.deadline('ending', 5_000);
    this.go('ending');
    this.finishIfGone();
  }

  finishIfGone(): void {
    const { call } = this;
    if (Object.values(call.legs).some((leg) => leg.role !== 'operator' && leg.status !== 'gone')) return;
    call.endedAt = this.at;
    call.outcome = outcomeOf(call);
    call.transfer = null;
    this.clear('ending');
    this.release();
    this.go('ended');
  }
}
