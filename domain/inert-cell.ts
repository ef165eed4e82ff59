/** Begins what a spreadsheet program would take for a formula, or skip to find one. */
const active = /^[=+\-@\t\r]/;
const e164 = /^\+[1-9][0-9]{6,14}$/;

/**
 * A cell of a table that a spreadsheet program opens without asking (csv): text that it would run is made text by an
 * apostrophe before it. A number in E.164 stays what it is: nothing but digits follows its plus.
 */
export const inertCell = (text: string): string => (active.test(text) && !e164.test(text) ? `'${text}` : text);

/** What such a cell said before: a csv read back gives the text that was written. */
export const withoutApostrophe = (cell: string): string => (cell.startsWith("'") && active.test(cell.slice(1)) ? cell.slice(1) : cell);

/** One line of RFC 4180, every cell quoted and inert. Spreadsheet programs that speak Russian part cells at a semicolon. */
export const csvLine = (cells: readonly string[], separator: ',' | ';' = ','): string =>
  `${cells.map((cell) => `"${inertCell(cell).replaceAll('"', '""')}"`).join(separator)}\r\n`;
