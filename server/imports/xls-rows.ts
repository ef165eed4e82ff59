import type { Cell } from '../../domain/spreadsheet/columns.ts';
import { importLimits, RefusedFile } from './outcome.ts';
import { dateText } from './xlsx/xlsx-rows.ts';

interface LegacyRow { readonly row: number; readonly cells: Cell[] }

/**
 * A workbook of the format before 2007 (BIFF). It is read whole, so that its size is the heap's matter: what needs more
 * than the reading thread has ends that thread.
 * @throws RefusedFile
 */
export async function openLegacyWorkbook(file: Buffer): Promise<{ sheets: string[]; rows(sheet: number): Generator<LegacyRow, void, undefined> }> {
  // A megabyte of code that only these files need.
  const { read, SSF } = await import('@e965/xlsx');
  const book = ((): ReturnType<typeof read> => {
    try {
      return read(file, { type: 'buffer', dense: true, cellFormula: false, cellHTML: false, cellNF: true, cellText: false, sheetRows: importLimits.rows + 100 });
    } catch (error) {
      throw new RefusedFile(/password|encrypt/i.test(String(error)) ? 'passwordProtected' : 'damagedFile', error);
    }
  })();
  const hidden = (name: string): boolean => (book.Workbook?.Sheets?.find((sheet) => sheet.name === name)?.Hidden ?? 0) !== 0;
  // Sheets of charts and macros have no cells.
  const withCells = book.SheetNames.filter((name) => book.Sheets[name]?.['!data'] !== undefined);
  const visible = withCells.filter((name) => !hidden(name));
  const sheets = visible.length > 0 ? visible : withCells;
  if (sheets.length === 0) throw new RefusedFile('damagedFile', 'no sheet');
  const from1904 = book.Workbook?.WBProps?.date1904 === true;

  const valueOf = (cell: { t: string; v?: unknown; w?: string; z?: unknown } | undefined): Cell => {
    if (cell?.v === undefined || cell.t === 'z') return '';
    if (cell.t === 'n' && typeof cell.v === 'number') return typeof cell.z === 'string' && SSF.is_date(cell.z) ? dateText(cell.v, from1904) : cell.v;
    if (cell.t === 'b') return cell.v === true ? 'TRUE' : 'FALSE';
    return cell.t === 'e' ? (cell.w ?? '') : String(cell.v);
  };
  return {
    sheets,
    *rows(sheet) {
      const data = book.Sheets[sheets[sheet] ?? '']?.['!data'] ?? [];
      for (let index = 0; index < data.length; index++) {
        const found = data[index];
        if (found !== undefined) yield { row: index + 1, cells: Array.from(found, valueOf) };
      }
    },
  };
}
