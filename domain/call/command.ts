import type { Destination, LegId, OurHangupCause } from '../leg.ts';
import type { InvitationState, ManagerPlace } from './call.ts';
import type { DeadlineName } from './event.ts';
import type { RecordedWhat } from './recording.ts';

/** Orders, stored with the transition that gave them and executed after it is committed, in this order. */
export type CallCommand =
  /** park_after_bridge and park_timeout again: every park clears them. Before each dial and each move. */
  | { readonly type: 'ArmLeg'; readonly leg: LegId; readonly role: 'operator' | 'other' }
  | { readonly type: 'DialContact'; readonly operatorLeg: LegId; readonly contactLeg: LegId; readonly destination: Destination; readonly ringTimeoutMs: number; readonly callerId: string | null;
      /** The switch's own limit from the answer on, for when the controller is gone. */
      readonly limitMs: number;
    }
  /** With `acceptKey` the leg parks only after the key 1; the whisper before it is in that language. */
  | { readonly type: 'OriginateLeg'; readonly leg: LegId; readonly destination: Destination; readonly ringTimeoutMs: number; readonly callerId: string | null; readonly acceptKey: 'ru' | 'en' | null }
  /** The transfer stands in this manager's list from now on; a page rings. */
  | { readonly type: 'InviteManager'; readonly transfer: LegId; readonly manager: string; readonly kind: ManagerPlace['kind'] }
  /** How the transfer to this manager stands now. */
  | { readonly type: 'RecordInvitation'; readonly transfer: LegId; readonly manager: string; readonly state: InvitationState }
  | { readonly type: 'PlayToLeg'; readonly leg: LegId; readonly sound: 'music' }
  | { readonly type: 'BridgeLegs'; readonly leg: LegId; readonly other: LegId }
  | { readonly type: 'HangupLeg'; readonly leg: LegId; readonly cause: OurHangupCause }
  /** Both sides of the leg's bridge hear that the call is recorded. */
  | { readonly type: 'AnnounceRecording'; readonly leg: LegId; readonly language: 'ru' | 'en' }
  /** Both sides of what the leg hears and says, into a file of the segment's own; `offsetMs` from the answer. */
  | { readonly type: 'StartRecording'; readonly leg: LegId; readonly segment: number; readonly what: RecordedWhat; readonly offsetMs: number }
  | { readonly type: 'StopRecording'; readonly leg: LegId; readonly segment: number }
  /** Nobody knows whether the contact was told: the call is not recorded, and its record says so. */
  | { readonly type: 'NoteUnrecorded'; readonly leg: LegId; readonly segment: number }
  /** The switch's own limit, for when the controller is gone. */
  | { readonly type: 'ScheduleHangup'; readonly leg: LegId; readonly afterMs: number }
  | { readonly type: 'CancelScheduledHangup'; readonly leg: LegId }
  | { readonly type: 'SetDeadline'; readonly name: DeadlineName; readonly at: number }
  | { readonly type: 'ClearDeadline'; readonly name: DeadlineName }
  /** The operator is free of this call: to wrap-up after a conversation, else straight on. */
  | { readonly type: 'ReleaseOperator'; readonly wrapUp: boolean }
  /** Tell the screens. */
  | { readonly type: 'AnnounceCall' };
