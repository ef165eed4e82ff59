import type { Campaign, CampaignManager } from '../../domain/api.ts';
import type { CampaignChange, CampaignState, Destinations, Disposition, Manager, ManagerRing, Question, Rules } from '../../domain/campaign.ts';
import { mappedNames } from '../../domain/script.ts';
import type { Column } from '../../domain/spreadsheet/columns.ts';
import { countCampaigns, noCounts } from './campaign-counts.ts';
import { listManagers, replaceManagers } from './campaign-managers.ts';
import type { Db } from './database.ts';

interface Row {
  id: string; name: string; state: CampaignState; created_at: Date; country: string; language: 'ru' | 'en'; time_zone: string;
  script_version: number; script: string; questions: Question[]; dispositions: Disposition[];
  manager_ring: ManagerRing; allowed_countries: string[] | null; allowed_types: Destinations['types'] | null;
  record_calls: boolean; announce_recording: boolean; record_after_hand_over: boolean; recording_days: number;
  mask_numbers: boolean; max_duration_ms: number; ring_timeout_ms: number; wrap_up_ms: number; max_attempts: number; busy_pause_ms: number; no_answer_pause_ms: number;
  window_from: string; window_to: string; window_days: number[];
}

/** What is stored of a campaign; the script, its questions and dispositions go into a version of their own. */
export interface CampaignDraft {
  readonly name: string; readonly country: string; readonly language: 'ru' | 'en'; readonly timeZone: string;
  readonly script: string; readonly questions: readonly Question[]; readonly dispositions: readonly Disposition[];
  readonly managers: readonly Manager[]; readonly managerRing: ManagerRing; readonly rules: Rules;
  readonly destinations: Destinations | null;
}

/** A new campaign with version 1 of its script. One transaction. */
export async function createCampaign(db: Db, { customerId, userId, draft }: { customerId: string; userId: string; draft: CampaignDraft }): Promise<{ id: string }> {
  return db.transaction(async (trx) => {
    const [made] = (await trx('campaigns').insert({ customer_id: customerId, ...campaignColumns(draft) }).returning('id')) as { id: string }[];
    if (!made) throw new Error('no campaign created');
    await replaceManagers(trx, { customerId, campaignId: made.id, managers: draft.managers });
    await insertScriptVersion(trx, { customerId, userId, campaignId: made.id, version: 1, ...draft });
    return made;
  });
}

