import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, inertCell, withoutApostrophe } from '../../domain/inert-cell.ts';
import { guessDelimiter, readCsv } from '../../domain/spreadsheet/csv.ts';

describe('a cell for a spreadsheet program', () => {
  test.each(['=1+1', '+cmd', '-2', '@SUM(A1)', '\t=1', '\r=1', '+7 495 123-45-67', '+7=1', '=HYPERLINK("http://x")'])('%j runs nothing', (text) => {
    expect(inertCell(text)).toBe(`'${text}`);
  });
  test.each(['', 'Anna', '+74951234567', '8 916', ' =1', '1-2', "'x"])('%j stays as it is', (text) => {
    expect(inertCell(text)).toBe(text);
  });
  test('stands in a line with its quotation marks doubled', () => {
    expect(csvLine(['+74951234567', 'say "hi"', '=1', 'two\nlines'])).toBe('"+74951234567","say ""hi""","\'=1","two\nlines"\r\n');
  });

  // Made of what formulas, numbers and csv itself are made of.
  const cell = fc.oneof(fc.string(), fc.array(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', "'", ';', ',', '0', '7', 'A', ' '), { maxLength: 12 }).map((parts) => parts.join('')));

  test('never begins as a formula does, whatever it holds, unless it is a phone number', () => {
    fc.assert(fc.property(cell, (text) => {
      const inert = inertCell(text);
      expect(/^[=+\-@\t\r]/.test(inert)).toBe(/^\+[1-9]\d{6,14}$/.test(text));
    }));
    fc.assert(fc.property(fc.stringMatching(/^\+[1-9][0-9]{6,14}$/), (number) => { expect(inertCell(number)).toBe(number); }));
  });

  test.each([',', ';'] as const)('comes back from a file parted at %j as it was', (separator) => {
    const own = cell.filter((text) => !/^'[=+\-@\t\r]/.test(text));
    fc.assert(fc.property(fc.array(fc.array(own, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (rows) => {
      const text = rows.map((cells) => csvLine(cells, separator)).join('');
      expect([...readCsv(text, separator)].map(({ cells }) => cells.map((each) => withoutApostrophe(String(each))))).toEqual(rows);
    }));
    expect(guessDelimiter([['Phone', 'Name'], ['+79161234567', '=1;2,3']].map((cells) => csvLine(cells, separator)).join(''))).toBe(separator);
  });
});
