import { readPhone, splitPhones, type PhoneReason } from '../phone.ts';
import { zoneOfContact } from '../time-zone.ts';
import { cellText, type Cell, type Column } from './columns.ts';

export interface ContactNumber { readonly e164: string; readonly extension?: string }
export interface ListContact {
  readonly name: string; readonly company: string; readonly city: string;
  /** IANA. */
  readonly timeZone: string;
  /** In the order to try them; at least one, no two equal. */
  readonly numbers: readonly ContactNumber[];
  /** The columns that an operator is shown, in the file's order; empty cells are left out. */
  readonly fields: readonly { readonly label: string; readonly value: string }[];
}
export type RowReading = { readonly ok: true; readonly contact: ListContact } | { readonly ok: false; readonly reason: PhoneReason | 'totals' };

export interface RowRules {
  readonly columns: readonly Column[];
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** For contacts whose own zone is not known. */
  readonly timeZone: string;
  /** Reads one number; a caller with many rows passes one that remembers. */
  readonly read?: typeof readPhone;
}

const numbersAtMost = 10;
/** What accounting programs write below a list. Only a row without a number is ever taken for one. */
const totals = /^(?:итого|всего|итог|общий итог|промежуточный итог|(?:grand |sub)?totals?|sum)(?:\s*[:.(–-].*|\s+(?:по|записей|строк|rows|records)(?:[\s:].*)?)?$/iu;

/** One row of a list → a contact, or why it is none: the first filled phone cell's reason. */
export function assembleRow(cells: readonly Cell[], { columns, country, timeZone, read = readPhone }: RowRules): RowReading {
  const numbers: ContactNumber[] = [];
  const parts: Partial<Record<Column['role'], string>> = {};
  const fields: { label: string; value: string }[] = [];
  let reason: PhoneReason | undefined;
  for (const { index, label, role } of columns) {
    if (role === 'leaveOut') continue;
    const cell = cells[index] ?? '';
    if (role === 'phone') {
      for (const text of typeof cell === 'number' ? [cell] : splitPhones(cell)) {
        const reading = read(text, country);
        if (reading.ok) addNumber(numbers, reading);
        else if (reason === undefined || reason === 'empty') reason = reading.reason;
      }
      continue;
    }
    const text = cellText(cell);
    if (text === '') continue;
    if (role === 'field' || role === 'language') fields.push({ label, value: text });
    else parts[role] = text;
  }
  const [first] = numbers;
  if (first === undefined) return { ok: false, reason: cells.some((cell) => typeof cell === 'string' && totals.test(cell.trim())) ? 'totals' : (reason ?? 'empty') };
  const name = parts.name ?? [parts.firstName, parts.middleName, parts.lastName].filter((part) => part !== undefined).join(' ');
  const city = parts.city ?? '';
  const zone = zoneOfContact({ timeZone: parts.timeZone ?? '', city, e164: first.e164 }, timeZone);
  return { ok: true, contact: { name, company: parts.company ?? '', city, timeZone: zone, numbers, fields } };
}

function addNumber(numbers: ContactNumber[], { e164, extension }: ContactNumber): void {
  if (numbers.length >= numbersAtMost || numbers.some((number) => number.e164 === e164)) return;
  numbers.push(extension === undefined ? { e164 } : { e164, extension });
}
