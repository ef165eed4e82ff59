import type { LegId } from '../domain/leg.ts';
import type { Logger } from '../platform/log.ts';
import type { Nudges } from '../platform/nudges.ts';
import type { Db } from '../platform/postgres/database.ts';
import { attachOperatorLeg, detachOperatorLeg, isOperatorLeg, listSilentPages, pauseOverdueWrapUps, readOperatorLeg } from '../platform/postgres/operator-legs.ts';
import { claimNextContact, releaseClaim, releaseExpiredClaims } from '../platform/postgres/queue.ts';
import { readOperatorCampaign } from '../platform/postgres/operator-campaign.ts';
import type { Switch, SwitchFact } from './esl/switch.ts';
import { standingParkTimeoutMs } from './execute.ts';
import type { LiveCall, Runner } from './runner.ts';

/** A page that has not been heard of for this long is gone: its leg is ended, its contact freed. */
const silentPageMs = 25_000;

export interface OperatorLinesOptions {
  readonly db: Db; readonly target: Switch; readonly runner: Runner; readonly nudges: Nudges; readonly log: Logger; readonly switchId: string;
}

/** The operators' standing legs: attached when a page calls in, detached when the leg is gone. */
export class OperatorLines {
  constructor(readonly options: OperatorLinesOptions) {}

  /** A browser's leg parked: `sip_auth_username` says whose it is (never the caller ID). */
  async parked(fact: Extract<SwitchFact, { kind: 'parked' }>): Promise<void> {
    const { db, target, runner, nudges, log, switchId } = this.options;
    const username = fact.sipAuthUsername;
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
    const line = await detachOperatorLeg(db, { leg });
    if (!line) return;
    log.info({ operatorId: line.operatorId, leg }, 'operator off line');
    nudges.publish({ topic: 'operator', id: line.operatorId });
  }

  /** The operator is free: their next contact stands on the screen before they ask. */
  async claimNext(operatorId: string): Promise<void> {
    const { db, nudges } = this.options;
    const operator = await readOperatorCampaign(db, { operatorId });
    if (operator?.campaignId && operator.state === 'ready' && operator.campaignRunning) await claimNextContact(db, { operatorId, campaignId: operator.campaignId });
    nudges.publish({ topic: 'operator', id: operatorId });
  }

  /** Slow tick: silent pages, expired leases, overdue wrap-ups. */
  async tick(): Promise<void> {
    const { db, target, nudges, log, switchId } = this.options;
    for (const { operatorId, leg } of await listSilentPages(db, { switchId, silentMs: silentPageMs })) {
      log.info({ operatorId, leg }, 'page silent, its leg is ended');
      const ended = await target.hangup(leg, 'NORMAL_CLEARING');
      if (!ended.ok && ended.reason === 'noSuchChannel') await this.hungUp(leg);
      await releaseClaim(db, { operatorId });
    }
    const freed = await releaseExpiredClaims(db);
    if (freed > 0) log.info({ freed }, 'claims expired');
    for (const operatorId of await pauseOverdueWrapUps(db)) nudges.publish({ topic: 'operator', id: operatorId });
  }
}
