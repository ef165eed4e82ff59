import { describe, expect, test } from 'vitest';
import { maskPhonesIn } from '../../domain/mask-text.ts';

const ru = (text: string, own: string[] = []) => maskPhonesIn(text, 'RU', own);

describe('numbers in free text are masked', () => {
  test.each([
    '89161234567', '79161234567', '9161234567', '+7 916 123-45-67', 'звонить 8(916)123-45-67 доб. 12 после 18:00', '8 916 12 34 567', '916.123.45.67', '＋７９１６１２３４５６７',
    'тел.:89161234567;факс 84951234567', '89161234567/89161234568', 'перезвонить: 8-916-123-45-67, Анна',
  ])('%s', (text) => {
    expect(ru(text).normalize('NFKC').replace(/\D/g, '')).not.toMatch(/1234567|123456/);
    expect(ru(text)).toMatch('··');
  });
  test('a foreign one with its country code, and a national one of the campaign’s country', () => {
    expect(ru('call +44 20 7946 0958')).not.toMatch('7946');
    expect(maskPhonesIn('020 7946 0958', 'GB')).not.toMatch('7946');
  });
  test('the words around it stay', () => {
    expect(ru('звонить 8 916 123-45-67 после 18:00')).toBe('звонить +7 916 ···-··-67 после 18:00');
  });
});

describe('what is no number stays as it is', () => {
  test.each([
    '14.03.2026', '2026-03-14 10:30', '14.03.2026 10:30–18:45', '1 250 000 руб.', '1250000.00', '4 500,50 ₽', 'заказ 1234567', 'заказ № 100200300400', 'ИНН 7701234567', 'ИНН 770123456789',
    'счёт 40702810900000012345', 'паспорт 4509 123456', '2024-2025', '20260314', 'договор 12/2026-456', 'кв. 45, эт. 12, 3 окна 1400×1500', '', 'Anna',
  ])('%s', (text) => expect(ru(text)).toBe(text));
});

describe('the contact’s own numbers are masked in whatever way they are written', () => {
  test.each(['id9161234567x', '007 916 123 45 67', '9 1 6 1 2 3 4 5 6 7', '916_123_45_67', '(916)/123/45/67'])('%s', (text) => {
    expect(ru(text, ['+79161234567']).replace(/\D/g, '')).not.toContain('1234567');
  });
});
