import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { isInWindow, nextInWindow, type CallingWindow } from '../../domain/calling-window.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const workday: CallingWindow = { from: '09:00', to: '20:00', days: [1, 2, 3, 4, 5] };
const at = (text: string, zone: string) => DateTime.fromISO(text, { zone }).toMillis();
const shown = (atMs: number, zone: string) => DateTime.fromMillis(atMs, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");

describe('the calling window', () => {
  test('is read on the contact’s clock', () => {
    const moment = at('2025-06-04T08:30', 'Europe/Moscow');
    expect(isInWindow(moment, 'Europe/Moscow', workday)).toBe(false);
    expect(isInWindow(moment, 'Asia/Vladivostok', workday)).toBe(true);
  });

  test('includes its first minute and not its last', () => {
    expect(isInWindow(at('2025-06-04T09:00', 'Europe/Moscow'), 'Europe/Moscow', workday)).toBe(true);
    expect(isInWindow(at('2025-06-04T19:59:59', 'Europe/Moscow'), 'Europe/Moscow', workday)).toBe(true);
    expect(isInWindow(at('2025-06-04T20:00', 'Europe/Moscow'), 'Europe/Moscow', workday)).toBe(false);
  });

  test('may last until midnight', () => {
    const late = { from: '10:00', to: '24:00', days: everyDay };
    expect(isInWindow(at('2025-06-04T23:59', 'Europe/Moscow'), 'Europe/Moscow', late)).toBe(true);
    expect(shown(nextInWindow(at('2025-06-05T00:00', 'Europe/Moscow'), 'Europe/Moscow', late), 'Europe/Moscow')).toBe('2025-06-05T10:00:00');
  });

  test.each([
    ['2025-06-04T12:00:00', '2025-06-04T12:00:00'],
    ['2025-06-04T07:00:00', '2025-06-04T09:00:00'],
    ['2025-06-04T21:00:00', '2025-06-05T09:00:00'],
    ['2025-06-06T20:00:00', '2025-06-09T09:00:00'],
  ])('moves %s to %s', (from, to) => {
    expect(shown(nextInWindow(at(from, 'Europe/Moscow'), 'Europe/Moscow', workday), 'Europe/Moscow')).toBe(to);
  });

  test('opens by the clock on the days when the clock changes', () => {
    for (const day of ['2025-03-30', '2025-10-26']) {
      const next = nextInWindow(at(`${day}T00:10`, 'Europe/London'), 'Europe/London', { from: '09:00', to: '20:00', days: everyDay });
      expect(shown(next, 'Europe/London')).toBe(`${day}T09:00:00`);
    }
  });

  test('opens at the jump when its beginning is skipped, and twice when it comes twice', () => {
    const night = { from: '01:30', to: '03:00', days: everyDay };
    expect(shown(nextInWindow(at('2025-03-30T00:10', 'Europe/London'), 'Europe/London', night), 'Europe/London')).toBe('2025-03-30T02:00:00');
    const short = { from: '01:30', to: '01:50', days: everyDay };
    const first = nextInWindow(at('2025-10-26T00:10', 'Europe/London'), 'Europe/London', short);
    expect(nextInWindow(first + 20 * 60_000, 'Europe/London', short) - first).toBe(3_600_000);
  });

  test('skips a day on which the clock leaves the whole window out', () => {
    const gone = { from: '01:15', to: '01:45', days: [7] };
    expect(shown(nextInWindow(at('2025-03-30T00:10', 'Europe/London'), 'Europe/London', gone), 'Europe/London')).toBe('2025-04-06T01:15:00');
  });

  test('refuses a zone that does not exist and a window that never opens', () => {
    expect(() => isInWindow(0, 'Europe/Moskva', workday)).toThrow(RangeError);
    expect(() => nextInWindow(0, 'Europe/Moscow', { from: '09:00', to: '20:00', days: [] })).toThrow(RangeError);
  });

  test('the next moment is not earlier, lies inside, is the first one, and stays where it is', () => {
    const time = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    const windows = fc
      .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }), fc.uniqueArray(fc.constantFrom(...everyDay), { minLength: 1 }))
      .map(([from, length, days]) => ({ from: time(from), to: time(Math.min(1440, from + length)), days }));
    const zones = fc.constantFrom('Europe/Moscow', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Cairo', 'Asia/Beirut', 'UTC');
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2027, 0) }), zones, windows, fc.double({ min: 0, max: 1, noNaN: true }), (atMs, zone, window, part) => {
        const next = nextInWindow(atMs, zone, window);
        expect(next).toBeGreaterThanOrEqual(atMs);
        expect(isInWindow(next, zone, window)).toBe(true);
        expect(nextInWindow(next, zone, window)).toBe(next);
        const between = Math.floor(atMs + (next - atMs) * part);
        if (between < next) expect(isInWindow(between, zone, window)).toBe(false);
        if (next > atMs) expect(isInWindow(next - 1, zone, window)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});
