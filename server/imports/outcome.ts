import type { Column, Layout } from '../../domain/spreadsheet/columns.ts';
import type { Mapping } from '../../domain/spreadsheet/mapping.ts';
import type { ListAnswer, ListQuestion } from '../../platform/postgres/import-list.ts';
import type { ListRows, ListTarget } from '../../platform/postgres/list-rows.ts';
import type { ProblemRow } from '../../platform/postgres/judge-list.ts';
import type { Compared } from '../../platform/postgres/list-numbers.ts';

/** Why a file as a whole is refused; nothing of it is stored. Codes are stable. */
export const importFailures = {
  fileTooLarge: 'The file is larger than 20 MB. Split it and upload the parts.',
  emptyFile: 'The file is empty.',
  passwordProtected: 'The workbook is protected by a password. Save it without one and upload that.',
  notASpreadsheet: 'This is not a spreadsheet. Upload an .xlsx, .xls or .csv file, or text with tabs.',
  damagedFile: 'The workbook is damaged. Open it in your spreadsheet program, save it again as .xlsx and upload that.',
  unpacksTooLarge: 'The workbook unpacks to more than it may. Save the sheet with the contacts alone and upload that.',
  tooManyRows: 'The sheet has more than 200,000 rows. Split it and upload the parts.',
  tooManyColumns: 'The sheet has more than 100 columns. Leave only the ones that the operators need.',
  columnsUnclear: 'It is not clear which column holds the phone numbers. Choose it, or name it "Phone" above the numbers.',
  noSuchSheet: 'The workbook has no sheet of this name. Choose one of its sheets.',
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
  /** Of the small parts: the list of sheets, the styles. */
  smallPartBytes: 16 * 1024 * 1024,
  /** A large part that packs better than this is a bomb; what spreadsheet programs write stays below 50. */
  packedTimes: 100,
  readingMs: 120_000,
} as const;

export type ListFormat = 'xlsx' | 'xls' | 'csv';

/** What a person said about the file; what is left out is guessed. */
export interface LayoutChoice {
  readonly sheet?: string;
  /** From 1; 0 for none. */
  readonly headerRow?: number;
  readonly mapping?: Mapping;
}

/** What the reading thread is asked to read. */
export interface ReadingOrder extends LayoutChoice {
  readonly filePath: string;
  readonly country: string;
  readonly timeZone: string;
  readonly window: { readonly from: string; readonly to: string; readonly days: readonly number[] };
  /** Milliseconds since 1970 UTC: when the contacts may be called at the earliest. */
  readonly nowMs: number;
}

/** What becomes of the rows: they are written for a list, or only judged. */
export interface WritingOrder { readonly target: ListTarget | 'none'; readonly compared: Compared }

/** Some rows of the file, and what came of them. */
export interface RowBatch {
  /** To be stored; empty where the rows are only judged. */
  readonly rows: ListRows;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** In the file's order; empty where the rows are stored, and behind the first `problemsKept`. */
  readonly problems: readonly ProblemRow[];
  /** Rows of the file read so far, this batch's included. */
  readonly rowsRead: number;
}
export const problemsKept = 10_000;

export interface RawRow { readonly row: number; readonly cells: readonly string[] }
/** How the file is read; rows follow it where a column for phones is known. */
export interface FileLayout {
  readonly format: ListFormat;
  /** The sheets that are not hidden; none in text. */
  readonly sheets: readonly string[];
  readonly sheet: string | null;
  readonly headerRow: number;
  readonly phones: Layout['phones'];
  readonly guessed: readonly Column[];
  /** As they are read: guessed or chosen. */
  readonly columns: readonly Column[];
  /** The first rows below the header. */
  readonly firstRows: readonly RawRow[];
}

/** To the thread: `write` follows the layout, an `answer` each question, `taken` each batch. */
export type ReadingCommand =
  | ({ readonly kind: 'read' } & ReadingOrder)
  | ({ readonly kind: 'write' } & WritingOrder)
  | ({ readonly kind: 'answer' } & ListAnswer)
  | { readonly kind: 'taken' };

/** From the thread. */
export type ReadingMessage =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'layout' } & FileLayout)
  | ListQuestion
  | ({ readonly kind: 'batch' } & RowBatch)
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: ImportFailureCode; /** What the reader threw, for the log. */ readonly cause?: string };
