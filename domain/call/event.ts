import type { HangupCause, LegId } from '../leg.ts';
import type { EndedBy } from './call.ts';

/** Our word for a number that the lists do not let be telephoned. */
export const numberNotAllowed = 'NUMBER_NOT_ALLOWED';
/** Our word for a leg that went with its switch. */
export const switchRestarted = 'SWITCH_RESTARTED';
/** Our word for a call that was closed because its switch is lost for good: nobody will ever tell how it ended. */
export const switchLost = 'SWITCH_LOST';

/** Facts and requests, in the past tense; `at` in ms since the epoch. */
export type CallEvent = { readonly at: number } & (
  | { readonly type: 'LegCreated'; readonly leg: LegId }
  | { readonly type: 'LegProgressed'; readonly leg: LegId; readonly earlyMedia: boolean }
  | { readonly type: 'LegAnswered'; readonly leg: LegId }
  | { readonly type: 'LegParked'; readonly leg: LegId }
  /** May come before the answer (early media). */
  | { readonly type: 'LegsBridged'; readonly leg: LegId; readonly other: LegId }
  | { readonly type: 'LegHungUp'; readonly leg: LegId; readonly cause: HangupCause }
  /** Two good snapshots and `uuid_exists`=false say that it is gone; how and when is not known, unless the switch itself was restarted. */
  | { readonly type: 'LegLost'; readonly leg: LegId; readonly cause?: typeof switchRestarted }
  /** The order to dial was refused (by the switch, or by the lists of what may be telephoned), or its fate is not known after a crash. Never dialled again. */
  | { readonly type: 'OriginateFailed'; readonly leg: LegId; readonly fate: 'refused' | 'notAllowed' | 'unknown'; readonly reason: string }
  /** An order to move legs was refused: one for music, two for a bridge. The answer may come when the call is elsewhere by now. */
  | { readonly type: 'MoveFailed'; readonly legs: readonly LegId[]; readonly reason: string }
  /** The contact was, or may have been, not told that the call is recorded. */
  | { readonly type: 'AnnouncementFailed'; readonly reason: string }
  /** The operator's page called in again: a new standing leg. */
  | { readonly type: 'OperatorLegReplaced'; readonly leg: LegId }
  /** No sound has come from the operator's leg for a few seconds, though it stands: their network is gone. */
  | { readonly type: 'OperatorSilent'; readonly leg: LegId }
  /** Sound comes from the operator's leg again. */
  | { readonly type: 'OperatorHeard'; readonly leg: LegId }
  | { readonly type: 'HangupRequested'; readonly by: Extract<EndedBy, 'operator' | 'operatorLost'> }
  /** One fresh id for each of the call's managers; `absent` are pages that do not stand open now: not waited for. */
  | { readonly type: 'TransferRequested'; readonly managerLegs: readonly LegId[]; readonly absent: readonly string[] }
  /** A manager's page is asking for the microphone and calling in. */
  | { readonly type: 'ManagerAccepting'; readonly transfer: LegId }
  | { readonly type: 'ManagerDeclined'; readonly transfer: LegId; readonly reason: 'busy' | 'later' }
  /** A manager's page has called in: its leg is answered and parked. */
  | { readonly type: 'ManagerArrived'; readonly transfer: LegId; readonly leg: LegId }
  | { readonly type: 'HandOverRequested' }
  | { readonly type: 'ReturnRequested' }
  | { readonly type: 'DeadlinePassed'; readonly name: DeadlineName }
);

export const deadlineNames = ['ringing', 'limit', 'move', 'managerRinging', 'operatorAway', 'managerAway', 'farewell', 'announced', 'ending'] as const;
export type DeadlineName = (typeof deadlineNames)[number];

/** Why a person's request cannot be met now; becomes HTTP 409 with this code. */
export type RefusalCode = 'notTalking' | 'noManager' | 'returnFirst' | 'managerNotThere' | 'nothingToReturnFrom' | 'handedOver' | 'callEnded' | 'transferOver';
