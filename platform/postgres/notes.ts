import type { Destinations, Question } from '../../domain/campaign.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';

/** The operator's own call while it can be written to: during the call and its wrap-up. */
export interface OpenCall { readonly campaignId: string; readonly switchId: string; readonly country: string; readonly destinations: Destinations | null; readonly questions: readonly Question[]; readonly open: boolean }

/** A call of this operator, and whether it still takes notes; undefined for any other call. */
export async function findOwnCall(db: Db, { callId, operatorId }: { callId: string; operatorId: string }): Promise<OpenCall | undefined> {
  const { rows } = await prepared<{ campaign_id: string; switch_id: string; country: string; allowed_countries: string[] | null; allowed_types: Destinations['types'] | null; questions: Question[]; open: boolean }>(db, 'own_call',
    `select k.campaign_id, k.switch_id, p.country, p.allowed_countries, p.allowed_types, v.questions,
       k.operator_bound or (k.disposition is null and k.abandoned_at is null and o.state = 'wrapUp' and k.answered_at is not null) as open
     from calls k join campaigns p on p.id = k.campaign_id join operators o on o.operator_id = k.operator_id
       join script_versions v on v.campaign_id = k.campaign_id and v.version = k.script_version
     where k.id = :callId and k.operator_id = :operatorId`,
    { callId, operatorId },
  );
  const row = rows[0];
  if (!row) return undefined;
  const destinations = row.allowed_countries === null || row.allowed_types === null ? null : { countries: row.allowed_countries, types: row.allowed_types };
  return { campaignId: row.campaign_id, switchId: row.switch_id, country: row.country, destinations, questions: row.questions, open: row.open };
}

/** Saves notes or answers as typed; what is not given stays. Answers are merged key by key. */
export async function saveNotes(
  db: Db,
  { callId, operatorId, notes, answers }: { callId: string; operatorId: string; notes?: string | undefined; answers?: Readonly<Record<string, string>> | undefined },
): Promise<{ savedAt: Date } | undefined> {
  const { rows } = await db.raw<{ rows: { notes_saved_at: Date }[] }>(
    `update calls set notes = coalesce(:notes::text, notes), answers = answers || coalesce(:answers::jsonb, '{}'), notes_saved_at = now()
     where id = :callId and operator_id = :operatorId and disposition is null returning notes_saved_at`,
    { callId, operatorId, notes: notes ?? null, answers: answers ? JSON.stringify(answers) : null },
  );
  return rows[0] && { savedAt: rows[0].notes_saved_at };
}
