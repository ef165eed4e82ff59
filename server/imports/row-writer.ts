import { nextInWindow } from '../../domain/calling-window.ts';
import { cellText, type Cell, type Column } from '../../domain/spreadsheet/columns.ts';
import { assembleRow, type ListContact } from '../../domain/spreadsheet/row.ts';
import { cellCharactersAtMost } from '../../domain/spreadsheet/csv.ts';
import { rowReasonText, type RowProblem, type RowReason } from '../../domain/spreadsheet/problems.ts';
import { copyRow } from './copy-text.ts';
import { importLimits, RefusedFile, type CopyBatch, type ReadingOrder } from './outcome.ts';
import type { SheetRow } from './sheet-rows.ts';

/** Turns rows of one file into COPY text; remembers the file's numbers, so that a duplicate names the row it repeats. */
export class RowWriter {
  private readonly order: ReadingOrder;
  private readonly columns: readonly Column[];
  /** Digits of a number → the first row that has it. */
  private readonly rowOfNumber = new Map<number, number>();
  private readonly openings = new Map<string, string>();
  private contacts = '';
  private numbers = '';
  private problems = '';
  private rowsRead = 0;

  constructor(order: ReadingOrder, columns: readonly Column[]) {
    this.order = order;
    this.columns = columns;
  }

  /** @throws RefusedFile when the file has too many rows */
  add({ row, cells, problem }: SheetRow): void {
    if (isBlank(cells)) return;
    this.rowsRead += 1;
    if (this.rowsRead > importLimits.rows) throw new RefusedFile('tooManyRows');
    const damage = problem ?? damageOf(cells);
    if (damage !== undefined) return this.refuse({ row, kind: 'rejected', reason: damage }, cells);
    const reading = assembleRow(cells, { columns: this.columns, country: this.order.country, timeZone: this.order.timeZone });
    if (!reading.ok) return this.refuse({ row, kind: 'rejected', reason: reading.reason }, cells);
    this.accept(row, cells, reading.contact);
  }

  /** Characters waiting; `take` empties it. */
  get size(): number {
    return this.contacts.length + this.numbers.length + this.problems.length;
  }

  take(): CopyBatch {
    const batch = { contacts: bytes(this.contacts), numbers: bytes(this.numbers), problems: bytes(this.problems), rowsRead: this.rowsRead };
    this.contacts = this.numbers = this.problems = '';
    return batch;
  }

  private accept(row: number, cells: readonly Cell[], contact: ListContact): void {
    let firstRow: number | undefined;
    let position = 0;
    for (const { e164, extension } of contact.numbers) {
      const digits = Number(e164.slice(1));
      const earlier = this.rowOfNumber.get(digits);
      if (earlier !== undefined) {
        firstRow ??= earlier;
        continue;
      }
      this.rowOfNumber.set(digits, row);
      this.numbers += copyRow([String(row), String(position++), e164, extension]);
    }
    if (position === 0) return this.refuse({ row, kind: 'duplicate', reason: `sameNumberAsRow:${firstRow ?? row}` }, cells);
    const fields = JSON.stringify(Object.fromEntries(contact.fields.map(({ label, value }) => [label, value])));
    this.contacts += copyRow([String(row), contact.name, contact.company, contact.city, contact.timeZone, fields, this.openingIn(contact.timeZone), textOf(cells)]);
  }

  private refuse({ row, kind, reason }: RowProblem, cells: readonly Cell[]): void {
    this.problems += copyRow([String(row), kind, rowReasonText(reason), textOf(cells)]);
  }

  /** When the window opens in a zone: one answer a zone, since all contacts of a list come at once. */
  private openingIn(zone: string): string {
    let opening = this.openings.get(zone);
    if (opening === undefined) {
      opening = new Date(nextInWindow(this.order.nowMs, zone, this.order.window)).toISOString();
      this.openings.set(zone, opening);
    }
    return opening;
  }
}

export const isBlank = (cells: readonly Cell[]): boolean => cells.every((cell) => typeof cell === 'string' && cell.trim() === '');

function damageOf(cells: readonly Cell[]): RowReason | undefined {
  if (cells.length > importLimits.columns && cells.slice(importLimits.columns).some((cell) => cell !== '')) return 'tooManyColumns';
  return cells.some((cell) => typeof cell === 'string' && cell.length > cellCharactersAtMost) ? 'cellTooLong' : undefined;
}

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
const textOf = (cells: readonly Cell[]): string => JSON.stringify(cells.slice(0, importLimits.columns).map((cell) => cellText(cell).slice(0, cellCharactersAtMost)));
