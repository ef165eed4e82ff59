import type { Disposition, Question } from '../../domain/campaign.ts';
import { followDisposition } from './attempt-followup.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';

export type DisposeRefusal = 'noSuchCall' | 'stillTalking' | 'neverAnswered' | 'alreadyJudged' | 'noSuchDisposition' | 'answersMissing';
export type DisposeResult = { readonly ok: true } | { readonly ok: false; readonly code: DisposeRefusal; readonly missing?: readonly string[] };

/** Only a result that the customer acts on needs the required answers; a wrong number has none to give. */
const needsAnswers = new Set(['success', 'interested', 'callback']);

interface CallRow {
  released_at: Date | null; answered_at: Date | null; disposition: string | null; abandoned_at: Date | null; answers: Record<string, string>; e164: string; customer_id: string;
  dispositions: Disposition[]; questions: Question[]; contact_id: string; manager_callback_at: Date | null;
}

/**
 * The operator's judgement of a call, in one transaction: it is stored, the retry rules decide about the contact, a wish
 * not to be called is kept for the whole customer, the operator is ready (or paused) again.
 */
export async function disposeCall(
  db: Db,
  order: { callId: string; operatorId: string; key: string; callbackAt?: number | undefined; pause?: boolean | undefined; nowMs?: number },
): Promise<DisposeResult> {
  const { callId, operatorId, key, pause = false, nowMs = Date.now() } = order;
  return db.transaction(async (trx): Promise<DisposeResult> => {
    const { rows } = await prepared<CallRow>(trx, 'judged_call',
      `select k.released_at, k.answered_at, k.disposition, k.abandoned_at, k.answers, k.e164, k.customer_id, k.contact_id, v.dispositions, v.questions,
         case when k.handed_over_at is null then k.manager_callback_at end as manager_callback_at
       from calls k join script_versions v on v.campaign_id = k.campaign_id and v.version = k.script_version
       where k.id = :callId and k.operator_id = :operatorId for update of k`,
      { callId, operatorId },
    );
    const call = rows[0];
    if (!call) return { ok: false, code: 'noSuchCall' };
    if (call.released_at === null) return { ok: false, code: 'stillTalking' };
    // The retry rules have decided already, and the contact may be with somebody else by now.
    if (call.answered_at === null) return { ok: false, code: 'neverAnswered' };
    if (call.disposition !== null || call.abandoned_at !== null) return { ok: false, code: 'alreadyJudged' };
    const disposition = call.dispositions.find((candidate) => candidate.key === key);
    if (!disposition) return { ok: false, code: 'noSuchDisposition' };
    const missing = call.questions.filter((question) => question.required && !call.answers[question.key]?.trim()).map((question) => question.key);
    if (needsAnswers.has(disposition.meaning) && missing.length > 0) return { ok: false, code: 'answersMissing', missing };
    // No time named: the one at which the manager asked to be connected, where there is one.
    const callbackAt = order.callbackAt ?? (disposition.meaning === 'callback' ? (call.manager_callback_at?.getTime() ?? null) : null);
    await prepared(trx, 'judge_call',
      `update calls set disposition = :key, disposed_at = to_timestamp(:nowMs::double precision / 1000),
         callback_at = to_timestamp(:callbackAt::double precision / 1000) where id = :callId`,
      { key, nowMs, callbackAt, callId },
    );
    await trx.raw(`update contacts set last_disposition = :key where id = :contactId`, { key, contactId: call.contact_id });
    if (disposition.meaning === 'doNotCall')
      await trx.raw(`insert into dnc_numbers (customer_id, e164, reason) values (:customerId, :e164, 'asked not to be called') on conflict do nothing`, { customerId: call.customer_id, e164: call.e164 });
    await followDisposition(trx, { callId, meaning: disposition.meaning, nowMs, callbackAt });
    await prepared(trx, 'judged_operator',
      `update operators set state = case when leg is null then 'offline' when :pause::boolean or pause_reason is not null then 'paused' else 'ready' end,
         pause_reason = case when :pause::boolean then 'own' when pause_reason = 'wrapUpOver' then 'wrapUpLate' else pause_reason end,
         wrap_up_until = null, since = now(), version = version + 1
       where operator_id = :operatorId and state in ('wrapUp','paused','offline')`,
      { operatorId, pause },
    );
    return { ok: true };
  });
}
