import { nextInWindow } from '../../domain/calling-window.ts';
import type { Outcome } from '../../domain/call/call.ts';
import type { DispositionMeaning } from '../../domain/campaign.ts';
import { afterAbandoned, afterDisposition, afterUnanswered, type Next } from '../../domain/retry.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';
import { finishContact, requeueContact } from './queue.ts';

export interface FollowUpRow {
  contact_id: string;
  /** Without those that an operator broke off. */
  attempts: number;
  time_zone: string; window_from: string; window_to: string; window_days: number[];
  max_attempts: number; busy_pause_ms: number; no_answer_pause_ms: number;
  /** The number that was called, and the one to try after it among those not known to be wrong; null when there is none. */
  position: number; next_position: number | null;
}

/** Of a call `k` with its contact `c` and campaign `p`. */
export const followUpColumns = `k.contact_id, c.time_zone,
  c.attempts - (select count(*)::int from calls x where x.contact_id = c.id and x.outcome = 'cancelled') as attempts,
  p.window_from::text, p.window_to::text, p.window_days,
  p.max_attempts, p.busy_pause_ms, p.no_answer_pause_ms,
  coalesce(own.position, 0) as position,
  (select n.position from contact_numbers n where n.contact_id = c.id and n.e164 <> k.e164
     and not exists (select from calls w where w.contact_id = c.id and w.e164 = n.e164 and (w.outcome = 'invalidNumber' or w.disposition = 'wrongNumber'))
   order by n.position <= coalesce(own.position, 0), n.position limit 1) as next_position`;
export const followUpTables = `calls k join contacts c on c.id = k.contact_id join campaigns p on p.id = k.campaign_id
  left join contact_numbers own on own.contact_id = c.id and own.e164 = k.e164`;

async function readFollowUp(trx: Db, callId: string): Promise<FollowUpRow | undefined> {
  const { rows } = await prepared<FollowUpRow>(trx, 'follow_up',
    `select ${followUpColumns} from ${followUpTables}
     where k.id = :callId for update of c`,
    { callId },
  );
  return rows[0];
}

/** When and on which number the contact is due again; null when it is finished. */
export type Due = { readonly at: number; readonly position: number } | null;

function dueOf(row: FollowUpRow, next: Next, nowMs: number, askedAt: number | null): Due {
  if (next.kind === 'finish') return null;
  const window = { from: row.window_from, to: row.window_to, days: row.window_days };
  const at = nextInWindow(Math.max(nowMs, askedAt ?? nowMs + next.afterMs), row.time_zone, window);
  return { at, position: next.nextNumber ? (row.next_position ?? row.position) : row.position };
}

async function follow(trx: Db, row: FollowUpRow, next: Next, nowMs: number): Promise<void> {
  const due = dueOf(row, next, nowMs, null);
  if (due === null) await finishContact(trx, { contactId: row.contact_id });
  else await requeueContact(trx, { contactId: row.contact_id, ...due });
}

/** Applies the retry rules after an attempt that nobody answered. Part of the transaction that ends the call. */
export async function followUnanswered(trx: Db, { callId, outcome, nowMs }: { callId: string; outcome: Outcome; nowMs: number }): Promise<void> {
  const row = await readFollowUp(trx, callId);
  if (row) await follow(trx, row, afterUnanswered(outcome, row.attempts, row.next_position !== null, rulesOf(row)), nowMs);
}

/** What the retry rules make of the operator's judgement; `callbackAt` (ms) is the time the contact asked for. */
export function dueAfterDisposition(row: FollowUpRow, { meaning, nowMs, callbackAt }: { meaning: DispositionMeaning; nowMs: number; callbackAt: number | null }): Due {
  return dueOf(row, afterDisposition(meaning, row.attempts, row.next_position !== null, rulesOf(row)), nowMs, meaning === 'callback' ? callbackAt : null);
}

/** Applies the retry rules to a conversation that nobody judged. Part of the transaction that closes its wrap-up. */
export async function followAbandoned(trx: Db, { callId, handedOver, nowMs }: { callId: string; handedOver: boolean; nowMs: number }): Promise<void> {
  const row = await readFollowUp(trx, callId);
  if (row) await follow(trx, row, afterAbandoned(handedOver, row.attempts, rulesOf(row)), nowMs);
}

const rulesOf = (row: FollowUpRow) => ({ maxAttempts: row.max_attempts, busyPauseMs: row.busy_pause_ms, noAnswerPauseMs: row.no_answer_pause_ms });
