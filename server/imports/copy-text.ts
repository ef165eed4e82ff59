/** PostgreSQL's COPY text format: a tab between columns, `\N` for null, a backslash before what would be read as either. */

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One column. The text must be free of NUL and lone surrogates. */
export const copyColumn = (text: string | undefined): string => {
  if (text === undefined) return '\\N';
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character) : text;
};

/** One row with its line end. */
export const copyRow = (columns: readonly (string | undefined)[]): string => `${columns.map(copyColumn).join('\t')}\n`;
