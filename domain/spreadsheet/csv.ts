/**
 * Delimited text → rows. A damaged row costs that row and no other: an ordinary CSV parser loses everything behind a
 * quotation mark that is never closed.
 */

export interface CsvRow {
  /** From 1, empty rows counted, as a spreadsheet program numbers them. */
  readonly row: number;
  readonly cells: string[];
  readonly problem?: 'unclosedQuote';
}

/** As in a spreadsheet program; a quoted cell that grows beyond it was never meant to. */
export const cellCharactersAtMost = 32_767;
const quote = '"';

/** The delimiter of `,` `;` tab `|` that cuts the first lines into the most cells alike; quoted text does not count. */
export function guessDelimiter(text: string): string {
  const lines = text.slice(0, 20_000).replace(/"(?:[^"]|"")*"/g, 'x').split(/\r\n|\n|\r/).filter((line) => line.trim() !== '').slice(0, 20);
  const scores = [',', ';', '\t', '|'].map((delimiter) => {
    const counts = lines.map((line) => line.split(delimiter).length - 1);
    const usual = counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 0;
    const alike = counts.filter((count) => count === usual).length / Math.max(1, counts.length);
    return { delimiter, score: usual === 0 ? 0 : alike * 100 + usual };
  });
  return scores.reduce((best, candidate) => (candidate.score > best.score ? candidate : best)).delimiter;
}

/** RFC 4180 with any of `\n`, `\r\n`, `\r` and any delimiter. Text behind a closed quotation mark is kept as it stands. */
export function* readCsv(text: string, delimiter: string): Generator<CsvRow, void, undefined> {
  const lineEnd = /\r\n|\n|\r/g;
  // The next delimiter and line end at or behind the place we are, found again only when passed.
  let nextDelimiter = -1;
  let nextEnd = -1;
  let endLength = 1;
  const findDelimiter = (from: number): number => {
    if (nextDelimiter < from) nextDelimiter = text.indexOf(delimiter, from);
    if (nextDelimiter < 0) nextDelimiter = text.length;
    return nextDelimiter;
  };
  const findEnd = (from: number): number => {
    if (nextEnd >= from) return nextEnd;
    lineEnd.lastIndex = from;
    const found = lineEnd.exec(text);
    nextEnd = found?.index ?? text.length;
    endLength = found?.[0].length ?? 1;
    return nextEnd;
  };

  let at = text.startsWith('\ufeff') ? 1 : 0;
  for (let row = 1; at < text.length; row++) {
    const cells: string[] = [];
    let problem: CsvRow['problem'];
    for (;;) {
      let prefix = '';
      if (text.startsWith(quote, at)) {
        const closed = readQuoted(text, at + 1);
        const behind = closed === undefined ? '' : text.slice(closed.end, closed.end + 1);
        const spansLines = closed !== undefined && closed.end > findEnd(at);
        const isClosed = closed !== undefined && (!spansLines || behind === delimiter || behind === '' || behind === '\n' || behind === '\r');
        if (isClosed) {
          prefix = closed.text;
          at = closed.end;
        } else problem = 'unclosedQuote';
      }
      const end = findEnd(at);
      const stop = Math.min(findDelimiter(at), end);
      cells.push(prefix + text.slice(at, stop));
      if (stop === end) {
        at = end + endLength;
        break;
      }
      at = stop + delimiter.length;
    }
    yield problem === undefined ? { row, cells } : { row, cells, problem };
  }
}

/** The cell that begins behind a quotation mark; undefined when it is not closed within a cell's length. */
function readQuoted(text: string, from: number): { readonly text: string; readonly end: number } | undefined {
  let cell = '';
  for (let at = from; ; ) {
    const close = text.indexOf(quote, at);
    if (close < 0 || cell.length + close - at > cellCharactersAtMost) return undefined;
    cell += text.slice(at, close);
    if (!text.startsWith(quote, close + 1)) return { text: cell, end: close + 1 };
    cell += quote;
    at = close + 2;
  }
}
