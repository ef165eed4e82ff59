import { readPhone } from '../phone.ts';

/** What a reader gives: numbers stay numbers, everything else is text; an empty cell is `''`. */
export type Cell = string | number;

/** Fifteen digits, as spreadsheet programs show a number: no 0.30000000000000004. */
export const cellText = (cell: Cell | undefined): string => (cell === undefined ? '' : typeof cell === 'number' ? String(Number(cell.toPrecision(15))) : cell.trim());

export const columnRoles = ['phone', 'name', 'firstName', 'middleName', 'lastName', 'company', 'city', 'timeZone', 'language', 'field', 'leaveOut'] as const;
export type ColumnRole = (typeof columnRoles)[number];
/** `field` columns are shown to the operator as they are, `leaveOut` ones kept from everybody. `index` counts from 0; labels differ from each other. */
export interface Column { readonly index: number; readonly label: string; readonly role: ColumnRole }

export interface Layout {
  /** Index into the rows given; -1 when the sheet begins with contacts. */
  readonly headerIndex: number;
  /** In the file's order. */
  readonly columns: readonly Column[];
  /** `unsure`: another column could as well hold the numbers, so that a person must say. */
  readonly phones: 'clear' | 'unsure' | 'none';
}

/** How many of a sheet's first rows `guessLayout` wants to see. */
export const rowsToGuessFrom = 60;
const titleRowsAtMost = 15;

/** First match wins, so the narrower words stand first. Headers are compared in lower case, `е` for `ё`, without punctuation. */
const headers: readonly [ColumnRole, RegExp][] = [
  ['timeZone', /^(час(овой)? пояс|часовая зона|тайм ?зона|time ?zone|tz|zone|utc)$/],
  ['phone', /телефон|(^|\s)(тел|моб|мобильный|сотовый|whatsapp|ватсап|phones?|tel|telephone|mobile|cell|msisdn)($|\s|\d)|phone\d?$|^номер (тел|моб|абонента)/],
  ['lastName', /^(фамилия|last ?name|surname|family ?name)/],
  ['middleName', /^(отчество|middle ?name|patronymic)/],
  ['firstName', /^(first ?name|given ?name|forename)/],
  ['company', /^(компани|организаци|фирма|предприяти|учреждени|контрагент|юр(идическое)? ?лицо|наименование|название|клиника|салон|магазин|company|organi[sz]ation|business|account|employer|firm)/],
  ['city', /^(город|населенный пункт|нас пункт|city|town)/],
  ['language', /^(язык|language|lang)/],
  ['name', /^(имя|фио|ф и о|контакт|клиент|абонент|лицо|name|full ?name|contact|client|customer|person|lead)/],
];
/** A contact's "number" may be a phone; only the cells can tell. */
const perhapsPhone = /^(номер|номера|контакты?|number|numbers|contact|contacts)$/;
/** Digits of these look like phones and are none. */
const neverPhone = /инн|огрн|кпп|бик|снилс|паспорт|счет|договор|заказ|артикул|сумма|долг|дата|индекс|vat|tax|iban|account|order|invoice|amount|date|zip|postcode|(^|\s)id($|\s)/;

const plain = (header: Cell): string => String(header).normalize('NFKC').toLowerCase().replaceAll('ё', 'е').replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
const headerOf = (cell: Cell): string => plain(typeof cell === 'string' ? cell.replace(/([a-z])([A-Z])/g, '$1 $2') : cell);

function roleOfHeader(header: string): ColumnRole {
  if (header === '' || header.length > 60) return 'field';
  return headers.find(([, words]) => words.test(header))?.[0] ?? 'field';
}

const isEmpty = (cell: Cell | undefined): boolean => cell === undefined || (typeof cell === 'string' && cell.trim() === '');

/** The share of a column's filled cells that can be read as a phone number. */
function phoneShare(rows: readonly (readonly Cell[])[], index: number, country: string): number {
  const filled = rows.map((row) => row[index] ?? '').filter((cell) => !isEmpty(cell));
  if (filled.length === 0) return 0;
  return filled.filter((cell) => readPhone(cell, country).ok).length / filled.length;
}

/**
 * Finds the header row and what each column holds: by Russian and English headers first, by the cells where the headers
 * say nothing. Title rows above the headers are passed over.
 * @param rows the sheet's first rows (`rowsToGuessFrom` of them suffice); empty ones included
 * @param country ISO 3166-1 alpha-2
 */
