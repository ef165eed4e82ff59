import { markAlarmLetterSent, takeAlarmLetter } from '../../platform/postgres/alarm-letters.ts';
import type { House } from '../house.ts';
import { spendCapLetter } from './letters.ts';

/** Where the nudge was lost, or another server's try failed. */
const lookEveryMs = 15_000;

/** Sends administrators the letters of alarms: each is taken up by one server and tried again later where it fails. */
export function sendAlarmLetters({ db, nudges, mailer, config, log }: Pick<House, 'db' | 'nudges' | 'mailer' | 'config' | 'log'>): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> | undefined;
  const send = async (): Promise<void> => {
    while (!stopped) {
      const letter = await takeAlarmLetter(db);
      if (letter === undefined) return;
      try {
        await mailer.deliver({ to: letter.to, ...spendCapLetter({ name: letter.name, spend: letter.spend, publicUrl: config.publicUrl }) });
        await markAlarmLetterSent(db, { id: letter.id });
        log.info({ letterId: letter.id }, 'an administrator is told of the spend cap by letter');
      } catch (error) {
        log.error({ letterId: letter.id, error: (error as Error).message }, 'letter of an alarm not sent; tried again');
      }
    }
  };
  const look = () => {
    running ??= send().catch((error: Error) => log.warn({ error: error.message }, 'letters of alarms not looked for; the next look does')).finally(() => (running = undefined));
  };
  nudges.subscribe((nudge) => { if (nudge.topic === 'alarm') look(); }, look);
  const timer = setInterval(look, lookEveryMs);
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
