import type { Logger } from '../platform/log.ts';
import type { Db } from '../platform/postgres/database.ts';
import { attachManagerLeg } from '../platform/postgres/leg-credentials.ts';
import type { Switch, SwitchFact } from './esl/switch.ts';
import type { Runner } from './runner.ts';

export interface ManagerLinesOptions {
  readonly db: Db; readonly target: Switch; readonly runner: Runner; readonly log: Logger; readonly switchId: string;
}

/** Legs with which managers' pages call in, each for the one transfer that it was given credentials for. */
export class ManagerLines {
  constructor(readonly options: ManagerLinesOptions) {}

  async parked(fact: Extract<SwitchFact, { kind: 'parked' }>): Promise<void> {
    const { db, target, runner, log, switchId } = this.options;
    const username = fact.sipAuthUsername;
    // Parks again after each move; only the first park of a leg brings it into the call.
    if (username === undefined || runner.callOfLeg(fact.leg)) return;
    const line = await attachManagerLeg(db, { username, switchId });
    const step = line && (await runner.apply(line.callId, { type: 'ManagerArrived', transfer: line.transferId, leg: fact.leg, at: fact.at }));
    if (line) log.info({ callId: line.callId, transferId: line.transferId, leg: fact.leg, taken: step?.kind === 'moved' }, 'manager’s page called in');
    if (step?.kind === 'moved') return;
    log.warn({ leg: fact.leg, username }, 'a manager’s leg that nobody waits for is hung up');
    await target.hangup(fact.leg, 'NORMAL_CLEARING');
  }
}
