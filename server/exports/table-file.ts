import { writeXlsxStream } from 'hucre/xlsx';
import { csvLine } from '../../domain/inert-cell.ts';
import type { ExportLanguage } from './words.ts';

/** Batches of rows; the first row of all is the header. */
export type TableRows = AsyncIterable<readonly (readonly string[])[]>;

export const tableFormats = ['xlsx', 'csv'] as const;
export type TableFormat = (typeof tableFormats)[number];

export const tableTypes: Readonly<Record<TableFormat, string>> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
};

/** A table as a file, written while its rows come: memory holds one batch, whatever the file's size. */
export function tableFile(format: TableFormat, rows: TableRows, { language, sheet }: { language: ExportLanguage; sheet: string }): AsyncIterable<string | Uint8Array> {
  return format === 'csv' ? csvFile(rows, language === 'ru' ? ';' : ',') : xlsxFile(rows, sheet);
}

async function* csvFile(rows: TableRows, separator: ',' | ';'): AsyncGenerator<string, void, undefined> {
  // Without the mark a spreadsheet program takes the file for its own code page.
  yield '\ufeff';
  for await (const batch of rows) yield batch.map((cells) => csvLine(cells, separator)).join('');
}

/** What XML 1.0 cannot hold or does not keep, as spreadsheets write it: `_x000D_` (ECMA-376 part 1, 22.9.2.19). Text that looks so already is told apart. */
const notXml = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|_(?=x[0-9a-f]{4}_)/gi;
const workbookText = (text: string): string => text.replace(notXml, (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`);

/** Every cell is text: nothing in it is run, no number loses its zeros. */
async function* xlsxFile(rows: TableRows, sheet: string): AsyncGenerator<Uint8Array, void, undefined> {
  const cells = async function* () {
    for await (const batch of rows) for (const row of batch) yield row.map((cell) => (cell === '' ? null : workbookText(cell)));
  };
  for await (const piece of writeXlsxStream(cells(), { name: sheet, freezePane: { rows: 1 } }) as unknown as AsyncIterable<Uint8Array>) yield piece;
}
