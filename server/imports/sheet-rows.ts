import iconv from 'iconv-lite';
import type { Cell } from '../../domain/spreadsheet/columns.ts';
import { withoutApostrophe } from '../../domain/inert-cell.ts';
import { guessDelimiter, readCsv } from '../../domain/spreadsheet/csv.ts';
import { RefusedFile, type ListFormat } from './outcome.ts';
import { openLegacyWorkbook } from './xls-rows.ts';
import { openWorkbook } from './xlsx/xlsx-rows.ts';

export interface SheetRow {
  /** From 1, as a spreadsheet program numbers it. */
  readonly row: number;
  readonly cells: Cell[];
  readonly problem?: 'unclosedQuote';
}
export interface Book {
  readonly format: ListFormat;
  /** None in text. */
  readonly sheets: readonly string[];
  /** @param sheet its place in `sheets` */
  rows(sheet: number): AsyncIterable<SheetRow> | Iterable<SheetRow>;
}

/** Tells the format by the content, never by the name. @throws RefusedFile */
export async function openBook(file: Buffer): Promise<Book> {
  if (file.length === 0) throw new RefusedFile('emptyFile');
  if (file.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) {
    const { sheets, rows } = await openWorkbook(file);
    return { format: 'xlsx', sheets, rows: (sheet) => cleaned(rows(sheet)) };
  }
  if (file.subarray(0, 8).equals(Buffer.from('d0cf11e0a1b11ae1', 'hex'))) {
    if (file.includes(Buffer.from('EncryptedPackage', 'utf16le'))) throw new RefusedFile('passwordProtected');
    const { sheets, rows } = await openLegacyWorkbook(file);
    return { format: 'xls', sheets, rows: (sheet) => cleaned(rows(sheet)) };
  }
  const text = decodeText(file);
  if (/^\s*(?:<(?:!doctype|html|\?xml|table|svg)|%PDF|\{\\rtf)/i.test(text.slice(0, 200))) throw new RefusedFile('notASpreadsheet');
  return { format: 'csv', sheets: [], rows: () => readableCells(readCsv(text, guessDelimiter(text))) };
}

/** A csv that we or another careful program wrote shows formulas as text: the apostrophe is not the contact's. */
function* readableCells(rows: Iterable<SheetRow>): Generator<SheetRow, void, undefined> {
  for (const row of rows) yield { ...row, cells: row.cells.map((cell) => (typeof cell === 'string' ? withoutApostrophe(cell) : cell)) };
}

async function* cleaned(rows: AsyncIterable<SheetRow> | Iterable<SheetRow>): AsyncGenerator<SheetRow, void, undefined> {
  for await (const { row, cells } of rows) yield { row, cells: cells.map((cell) => (typeof cell === 'string' ? cleanText(cell) : cell)) };
}

const unstorable = /[\0\p{Surrogate}]/u;
/** PostgreSQL stores neither NUL nor half of a surrogate pair. Everything else stays as it is. */
export const cleanText = (text: string): string => (unstorable.test(text) ? text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd') : text);

/**
 * UTF-16 with its mark (Excel's "Unicode text"), UTF-8 with and without one, else a one-byte code page.
 * @throws RefusedFile for what is no text
 */
export function decodeText(file: Buffer): string {
  if (file[0] === 0xff && file[1] === 0xfe) return cleanText(new TextDecoder('utf-16le').decode(file));
  const zeros = file.subarray(0, 4096).filter((byte) => byte === 0).length;
  if (zeros > 8) throw new RefusedFile('notASpreadsheet');
  try {
    return cleanText(new TextDecoder('utf-8', { fatal: true }).decode(file));
  } catch {
    return cleanText(iconv.decode(file, codePageOf(file)));
  }
}

/** Russian words are runs of high bytes; in western text a high byte stands alone among ASCII. */
function codePageOf(file: Buffer): 'windows-1251' | 'windows-1252' {
  let high = 0;
  let inRuns = 0;
  for (let at = 1; at < Math.min(file.length, 200_000); at++) {
    if ((file[at] ?? 0) < 0x80) continue;
    high += 1;
    if ((file[at - 1] ?? 0) >= 0x80) inRuns += 1;
  }
  return inRuns * 2 > high ? 'windows-1251' : 'windows-1252';
}
