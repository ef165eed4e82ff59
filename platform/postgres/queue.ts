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

/** The operator's claim that still runs in this campaign. */
export async function findClaim(db: Db, { operatorId, campaignId }: ClaimOrder): Promise<{ contactId: string } | undefined> {
  const { rows } = await prepared<{ contact_id: string }>(db, 'own_claim',
    `select contact_id from call_queue where claimed_by = :operatorId and campaign_id = :campaignId and lease_until > now() limit 1`,
    { operatorId, campaignId },
  );
  return rows[0] && { contactId: rows[0].contact_id };
}

/**
 * The operator's running claim, else a fresh one; undefined when nothing is due, or when the operator is not ready in this
 * running campaign any more. Their row is locked, so that server and controller do not claim two at once and a pause that
 * came first wins: its contact would stay claimed, out of sight, for as long as the page lives.
 */
export async function claimNextContact(db: Db, order: ClaimOrder): Promise<{ contactId: string } | undefined> {
  return db.transaction(async (trx) => {
    const { rows } = await prepared<unknown>(trx, 'lock_ready_operator',
      `select from operators o join campaigns p on p.id = o.campaign_id
       where o.operator_id = :operatorId and o.campaign_id = :campaignId and o.state = 'ready' and p.state = 'running' for update of o for share of p`,
      { operatorId: order.operatorId, campaignId: order.campaignId },
    );
    if (rows.length === 0) return undefined;
    for (let look = 0; look < claimsLookedAt; look += 1) {
      const claim = (await findClaim(trx, order)) ?? (await claimFreshContact(trx, order));
      if (claim === undefined || !(await putOff(trx, claim))) return claim;
    }
    return undefined;
  });
}

/** So many contacts out of their window are put off in one claim; the next tick goes on. */
const claimsLookedAt = 50;

/** A contact that was due while its window was open and that nobody called until it closed: put off to the next one. @returns whether it was */
async function putOff(trx: Db, { contactId }: { contactId: string }): Promise<boolean> {
  const { rows } = await prepared<{ time_zone: string; from: string; to: string; days: number[]; position: number; now: number }>(trx, 'claim_window',
    `select c.time_zone, p.window_from::text as from, p.window_to::text as to, p.window_days as days, q.number_position as position,
       extract(epoch from now())::float8 * 1000 as now
     from call_queue q join contacts c on c.id = q.contact_id join campaigns p on p.id = q.campaign_id where q.contact_id = :contactId`,
    { contactId },
  );
  const row = rows[0];
  if (row === undefined || isInWindow(row.now, row.time_zone, row)) return false;
  await requeueContact(trx, { contactId, at: nextInWindow(row.now, row.time_zone, row), position: row.position });
  return true;
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
