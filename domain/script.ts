/**
 * A script is Markdown with `{column}` placeholders. Placeholders are found in text, never in markup: the page renders
 * the Markdown first and fills in the text that remains, so that what stands in a contact's row stays inert.
 */

import type { ColumnRole } from './spreadsheet/columns.ts';

export type ScriptPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'placeholder'; readonly column: string };
export type FilledPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly column: string; readonly text: string }
  | { readonly kind: 'ask'; readonly column: string };

const placeholder = /\{([^{}\r\n]{1,80})\}/g;

export function splitPlaceholders(text: string): ScriptPart[] {
  const parts: ScriptPart[] = [];
  let from = 0;
  for (const match of text.matchAll(placeholder)) {
    const column = (match[1] ?? '').trim();
    if (column === '') continue;
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push({ kind: 'placeholder', column });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** Each column once, as first written. */
export function placeholdersOf(script: string): string[] {
  const seen = new Map<string, string>();
  for (const part of splitPlaceholders(script)) {
    if (part.kind === 'placeholder' && !seen.has(columnKey(part.column))) seen.set(columnKey(part.column), part.column);
  }
  return [...seen.values()];
}

/** People write `{First_name}` for a column headed "first name". */
export function columnKey(column: string): string {
  return column.trim().toLowerCase().replaceAll('ё', 'е').replace(/[\s_]+/g, ' ');
}

export interface ScriptContact {
  readonly name: string;
  readonly company: string;
  readonly city: string;
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  /** What the list's other columns hold: each by its header in the file, with what it was taken as. */
  readonly mapped?: readonly MappedColumn[];
}
export interface MappedColumn { readonly label: string; readonly role: ColumnRole; readonly value: string }

/** What each kind of column is called on the screens and in the files, in both languages. */
const fieldNames: Readonly<Partial<Record<ColumnRole, readonly string[]>>> = {
  name: ['name', 'full name', 'имя', 'фио'], company: ['company', 'компания'], city: ['city', 'город'],
  firstName: ['first name', 'имя без фамилии'], middleName: ['middle name', 'отчество'], lastName: ['last name', 'фамилия'],
  phone: ['phone', 'телефон'], timeZone: ['time zone', 'часовой пояс'], language: ['language', 'язык'],
};
const namesOf = (role: ColumnRole): readonly string[] => fieldNames[role] ?? [];

/** By which words a script may name the columns of a list that are no fields of their own. */
export const mappedNames = (columns: readonly { readonly label: string; readonly role: ColumnRole }[]): string[] =>
  columns.filter(({ role }) => role !== 'field' && role !== 'leaveOut').flatMap(({ label, role }) => [label, ...namesOf(role)]);

/**
 * The values behind a list's mapped columns. A part of a name can be told only where the whole name has as many words as
 * there are parts; the first name always stands first.
 */
export function mappedColumns(columns: readonly { readonly label: string; readonly role: ColumnRole }[], of: Readonly<Partial<Record<ColumnRole, string>>>): MappedColumn[] {
  const parts = (['firstName', 'middleName', 'lastName'] as const).filter((role) => columns.some((column) => column.role === role));
  const words = (of.name ?? '').split(/\s+/);
  const valueOf = (role: ColumnRole): string => {
    const place = parts.findIndex((part) => part === role);
    if (place < 0) return of[role] ?? '';
    if (parts.length === 1) return of.name ?? '';
    return words.length === parts.length || (place === 0 && role === 'firstName') ? (words[place] ?? '') : '';
  };
  const phone = columns.find(({ role }) => role === 'phone');
  return columns.flatMap((column) => {
    const { label, role } = column;
    const value = role === 'phone' && column !== phone ? '' : valueOf(role);
    return role === 'field' || role === 'leaveOut' || value.trim() === '' ? [] : [{ label, role, value }];
  });
}

export type ScriptColumns = ReadonlyMap<string, string>;

/** The contact's values under every name that a script may use; the row's own header wins over ours. */
export function scriptColumns(contact: ScriptContact): ScriptColumns {
  const mapped = contact.mapped ?? [];
  const known: readonly (readonly [string, string])[] = [
    ...mapped.flatMap(({ role, value }) => namesOf(role).map((name) => [name, value] as const)),
    ...(['name', 'company', 'city'] as const).flatMap((role) => namesOf(role).map((name) => [name, contact[role]] as const)),
    ...mapped.map(({ label, value }) => [columnKey(label), value] as const),
  ];
  const columns = new Map<string, string>();
  for (const [name, value] of known) if (value.trim() !== '') columns.set(name, value);
  for (const { label, value } of contact.fields) if (value.trim() !== '') columns.set(columnKey(label), value);
  return columns;
}

export function fillIn(text: string, columns: ScriptColumns): FilledPart[] {
  return splitPlaceholders(text).map((part) => {
    if (part.kind === 'text') return part;
    const value = columns.get(columnKey(part.column));
    return value === undefined ? { kind: 'ask', column: part.column } : { kind: 'value', column: part.column, text: value };
  });
}

/** Columns that the script asks for and no list has: the customer is told before the operator has to improvise. */
export function unknownPlaceholders(script: string, columns: readonly string[]): string[] {
  const known = new Set([...columns, ...namesOf('name'), ...namesOf('company'), ...namesOf('city')].map(columnKey));
  return placeholdersOf(script).filter((column) => !known.has(columnKey(column)));
}

/** The beginning of a script in one line, without the signs of Markdown; `{name}` reads …name…. */
export function plainScript(markdown: string): string {
  return markdown
    .replace(placeholder, (_whole, column: string) => `…${column.trim().replace(/_+/g, ' ')}…`)
    .replace(/^\s{0,3}(?:#{1,6}|>|[-*+]|\d+[.)])\s+/gm, '')
    .replace(/\*\*|__|~~|`|(?<=^|\s|[(«“"])[*_](?=\S)|(?<=\S)[*_](?=$|\s|[.,!?;:)»”"])/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}
