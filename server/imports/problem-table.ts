import { columnLetters, type Column } from '../../domain/spreadsheet/columns.ts';
import { rowReasonRu } from '../../domain/spreadsheet/problems-ru.ts';
import type { ProblemRow } from '../../platform/postgres/judge-list.ts';
import { tableFile, type TableFormat } from '../exports/table-file.ts';
import type { ExportLanguage } from '../exports/words.ts';

const words = {
  en: { row: 'Row', kind: 'What', reason: 'Reason', duplicate: 'duplicate', rejected: 'cannot be called', sheet: 'Rows not taken' },
  ru: { row: 'Строка', kind: 'Что', reason: 'Причина', duplicate: 'повтор', rejected: 'позвонить нельзя', sheet: 'Не взятые строки' },
} as const;

interface ProblemTable { readonly format: TableFormat; readonly language: ExportLanguage; readonly columns: readonly Column[] }

/** Rows that became no contacts: number, reason, and their cells as they stood under the file's own headers. */
export function problemTable({ format, language, columns }: ProblemTable, pages: AsyncIterable<readonly ProblemRow[]>): AsyncIterable<string | Uint8Array> {
  const word = words[language];
  const width = Math.max(0, ...columns.map(({ index }) => index + 1));
  const labels = Array.from({ length: width }, (_, index) => columns.find((column) => column.index === index)?.label ?? columnLetters(index));
  const rows = async function* (): AsyncGenerator<string[][], void, undefined> {
    yield [[word.row, word.kind, word.reason, ...labels]];
    for await (const page of pages) yield page.map(({ row, kind, reason, cells }) => [String(row), word[kind], language === 'ru' ? rowReasonRu(reason) : reason, ...cells]);
  };
  return tableFile(format, rows(), { language, sheet: word.sheet });
}
