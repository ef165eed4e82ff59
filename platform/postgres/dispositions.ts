import type { Disposition, Question } from '../../domain/campaign.ts';
import { dueAfterDisposition, followUpColumns, followUpTables, type FollowUpRow } from './attempt-followup.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';

export type DisposeRefusal = 'noSuchCall' | 'stillTalking' | 'neverAnswered' | 'alreadyJudged' | 'noSuchDisposition' | 'answersMissing';
export type DisposeResult = { readonly ok: true; readonly campaignId: string } | { readonly ok: false; readonly code: DisposeRefusal; readonly missing?: readonly string[] };

/** Only a result that the customer acts on needs the required answers; a wrong number has none to give. */
const needsAnswers = new Set(['success', 'interested', 'callback']);

interface CallRow extends FollowUpRow {
  released_at: Date | null; answered_at: Date | null; disposition: string | null; abandoned_at: Date | null; answers: Record<string, string>; campaign_id: string;
  dispositions: Disposition[]; questions: Question[]; manager_callback_at: Date | null;
}

/**
 * The operator's judgement of a call: read and judged, then written in one statement, which finds no row when somebody else
 * was quicker. The retry rules decide about the contact, a wish not to be called is kept for the whole customer, the operator
 * is ready (or paused) again.
 */
export async function disposeCall(
  db: Db,
  order: { callId: string; operatorId: string; key: string; callbackAt?: number | undefined; pause?: boolean | undefined; nowMs?: number },
): Promise<DisposeResult> {
  const { callId, operatorId, key, pause = false, nowMs = Date.now() } = order;
  const call = await readCall(db, { callId, operatorId });
  if (!call) return { ok: false, code: 'noSuchCall' };
  if (call.released_at === null) return { ok: false, code: 'stillTalking' };
  // The retry rules have decided already, and the contact may be with somebody else by now.
  if (call.answered_at === null) return { ok: false, code: 'neverAnswered' };
  if (call.disposition !== null || call.abandoned_at !== null) return { ok: false, code: 'alreadyJudged' };
  const disposition = call.dispositions.find((candidate) => candidate.key === key);
  if (!disposition) return { ok: false, code: 'noSuchDisposition' };
  const { meaning } = disposition;
  const missing = call.questions.filter((question) => question.required && !call.answers[question.key]?.trim()).map((question) => question.key);
  if (needsAnswers.has(meaning) && missing.length > 0) return { ok: false, code: 'answersMissing', missing };
  // No time named: the one at which the manager asked to be connected, where there is one.
  const callbackAt = order.callbackAt ?? (meaning === 'callback' ? (call.manager_callback_at?.getTime() ?? null) : null);
  const due = dueAfterDisposition(call, { meaning, nowMs, callbackAt });
  const written = await writeJudgement(db, { callId, operatorId, key, nowMs, callbackAt, pause, unwanted: meaning === 'doNotCall', finished: due === null, at: due?.at ?? 0, position: due?.position ?? 0 });
  return written ? { ok: true, campaignId: call.campaign_id } : { ok: false, code: 'alreadyJudged' };
}

async function readCall(db: Db, key: { callId: string; operatorId: string }): Promise<CallRow | undefined> {
  const { rows } = await prepared<CallRow>(
    db, 'judged_call',
    `select k.released_at, k.answered_at, k.disposition, k.abandoned_at, k.answers, k.campaign_id, v.dispositions, v.questions,
       case when k.handed_over_at is null then k.manager_callback_at end as manager_callback_at, ${followUpColumns}
     from ${followUpTables} join script_versions v on v.campaign_id = k.campaign_id and v.version = k.script_version
     where k.id = :callId and k.operator_id = :operatorId`,
    key,
  );
  return rows[0];
}

interface Judgement { callId: string; operatorId: string; key: string; nowMs: number; callbackAt: number | null; pause: boolean; unwanted: boolean; finished: boolean; at: number; position: number }

/** @returns false when the call has been judged or closed in the meantime */
async function writeJudgement(db: Db, judgement: Judgement): Promise<boolean> {
  const { rowCount } = await prepared(
    db, 'judge_call',
    `with judged as (
       update calls k set disposition = :key, disposed_at = to_timestamp(:nowMs::double precision / 1000), callback_at = to_timestamp(:callbackAt::double precision / 1000)
       where k.id = :callId and k.operator_id = :operatorId and k.disposition is null and k.abandoned_at is null and k.released_at is not null
       returning k.contact_id, k.customer_id, k.e164, k.operator_id)
     , contact as (
       update contacts c set last_disposition = :key, state = case when :finished::boolean then 'finished' else c.state end
       from judged j where c.id = j.contact_id returning c.id, c.campaign_id, c.customer_id, c.entered_by)
     , gone as (delete from call_queue q using judged j where q.contact_id = j.contact_id and :finished::boolean)
     , queued as (
       insert into call_queue (contact_id, campaign_id, customer_id, priority, next_attempt_at, number_position, entered_by)
       select c.id, c.campaign_id, c.customer_id, p.priority, to_timestamp(:at::double precision / 1000), :position, c.entered_by
       from contact c join campaigns p on p.id = c.campaign_id where not :finished::boolean
       on conflict (contact_id) do update set next_attempt_at = excluded.next_attempt_at, number_position = excluded.number_position, claimed_by = null, lease_until = null)
     , unwanted as (
       insert into dnc_numbers (customer_id, e164, reason) select j.customer_id, j.e164, 'asked not to be called' from judged j where :unwanted::boolean on conflict do nothing)
     , operator as (
       update operators o set state = case when o.leg is null then 'offline' when :pause::boolean or o.pause_reason is not null then 'paused' else 'ready' end,
         pause_reason = case when :pause::boolean then 'own' when o.pause_reason = 'wrapUpOver' then 'wrapUpLate' else o.pause_reason end,
         wrap_up_until = null, since = now(), version = o.version + 1
       from judged j where o.operator_id = j.operator_id and o.state in ('wrapUp','paused','offline'))
     select from judged`,
    { ...judgement },
  );
  return rowCount === 1;
}