/** The customer's campaign, whole; undefined for anybody else's. */
export async function readCampaign(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<Campaign | undefined> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select p.*, to_char(p.window_from, 'HH24:MI') as window_from, to_char(p.window_to, 'HH24:MI') as window_to, v.script, v.questions, v.dispositions
     from campaigns p join script_versions v on v.campaign_id = p.id and v.version = p.script_version
     where p.id = :campaignId and p.customer_id = :customerId`,
    { customerId, campaignId },
  );
  const row = rows[0];
  if (!row) return undefined;
  const own = { customerId, campaignId };
  const [counts, columns, managers] = await Promise.all([countCampaigns(db, own), listColumns(db, own), listManagers(db, own)]);
  return toCampaign(row, counts.get(campaignId) ?? noCounts, columns, managers);
}

/** What the script of a campaign may name: the columns of its lists in the files' order, those of contacts without a list, and the headers of the mapped ones. */
async function listColumns(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<Pick<Campaign, 'columns' | 'headers'>> {
  const { rows } = await db.raw<{ rows: { columns: Column[] | null; labels: string[] | null }[] }>(
    `select (select jsonb_agg(x.c order by l.id, x.place) from lists l, jsonb_array_elements(l.columns) with ordinality x(c, place) where l.campaign_id = :campaignId and l.customer_id = :customerId) as columns,
       (select jsonb_agg(distinct f.label) from contacts c, jsonb_object_keys(c.fields) f(label) where c.campaign_id = :campaignId and c.customer_id = :customerId and c.list_id is null) as labels`,
    { customerId, campaignId },
  );
  const columns = rows[0]?.columns ?? [];
  const isField = ({ role }: Column): boolean => role === 'field' || role === 'language';
  return {
    columns: [...new Set(['name', 'company', 'city', ...columns.filter(isField).map(({ label }) => label), ...(rows[0]?.labels ?? [])])],
    headers: [...new Set(mappedNames(columns))],
  };
}

/**
 * Changes what is named. A change of script, questions or dispositions makes a new version: results are read with the
 * version they were spoken with. One transaction. @returns false for a campaign of somebody else.
 */
export async function changeCampaign(db: Db, { customerId, userId, campaignId, change }: { customerId: string; userId: string; campaignId: string; change: CampaignChange }): Promise<boolean> {
  return db.transaction(async (trx) => {
    const current = (await trx('campaigns').where({ id: campaignId, customer_id: customerId }).forUpdate().first('script_version')) as { script_version: number } | undefined;
    if (!current) return false;
    const isNewVersion = change.script !== undefined || change.questions !== undefined || change.dispositions !== undefined;
    const version = current.script_version + (isNewVersion ? 1 : 0);
    await trx('campaigns').where({ id: campaignId }).update({ ...campaignColumns(change), script_version: version, updated_at: trx.fn.now() });
    if (change.managers !== undefined) await replaceManagers(trx, { customerId, campaignId, managers: change.managers });
    if (isNewVersion) {
      const former = (await trx('script_versions').where({ campaign_id: campaignId, version: current.script_version }).first()) as Pick<Row, 'script' | 'questions' | 'dispositions'>;
      await insertScriptVersion(trx, {
        customerId, userId, campaignId, version,
        script: change.script ?? former.script, questions: change.questions ?? former.questions, dispositions: change.dispositions ?? former.dispositions,
      });
    }
    return true;
  });
}

export type Missing = 'script' | 'contacts';
export type StartResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'notFound' }
  | { readonly ok: false; readonly code: 'finished' }
  | { readonly ok: false; readonly code: 'notReady'; readonly missing: readonly Missing[] };

/** Opens a campaign to the operators: it needs contacts and a script. A manager may come later; until then nothing is handed over. */
export async function startCampaign(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<StartResult> {
  const { rows } = await db.raw<{ rows: { state: CampaignState; has_script: boolean; has_contacts: boolean; started: boolean }[] }>(
    `with ready as (
       select p.id, p.state, btrim(v.script) <> '' as has_script, exists (select from contacts c where c.campaign_id = p.id) as has_contacts
       from campaigns p join script_versions v on v.campaign_id = p.id and v.version = p.script_version
       where p.id = :campaignId and p.customer_id = :customerId)
     , started as (
       update campaigns p set state = 'running', updated_at = now() from ready r
       where p.id = r.id and r.has_script and r.has_contacts and r.state in ('draft','paused','running') returning p.id)
     select r.*, exists (select from started) as started from ready r`,
    { customerId, campaignId },
  );
  const row = rows[0];
  if (!row) return { ok: false, code: 'notFound' };
  if (row.started) return { ok: true };
  if (row.state === 'finished') return { ok: false, code: 'finished' };
  return { ok: false, code: 'notReady', missing: [...(row.has_script ? [] : ['script' as const]), ...(row.has_contacts ? [] : ['contacts' as const])] };
}

/** Takes a campaign out of the pool; claimed contacts go back, calls under way live on. One transaction. @returns its state, undefined for somebody else's. */
export async function pauseCampaign(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<CampaignState | undefined> {
  return db.transaction(async (trx) => {
    const campaign = (await trx('campaigns').where({ id: campaignId, customer_id: customerId }).forUpdate().first('state')) as { state: CampaignState } | undefined;
    if (campaign?.state !== 'running') return campaign?.state;
    await trx('campaigns').where({ id: campaignId }).update({ state: 'paused', updated_at: trx.fn.now() });
    await trx('call_queue').where({ campaign_id: campaignId }).whereNotNull('claimed_by').update({ claimed_by: null, lease_until: null });
    return 'paused';
  });
}

export async function ownsCampaign(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<boolean> {
  return (await db('campaigns').where({ id: campaignId, customer_id: customerId }).first('id')) !== undefined;
}

async function insertScriptVersion(
  trx: Db,
  row: { customerId: string; userId: string; campaignId: string; version: number } & Pick<CampaignDraft, 'script' | 'questions' | 'dispositions'>,
): Promise<void> {
  await trx('script_versions').insert({
    campaign_id: row.campaignId, version: row.version, customer_id: row.customerId, created_by: row.userId,
    script: row.script, questions: JSON.stringify(row.questions), dispositions: JSON.stringify(row.dispositions),
  });
}

/** Columns for what is named and nothing else. */
function campaignColumns({ name, country, language, timeZone, managerRing, rules, destinations }: Partial<CampaignDraft> | CampaignChange): Record<string, unknown> {
  const columns = {
    name, country, language, time_zone: timeZone, manager_ring: managerRing,
    ...(destinations === undefined ? {} : { allowed_countries: destinations?.countries ?? null, allowed_types: destinations?.types ?? null }),
    ...(rules === undefined ? {} : {
      mask_numbers: rules.maskNumbers, max_duration_ms: rules.maxDurationMs, ring_timeout_ms: rules.ringTimeoutMs, wrap_up_ms: rules.wrapUpMs,
      max_attempts: rules.maxAttempts, busy_pause_ms: rules.busyPauseMs, no_answer_pause_ms: rules.noAnswerPauseMs,
      window_from: rules.windowFrom, window_to: rules.windowTo, window_days: rules.windowDays,
      record_calls: rules.recordCalls, announce_recording: rules.announceRecording, record_after_hand_over: rules.recordAfterHandOver, recording_days: rules.recordingDays,
    }),
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

function toCampaign(row: Row, counts: Campaign['counts'], columns: Pick<Campaign, 'columns' | 'headers'>, managers: readonly CampaignManager[]): Campaign {
  return {
    id: row.id, name: row.name, state: row.state, createdAt: row.created_at.toISOString(), counts,
    country: row.country, language: row.language, timeZone: row.time_zone,
    script: row.script, scriptVersion: row.script_version, questions: row.questions, dispositions: row.dispositions,
    managers, managerRing: row.manager_ring, manager: managers[0] ?? null,
    destinations: row.allowed_countries === null || row.allowed_types === null ? null : { countries: row.allowed_countries, types: row.allowed_types },
    rules: {
      maxDurationMs: row.max_duration_ms, ringTimeoutMs: row.ring_timeout_ms, wrapUpMs: row.wrap_up_ms, maxAttempts: row.max_attempts,
      busyPauseMs: row.busy_pause_ms, noAnswerPauseMs: row.no_answer_pause_ms,
      windowFrom: row.window_from, windowTo: row.window_to, windowDays: row.window_days, maskNumbers: row.mask_numbers,
      recordCalls: row.record_calls, announceRecording: row.announce_recording, recordAfterHandOver: row.record_after_hand_over, recordingDays: row.recording_days,
    },
    ...columns,
  };
}
