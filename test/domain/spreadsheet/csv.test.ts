import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { guessDelimiter, readCsv } from '../../../domain/spreadsheet/csv.ts';

const read = (text: string, delimiter = ',') => [...readCsv(text, delimiter)];
const cells = (text: string, delimiter = ',') => read(text, delimiter).map((row) => row.cells);

describe('delimited text', () => {
  test.each([
    ['a,b\nc,d', [['a', 'b'], ['c', 'd']]],
    ['a,b\r\nc,d\r\n', [['a', 'b'], ['c', 'd']]],
    ['a\rb', [['a'], ['b']]],
    ['\ufeffa,b', [['a', 'b']]],
    ['"a,b","c""d"', [['a,b', 'c"d']]],
    ['"two\nlines",x\ny,z', [['two\nlines', 'x'], ['y', 'z']]],
    ['a,,\n,,', [['a', '', ''], ['', '', '']]],
    ['ООО "Ромашка",x', [['ООО "Ромашка"', 'x']]],
    ['"Ромашка" ООО,x', [['Ромашка ООО', 'x']]],
    ['""', [['']]],
    ['', []],
  ])('%j is read as %j', (text, rows) => {
    expect(cells(text)).toEqual(rows);
  });

  test('an empty row keeps its number', () => {
    expect(read('a\n\nb').map(({ row }) => row)).toEqual([1, 2, 3]);
  });

  test('a quotation mark that is never closed costs its own row alone, wherever it stands', () => {
    expect(read('a,b\n1,"open\n2,"fine"\n3,plain\n4,""\n5,"two\nlines"')).toEqual([
      { row: 1, cells: ['a', 'b'] },
      { row: 2, cells: ['1', '"open'], problem: 'unclosedQuote' },
      { row: 3, cells: ['2', 'fine'] },
      { row: 4, cells: ['3', 'plain'] },
      { row: 5, cells: ['4', ''] },
      { row: 6, cells: ['5', 'two\nlines'] },
    ]);
    expect(read('1,"open').map(({ problem }) => problem)).toEqual(['unclosedQuote']);
    expect(read(`1,"open\n${'2,x\n'.repeat(20_000)}`)).toHaveLength(20_001);
  });

  test('what was written is what is read, whatever the cells hold', () => {
    const table = fc.array(fc.array(fc.oneof(fc.string(), fc.constantFrom('ё"', 'a\tb', '\\N', 'x\r\ny', '😀;', '""', ',')), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(table, fc.constantFrom(',', ';', '\t'), fc.constantFrom('\n', '\r\n'), (rows, delimiter, end) => {
        const text = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)).join(end);
        expect(cells(text, delimiter)).toEqual(rows);
      }),
    );
  });
});

describe('the delimiter', () => {
  test.each([
    ['Телефон;Имя, фамилия\n8 495;"a, b"', ';'],
    ['phone,name\n1,"a;b;c;d"', ','],
    ['Phone\tName\n1\tA, B', '\t'],
    ['phone|name\n1|b', '|'],
    ['phone\n1', ','],
  ])('of %j is %j', (text, delimiter) => {
    expect(guessDelimiter(text)).toBe(delimiter);
  });
});
