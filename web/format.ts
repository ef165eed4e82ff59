import { wholeSeconds } from '../domain/whole-seconds.ts';

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** 02:14, or 1:02:14. */
export function clock(ms: number): string {
  const seconds = wholeSeconds(ms);
  const rest = `${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  return seconds >= 3_600 ? `${Math.floor(seconds / 3_600)}:${rest}` : rest;
}

/** 0:34, as a countdown or a short wait is read. */
export function shortClock(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${twoDigits(seconds % 60)}`;
}

export function timeOfDay(at: string | number, locale: string, timeZone?: string): string {
  const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  try {
    return new Intl.DateTimeFormat(locale, timeZone ? { ...options, timeZone } : options).format(new Date(at));
  } catch {
    return new Intl.DateTimeFormat(locale, options).format(new Date(at));
  }
}

/** 22 Nov; in a zone that is not known here, by the reader's own. */
export function day(at: string, locale: string, timeZone?: string): string {
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
  try {
    return new Intl.DateTimeFormat(locale, timeZone ? { ...options, timeZone } : options).format(new Date(at));
  } catch {
    return new Intl.DateTimeFormat(locale, options).format(new Date(at));
  }
}
export const wholeNumber = (value: number, locale: string): string => new Intl.NumberFormat(locale).format(value);
export const isSameDay = (one: string | number, other: string | number): boolean => new Date(one).toDateString() === new Date(other).toDateString();
