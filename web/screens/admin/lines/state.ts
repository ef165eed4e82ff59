import type { Spend, Trunk } from '../../../../domain/api.ts';
import { destinationTypes, type DestinationType } from '../../../../domain/destination-types.ts';

/** Minor units as people write an amount: 5,000.00. */
export const money = (minor: string | number, locale: string): string => (Number(minor) / 100).toLocaleString(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** What people type as an amount, with a point or a comma and spaces between thousands, in minor units; undefined when it is none. */
export function readMoney(typed: string): number | undefined {
  const plain = typed.replace(/[\s  ]/g, '').replace(',', '.');
  if (!/^\d{1,10}(\.\d{0,2})?$/.test(plain)) return undefined;
  const [whole = '0', part = ''] = plain.split('.');
  return Number(whole) * 100 + Number(part.padEnd(2, '0'));
}

/** Shares of the cap, percent: what is spent, and what the live calls can still add. */
export function sharesOf({ spentMinor, liveMostMinor, capMinor }: Spend): { readonly spent: number; readonly live: number } {
  const cap = Number(capMinor);
  if (cap === 0) return { spent: 100, live: 0 };
  const spent = Math.min(100, (Number(spentMinor) / cap) * 100);
  return { spent, live: Math.min(100 - spent, (Number(liveMostMinor) / cap) * 100) };
}

export const isAtCap = ({ spentMinor, liveMostMinor, capMinor }: Spend): boolean => Number(spentMinor) + Number(liveMostMinor) >= Number(capMinor);

/** A trunk as it is typed; empty limits are none. */
export interface TrunkForm { readonly callsPerSecond: string; readonly concurrency: string; readonly pricePerMinute: string; readonly callerId: string; readonly countries: string; readonly types: readonly DestinationType[] }

export function formOf(trunk: Trunk): TrunkForm {
  return {
    callsPerSecond: trunk.callsPerSecond?.toString() ?? '', concurrency: trunk.concurrency?.toString() ?? '', pricePerMinute: (trunk.pricePerMinute / 100).toFixed(2),
    callerId: trunk.callerId ?? '', countries: trunk.countries?.join(', ') ?? '', types: trunk.types,
  };
}

export type TrunkField = keyof TrunkForm;
export type TrunkChange = { readonly id: string; readonly callsPerSecond: number | null; readonly concurrency: number | null; readonly pricePerMinute: number; readonly callerId: string | null; readonly countries: readonly string[] | null; readonly types: readonly DestinationType[] };

/** What is sent, or the fields that cannot be read; the server looks at the rest. */
export function readForm(id: string, form: TrunkForm): { readonly change: TrunkChange } | { readonly wrong: readonly TrunkField[] } {
  const limit = (typed: string) => (typed.trim() === '' ? null : /^\d{1,6}$/.test(typed.trim()) ? Number(typed) : undefined);
  const callsPerSecond = limit(form.callsPerSecond);
  const concurrency = limit(form.concurrency);
  const pricePerMinute = readMoney(form.pricePerMinute);
  const wrong: TrunkField[] = [];
  if (callsPerSecond === undefined || callsPerSecond === 0) wrong.push('callsPerSecond');
  if (concurrency === undefined || concurrency === 0) wrong.push('concurrency');
  if (pricePerMinute === undefined) wrong.push('pricePerMinute');
  if (form.types.length === 0) wrong.push('types');
  if (callsPerSecond === undefined || concurrency === undefined || pricePerMinute === undefined || wrong.length > 0) return { wrong };
  const countries = form.countries.toUpperCase().split(/[\s,;]+/).filter((code) => code !== '');
  return { change: { id, callsPerSecond, concurrency, pricePerMinute, callerId: form.callerId.replace(/[\s()-]/g, '') || null, countries: countries.length === 0 ? null : countries, types: destinationTypes.filter((type) => form.types.includes(type)) } };
}

/** The server names a field as trunk.countries.0: which of ours that is. */
export function fieldOf(path: string): TrunkField | undefined {
  const name = path.split('.')[1];
  return (['callsPerSecond', 'concurrency', 'pricePerMinute', 'callerId', 'countries', 'types'] as const).find((each) => each === name);
}
