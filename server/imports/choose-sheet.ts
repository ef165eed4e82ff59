import { cellText, guessLayout, layoutBelow, rowsToGuessFrom, type Layout } from '../../domain/spreadsheet/columns.ts';
import { columnsBy } from '../../domain/spreadsheet/mapping.ts';
import { previewRows } from '../../domain/spreadsheet/preview.ts';
import { RefusedFile, type FileLayout, type LayoutChoice } from './outcome.ts';
import { isBlank } from './row-group.ts';
import type { Book, SheetRow } from './sheet-rows.ts';

/** A workbook may have hundreds of sheets; contacts stand on one of the first. */
const sheetsLookedAt = 30;

interface Reading {
  readonly sheet: number;
  readonly head: readonly SheetRow[];
  /** What follows the head. */
  readonly rest: AsyncIterator<SheetRow> | Iterator<SheetRow>;
  readonly layout: Layout;
  readonly headerRow: number;
}

/**
 * The first sheet with phone numbers, or the one that was chosen, with the rows below its header.
 * @throws RefusedFile
 */
export async function chooseSheet(book: Book, choice: LayoutChoice & { readonly country: string }): Promise<{ layout: FileLayout; rows: AsyncIterable<SheetRow> }> {
  const reading = await openChosen(book, choice);
  const { headerRow, layout, head, rest, sheet } = reading;
  const below = head.filter(({ row }) => row > headerRow);
  const firstRows = below.filter(({ cells }) => !isBlank(cells)).slice(0, previewRows).map(({ row, cells }) => ({ row, cells: cells.map((cell) => cellText(cell).slice(0, 1000)) }));
  return {
    layout: {
      format: book.format, sheets: book.sheets, sheet: book.sheets[sheet] ?? null, headerRow, phones: layout.phones, firstRows,
      guessed: layout.columns, columns: choice.mapping === undefined ? layout.columns : columnsBy(choice.mapping, layout.columns),
    },
    rows: joined(below, rest),
  };
}

async function openChosen(book: Book, choice: LayoutChoice & { readonly country: string }): Promise<Reading> {
  if (choice.sheet !== undefined && book.sheets.length > 0) {
    const chosen = book.sheets.indexOf(choice.sheet);
    if (chosen < 0) throw new RefusedFile('noSuchSheet');
    return readHead(book, chosen, choice);
  }
  let first: Reading | undefined;
  let isEmpty = true;
  for (let sheet = 0; sheet < Math.max(1, Math.min(book.sheets.length, sheetsLookedAt)); sheet++) {
    const reading = await readHead(book, sheet, choice);
    const hasContacts = reading.head.some(({ cells }) => !isBlank(cells));
    isEmpty &&= !hasContacts;
    if (reading.layout.phones !== 'none') {
      await first?.rest.return?.();
      return reading;
    }
    // Where no sheet has phones, the first with anything on it is shown.
    if (hasContacts && first === undefined) first = reading;
    else await reading.rest.return?.();
  }
  if (isEmpty || first === undefined) throw new RefusedFile('emptyFile');
  return first;
}

async function readHead(book: Book, sheet: number, { headerRow: chosenRow, country }: LayoutChoice & { readonly country: string }): Promise<Reading> {
  const rows = book.rows(sheet);
  const rest = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  const head: SheetRow[] = [];
  while (head.length < rowsToGuessFrom) {
    const next = await rest.next();
    if (next.done === true) break;
    head.push(next.value);
  }
  const whole = head.filter(({ problem }) => problem === undefined);
  if (chosenRow === undefined) {
    const layout = guessLayout(whole.map(({ cells }) => cells), country);
    return { sheet, head, rest, layout, headerRow: whole[layout.headerIndex]?.row ?? 0 };
  }
  const from = whole.filter(({ row }) => row >= chosenRow);
  const layout = layoutBelow(from.map(({ cells }) => cells), from[0]?.row === chosenRow ? 0 : -1, country);
  return { sheet, head, rest, layout, headerRow: chosenRow };
}

async function* joined(head: readonly SheetRow[], rest: Reading['rest']): AsyncGenerator<SheetRow, void, undefined> {
  yield* head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
