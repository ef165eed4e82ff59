import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { streamXlsxRows, writeXlsx } from 'hucre/xlsx';
import { openWorkbook } from '../../../server/imports/xlsx/xlsx-rows.ts';
import { readSharedStrings } from '../../../server/imports/xlsx/workbook.ts';

async function read(file: Uint8Array) {
  const rows: (string | number)[][] = [];
  for await (const { row, cells } of (await openWorkbook(Buffer.from(file))).rows(0)) rows[row - 1] = cells;
  return Array.from(rows, (row) => row ?? []);
}
const pieces = async function* (text: string, length: number) {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
};

describe('a workbook', () => {
  test('is read as a general reader reads it', async () => {
    const file = readFileSync(new URL('../../samples/okna-moskva.xlsx', import.meta.url));
    const expected: unknown[][] = [];
    for await (const { index, values } of streamXlsxRows(file)) expected[index] = values.map((value) => value ?? '');
    const trimmed = expected.map((row) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1));
    expect(await read(file)).toEqual(trimmed);
  });

  test('gives back what was written, in shared strings and in line', async () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('ё & <b>', '_x0041_', ' spaced ', 'two\nlines', ']]>', '&amp;', '"', '😀', '_x000D_', 'a\tb'));
    const cell = fc.oneof(text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), fc.constant(null));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cell, { maxLength: 6 }), { minLength: 1, maxLength: 8 }), fc.constantFrom<'shared' | 'inline'>('shared', 'inline'), async (rows, stringMode) => {
        const file = await writeXlsx({ sheets: [{ name: 'Лист', rows }], stringMode });
        const general: unknown[][] = rows.map(() => []);
        for await (const { index, values } of streamXlsxRows(file)) general[index] = values.map((value) => value ?? '');
        const ours = await read(file);
        const padded = rows.map((row, index) => row.map((_, column) => ours[index]?.[column] ?? ''));
        expect(padded).toEqual(rows.map((row, index) => row.map((_, column) => general[index]?.[column] ?? '')));
      }),
      { numRuns: 200 },
    );
  });

  test('shows dates and times as text, and large numbers whole', async () => {
    const file = await writeXlsx({ sheets: [{ name: 'a', rows: [[new Date('2025-03-01T00:00:00Z'), new Date('2025-03-01T14:30:00Z'), 79160001111, true, false]] }] });
    expect(await read(file)).toEqual([['2025-03-01', '2025-03-01 14:30', 79160001111, 'TRUE', 'FALSE']]);
  });

  test('joins the runs of a shared string and leaves its phonetic hints out, wherever the pieces are cut', async () => {
    const xml = '<sst><si><t>plain &#x451;</t></si><si><r><rPr><b/></rPr><t xml:space="preserve">two </t></r><r><t>runs</t></r><rPh sb="0"><t>hint</t></rPh></si><si/><x:si><x:t>a_x000D_b</x:t></x:si></sst>';
    for (let length = 1; length < 40; length++) expect(await readSharedStrings(pieces(xml, length))).toEqual(['plain ё', 'two runs', '', 'a\rb']);
  });
});
