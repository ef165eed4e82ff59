import { isInWindow, nextInWindow } from '../../domain/calling-window.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';

/** A claim keeps a contact for one operator this long; the page's heartbeat extends it. */
export const claimLeaseMs = 120_000;

/**
 * Where the last claim of a campaign and priority was found. Only a hint, kept in the process: claimed rows leave dead
 * entries at the head of the index, and while a report holds a snapshot open they cannot be pruned, so that each claim
 * would walk over all claims before it (1,176 → 375 claims/s). A scan from the hint skips them;
 * every `rescanMs`, and whenever the hint finds nothing, the scan starts at the head again.
 */
export class ClaimHints {
  readonly #marks = new Map<string, { at: string; id: string }>();
  #clearedAt = 0;
  constructor(readonly rescanMs = 1_000) {}

  read(campaignId: string, priority: number): { at: string; id: string } {
    if (Date.now() - this.#clearedAt > this.rescanMs) {
      this.#marks.clear();
      this.#clearedAt = Date.now();
    }
    return this.#marks.get(`${campaignId}/${priority}`) ?? { at: '-infinity', id: '0' };
  }

  write(campaignId: string, priority: number, at: string, id: string): void {
    this.#marks.set(`${campaignId}/${priority}`, { at, id });
  }

  get any(): boolean {
    return this.#marks.size > 0;
  }

  clear(): void {
    this.#marks.clear();
  }
}

const sharedHints = new ClaimHints();

export interface ClaimOrder { readonly operatorId: string; readonly campaignId: string; readonly leaseMs?: number }

/** Claims the next due contact of a running campaign for an operator, never one whose number that operator entered. One statement. */
export async function claimFreshContact(db: Db, order: ClaimOrder, hints: ClaimHints = sharedHints): Promise<{ contactId: string } | undefined> {
  const marks = [0, 1, 2, 3].map((priority) => hints.read(order.campaignId, priority));
  const hinted = hints.any;
  const { rows } = await prepared<{ contact: string; of_priority: number; due_at: string }>(db, 'claim_contact',
    `select contact, of_priority, due_at::text from claim_contact(:campaignId, :operatorId, :leaseMs, :afterAt::timestamptz[], :afterId::bigint[])`,
    { campaignId: order.campaignId, operatorId: order.operatorId, leaseMs: order.leaseMs ?? claimLeaseMs, afterAt: marks.map((mark) => mark.at), afterId: marks.map((mark) => mark.id) },
  );
  const row = rows[0];
  if (row !== undefined) {
    hints.write(order.campaignId, row.of_priority, row.due_at, row.contact);
    return { contactId: row.contact };
  }
  if (!hinted) return undefined;
  hints.clear();
  return claimFreshContact(db, order, hints);
}

interface NextRow { contact: string; of_priority: number | null; due_at: string | null; time_zone: string; window_from: string; window_to: string; window_days: number[]; number_position: number; now_ms: number }

/**
 * The operator's running claim, else a fresh one; undefined when nothing is due, or when the operator is not ready in this
 * running campaign any more (`claim_next` locks their row): a contact of somebody who pauses would stay claimed, out of
 * sight, for as long as the page lives. One statement. A contact that was due while its window was open and that nobody
 * called until it closed is put off to the next one, and another is claimed.
 */
export async function claimNextContact(db: Db, order: ClaimOrder): Promise<{ contactId: string } | undefined> {
  for (let look = 0; look < claimsLookedAt; look += 1) {
    const row = await claimNext(db, order, sharedHints);
    if (row === undefined) return undefined;
    const window = { from: row.window_from, to: row.window_to, days: row.window_days };
    if (isInWindow(row.now_ms, row.time_zone, window)) return { contactId: row.contact };
    await requeueContact(db, { contactId: row.contact, at: nextInWindow(row.now_ms, row.time_zone, window), position: row.number_position });
  }
  return undefined;
}

