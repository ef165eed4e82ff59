import type { Destination, HangupCause, LegId, LegRole } from '../leg.ts';
import type { CallRecording } from './recording.ts';

/**
 * A preview call: an operator's standing leg dials one contact and may hand them over to the customer's manager.
 *
 * The machine is `transition(call, event) → { call, commands }`: no I/O, no clock, no randomness; every event carries its
 * time. Two rules hold it together. Only the transition changes state: expiry and reconciliation arrive as events, too.
 * And only facts of legs confirm a move: an order that the switch accepted has not happened yet.
 *
 * ```
 *                                                              ┌─ next manager ─┐
 * dialling ──answered──▶ talking ──T──▶ moving ──O parked──▶ ringingManager ──M accepted, parked──▶ joining ──O↔M──▶ briefing
 *    │                    │  ▲                                    │                                    │               │
 *    │                    │  └──────────── O↔C ── returning ◀─────┴── none left: busy, no answer, B ───┴──── M gone, B ┤
 *    │                    ▼                         ▲                                                                  T
 *    │              waitingOperator ──new O leg─────┘         handedOver ◀──C↔M── handingOver ◀─────────────────────────┤
 *    │                    │                                      │  ▲ │               │             farewell ◀──C gone──┘
 *    │                    │          M's page left: waitingManager ──┘ new M leg, C↔M │                  │
 *    ▼                    ▼                                        ▼                    ▼                  │
 *  ending ◀── H, limit, timeouts, lost legs (orders to hang up are out) ◀──────────────────────────────────┘
 *    │
 *    ▼ contact's and managers' legs are all gone
 *  ended
 * ```
 * Managers are asked in turn (the next one when the one before is busy, declines or does not answer) or together (the first
 * who accepts has the call, the others are hung up). A telephone has accepted when its leg parks: without an accept key
 * after the answer, with one after the key. A manager's page is invited, not dialled; it accepts by calling in.
 *
 * `test/domain/call/transitions.test.ts` walks every state × event and holds this list of arrows to what the code does.
 */
export const callStates = [
  /** The contact's leg is ordered: not created yet, trying, ringing or playing the network's messages. */
  'dialling',
  /** Operator and contact hear each other. */
  'talking',
  /** The contact is being moved to music; confirmed when the operator's leg parks. */
  'moving',
  /** One manager or all of them are being asked; the contact hears music. */
  'ringingManager',
  /** A manager accepted; operator and manager are being joined. */
  'joining',
  /** Operator and manager talk, the contact hears music. */
  'briefing',
  /** Contact and manager are being joined. */
  'handingOver',
  /** Contact and manager talk; the operator is released. */
  'handedOver',
  /** The manager's page left without hanging up (a reload, another network); the contact hears music until it has called in again, or the time is over. */
  'waitingManager',
  /** The manager is out; operator and contact are being joined again. */
  'returning',
  /** The operator's leg died or is silent; the contact hears music until it is heard again, a new one is there, or the time is over. */
  'waitingOperator',
  /** The contact hung up during the briefing; operator and manager may say good-bye. */
  'farewell',
  /** Orders to hang up are out; waiting until the legs are gone. */
  'ending',
  'ended',
] as const;
export type CallState = (typeof callStates)[number];

/** A leg's life, in this order only: a later fact never takes it back. */
export const legStatuses = ['ordered', 'created', 'ringing', 'answered', 'gone'] as const;
export type LegStatus = (typeof legStatuses)[number];

export interface CallLeg {
  readonly role: LegRole;
  status: LegStatus;
  /** CHANNEL_PARK seen and not bridged since. */
  parked: boolean;
  /** Not wanted any more: hung up as soon as it is created. `uuid_kill` before CHANNEL_CREATE finds nothing and the phone rings later. */
  unwanted: boolean;
  cause?: HangupCause;
}

/** Why a transfer came back; `notAllowed`: the manager's number may not be telephoned (any more), `notOpen`: nobody could be asked, their pages do not stand open. */
export type TransferEnd = 'notAllowed' | 'notOpen' | 'busy' | 'noAnswer' | 'declined' | 'later' | 'failed' | 'hungUp' | 'cancelled' | 'contactHungUp' | 'operatorLost';

/** How a transfer to one manager stands; `taken`: another manager was first, `later`: they ask for a call in a quarter of an hour. */
export type InvitationState = 'ringing' | 'accepted' | 'handedOver' | 'taken' | TransferEnd;

/** A page stands open and calls in by itself: nothing is dialled. */
export type ManagerPlace = Destination | { readonly kind: 'page' };

export interface CallManager {
  readonly id: string;
  readonly place: ManagerPlace;
  /** A telephone has accepted only after the key 1, so that a voicemail never gets the contact. */
  readonly acceptKey: boolean;
}

/** One manager in one transfer. */
export interface AskedManager {
  /** The transfer's id towards this manager, used once: the uuid of the leg that is dialled, or what the page accepts. */
  readonly transfer: LegId;
  readonly manager: CallManager;
  state: 'waiting' | 'ringing' | 'chosen' | 'over';
  leg: LegId | null;
}

/** Who or what ended the call. */
export type EndedBy = 'contact' | 'operator' | 'manager' | 'limit' | 'ringTimeout' | 'operatorLost' | 'network' | 'unknown';

/** How it ended, in our words (≠ the network's hangup cause, ≠ the operator's disposition). */
export type Outcome = 'handedOver' | 'talked' | 'busy' | 'noAnswer' | 'rejected' | 'invalidNumber' | 'cancelled' | 'failed' | 'unknown';

/** All times are ms since the epoch. */
export interface Call {
  readonly id: string;
  state: CallState;
  operatorLeg: LegId;
  readonly contactLeg: LegId;
  /** The leg of the manager who is being rung alone or was chosen. */
  managerLeg: LegId | null;
  readonly legs: Record<LegId, CallLeg>;
  readonly destination: Destination;
  /** In the order to ask them. */
  readonly managers: readonly CallManager[];
  readonly managerRing: 'inTurn' | 'together';
  /** Of the whisper before the accept key. */
  readonly language: 'ru' | 'en';
  /** Everybody who was or is being asked, oldest first. */
  asked: AskedManager[];
  readonly callerId: string | null;
  readonly ringTimeoutMs: number;
  readonly maxDurationMs: number;
  readonly createdAt: number;
  ringingAt: number | null;
  /** CHANNEL_ANSWER of the contact's leg and nothing else. */
  answeredAt: number | null;
  limitAt: number | null;
  /** The limit was put off once because a transfer was under way. */
  limitExtended: boolean;
  handedOverAt: number | null;
  releasedAt: number | null;
  endedAt: number | null;
  /** Closed stretches of operator↔contact talk; hold is not talk. */
  talkMs: number;
  talkingSince: number | null;
  holdMs: number;
  holdSince: number | null;
  transfer: { state: 'requested' | 'ringing' | 'briefing' | 'handingOver' | 'returning' | 'handedOver'; since: number } | null;
  transferEnded: { reason: TransferEnd; at: number } | null;
  /** `B` pressed while the contact was still on the way to the music. */
  returnAsked: boolean;
  /** The move O↔C is ordered and not yet confirmed: a park that comes late must not order it twice. */
  joinOrdered: boolean;
  /** Moves tried again after a failure; bounded. */
  movesFailed: number;
  /** null: not recorded. */
  recording: CallRecording | null;
  hangupCause: HangupCause | null;
  endedBy: EndedBy | null;
  outcome: Outcome | null;
  /** Events that came too late or twice and changed nothing. */
  lateEvents: number;
}
