import type { Question } from '../../domain/campaign.ts';
import type { ManagerOutcome } from '../../domain/manager-outcome.ts';
import type { ResultFilters } from '../../domain/results-filter.ts';
import type { Column } from '../../domain/spreadsheet/columns.ts';
import type { Db } from './database.ts';
import { filterBindings, resultConditions } from './result-filters.ts';
import type { ResultsCursor, ResultsOrder } from './results.ts';

/** What the columns of an export are made of. */
export interface ExportShape {
  readonly campaignName: string; readonly timeZone: string;
  /** The lists' other columns, in the files' order, each once. */
  readonly labels: readonly string[];
  /** Of the contact who has the most. */
  readonly mostNumbers: number;
  /** Each question once, as last worded. */
  readonly questions: readonly Pick<Question, 'key' | 'label' | 'kind'>[];
  /** `version/key` of a disposition → its label. */
  readonly dispositions: ReadonlyMap<string, string>;
}

interface ShapeRow {
  name: string; time_zone: string; most_numbers: number; columns: Column[][] | null; other_labels: string[] | null;
  versions: { version: number; questions: Question[]; dispositions: { key: string; label: string }[] }[];
}

/** The customer's campaign as an export needs it; undefined for somebody else's. */
export async function readExportShape(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<ExportShape | undefined> {
  const { rows } = await db.raw<{ rows: ShapeRow[] }>(
    `select p.name, p.time_zone,
       (select coalesce(max(n.position) + 1, 1)::int from contact_numbers n where n.campaign_id = p.id) as most_numbers,
       (select jsonb_agg(l.columns order by l.id) from lists l where l.campaign_id = p.id) as columns,
       (select jsonb_agg(distinct f.label) from contacts c, jsonb_object_keys(c.fields) f(label) where c.campaign_id = p.id and c.list_id is null) as other_labels,
       (select jsonb_agg(jsonb_build_object('version', v.version, 'questions', v.questions, 'dispositions', v.dispositions) order by v.version) from script_versions v where v.campaign_id = p.id) as versions
     from campaigns p where p.id = :campaignId and p.customer_id = :customerId`,
    { customerId, campaignId },
  );
  return rows[0] && toShape(rows[0]);
}

function toShape({ name, time_zone, most_numbers, columns, other_labels, versions }: ShapeRow): ExportShape {
  const listed = (columns ?? []).flat().filter(({ role }) => role === 'field' || role === 'language').map(({ label }) => label);
  const questions = new Map(versions.flatMap((version) => version.questions).map((question) => [question.key, question]));
  return {
    campaignName: name, timeZone: time_zone, mostNumbers: most_numbers,
    labels: [...new Set([...listed, ...(other_labels ?? [])])],
    questions: [...questions.values()],
    dispositions: new Map(versions.flatMap(({ version, dispositions }) => dispositions.map(({ key, label }): [string, string] => [`${version}/${key}`, label]))),
  };
}

const isFiltered = (filters: ResultFilters): boolean => Object.values(filters).some((value) => value !== undefined && value !== '');

/** How many rows each file would have: calls that pass the filters, and contacts as `listExportedContacts` gives them. */
export async function countExported(db: Db, { customerId, campaignId, filters }: { customerId: string; campaignId: string; filters: ResultFilters }): Promise<{ calls: number; contacts: number }> {
  const { rows } = await db.raw<{ rows: { calls: number; contacts: number }[] }>(
    `select count(*)::int as calls,
       case when :filtered::boolean then count(distinct k.contact_id)::int else (select count(*)::int from contacts a where a.campaign_id = :campaignId and a.customer_id = :customerId) end as contacts
     from calls k join campaigns p on p.id = k.campaign_id join contacts c on c.id = k.contact_id
     where k.campaign_id = :campaignId and k.customer_id = :customerId ${resultConditions}`,
    { customerId, campaignId, filtered: isFiltered(filters), ...filterBindings(filters) },
  );
  return rows[0] ?? { calls: 0, contacts: 0 };
}

export interface ExportedContact {
  readonly id: string; readonly name: string; readonly company: string; readonly city: string; readonly timeZone: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly numbers: readonly { readonly e164: string; readonly extension: string | null }[];
}
interface ContactRow { id: string; name: string; company: string; city: string; time_zone: string; fields: Record<string, string>; numbers: ExportedContact['numbers'] | null }

const numbersOf = `(select jsonb_agg(jsonb_build_object('e164', n.e164, 'extension', n.extension) order by n.position) from contact_numbers n where n.contact_id = c.id) as numbers`;

/** The campaign's contacts in their order, from behind `afterId`; with filters only those who have a call that passes them. */
export async function listExportedContacts(
  db: Db,
  { customerId, campaignId, filters, afterId, limit }: { customerId: string; campaignId: string; filters: ResultFilters; afterId: string; limit: number },
): Promise<ExportedContact[]> {
  const { rows } = await db.raw<{ rows: ContactRow[] }>(
    `select c.id, c.name, c.company, c.city, c.time_zone, c.fields, ${numbersOf}
     from contacts c join campaigns p on p.id = c.campaign_id
     where c.campaign_id = :campaignId and c.customer_id = :customerId and c.id > :afterId
       and (not :filtered::boolean or exists (select from calls k where k.contact_id = c.id ${resultConditions}))
     order by c.id limit :limit`,
    { customerId, campaignId, afterId, limit, filtered: isFiltered(filters), ...filterBindings(filters) },
  );
  return rows.map(toContact);
}

const toContact = ({ time_zone, numbers, ...row }: ContactRow): ExportedContact => ({ id: row.id, name: row.name, company: row.company, city: row.city, fields: row.fields, timeZone: time_zone, numbers: numbers ?? [] });

export interface ExportedCall {
  readonly id: string; readonly at: Date; readonly e164: string; readonly operatorName: string; readonly attempt: number;
  readonly outcome: string | null; readonly disposition: string | null; readonly scriptVersion: number; readonly talkMs: number; readonly notes: string;
  readonly answers: Readonly<Record<string, string>>; readonly managerName: string | null; readonly managerOutcome: ManagerOutcome | null;
  /** When a manager who could not take the contact asked for a call, and when the contact agreed to one. */
  readonly managerCallbackAt: Date | null; readonly callbackAt: Date | null; readonly contact: ExportedContact;
  /** A manager was wanted and the contact was given to none, as `CallResult.managerMissedBecause`. */
  readonly managerMissedBecause: string | null;
}
interface CallRow extends ContactRow {
  call_id: string; created_at: Date; cursor_at: string; e164: string; operator_name: string; attempt: number; outcome: string | null; disposition: string | null;
  script_version: number; talk_ms: number; notes: string; answers: Record<string, string>; manager_name: string | null;
  manager_outcome: ManagerOutcome | null; manager_callback_at: Date | null; callback_at: Date | null; manager_missed_because: string | null;
}

/** Calls that pass the filters, newest first, from behind the cursor, each with its contact's columns. */
export async function listExportedCalls(
  db: Db,
  { customerId, campaignId, filters, after, limit }: ResultsOrder,
): Promise<{ calls: ExportedCall[]; next: ResultsCursor | null }> {
  const { rows } = await db.raw<{ rows: CallRow[] }>(
    `select k.id as call_id, k.created_at, k.created_at::text as cursor_at, k.e164, u.name as operator_name, k.attempt, k.outcome, k.disposition, k.script_version, k.talk_ms, k.notes, k.answers,
       (select t.manager_name from transfers t where t.call_id = k.id and t.state = 'handedOver') as manager_name,
       k.manager_outcome, case when k.handed_over_at is null then k.manager_callback_at end as manager_callback_at, k.callback_at,
       case when k.handed_over_at is null then k.machine->'transferEnded'->>'reason' end as manager_missed_because,
       c.id, c.name, c.company, c.city, c.time_zone, c.fields, ${numbersOf}
     from calls k
       join campaigns p on p.id = k.campaign_id
       join contacts c on c.id = k.contact_id
       join users u on u.id = k.operator_id
     where k.campaign_id = :campaignId and k.customer_id = :customerId ${resultConditions}
       and k.created_at <= coalesce(:afterAt::timestamptz, 'infinity') and (:afterAt::timestamptz is null or k.created_at < :afterAt::timestamptz or k.id > :afterId::uuid)
     order by k.created_at desc, k.id limit :limit`,
    { customerId, campaignId, afterAt: after?.createdAt ?? null, afterId: after?.id ?? null, limit, ...filterBindings(filters) },
  );
  const last = rows.at(-1);
  return { calls: rows.map(toCall), next: last && rows.length === limit ? { createdAt: last.cursor_at, id: last.call_id } : null };
}

function toCall(row: CallRow): ExportedCall {
  return {
    id: row.call_id, at: row.created_at, e164: row.e164, operatorName: row.operator_name, attempt: row.attempt, outcome: row.outcome, disposition: row.disposition,
    scriptVersion: row.script_version, talkMs: row.talk_ms, notes: row.notes, answers: row.answers, managerName: row.manager_name,
    managerOutcome: row.manager_outcome, managerCallbackAt: row.manager_callback_at, callbackAt: row.callback_at, managerMissedBecause: row.manager_missed_because, contact: toContact(row),
  };
}
