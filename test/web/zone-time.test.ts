import { DateTime } from 'luxon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromWallTime, wallTime } from '../../web/zone-time.ts';

const zones = ['Europe/Moscow', 'Asia/Vladivostok', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'];

describe('wall-clock times of a zone', () => {
  it('are what luxon says, there and back', () => {
    fc.assert(fc.property(fc.constantFrom(...zones), fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) }), (zone, atMs) => {
      const minute = Math.floor(atMs / 60_000) * 60_000;
      const text = wallTime(minute, zone);
      expect(text).toBe(DateTime.fromMillis(minute, { zone }).toFormat("yyyy-MM-dd'T'HH:mm"));
      const back = fromWallTime(text, zone);
      // The hour that comes twice is read as its first one.
      expect(back === minute || (back !== undefined && back < minute && wallTime(back, zone) === text)).toBe(true);
    }), { numRuns: 2_000 });
  });

  it('take a time that the clock skips as one behind the gap, and nothing else for a time', () => {
    expect(fromWallTime('2026-03-29T02:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 1, 30));
    expect(fromWallTime('2026-10-25T02:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 0, 30));
    for (const text of ['', 'tomorrow', '2026-13-01T10:00', '2026-01-01']) expect(fromWallTime(text, 'UTC')).toBeUndefined();
  });
});
