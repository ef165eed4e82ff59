import { nextInWindow } from '../../domain/calling-window.ts';
import { cellText, type Cell, type Column } from '../../domain/spreadsheet/columns.ts';
import { assembleRow, type ContactNumber, type ListContact } from '../../domain/spreadsheet/row.ts';
import { cellCharactersAtMost } from '../../domain/spreadsheet/csv.ts';
import type { RowProblem, RowReason } from '../../domain/spreadsheet/problems.ts';
import { copyColumn } from './copy-text.ts';
import { importLimits, RefusedFile, type ReadingOrder } from './outcome.ts';
import type { SheetRow } from './sheet-rows.ts';
import { Utf8Text } from './utf8-text.ts';

/** A contact of the file that waits for what only the database knows: whether its numbers are free, and its id. */
export interface WaitingContact {
  readonly row: number;
  /** Where its columns from `row_number` on stand in the group's `tails`. */
  readonly from: number;
  readonly to: number;
  /** When it may be called first, ISO 8601. */
  readonly opening: string;
  readonly numbers: readonly ContactNumber[];
  readonly cells: readonly Cell[];
}
export interface WaitingProblem extends RowProblem { readonly cells: readonly Cell[] }
export interface RowGroup {
  readonly contacts: readonly WaitingContact[];
  /** COPY text of the contacts, each from `row_number` to the line's end. */
  readonly tails: Uint8Array;
  readonly problems: readonly WaitingProblem[];
  /** Rows of the file read so far, this group's included. */
  readonly rowsRead: number;
}

const none: readonly Cell[] = [];

/** Gathers rows of one file; remembers the file's numbers, so that a duplicate names the row it repeats. */
export class RowGatherer {
  private readonly order: ReadingOrder;
  private readonly columns: readonly Column[];
  /** Digits of a number → the first row that has it. */
  private readonly rowOfNumber = new Map<number, number>();
  private readonly openings = new Map<string, string>();
  private contacts: WaitingContact[] = [];
  private readonly tails = new Utf8Text();
  private problems: WaitingProblem[] = [];
  private characters = 0;
  private rowsRead = 0;

  private readonly keepsCells: boolean;

  /** @param keepsCells whether a contact may still be refused: then its cells are kept beside it */
  constructor(order: ReadingOrder, columns: readonly Column[], keepsCells: boolean) {
    this.order = order;
    this.columns = columns;
    this.keepsCells = keepsCells;
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

  /** Rows waiting; `take` empties it. */
  get rows(): number {
    return this.contacts.length + this.problems.length;
  }
  /** Characters waiting, about. */
  get size(): number {
    return this.characters;
  }

  take(): RowGroup {
    const group = { contacts: this.contacts, tails: this.tails.take(), problems: this.problems, rowsRead: this.rowsRead };
    this.contacts = [];
    this.problems = [];
    this.characters = 0;
    return group;
  }

  private accept(row: number, cells: readonly Cell[], contact: ListContact): void {
    let firstRow: number | undefined;
    const numbers: ContactNumber[] = [];
    for (const number of contact.numbers) {
      const digits = Number(number.e164.slice(1));
      const earlier = this.rowOfNumber.get(digits);
      if (earlier !== undefined) {
        firstRow ??= earlier;
        continue;
      }
      this.rowOfNumber.set(digits, row);
      numbers.push(number);
    }
    if (numbers.length === 0) return this.refuse({ row, kind: 'duplicate', reason: `sameNumberAsRow:${firstRow ?? row}` }, cells);
    const { name, company, city, timeZone, fields } = contact;
    const from = this.tails.length;
    this.tails.add(`${row}\t${copyColumn(name)}\t${copyColumn(company)}\t${copyColumn(city)}\t${timeZone}\t${copyColumn(jsonOf(fields))}\n`);
    const to = this.tails.length;
    this.characters += to - from + (this.keepsCells ? charactersOf(cells) : 0);
    this.contacts.push({ row, from, to, opening: this.openingIn(timeZone), numbers, cells: this.keepsCells ? cells : none });
  }

  private refuse({ row, kind, reason }: RowProblem, cells: readonly Cell[]): void {
    this.characters += charactersOf(cells);
    this.problems.push({ row, kind, reason, cells });
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

/** Labels differ from each other, so that this is what an object of them would be written as. */
const jsonOf = (fields: ListContact['fields']): string => `{${fields.map(({ label, value }) => `${JSON.stringify(label)}:${JSON.stringify(value)}`).join(',')}}`;

export const isBlank = (cells: readonly Cell[]): boolean => cells.every((cell) => typeof cell === 'string' && cell.trim() === '');

function damageOf(cells: readonly Cell[]): RowReason | undefined {
  if (cells.length > importLimits.columns && cells.slice(importLimits.columns).some((cell) => cell !== '')) return 'tooManyColumns';
  return cells.some((cell) => typeof cell === 'string' && cell.length > cellCharactersAtMost) ? 'cellTooLong' : undefined;
}

/** Cells of columns that are left out count, too: they are held as long. */
function charactersOf(cells: readonly Cell[]): number {
  let characters = 0;
  for (const cell of cells) characters += typeof cell === 'string' ? cell.length : 8;
  return characters;
}

/** A bad row's cells, as its customer sees them. */
export const cellsShown = (cells: readonly Cell[]): string[] => cells.slice(0, importLimits.columns).map((cell) => cellText(cell).slice(0, cellCharactersAtMost));