/** So many contacts out of their window are put off in one claim; the next tick goes on. */
const claimsLookedAt = 50;

async function claimNext(db: Db, order: ClaimOrder, hints: ClaimHints): Promise<NextRow | undefined> {
  const marks = [0, 1, 2, 3].map((priority) => hints.read(order.campaignId, priority));
  const hinted = hints.any;
  const { rows } = await prepared<NextRow>(
    db, 'claim_next', `select contact, of_priority, due_at::text, time_zone, window_from, window_to, window_days, number_position, now_ms from claim_next(:operatorId, :campaignId, :leaseMs, :afterAt::timestamptz[], :afterId::bigint[])`,
    { operatorId: order.operatorId, campaignId: order.campaignId, leaseMs: order.leaseMs ?? claimLeaseMs, afterAt: marks.map((mark) => mark.at), afterId: marks.map((mark) => mark.id) },
  );
  const row = rows[0];
  if (row !== undefined && row.of_priority !== null && row.due_at !== null) hints.write(order.campaignId, row.of_priority, row.due_at, row.contact);
  if (row !== undefined || !hinted) return row;
  hints.clear();
  return claimNext(db, order, hints);
}

/** Puts an operator's claimed contacts back where they stood. */
export async function releaseClaim(db: Db, { operatorId }: { operatorId: string }): Promise<void> {
  await db.raw(`update call_queue set claimed_by = null, lease_until = null where claimed_by = :operatorId`, { operatorId });
}

export async function extendLease(db: Db, { operatorId, leaseMs = claimLeaseMs }: { operatorId: string; leaseMs?: number }): Promise<void> {
  await db.raw(`update call_queue set lease_until = now() + :leaseMs * interval '1 ms' where claimed_by = :operatorId and lease_until > now()`, { operatorId, leaseMs });
}

/** Skips the operator's contact: back in the queue, due again after `pauseMs`, so that somebody else meets it first. */
export async function skipContact(db: Db, { operatorId, pauseMs = 300_000 }: { operatorId: string; pauseMs?: number }): Promise<void> {
  await db.raw(
    `update call_queue set claimed_by = null, lease_until = null, next_attempt_at = now() + :pauseMs * interval '1 ms' where claimed_by = :operatorId`,
    { operatorId, pauseMs },
  );
}

/** Frees contacts whose lease ended, or whose operator has been off line for half a minute (a closed lid; a reload is back by then). @returns how many. */
export async function releaseExpiredClaims(db: Db): Promise<number> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update call_queue q set claimed_by = null, lease_until = null where q.claimed_by is not null and (q.lease_until <= now()
       or exists (select from operators o where o.operator_id = q.claimed_by and o.state = 'offline' and o.since < now() - interval '30 s'
         and coalesce(o.page_seen_at, o.since) < now() - interval '30 s'))`,
  );
  return rowCount;
}

/** Puts a contact back after an attempt, due at `at` (ms since the epoch), to be called on number `position`. */
export async function requeueContact(db: Db, { contactId, at, position }: { contactId: string; at: number; position: number }): Promise<void> {
  await prepared(db, 'requeue_contact',
    `insert into call_queue (contact_id, campaign_id, customer_id, priority, next_attempt_at, number_position, entered_by)
     select c.id, c.campaign_id, c.customer_id, p.priority, to_timestamp(:at::double precision / 1000), :position, c.entered_by
     from contacts c join campaigns p on p.id = c.campaign_id where c.id = :contactId
     on conflict (contact_id) do update set next_attempt_at = excluded.next_attempt_at, number_position = excluded.number_position, claimed_by = null, lease_until = null`,
    { contactId, at, position },
  );
}

/** Takes a contact out for good. */
export async function finishContact(db: Db, { contactId }: { contactId: string }): Promise<void> {
  await prepared(db, 'finish_contact',
    `with gone as (delete from call_queue where contact_id = :contactId) update contacts set state = 'finished' where id = :contactId`,
    { contactId },
  );
}
