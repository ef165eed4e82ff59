import { columnLetters, type Column } from '../../domain/spreadsheet/columns.ts';
import { csvLine } from '../../domain/inert-cell.ts';
import { rowReasonRu } from '../../domain/spreadsheet/problems-ru.ts';
import { writeXlsxStream } from 'hucre/xlsx';
import type { ProblemRow } from '../../platform/postgres/judge-list.ts';

export const tableTypes = { csv: 'text/csv; charset=utf-8', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' } as const;
export type TableFormat = keyof typeof tableTypes;
export type TableLanguage = 'en' | 'ru';

const words = {
  en: { row: 'Row', kind: 'What', reason: 'Reason', duplicate: 'duplicate', rejected: 'cannot be called', sheet: 'Rows not taken' },
  ru: { row: 'Строка', kind: 'Что', reason: 'Причина', duplicate: 'повтор', rejected: 'позвонить нельзя', sheet: 'Не взятые строки' },
} as const;

/** Rows that became no contacts: number, reason, and their cells as they stood under the file's own headers. */
export function problemTable({ format, language, columns }: { format: TableFormat; language: TableLanguage; columns: readonly Column[] }, problems: AsyncIterable<ProblemRow>): AsyncIterable<string | Uint8Array> {
  const word = words[language];
  const width = Math.max(0, ...columns.map(({ index }) => index + 1));
  const labels = Array.from({ length: width }, (_, index) => columns.find((column) => column.index === index)?.label ?? columnLetters(index));
  const rows = async function* (): AsyncGenerator<string[], void, undefined> {
    yield [word.row, word.kind, word.reason, ...labels];
    for await (const { row, kind, reason, cells } of problems) yield [String(row), word[kind], language === 'ru' ? rowReasonRu(reason) : reason, ...cells];
  };
  return format === 'csv' ? csv(rows()) : (writeXlsxStream(rows(), { name: word.sheet }) as AsyncIterable<Uint8Array>);
}

async function* csv(rows: AsyncIterable<string[]>): AsyncGenerator<string, void, undefined> {
  // Without the mark a spreadsheet program reads UTF-8 as the system's code page.
  yield '\ufeff';
  for await (const cells of rows) yield csvLine(cells);
}
