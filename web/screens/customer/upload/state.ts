import type { ListProblem, ListResult } from '../../../../domain/api.ts';

export interface UploadPage {
  readonly fileName: string | null;
  /** 0–1 while the file goes up; null when nothing does. */
  readonly sent: number | null;
  readonly result: ListResult | null;
  readonly earlier: readonly ListResult[];
  readonly problem: string | null;
  readonly over: boolean;
}
export const emptyUpload: UploadPage = { fileName: null, sent: null, result: null, earlier: [], problem: null, over: false };

export const looksLikeSpreadsheet = (fileName: string): boolean => /\.(xlsx|csv|txt)$/i.test(fileName);

/** For a spreadsheet program: quoted, and no cell can be taken for a formula. */
export function problemsCsv(problems: readonly ListProblem[], header: readonly [string, string, string], kindWord: (kind: ListProblem['kind']) => string): string {
  const cell = (value: string): string => `"${(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
  const rows = problems.map(({ row, kind, reason }) => [String(row), kindWord(kind), reason]);
  return `\ufeff${[header, ...rows].map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;
}
