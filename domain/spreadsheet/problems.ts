import { phoneReasons, type PhoneReason } from '../phone-reasons.ts';

/**
 * Why a row of a list became no contact. The sentences are stored with the list and are what the API answers; the
 * browser's dictionary translates them.
 */
export const rowReasons = {
  ...phoneReasons,
  unclosedQuote: 'a quotation mark in this row is never closed',
  cellTooLong: 'a cell has more than 32,767 characters',
  tooManyColumns: 'the row has more than 100 columns',
  totals: 'this is a row of totals, not a contact',
  doNotCall: 'the number is on the do-not-call list',
  alreadyInCampaign: 'the number is already in this campaign',
} as const;

/** `sameNumberAsRow:6` names the row of the file that has the number already. */
export type RowReason = PhoneReason | keyof typeof rowReasons | `sameNumberAsRow:${number}`;

export interface RowProblem {
  /** As the spreadsheet program numbers it: the first row is 1. A CSV row with line breaks in its cells counts once. */
  readonly row: number;
  readonly kind: 'duplicate' | 'rejected';
  readonly reason: RowReason;
}

export function rowReasonText(reason: RowReason): string {
  const same = /^sameNumberAsRow:(\d+)$/.exec(reason);
  if (same !== null) return `the same number as in row ${String(same[1])}`;
  return rowReasons[reason as keyof typeof rowReasons];
}
