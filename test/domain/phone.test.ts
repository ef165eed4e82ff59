import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { maskPhone, phoneReasonText, readPhone, splitPhones, type PhoneReason } from '../../domain/phone.ts';

const accepted: [cell: string | number, country: string, e164: string, extension?: string][] = [
  ['8 (495) 123-45-67', 'RU', '+74951234567'],
  ['+7 (900) 000-10-00', 'RU', '+79000001000'],
  ['78127651003', 'RU', '+78127651003'],
  ['812 7651004', 'RU', '+78127651004'],
  ['тел. +78127651006', 'RU', '+78127651006'],
  ['моб.: 8 916 000-11-11', 'RU', '+79160001111'],
  ['т. 8-916-000-11-11', 'RU', '+79160001111'],
  ['8 916 000-11-11 Анна', 'RU', '+79160001111'],
  ['8-812-765-10-05 доб. 12', 'RU', '+78127651005', '12'],
  ['8-812-765-10-05 (доб. 12)', 'RU', '+78127651005', '12'],
  ['8-812-765-10-05, вн 12', 'RU', '+78127651005', '12'],
  ['8 812 765 10 05 ext 12', 'RU', '+78127651005', '12'],
  ['8 812 765 10 05 x12', 'RU', '+78127651005', '12'],
  ['8 812 765 10 05х12', 'RU', '+78127651005', '12'],
  ['8 812 765 10 05 #1234', 'RU', '+78127651005', '1234'],
  [79000001003, 'RU', '+79000001003'],
  [89000001003, 'RU', '+79000001003'],
  [9000001003, 'RU', '+79000001003'],
  ['79000001003.0', 'RU', '+79000001003'],
  ['８（495）123‑45‑67', 'RU', '+74951234567'],
  ['\u202a+7 495 123\u00a045\u00a067\u202c', 'RU', '+74951234567'],
  ['+8 (495) 123-45-67', 'RU', '+74951234567'],
  ['00 44 20 7946 0958', 'RU', '+442079460958'],
  ['8 10 44 20 7946 0958', 'RU', '+442079460958'],
  ['8 800 555 35 35', 'RU', '+78005553535'],
  ['+44 20 7946 0958', 'RU', '+442079460958'],
  ['020 7946 0958', 'GB', '+442079460958'],
  ['442079460958', 'GB', '+442079460958'],
  ['(212) 555-0100', 'US', '+12125550100'],
  ['8 701 234 56 78', 'KZ', '+77012345678'],
];

const refused: [cell: string | number, country: string, reason: PhoneReason][] = [
  ['', 'RU', 'empty'],
  [' \u00a0 ', 'RU', 'empty'],
  ['нет', 'RU', 'noDigits'],
  ['-', 'RU', 'noDigits'],
  ['7.9160001E+10', 'RU', 'scientificNotation'],
  ['7,916E+10', 'RU', 'scientificNotation'],
  ['7,916Е+10', 'RU', 'scientificNotation'],
  ['8E10', 'RU', 'scientificNotation'],
  ['112', 'RU', 'emergency'],
  [112, 'RU', 'emergency'],
  ['911', 'RU', 'emergency'],
  ['1-1-2', 'RU', 'emergency'],
  ['03', 'RU', 'emergency'],
  ['103', 'RU', 'emergency'],
  ['999', 'GB', 'emergency'],
  ['900', 'RU', 'tooShort'],
  ['0611', 'RU', 'tooShort'],
  ['12-34-56', 'RU', 'tooShort'],
  ['+7916000', 'RU', 'tooShort'],
  ['8 (495) 123-45', 'RU', 'tooShort'],
  ['8 (495) 123-45-678', 'RU', 'tooLong'],
  ['4111 1111 1111 1111', 'RU', 'tooLong'],
  ['+78095550001', 'RU', 'premiumRate'],
  ['8-809-555-00-01', 'RU', 'premiumRate'],
  ['+44 909 879 0000', 'RU', 'premiumRate'],
  ['+1 900 555 0100', 'RU', 'premiumRate'],
  ['0180 1 234567', 'DE', 'sharedCost'],
  ['070 1234 5678', 'GB', 'specialService'],
  ['+870 773 123 456', 'RU', 'internationalNetwork'],
  ['+79991', 'RU', 'tooShort'],
  ['8 (000) 123-45-67', 'RU', 'invalid'],
  [7916000111.5, 'RU', 'invalid'],
  [7.916e20, 'RU', 'tooLong'],
];

