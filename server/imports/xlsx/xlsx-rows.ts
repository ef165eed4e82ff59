import { DateTime } from 'luxon';
import type { Cell } from '../../../domain/spreadsheet/columns.ts';
import { importLimits, RefusedFile } from '../outcome.ts';
import { readWorkbook, richText, type Workbook } from './workbook.ts';
import { cellString } from './xml.ts';
import { openZip, streamPart } from './zip-parts.ts';

export interface XlsxRow { readonly row: number; readonly cells: Cell[] }

/** One row of XML may not be longer: 16,384 cells of a spreadsheet program's longest text never are in a contact list. */
const rowCharactersAtMost = 8_000_000;
const endCharacters = 100;

/**
 * The sheets of a workbook (ECMA-376) and their rows, unpacked as they are taken: memory holds the shared strings and
 * one piece of the sheet. General readers build a tree of the shared strings first, which for 100,000 contacts is more
 * than an upload's share of the server's memory.
 * @throws RefusedFile
 */
export async function openWorkbook(file: Buffer): Promise<{ sheets: string[]; rows(sheet: number): AsyncGenerator<XlsxRow, void, undefined> }> {
  const parts = openZip(file);
  const workbook = await readWorkbook(file, parts);
  return { sheets: workbook.sheets.map(({ name }) => name), rows: (sheet) => rowsOf(streamPart(file, parts, workbook.sheets[sheet]?.part ?? ''), workbook) };
}

async function* rowsOf(pieces: AsyncIterable<string>, workbook: Workbook): AsyncGenerator<XlsxRow, void, undefined> {
  let rest = '';
  let row = 0;
  let over = false;
  for await (const piece of pieces) {
    if (over) {
      rest = (rest + piece).slice(-endCharacters);
      continue;
    }
    rest += piece;
    let done = 0;
    const rows = /<(?:[\w.-]+:)?row(?=[\s/>])([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:[\w.-]+:)?row>)/g;
    for (let match = rows.exec(rest); match !== null; match = rows.exec(rest)) {
      done = rows.lastIndex;
      row = Number(/\sr="(\d+)"/.exec(match[1] ?? '')?.[1] ?? row + 1);
      yield { row, cells: cellsOf(match[2] ?? '', workbook) };
    }
    rest = rest.slice(done);
    // Behind the rows only the sheet's end is of interest.
    over = /<\/(?:[\w.-]+:)?sheetData>/.test(rest);
    if (!over && rest.length > rowCharactersAtMost) throw new RefusedFile('damagedFile', 'a row without end');
  }
  if (!/<\/(?:[\w.-]+:)?worksheet>\s*$/.test(rest)) throw new RefusedFile('damagedFile', 'the sheet is cut off');
}

function cellsOf(inner: string, workbook: Workbook): Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  for (const [, attributes = '', content = ''] of inner.matchAll(/<(?:[\w.-]+:)?c(?=[\s/>])([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:[\w.-]+:)?c>)/g)) {
    const letters = /\sr=["']([A-Za-z]{1,3})/.exec(attributes)?.[1];
    if (letters !== undefined) column = columnOf(letters);
    // One cell at the sheet's far edge must not make a row of 16,384; it only shows that the row is too wide.
    const place = Math.min(column, importLimits.columns);
    column += 1;
    const value = valueOf(attributes, content, workbook);
    if (value === '') continue;
    while (cells.length < place) cells.push('');
    cells[place] = value;
  }
  return cells;
}

function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function valueOf(attributes: string, content: string, { sharedStrings, dateStyles, from1904 }: Workbook): Cell {
  if (content === '') return '';
  const type = /\st=["'](\w+)/.exec(attributes)?.[1] ?? 'n';
  if (type === 'inlineStr') return richText(content);
  const raw = /<(?:[\w.-]+:)?v(?:\s[^>]*)?>([\s\S]*?)<\/(?:[\w.-]+:)?v>/.exec(content)?.[1] ?? '';
  if (raw === '') return '';
  if (type === 's') return sharedStrings[Number(raw)] ?? '';
  if (type === 'b') return raw.trim() === '1' || raw.trim() === 'true' ? 'TRUE' : 'FALSE';
  const number = type === 'n' ? Number(raw) : Number.NaN;
  if (Number.isNaN(number)) return cellString(raw);
  const style = /\ss=["'](\d+)/.exec(attributes)?.[1];
  return style !== undefined && dateStyles[Number(style)] === true ? dateText(number, from1904) : number;
}

/** Days since 1899-12-30, or since 1904-01-01. Before March 1900 a day is missing: spreadsheets believe in 1900-02-29. */
export function dateText(serial: number, from1904: boolean): string {
  const days = from1904 ? serial + 1462 : serial < 60 ? serial + 1 : serial;
  const time = DateTime.fromMillis(Math.round((days - 25_569) * 86_400) * 1000, { zone: 'utc' });
  if (!time.isValid || serial < 0) return String(serial);
  if (serial < 1) return time.toFormat('HH:mm');
  return time.toFormat(time.hour === 0 && time.minute === 0 ? 'yyyy-MM-dd' : 'yyyy-MM-dd HH:mm');
}
