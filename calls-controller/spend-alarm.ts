import type { Logger } from '../platform/log.ts';
import type { Nudges } from '../platform/nudges.ts';
import { raiseSpendAlarm } from '../platform/postgres/alarm-letters.ts';
import { clearSpendAlarm, isAlarmOpen, readSpend } from '../platform/postgres/alarms.ts';
import type { Db } from '../platform/postgres/database.ts';
import { spendCapHit } from './metrics.ts';

/** The day's cap is reached: no new attempt leaves, and the administrators are told, once: by letter, which the servers send, and on their page. */
export class SpendAlarm {
  constructor(readonly options: { readonly db: Db; readonly nudges: Nudges; readonly log: Logger }) {}

  /** An attempt was refused for it. Never throws: the refusal stands by itself. */
  async raise(): Promise<void> {
    const { db, nudges, log } = this.options;
    spendCapHit.set(1);
    try {
      const spend = await readSpend(db);
      const raised = await raiseSpendAlarm(db, spend);
      if (raised === undefined) return;
      log.error({ ...spend, letters: raised.letters }, 'the day’s spend cap is reached: no new calls leave; raise the cap or wait for tomorrow');
      nudges.publish({ topic: 'alarm', id: 'spendCapReached' });
    } catch (error) {
      log.error({ error: (error as Error).message }, 'alarm of the spend cap not raised');
    }
  }

  /** Slow tick: another day, or a higher cap. */
  async tick(): Promise<void> {
    const { db, nudges, log } = this.options;
    const isOver = await clearSpendAlarm(db);
    // Another controller, or the administrator's change itself, may have raised or cleared it.
    spendCapHit.set((await isAlarmOpen(db, { kind: 'spendCapReached' })) ? 1 : 0);
    if (!isOver) return;
    log.info('the spend cap has room again');
    nudges.publish({ topic: 'alarm', id: 'spendCapReached' });
  }
}
