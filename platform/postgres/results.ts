import type { CallResult } from '../../domain/api.ts';
import type { Disposition, Question } from '../../domain/campaign.ts';
import type { ManagerOutcome } from '../../domain/manager-outcome.ts';
import type { ResultFilters } from '../../domain/results-filter.ts';
import type { Db } from './database.ts';
import { filterBindings, resultConditions } from './result-filters.ts';

/** Where a page of results ends: the key of its last row, times with all their digits. */
export interface ResultsCursor { readonly createdAt: string; readonly id: string }

interface Row {
  id: string; created_at: Date; cursor_at: string; contact_name: string; company: string; e164: string; operator_name: string; attempt: number; live: boolean; in_wrap_up: boolean;
  state: string; outcome: string | null; hangup_cause: string | null; disposition: string | null; talk_ms: number; notes: string; script_version: number;
  manager_name: string | null; manager_outcome: ManagerOutcome | null; manager_callback_at: Date | null; manager_missed_because: string | null; callback_at: Date | null; contact_time_zone: string; talking_since: number | null;
  answers: Record<string, string>; questions: Question[]; dispositions: Disposition[]; recordings: number; not_recorded: string | null;
}

export interface ResultsOrder { readonly customerId: string; readonly campaignId: string; readonly filters: ResultFilters; readonly after: ResultsCursor | null; readonly limit: number }

/** Calls of a customer's campaign that pass the filters, newest first, from behind the cursor; and where the next page begins. */
export async function listResults(
  db: Db,
  { customerId, campaignId, filters, after, limit }: ResultsOrder,
): Promise<{ results: CallResult[]; next: ResultsCursor | null }> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select k.id, k.created_at, k.created_at::text as cursor_at, c.name as contact_name, c.company, k.e164, u.name as operator_name, k.attempt,
       k.ended_at is null as live,
       k.disposition is null and k.abandoned_at is null and not k.operator_bound and k.answered_at is not null and o.state = 'wrapUp'
         and k.id = (select x.id from calls x where x.operator_id = k.operator_id order by x.created_at desc limit 1) as in_wrap_up,
       k.state, k.outcome, k.hangup_cause, k.disposition, k.talk_ms, k.notes, k.script_version, k.answers, v.questions, v.dispositions,
       (select count(*)::int from recordings r where r.call_id = k.id and r.state <> 'failed') as recordings,
       (select min(r.reason) from recordings r where r.call_id = k.id having bool_and(r.state = 'failed')) as not_recorded,
       k.callback_at, c.time_zone as contact_time_zone, case when k.ended_at is null then (k.machine->>'talkingSince')::float8 end as talking_since,
       (select t.manager_name from transfers t where t.call_id = k.id and t.state = 'handedOver') as manager_name, k.manager_outcome,
       case when k.handed_over_at is null then k.manager_callback_at end as manager_callback_at,
       case when k.handed_over_at is null then k.machine->'transferEnded'->>'reason' end as manager_missed_because
     from calls k
       join campaigns p on p.id = k.campaign_id
       join contacts c on c.id = k.contact_id
       join users u on u.id = k.operator_id
       left join operators o on o.operator_id = k.operator_id
       join script_versions v on v.campaign_id = k.campaign_id and v.version = k.script_version
     where k.campaign_id = :campaignId and k.customer_id = :customerId ${resultConditions}
       and k.created_at <= coalesce(:afterAt::timestamptz, 'infinity') and (:afterAt::timestamptz is null or k.created_at < :afterAt::timestamptz or k.id > :afterId::uuid)
     order by k.created_at desc, k.id limit :limit`,
    { customerId, campaignId, afterAt: after?.createdAt ?? null, afterId: after?.id ?? null, limit: limit + 1, ...filterBindings(filters) },
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { results: page.map(toResult), next: rows.length > limit && last ? { createdAt: last.cursor_at, id: last.id } : null };
}

function toResult(row: Row): CallResult {
  const disposition = row.dispositions.find(({ key }) => key === row.disposition);
  return {
    id: row.id, at: row.created_at.toISOString(), contactName: row.contact_name, company: row.company, phone: row.e164,
    operatorName: row.operator_name, attempt: row.attempt,
    state: row.live ? 'live' : row.in_wrap_up ? 'wrapUp' : 'done',
    callState: row.state, outcome: row.outcome, hangupCause: row.hangup_cause,
    disposition: disposition ?? null,
    talkMs: row.talk_ms, talkingSince: row.talking_since === null ? null : new Date(row.talking_since).toISOString(), notes: row.notes, scriptVersion: row.script_version,
    answers: row.questions.flatMap(({ key, label }) => (row.answers[key] ? [{ label, value: row.answers[key] }] : [])),
    manager: row.manager_name === null ? null : { name: row.manager_name, outcome: row.manager_outcome },
    recordings: row.recordings, notRecorded: row.not_recorded,
    callback: row.callback_at && { at: row.callback_at.toISOString(), timeZone: row.contact_time_zone },
    managerCallbackAt: row.manager_callback_at?.toISOString() ?? null, managerMissedBecause: row.manager_missed_because,
  };
}

/** Who has called in a campaign: a filter's list. */
export async function listResultOperators(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<{ id: string; name: string }[]> {
  // One step of the index an operator, however many calls each has made.
  const { rows } = await db.raw<{ rows: { id: string; name: string }[] }>(
    `with recursive seen as (
       (select k.operator_id from calls k where k.campaign_id = :campaignId order by k.operator_id limit 1)
       union all
       select (select k.operator_id from calls k where k.campaign_id = :campaignId and k.operator_id > seen.operator_id order by k.operator_id limit 1) from seen where seen.operator_id is not null)
     select u.id, u.name from seen join users u on u.id = seen.operator_id
     where exists (select from campaigns p where p.id = :campaignId and p.customer_id = :customerId) order by u.name, u.id`,
    { customerId, campaignId },
  );
  return rows;
}
