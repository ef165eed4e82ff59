import type { Cockpit, CockpitContact, LineKind, OperatorState } from '../../domain/api.ts';
import type { Call } from '../../domain/call/call.ts';
import type { CampaignState, Disposition, Question } from '../../domain/campaign.ts';
import { toCockpitCall } from '../../domain/cockpit-call.ts';
import { maskPhonesIn } from '../../domain/mask-text.ts';
import { maskPhone } from '../../domain/phone.ts';
import { mappedColumns } from '../../domain/script.ts';
import type { Column } from '../../domain/spreadsheet/columns.ts';
import { orderedFields } from './contact-fields.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';
import { switchIsUp } from './switch-service.ts';

/** How often a wrap-up may be extended (WCAG 2.2.1). */
export const wrapUpExtensions = 10;

/** How long an operator is shown what became of an attempt that nobody answered. */
const lastCallMs = 60_000;

interface Row {
  now: Date; operator_id: string; operator_name: string; state: OperatorState; pause_reason: string | null; since: Date; leg: string | null; page_id: string | null; line_kind: LineKind;
  line_up: boolean; practice: boolean; wrap_up_until: Date | null; wrap_up_extensions: number; version: string;
  campaign_id: string | null; campaign_name: string; campaign_state: CampaignState; script: string; script_version: number; questions: Question[]; dispositions: Disposition[];
  manager_names: string | null; managers: Record<string, string> | null; max_duration_ms: number; wrap_up_ms: number; mask_numbers: boolean;
  machine: Call | null; call_version: number | null; call_script_version: number; notes: string; notes_saved_at: Date | null; answers: Record<string, string>; call_attempt: number | null;
  contact_id: string | null; contact_name: string; company: string; city: string; contact_time_zone: string; attempts: number; fields: Record<string, string>; columns: Column[] | null; e164: string | null; numbers: string[] | null; country: string;
  calls_today: number; talk_ms_today: string;
  last_at: Date | null; last_contact_name: string; last_country: string; last_masked: boolean; last_outcome: string | null; last_hangup_cause: string | null; last_again_at: Date | null;
}

/** Everything that an operator's page shows, in one statement. */
export async function readCockpit(db: Db, { operatorId, switchId, practice }: { operatorId: string; switchId: string; practice: boolean }): Promise<Cockpit | undefined> {
  const { rows } = await prepared<Row>(db, 'read_cockpit',
    `select now() as now, u.id as operator_id, u.name as operator_name, coalesce(o.state, 'offline') as state, o.pause_reason, coalesce(o.since, u.created_at) as since, o.leg, o.page_id, coalesce(o.line_kind, 'browser') as line_kind,
       coalesce(${switchIsUp}, false) or (o.leg is null and exists (select from switches s where s.draining_at is null and ${switchIsUp})) as line_up,
       coalesce(s.practice, :practice) as practice, o.wrap_up_until, coalesce(o.wrap_up_extensions, 0) as wrap_up_extensions, coalesce(o.version, 0) as version,
       p.id as campaign_id, p.name as campaign_name, p.state as campaign_state, v.script, v.version as script_version, v.questions, v.dispositions,
       (select string_agg(m.name, ', ' order by m.position) from campaign_managers m where m.campaign_id = p.id) as manager_names,
       (select jsonb_object_agg(m.id, m.name) from campaign_managers m where m.campaign_id = p.id) as managers, p.max_duration_ms, p.wrap_up_ms, p.mask_numbers,
       k.machine, k.version as call_version, k.script_version as call_script_version, k.notes, k.notes_saved_at, k.answers, k.attempt as call_attempt,
       c.id as contact_id, c.name as contact_name, c.company, c.city, c.time_zone as contact_time_zone, c.attempts, c.fields, l.columns, coalesce(k.e164, n.e164) as e164, p.country,
       (select array_agg(m.e164) from contact_numbers m where m.contact_id = c.id) as numbers,
       t.calls as calls_today, t.talk_ms as talk_ms_today,
       z.ended_at as last_at, z.contact_name as last_contact_name, z.country as last_country, z.mask_numbers as last_masked, z.outcome as last_outcome, z.hangup_cause as last_hangup_cause, z.again_at as last_again_at
     from users u
       left join operators o on o.operator_id = u.id
       left join switches s on s.id = coalesce(o.switch_id, :switchId)
       left join lateral (
         select * from calls k where k.operator_id = u.id and (k.operator_bound or (o.state = 'wrapUp' and k.disposition is null and k.abandoned_at is null and k.answered_at is not null))
         order by k.operator_bound desc, k.created_at desc limit 1) k on true
       left join campaigns p on p.id = coalesce(k.campaign_id, o.campaign_id)
       left join script_versions v on v.campaign_id = p.id and v.version = coalesce(k.script_version, p.script_version)
       left join lateral (
         select q.contact_id, q.number_position from call_queue q
         where q.claimed_by = u.id and q.campaign_id = p.id and q.lease_until > now() order by q.contact_id limit 1) q on k.id is null
       left join contacts c on c.id = coalesce(k.contact_id, q.contact_id)
       left join lists l on l.id = c.list_id
       left join lateral (select n.e164 from contact_numbers n where n.contact_id = c.id order by n.position = q.number_position desc, n.position limit 1) n on true
       cross join lateral (
         select count(*)::int as calls, coalesce(sum(k.talk_ms), 0) as talk_ms from calls k
         where k.operator_id = u.id and k.created_at >= date_trunc('day', now(), coalesce(p.time_zone, 'UTC'))) t
       left join lateral (
         select x.*, xc.name as contact_name, xp.country, xp.mask_numbers, (select q.next_attempt_at from call_queue q where q.contact_id = x.contact_id) as again_at
         from (select * from calls x where x.operator_id = u.id order by x.created_at desc limit 1) x join contacts xc on xc.id = x.contact_id join campaigns xp on xp.id = x.campaign_id
         where x.answered_at is null and x.ended_at > now() - :lastCallMs * interval '1 ms') z on k.id is null
     where u.id = :operatorId and u.role = 'operator'`,
    { operatorId, switchId, practice, lastCallMs },
  ); // Prepared once a connection: planning costs several times the reading.
  return rows[0] && toCockpit(rows[0]);
}

