import type { ColumnUse } from './mapping.ts';

/** Shapes of an upload that is looked at before it is taken (`/api/v1/campaigns/{id}/lists/preview`). */
export interface PreviewColumn {
  /** From 0: the place in `mapping` and in a row's cells. */
  readonly index: number;
  readonly header: string;
  readonly guess: ColumnUse;
  /** What the counts were made with: the guess, or what was chosen. */
  readonly use: ColumnUse;
  /** The first filled cells. */
  readonly sample: readonly string[];
}
export interface PreviewRow {
  /** As the spreadsheet program numbers it. */
  readonly row: number;
  readonly cells: readonly string[];
  /** Null while no column is chosen for the phones. */
  readonly verdict: 'accepted' | 'duplicate' | 'rejected' | null;
  readonly reason: string | null;
}
export interface PreviewCounts { readonly rows: number; readonly accepted: number; readonly duplicates: number; readonly rejected: number }
export interface ListPreview {
  /** Names the kept file: it can be looked at again and taken without being sent twice, until `expiresAt`. */
  readonly uploadId: string;
  readonly expiresAt: string;
  readonly fileName: string;
  readonly format: 'xlsx' | 'xls' | 'csv';
  /** Empty for text; `sheet` is null then. */
  readonly sheets: readonly string[];
  readonly sheet: string | null;
  /** From 1; 0 when the file begins with contacts. */
  readonly headerRow: number;
  /** False when nobody but the customer can say where the phones are. */
  readonly clear: boolean;
  readonly columns: readonly PreviewColumn[];
  /** The first ten below the header. */
  readonly rows: readonly PreviewRow[];
  /** The first ten that are not taken and do not stand in `rows`. */
  readonly badRows: readonly PreviewRow[];
  /** Of the whole file, compared with the campaign and the do-not-call lists; null while no column is chosen for the phones. */
  readonly counts: PreviewCounts | null;
}
export const previewRows = 10;
