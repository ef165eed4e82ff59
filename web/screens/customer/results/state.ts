import type { CallResult, Campaign, ResultsPage as Page } from '../../../../domain/api.ts';
import { aheadOf } from '../live/state.ts';
import { resultFilterNames, resultFilters, type ResultFilters } from '../../../../domain/results-filter.ts';

export interface ResultsPage {
  readonly campaign: Campaign | null;
  readonly operators: readonly { readonly id: string; readonly name: string }[];
  readonly filters: ResultFilters;
  /** Rows of the files that can be downloaded; null until they are counted. */
  readonly fileRows: FileRows | null;
  readonly results: readonly CallResult[] | null;
  /** How far the server's clock is before this one's, in milliseconds. */
  readonly aheadMs: number;
  readonly next: string | null;
  readonly busy: boolean;
  readonly notice: string | null;
  /** Nobody answered: asked again until somebody does. */
  readonly away: boolean;
}

export interface FileRows { readonly calls: number; readonly contacts: number }

export const emptyResults = (filters: ResultFilters): ResultsPage => ({ campaign: null, operators: [], filters, fileRows: null, results: null, aheadMs: 0, next: null, busy: true, notice: null, away: false });

/** What a URL asks for; what is no filter, or none that could be, is passed over. */
export function filtersOf(search: string): ResultFilters {
  const given = new URLSearchParams(search);
  return Object.fromEntries(resultFilterNames.flatMap((name) => {
    const read = resultFilters[name].safeParse(given.get(name) ?? undefined);
    return read.success && read.data !== undefined ? [[name, read.data]] : [];
  }));
}

/** `?outcome=busy&q=Anna`, or nothing at all. */
export function queryOf(filters: ResultFilters, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(more);
  for (const name of resultFilterNames) if (filters[name]) query.set(name, filters[name]);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export const isFiltered = (filters: ResultFilters): boolean => queryOf(filters) !== '';

/** The list of results has both: a campaign's own endings, and what they mean in all its versions. */
export const resultValue = ({ disposition, meaning }: ResultFilters): string => (disposition ? `disposition ${disposition}` : meaning ? `meaning ${meaning}` : '');
export function withResult(filters: ResultFilters, value: string): ResultFilters {
  const [kind, key] = value.split(' ');
  return { ...filters, disposition: kind === 'disposition' ? key : undefined, meaning: kind === 'meaning' ? (key as ResultFilters['meaning']) : undefined };
}

export function withPage(page: ResultsPage, read: Page, how: 'fresh' | 'older'): ResultsPage {
  const shown = how === 'older' ? (page.results ?? []) : [];
  const known = new Set(shown.map(({ id }) => id));
  return { ...page, results: [...shown, ...read.results.filter(({ id }) => !known.has(id))], next: read.next, aheadMs: aheadOf(read) };
}

export const isUnfinished = ({ state }: CallResult): boolean => state !== 'done';
/** The rows that stand there, as they are by now; what is newer comes with the next question. */
export function withUpdates(page: ResultsPage, { now, results }: Page): ResultsPage {
  const read = new Map(results.map((result) => [result.id, result]));
  return { ...page, results: page.results && page.results.map((result) => read.get(result.id) ?? result), aheadMs: aheadOf({ now }) };
}