function toCockpit(row: Row): Cockpit {
  return {
    version: `${row.version}.${row.call_version ?? 0}`,
    now: row.now.toISOString(),
    operator: { id: row.operator_id, name: row.operator_name, state: row.state, pauseReason: row.pause_reason, since: row.since.toISOString() },
    line: { up: row.line_up, practice: row.practice, legUp: row.leg !== null, pageId: row.page_id, kind: row.line_kind },
    campaign: row.campaign_id === null ? null : {
      id: row.campaign_id, name: row.campaign_name, state: row.campaign_state, script: row.script, scriptVersion: row.script_version,
      questions: row.questions, dispositions: row.dispositions,
      managerName: row.manager_names,
      maxDurationMs: row.max_duration_ms, wrapUpMs: row.wrap_up_ms,
    },
    contact: row.contact_id === null ? null : toContact(row, row.contact_id),
    call: row.machine && toCockpitCall(
      { machine: row.machine, notes: row.notes, notesSavedAt: row.notes_saved_at?.toISOString() ?? null, answers: row.answers, scriptVersion: row.call_script_version, managerNames: row.managers ?? {} },
      (ms) => new Date(ms).toISOString(),
    ),
    wrapUp: row.state === 'wrapUp' && row.wrap_up_until ? { until: row.wrap_up_until.toISOString(), extensionsLeft: Math.max(wrapUpExtensions - row.wrap_up_extensions, 0) } : null,
    lastCall: row.last_at && {
      contactName: row.last_masked ? maskPhonesIn(row.last_contact_name, row.last_country) : row.last_contact_name, outcome: row.last_outcome, hangupCause: row.last_hangup_cause, at: row.last_at.toISOString(),
      againAt: row.last_again_at?.toISOString() ?? null,
    },
    today: { calls: row.calls_today, talkMs: Number(row.talk_ms_today) },
  };
}

function toContact(row: Row, id: string): CockpitContact {
  // Lists hold numbers in every column: what is masked in one place is masked in all.
  const shown = (text: string): string => (row.mask_numbers ? maskPhonesIn(text, row.country, row.numbers ?? []) : text);
  const phoneMasked = row.e164 === null ? '' : row.mask_numbers ? maskPhone(row.e164) : row.e164;
  return {
    id, name: shown(row.contact_name), company: shown(row.company), city: shown(row.city),
    phoneMasked,
    timeZone: row.contact_time_zone,
    attempt: row.call_attempt ?? row.attempts + 1,
    fields: orderedFields(row.fields, row.columns).map(({ label, value }) => ({ label: shown(label), value: shown(value) })),
    mapped: mappedColumns(row.columns ?? [], { name: shown(row.contact_name), company: shown(row.company), city: shown(row.city), timeZone: row.contact_time_zone, phone: phoneMasked, language: shown(row.fields[row.columns?.find(({ role }) => role === 'language')?.label ?? ''] ?? '') }).map((column) => ({ ...column, label: shown(column.label) })),
  };
}