export function guessLayout(rows: readonly (readonly Cell[])[], country: string): Layout {
  const width = widthOf(rows);
  const named = rows.slice(0, titleRowsAtMost).findIndex((row) => {
    const filled = row.filter((cell) => !isEmpty(cell));
    return (filled.length >= 2 || width === 1) && row.some((cell) => typeof cell === 'string' && roleOfHeader(headerOf(cell)) === 'phone' && !/\d{5}/.test(cell));
  });
  if (named >= 0) return layoutBelow(rows, named, country);

  // No header speaks of phones: the first row with a number that can be dialled is a contact, the one above it the header.
  const first = rows.findIndex((row) => row.some((cell) => readPhone(cell, country).ok));
  if (first >= 0) {
    const above = first > 0 && rows[first - 1]?.some((cell) => !isEmpty(cell)) === true ? first - 1 : -1;
    return layoutBelow(rows, above, country, first);
  }
  const texts = rows.slice(0, titleRowsAtMost).findIndex((row) => row.filter((cell) => !isEmpty(cell)).length >= Math.min(2, width) && row.every((cell) => typeof cell === 'string'));
  return layoutBelow(rows, texts, country);
}

const widthOf = (rows: readonly (readonly Cell[])[]): number => rows.reduce((width, row) => Math.max(width, row.length), 0);

/**
 * What each column holds when the header row is known.
 * @param headerIndex index into `rows`; -1 for none
 */
export function layoutBelow(rows: readonly (readonly Cell[])[], headerIndex: number, country: string, firstRow = headerIndex + 1): Layout {
  const header = headerIndex < 0 ? [] : (rows[headerIndex] ?? []);
  const below = rows.slice(firstRow);
  const texts = Array.from({ length: widthOf(rows) }, (_, index) => headerOf(header[index] ?? ''));
  const { roles, phones } = rolesOf(texts, below, country);
  return { headerIndex, columns: labelled(header, firstOfEach(withoutStrayParts(roles)), below), phones };
}

/** More than half of a column's cells are numbers that can be dialled: it may be the one. */
const mayHoldPhones = 0.5;

function rolesOf(texts: readonly string[], below: readonly (readonly Cell[])[], country: string): { roles: ColumnRole[]; phones: Layout['phones'] } {
  const roles = texts.map(roleOfHeader);
  const shareAt = (index: number): number => (neverPhone.test(texts[index] ?? '') ? 0 : phoneShare(below, index, country));
  const likely = (index: number): boolean => shareAt(index) > mayHoldPhones;
  if (roles.includes('phone')) {
    const isBelied = roles.every((role, index) => role !== 'phone' || shareAt(index) === 0) && roles.some((role, index) => role !== 'phone' && likely(index));
    return { roles, phones: isBelied ? 'unsure' : 'clear' };
  }
  const called = texts.flatMap((text, index) => (perhapsPhone.test(text) && likely(index) ? [index] : []));
  const found = called.length > 0 ? called : texts.flatMap((_, index) => (likely(index) ? [index] : []));
  return { roles: roles.map((role, index) => (found.includes(index) ? 'phone' : role)), phones: found.length === 0 ? 'none' : found.length === 1 ? 'clear' : 'unsure' };
}

/** "Имя" beside "Фамилия" is a first name. */
const withoutStrayParts = (roles: readonly ColumnRole[]): ColumnRole[] => {
  const parts = roles.includes('lastName') || roles.includes('middleName');
  return roles.map((role) => (role === 'name' && parts && !roles.includes('firstName') ? 'firstName' : role));
};

/** A contact has several phones but one name, one company …: the first column counts, the others are shown. */
function firstOfEach(roles: readonly ColumnRole[]): ColumnRole[] {
  const hasParts = roles.includes('firstName') || roles.includes('lastName');
  return roles.map((role, index) => {
    if (role === 'phone' || role === 'field' || role === 'leaveOut') return role;
    if (role === 'name' && hasParts) return 'field';
    return roles.indexOf(role) === index ? role : 'field';
  });
}

/** Columns without header and without cells are left out. Equal labels are numbered. */
function labelled(header: readonly Cell[], roles: readonly ColumnRole[], below: readonly (readonly Cell[])[]): Column[] {
  const taken = new Set<string>();
  const columns: Column[] = [];
  roles.forEach((role, index) => {
    const text = String(header[index] ?? '').replace(/\s+/g, ' ').trim().slice(0, 200);
    if (text === '' && below.every((row) => isEmpty(row[index]))) return;
    const base = text === '' ? columnLetters(index) : text;
    let label = base;
    for (let copy = 2; taken.has(label); copy++) label = `${base} ${String(copy)}`;
    taken.add(label);
    columns.push({ index, label, role });
  });
  return columns;
}

/** 0 → A, 26 → AA: what a spreadsheet program calls the column. */
export function columnLetters(index: number): string {
  const rest = Math.floor(index / 26) - 1;
  return (rest >= 0 ? columnLetters(rest) : '') + String.fromCharCode(65 + (index % 26));
}
