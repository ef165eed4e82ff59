/**
 * A script is Markdown with `{column}` placeholders. Placeholders are found in text, never in markup: the page renders
 * the Markdown first and fills in the text that remains, so that what stands in a contact's row stays inert.
 */

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
}

export type ScriptColumns = ReadonlyMap<string, string>;

/** The contact's values under every name that a script may use; the row's own header wins over ours. */
export function scriptColumns(contact: ScriptContact): ScriptColumns {
  const known: readonly (readonly [string, string])[] = [
    ['name', contact.name], ['имя', contact.name],
    ['company', contact.company], ['компания', contact.company],
    ['city', contact.city], ['город', contact.city],
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
  const known = new Set([...columns, 'name', 'имя', 'company', 'компания', 'city', 'город'].map(columnKey));
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
