import type { ResultFilters } from '../../domain/results-filter.ts';

/** Conditions on a call `k`, its contact `c` and its campaign `p`; what is not filtered by is constant for the planner. */
export const resultConditions = `
       and (:byDisposition::text is null or k.disposition = :byDisposition)
       and (:byMeaning::text is null or (k.disposition is not null and exists (
         select from script_versions m, jsonb_array_elements(m.dispositions) d
         where m.campaign_id = k.campaign_id and m.version = k.script_version and d->>'key' = k.disposition and d->>'meaning' = :byMeaning)))
       and (:byOutcome::text is null or k.outcome = :byOutcome)
       and (not :onlyLive::boolean or k.ended_at is null)
       and (:byOperator::bigint is null or k.operator_id = :byOperator)
       and (:fromDay::date is null or k.created_at >= :fromDay::date::timestamp at time zone p.time_zone)
       and (:toDay::date is null or k.created_at < (:toDay::date + 1)::timestamp at time zone p.time_zone)
       and (:likeText::text is null or c.name ilike :likeText or c.company ilike :likeText or k.notes ilike :likeText or k.e164 like :likeDigits::text)`;

/** Named so that none is the name of a type: `::text` would be taken for a binding. */
export interface FilterBindings {
  readonly byDisposition: string | null; readonly byMeaning: string | null; readonly byOutcome: string | null; readonly onlyLive: boolean; readonly byOperator: string | null;
  readonly fromDay: string | null; readonly toDay: string | null; readonly likeText: string | null; readonly likeDigits: string | null;
}

export function filterBindings({ disposition, meaning, outcome, operator, from, to, q = '' }: ResultFilters): FilterBindings {
  return {
    byDisposition: disposition ?? null, byMeaning: meaning ?? null, byOutcome: outcome === undefined || outcome === 'live' ? null : outcome, onlyLive: outcome === 'live',
    byOperator: operator ?? null, fromDay: from ?? null, toDay: to ?? null,
    likeText: q === '' ? null : `%${q.replace(/[\\%_]/g, '\\$&')}%`,
    likeDigits: digitsOf(q),
  };
}

/** "8 (916) 123" and "+7 916" find +7916123…: the trunk's 8 is no part of the number that is kept. */
function digitsOf(q: string): string | null {
  if (!/^[\d\s()+./-]+$/.test(q)) return null;
  const digits = q.replace(/\D/g, '').replace(/^8(?=\d{3})/, '');
  return digits.length < 2 ? null : `%${digits}%`;
}
