import { z } from 'zod';
import { dispositionMeanings } from './campaign.ts';

/** What a call can have come to, in the order of a filter's list. `live` is one that goes on. */
export const resultOutcomes = ['live', 'handedOver', 'talked', 'noAnswer', 'busy', 'rejected', 'invalidNumber', 'cancelled', 'failed', 'unknown'] as const;

/** An empty value in a URL filters nothing. */
const perhaps = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
const date = z.iso.date('a date looks like 2030-01-31');

/** What the results and their export are narrowed down to; kept in the page's URL under the same names. */
export const resultFilters = {
  /** The operator's judgement, by its key; `meaning` takes every disposition that means the same. */
  disposition: perhaps(z.string().max(40)),
  meaning: perhaps(z.enum(dispositionMeanings, 'a meaning of a disposition')),
  outcome: perhaps(z.enum(resultOutcomes, 'an outcome of a call')),
  operator: perhaps(z.string().regex(/^[1-9][0-9]{0,17}$/, 'an id is a number')),
  /** Days on the campaign's clock; both are within. */
  from: perhaps(date),
  to: perhaps(date),
  /** Part of a name, a company, a phone number or a note. */
  q: perhaps(z.string().trim().max(200, 'at most 200 characters')),
};
export const resultFiltersSchema = z.object(resultFilters);
export type ResultFilters = z.infer<typeof resultFiltersSchema>;
export const resultFilterNames = Object.keys(resultFilters) as (keyof typeof resultFilters)[];
