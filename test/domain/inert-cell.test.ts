import { describe, expect, test } from 'vitest';
import { csvLine, inertCell } from '../../domain/inert-cell.ts';

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
});
