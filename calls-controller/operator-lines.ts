import type { LegId } from '../domain/leg.ts';
import type { Logger } from '../platform/log.ts';
import type { Nudges } from '../platform/nudges.ts';
import type { Db } from '../platform/postgres/database.ts';
import { closeAbandonedWrapUps } from '../platform/postgres/abandoned-wrap-ups.ts';
import { listLegsTakenBack } from '../platform/postgres/operator-devices.ts';
import { attachOperatorLeg, detachOperatorLeg, isOperatorLeg, listSilentPages, pauseOverdueWrapUps, readOperatorLeg } from '../platform/postgres/operator-legs.ts';
import { claimNextContact, releaseClaim, releaseExpiredClaims } from '../platform/postgres/queue.ts';
import { readOperatorCampaign } from '../platform/postgres/operator-campaign.ts';
import { isDraining, listLegsToMove } from '../platform/postgres/switch-service.ts';
import type { Switch, SwitchFact } from './esl/switch.ts';
import { standingParkTimeoutMs } from './execute.ts';
import type { RingingOperators } from './ringing-operators.ts';
import type { LiveCall, Runner } from './runner.ts';

/** A page that has not been heard of for this long may be gone. Pages beat every 5 s. */
const silentPageMs = 19_000;
/** It is, when it stays silent for this long while we look: after an outage of the database all pages look silent at first. */
const watchedMs = 6_000;
/** Looks further apart than this are not one watch. */
const longestGapMs = 5_000;
/** A standing leg has been lost after about 1,500 bridges (FS#2870); a call takes at most three. */
const renewAfterCalls = 400;
/** Operators of a drained switch that are moved at a tick (2 s): their pages call in elsewhere at once. */
const movedAtOnce = 25;

export interface OperatorLinesOptions {
  readonly db: Db; readonly target: Switch; readonly runner: Runner; readonly nudges: Nudges; readonly log: Logger; readonly switchId: string;
  /** Their own phones that are being rung. */
  readonly ringing: RingingOperators;
  readonly renewAfterCalls?: number;
}

/** The operators' standing legs: attached when a page calls in, detached when the leg is gone. */
export class OperatorLines {
  /** Silent pages' legs, and since when we see them so (ms, monotonic). */
  readonly #silent = new Map<LegId, number>();
  /** Calls that each standing leg has served. */
  readonly #calls = new Map<LegId, number>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #ticking = false;

  constructor(readonly options: OperatorLinesOptions) {}

  /** A browser's leg parked: `sip_auth_username` says whose it is (never the caller ID). A phone's that we rang: our own record does. */
  async parked(fact: Extract<SwitchFact, { kind: 'parked' }>): Promise<void> {
    const { db, target, runner, nudges, log, switchId } = this.options;
    const username = this.options.ringing.take(fact.leg) ?? fact.sipAuthUsername;
    if (username === undefined || runner.callOfLeg(fact.leg)) return;
    const line = await attachOperatorLeg(db, { username, leg: fact.leg, switchId });
    if (!line) {
      // Parks again after each call; only the first park of a leg uses credentials up.
      if (!(await isOperatorLeg(db, { leg: fact.leg }))) {
        log.warn({ leg: fact.leg, username }, 'a leg without live credentials is hung up');
        await target.hangup(fact.leg, 'NORMAL_CLEARING');
      }
      return;
    }
    await target.arm(fact.leg, 'operator', standingParkTimeoutMs);
    log.info({ operatorId: line.operatorId, leg: fact.leg }, 'operator on line');
    if (line.lostCallId !== null) log.warn({ callId: line.lostCallId, operatorId: line.operatorId }, 'call lost with its switch; its operator works here now');
    if (line.formerLeg !== null && line.formerLeg !== fact.leg) await target.hangup(line.formerLeg, 'NORMAL_CLEARING');
    if (line.boundCallId !== null) await runner.apply(line.boundCallId, { type: 'OperatorLegReplaced', leg: fact.leg, at: fact.at });
    else await this.claimNext(line.operatorId);
    nudges.publish({ topic: 'operator', id: line.operatorId });
  }

  /** The page may have called in again before the old leg was seen dead: the call gets the leg that the operator has now. */
  async replaceLeg({ call, operatorId }: LiveCall): Promise<void> {
    const leg = await readOperatorLeg(this.options.db, { operatorId });
    if (leg !== null && leg !== call.operatorLeg) await this.options.runner.apply(call.id, { type: 'OperatorLegReplaced', leg, at: Date.now() });
  }

