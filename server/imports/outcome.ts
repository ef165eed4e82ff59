import type { Column } from '../../domain/spreadsheet/columns.ts';

/** Why a file as a whole is refused; nothing of it is stored. Codes are stable. */
export const importFailures = {
  fileTooLarge: 'The file is larger than 20 MB. Split it and upload the parts.',
  emptyFile: 'The file is empty.',
  legacyXls: 'This is a workbook of the old .xls format. Save it as .xlsx or .csv and upload that.',
  passwordProtected: 'The workbook is protected by a password. Save it without one and upload that.',
  notASpreadsheet: 'This is not a spreadsheet. Upload an .xlsx file or a .csv file.',
  damagedFile: 'The workbook is damaged. Open it in your spreadsheet program, save it again as .xlsx and upload that.',
  unpacksTooLarge: 'The workbook unpacks to more than it may. Save the sheet with the contacts alone and upload that.',
  tooManyRows: 'The sheet has more than 200,000 rows. Split it and upload the parts.',
  tooManyColumns: 'The sheet has more than 100 columns. Leave only the ones that the operators need.',
  noPhoneColumn: 'No column with phone numbers was found. Name it "Phone" in the first row.',
  tooComplex: 'The file needs more memory or time than an upload may take. Save the sheet with the contacts alone and upload that.',
} as const;
export type ImportFailureCode = keyof typeof importFailures;
export interface ImportFailure { readonly code: ImportFailureCode; readonly detail: string }

/** Thrown inside the reading thread, where it becomes an `ImportFailure`. */
export class RefusedFile extends Error {
  readonly code: ImportFailureCode;
  constructor(code: ImportFailureCode, cause?: unknown) {
    super(importFailures[code], { cause });
    this.code = code;
  }
}
export const failure = (code: ImportFailureCode): ImportFailure => ({ code, detail: importFailures[code] });

export const importLimits = {
  fileBytes: 20 * 1024 * 1024,
  rows: 200_000,
  columns: 100,
  zipEntries: 2_000,
  unpackedBytes: 250 * 1024 * 1024,
  readingMs: 120_000,
} as const;

export type ListFormat = 'xlsx' | 'csv';

/** What the reading thread is started with. */
export interface ReadingOrder {
  readonly filePath: string;
  readonly country: string;
  readonly timeZone: string;
  readonly window: { readonly from: string; readonly to: string; readonly days: readonly number[] };
  /** Milliseconds since 1970 UTC: when the contacts may be called at the earliest. */
  readonly nowMs: number;
}

/** Rows in PostgreSQL's COPY text format (UTF-8), for the three tables of platform/postgres/import-list.ts. */
export interface CopyBatch {
  readonly contacts: Uint8Array;
  readonly numbers: Uint8Array;
  readonly problems: Uint8Array;
  /** Rows of the file read so far, this batch's included. */
  readonly rowsRead: number;
}

export type ReadingMessage =
  | { readonly kind: 'layout'; readonly format: ListFormat; readonly columns: readonly Column[] }
  | ({ readonly kind: 'batch' } & CopyBatch)
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: ImportFailureCode; /** What the reader threw, for the log. */ readonly cause?: string };
