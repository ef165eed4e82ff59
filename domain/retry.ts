import type { DispositionMeaning } from './campaign.ts';
import type { Outcome } from './call/call.ts';

/**
 * What becomes of a contact after an attempt. Pure: the caller moves `afterMs` into the calling window of the
 * contact's zone.
 */
export type Next = { readonly kind: 'finish' } | { readonly kind: 'retry'; readonly afterMs: number; readonly nextNumber: boolean };

export interface RetryRules {
  readonly maxAttempts: number;
  readonly busyPauseMs: number;
  readonly noAnswerPauseMs: number;
}

/** A fallback number is tried this soon after the first one proved wrong. */
const nextNumberPauseMs = 60_000;
/** A line that failed on our side or the network's: not the contact's doing, soon again. */
const failedPauseMs = 300_000;

/** After an attempt that nobody answered. `attempts` counts this one; `moreNumbers`: the contact has a number not tried since. */
export function afterUnanswered(outcome: Outcome, attempts: number, moreNumbers: boolean, rules: RetryRules): Next {
  if (outcome === 'invalidNumber') return moreNumbers ? { kind: 'retry', afterMs: nextNumberPauseMs, nextNumber: true } : { kind: 'finish' };
  // An operator's own cancel is not the contact's answer and does not use an attempt up.
  if (outcome === 'cancelled') return { kind: 'retry', afterMs: rules.busyPauseMs, nextNumber: false };
  if (attempts >= rules.maxAttempts) return { kind: 'finish' };
  switch (outcome) {
    case 'busy': return { kind: 'retry', afterMs: rules.busyPauseMs, nextNumber: moreNumbers };
    case 'noAnswer': case 'rejected': return { kind: 'retry', afterMs: rules.noAnswerPauseMs, nextNumber: moreNumbers };
    // Nobody knows whether it rang: by the rules of "no answer", so that it rings no sooner than if it had.
    case 'unknown': return { kind: 'retry', afterMs: Math.max(rules.noAnswerPauseMs, rules.busyPauseMs), nextNumber: false };
    case 'failed': return { kind: 'retry', afterMs: failedPauseMs, nextNumber: false };
    case 'talked': case 'handedOver': return { kind: 'finish' };
    default: return outcome satisfies never;
  }
}

/**
 * After a conversation that nobody judged in time. Somebody was spoken with and nobody knows how it ended: called again
 * as after no answer, with the notes that there are; a contact who was handed over is the manager's.
 */
export function afterAbandoned(handedOver: boolean, attempts: number, rules: RetryRules): Next {
  return handedOver || attempts >= rules.maxAttempts ? { kind: 'finish' } : { kind: 'retry', afterMs: rules.noAnswerPauseMs, nextNumber: false };
}

/** After a conversation that the operator judged. */
export function afterDisposition(meaning: DispositionMeaning, attempts: number, moreNumbers: boolean, rules: RetryRules): Next {
  switch (meaning) {
    case 'success': case 'interested': case 'refused': case 'doNotCall': case 'other': return { kind: 'finish' };
    case 'callback': return { kind: 'retry', afterMs: rules.noAnswerPauseMs, nextNumber: false };
    case 'wrongNumber': return moreNumbers ? { kind: 'retry', afterMs: nextNumberPauseMs, nextNumber: true } : { kind: 'finish' };
    case 'machine': return attempts >= rules.maxAttempts ? { kind: 'finish' } : { kind: 'retry', afterMs: rules.noAnswerPauseMs, nextNumber: moreNumbers };
    case 'broken': return attempts >= rules.maxAttempts ? { kind: 'finish' } : { kind: 'retry', afterMs: failedPauseMs, nextNumber: false };
    default: return meaning satisfies never;
  }
}
