import type { HangupCause } from '../leg.ts';
import type { Call, Outcome, TransferEnd } from './call.ts';
import { numberNotAllowed } from './event.ts';

/** Q.850 and FreeSWITCH causes of a leg that was never answered → our word. What is not listed is `failed`. */
const unanswered: Readonly<Record<string, Outcome>> = {
  USER_BUSY: 'busy', // Q.850 17
  NO_USER_RESPONSE: 'noAnswer', // Q.850 18
  NO_ANSWER: 'noAnswer', // Q.850 19
  ALLOTTED_TIMEOUT: 'noAnswer', // FreeSWITCH 602: bridge_answer_timeout
  PROGRESS_TIMEOUT: 'noAnswer', // FreeSWITCH 607
  SUBSCRIBER_ABSENT: 'noAnswer', // Q.850 20
  RECOVERY_ON_TIMER_EXPIRE: 'noAnswer', // Q.850 102: SIP 408, the network never answered
  NORMAL_CLEARING: 'noAnswer', // Q.850 16: an announcement without answer that ended
  NORMAL_UNSPECIFIED: 'noAnswer', // Q.850 31
  CALL_REJECTED: 'rejected', // Q.850 21
  UNALLOCATED_NUMBER: 'invalidNumber', // Q.850 1
  NO_ROUTE_DESTINATION: 'invalidNumber', // Q.850 3
  NUMBER_CHANGED: 'invalidNumber', // Q.850 22
  INVALID_NUMBER_FORMAT: 'invalidNumber', // Q.850 28
};

/** How a call that is ending counts. Q.850 names; `UNKNOWN` is ours for a fate that nobody saw. */
export function outcomeOf(call: Call): Outcome {
  if (call.handedOverAt !== null) return 'handedOver';
  if (call.answeredAt !== null) return 'talked';
  if (call.endedBy === 'unknown') return 'unknown';
  if (call.endedBy === 'ringTimeout') return 'noAnswer';
  if (call.endedBy === 'operator' || call.endedBy === 'operatorLost') return 'cancelled';
  return unanswered[call.hangupCause ?? ''] ?? 'failed';
}

/** Why a manager's leg that hung up before the hand-over ends the transfer. */
export function transferEndOf(cause: HangupCause, answered: boolean): TransferEnd {
  if (answered) return 'hungUp';
  if (cause === numberNotAllowed) return 'notAllowed';
  const outcome = unanswered[cause];
  if (outcome === 'busy') return 'busy';
  if (outcome === 'rejected') return 'declined';
  if (outcome === 'noAnswer') return 'noAnswer';
  return 'failed';
}