describe('a phone number', () => {
  test.each(accepted)('%s in %s is read as %s', (cell, country, e164, extension) => {
    expect(readPhone(cell, country)).toEqual(extension === undefined ? { ok: true, e164 } : { ok: true, e164, extension });
  });

  test.each(refused)('%s in %s is refused: %s', (cell, country, reason) => {
    expect(readPhone(cell, country)).toEqual({ ok: false, reason });
    expect(phoneReasonText(reason)).toMatch(/^[a-z]/);
  });

  test('a plainly written Russian number reads the same by the short way and through the numbering plan', () => {
    const rests = fc.oneof(fc.stringMatching(/^\d{10}$/), fc.stringMatching(/^[3489]\d{2} \d{3}-\d{2}-\d{2}$/), fc.stringMatching(/^\([3489]\d{2}\) \d{3} \d{2} \d{2}$/), fc.stringMatching(/^(930|800|80\d|495|10\d)\d{7}$/));
    fc.assert(
      fc.property(fc.constantFrom('+7', '7', '8', '', '+7 ', '8 ', '8-'), rests, (prefix, rest) => {
        const cell = `${prefix}${rest}`;
        // A label sends the same number the long way.
        expect(readPhone(cell, 'RU')).toEqual(readPhone(`тел. ${cell}`, 'RU'));
      }),
      { numRuns: 30_000 },
    );
  });

  test('whatever is typed is read or refused, never thrown, and what was read reads the same again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+]?[0-9 ()-]{0,20}( доб\. \d{1,9})?$/)), fc.constantFrom('RU', 'GB', 'US', 'XX'), (cell, country) => {
        const reading = readPhone(cell, country);
        if (!reading.ok) return;
        expect(reading.e164).toMatch(/^\+[1-9][0-9]{6,14}$/);
        expect(readPhone(reading.e164, country)).toEqual({ ok: true, e164: reading.e164 });
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a masked number', () => {
  test.each([
    ['+74951234510', '+7 495 ···-··-10'],
    ['+79160001111', '+7 916 ···-··-11'],
    ['+442079460958', '+44 20 ···· ··58'],
    ['+12125550100', '+1 212 ··· ··00'],
    ['not a number', '····'],
    ['', '····'],
  ])('%s is shown as %s', (e164, masked) => {
    expect(maskPhone(e164)).toBe(masked);
  });

  test('hides at least four digits, whatever the country', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9][0-9]{6,14}$/), (e164) => {
        const masked = maskPhone(e164);
        expect(masked.match(/·/g)?.length).toBeGreaterThanOrEqual(4);
        expect(masked.replace(/[^\d+]/g, '').length).toBeLessThanOrEqual(e164.length - 4);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('a cell with several phones', () => {
  test.each([
    ['8 495 123-45-67, 8 916 000-11-11', ['8 495 123-45-67', '8 916 000-11-11']],
    ['8 495 123-45-67; +7 916 000-11-11', ['8 495 123-45-67', '+7 916 000-11-11']],
    ['8 495 123-45-67\n8 916 000-11-11', ['8 495 123-45-67', '8 916 000-11-11']],
    ['84951234567 / 89160001111', ['84951234567', '89160001111']],
    ['84951234567 89160001111', ['84951234567', '89160001111']],
    ['+74951234567+79160001111', ['+74951234567', '+79160001111']],
    ['8 495 123-45-67 или 8 916 000-11-11', ['8 495 123-45-67', '8 916 000-11-11']],
    ['8 495 123-45-67, доб. 12', ['8 495 123-45-67 доб. 12']],
    ['8 495 123-45-67/68', ['8 495 123-45-67']],
    ['812 7651004', ['812 7651004']],
    ['112', ['112']],
    ['', ['']],
  ])('%s is cut into %j', (cell, texts) => {
    expect(splitPhones(cell)).toEqual(texts);
  });
});