  async hungUp(leg: LegId): Promise<void> {
    const { db, nudges, log } = this.options;
    this.#calls.delete(leg);
    await this.options.ringing.hungUp(leg);
    const line = await detachOperatorLeg(db, { leg });
    if (!line) return;
    log.info({ operatorId: line.operatorId, leg }, 'operator off line');
    nudges.publish({ topic: 'operator', id: line.operatorId });
  }

  /** The operator is free of a call. A leg that has served many is ended now, between two; the page calls in again by itself. */
  async released(operatorId: string): Promise<void> {
    const operator = await readOperatorCampaign(this.options.db, { operatorId });
    if (operator?.draining) await this.#moveOn();
    if (operator?.lineKind === 'device') await this.#endTakenBack();
    const calls = operator?.leg ? (this.#calls.get(operator.leg) ?? 0) + 1 : 0;
    if (operator?.leg) this.#calls.set(operator.leg, calls);
    if (operator?.leg && operator.state === 'ready' && calls >= (this.options.renewAfterCalls ?? renewAfterCalls)) {
      this.options.log.info({ operatorId, leg: operator.leg, calls }, 'standing leg is renewed');
      await this.options.target.hangup(operator.leg, 'NORMAL_CLEARING');
      return;
    }
    await this.claimNext(operatorId, operator);
  }

  /** The operator is free: their next contact stands on the screen before they ask. */
  async claimNext(operatorId: string, known?: Awaited<ReturnType<typeof readOperatorCampaign>>): Promise<void> {
    const { db, nudges } = this.options;
    const operator = known ?? (await readOperatorCampaign(db, { operatorId }));
    if (!operator?.campaignId || operator.state !== 'ready' || !operator.campaignRunning) return;
    if (await claimNextContact(db, { operatorId, campaignId: operator.campaignId })) nudges.publish({ topic: 'operator', id: operatorId });
  }

  /** Slow tick: silent pages, expired leases, overdue wrap-ups. One at a time: while the database is slow they must not pile up. */
  async tick(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    try {
      await this.#endSilentPages();
      await this.#freeOverdue();
      await this.#moveOn();
      await this.#endTakenBack();
    } finally {
      this.#ticking = false;
    }
  }

  /** The page is gone: its leg is ended, its contact freed. */
  async #endSilentPages(): Promise<void> {
    const { db, log, switchId } = this.options;
    const silent = await listSilentPages(db, { switchId, silentMs: silentPageMs });
    const now = performance.now();
    if (now - this.#lookedAt > longestGapMs) this.#silent.clear();
    this.#lookedAt = now;
    for (const leg of this.#silent.keys()) if (!silent.some((page) => page.leg === leg)) this.#silent.delete(leg);
    for (const { operatorId, leg } of silent) {
      const since = this.#silent.get(leg) ?? now;
      this.#silent.set(leg, since);
      if (now - since < watchedMs) continue;
      log.info({ operatorId, leg }, 'page silent, its leg is ended');
      await this.#end(leg);
      await releaseClaim(db, { operatorId });
    }
  }

  /** This switch is drained: whoever is between calls loses the leg, and the page calls in again by itself, at another switch. */
  async #moveOn(): Promise<void> {
    const { db, runner, log, switchId } = this.options;
    if (!(await isDraining(db, { switchId }))) return;
    for (const { operatorId, leg } of await listLegsToMove(db, { switchId, limit: movedAtOnce })) {
      if (runner.callOfLeg(leg)) continue;
      log.info({ operatorId, leg }, 'switch is drained, the operator is moved to another one');
      await this.#end(leg);
    }
  }

  /** A SIP phone that was taken back speaks no more; in a call, once the call is over. */
  async #endTakenBack(): Promise<void> {
    const { db, runner, log, switchId } = this.options;
    for (const { operatorId, leg } of await listLegsTakenBack(db, { switchId })) {
      if (runner.callOfLeg(leg)) continue;
      log.info({ operatorId, leg }, 'SIP phone was taken back, its leg is ended');
      await this.#end(leg);
    }
  }

  async #end(leg: LegId): Promise<void> {
    const ended = await this.options.target.hangup(leg, 'NORMAL_CLEARING');
    if (!ended.ok && ended.reason === 'noSuchChannel') await this.hungUp(leg);
  }

  async #freeOverdue(): Promise<void> {
    const { db, nudges, log } = this.options;
    const freed = await releaseExpiredClaims(db);
    if (freed > 0) log.info({ freed }, 'claims expired');
    for (const operatorId of await pauseOverdueWrapUps(db)) nudges.publish({ topic: 'operator', id: operatorId });
    for (const operatorId of await closeAbandonedWrapUps(db)) {
      log.info({ operatorId }, 'wrap-up that nobody finished is closed');
      nudges.publish({ topic: 'operator', id: operatorId });
    }
  }
}
