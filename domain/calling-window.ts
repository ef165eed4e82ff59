import { DateTime } from 'luxon';

/** When contacts may be called, on their own clock. */
export interface CallingWindow {
  /** `HH:MM`, included. */
  readonly from: string;
  /** `HH:MM` or `24:00`, not included; later than `from`. */
  readonly to: string;
  /** 1 (Monday) to 7; at least one. */
  readonly days: readonly number[];
}

const minutesPerDay = 1440;
/** Two weeks: the window's only day of a week may fall into a clock change. */
const daysToLookAt = 15;

/** Minutes since midnight. `HH:MM:SS`, as PostgreSQL prints a time, is understood as well. */
function minutesOf(time: string): number {
  const match = /^(\d{2}):(\d{2})(?::00)?$/.exec(time);
  const minutes = match === null ? Number.NaN : Number(match[1]) * 60 + Number(match[2]);
  if (!(minutes <= minutesPerDay)) throw new RangeError(`not a time of day: ${time}`);
  return minutes;
}

function local(atMs: number, zone: string): DateTime {
  const time = DateTime.fromMillis(atMs, { zone });
  if (!time.isValid) throw new RangeError(`not a time in a zone: ${String(atMs)} ${zone}`);
  return time;
}

const isOpenAt = (time: DateTime, window: CallingWindow): boolean => {
  const minutes = time.hour * 60 + time.minute;
  return window.days.includes(time.weekday) && minutesOf(window.from) <= minutes && minutes < minutesOf(window.to);
};

/**
 * Whether the clock in `zone` shows a time inside the window.
 * @param atMs milliseconds since 1970 UTC
 * @param zone IANA name; an unknown one throws RangeError
 */
export function isInWindow(atMs: number, zone: string, window: CallingWindow): boolean {
  return isOpenAt(local(atMs, zone), window);
}

/**
 * The earliest moment, `atMs` itself or later, inside the window. Safe at clock changes: a beginning that the clock
 * skips is moved to the first minute that exists, one that comes twice counts twice.
 * @returns milliseconds since 1970 UTC
 * @throws RangeError for an unknown zone or a window that never opens
 */
export function nextInWindow(atMs: number, zone: string, window: CallingWindow): number {
  const now = local(atMs, zone);
  if (isOpenAt(now, window)) return atMs;
  const from = minutesOf(window.from);
  for (let day = 0; day < daysToLookAt; day++) {
    const { year, month, day: dayOfMonth } = now.startOf('day').plus({ days: day });
    const opening = DateTime.fromObject({ year, month, day: dayOfMonth, hour: Math.floor(from / 60), minute: from % 60 }, { zone });
    const next = opening
      .getPossibleOffsets()
      .map((time) => firstOpenMinute(time, window))
      .filter((time) => time.toMillis() >= atMs && isOpenAt(time, window))
      .sort((a, b) => a.toMillis() - b.toMillis())[0];
    if (next !== undefined) return next.toMillis();
  }
  throw new RangeError('the calling window never opens');
}

/** A beginning inside a skipped hour was moved forward by that hour: goes back to where the clock jumped to. */
function firstOpenMinute(opening: DateTime, window: CallingWindow): DateTime {
  const moved = opening.hour * 60 + opening.minute - minutesOf(window.from);
  let first = opening;
  for (let minute = 0; minute < moved; minute++) {
    const earlier = first.minus({ minutes: 1 });
    if (earlier.day !== opening.day || earlier.hour * 60 + earlier.minute < minutesOf(window.from)) break;
    first = earlier;
  }
  return first;
}
