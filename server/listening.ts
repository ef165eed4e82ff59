import { randomUUID } from 'node:crypto';
import { forgetServer, recordListening } from '../platform/postgres/servers.ts';
import type { House } from './house.ts';

const everyMs = 2_000;

/** Says that pages are heard here, so that none is taken for silent that had nobody to talk to. @returns how to stop. */
export function sayListening({ db, log }: Pick<House, 'db' | 'log'>): () => Promise<void> {
  const serverId = randomUUID();
  let saying = Promise.resolve();
  const say = () => { saying = recordListening(db, { serverId }).catch((error: Error) => log.warn({ error: error.message }, 'database away: no page is taken for silent')); };
  say();
  const timer = setInterval(say, everyMs);
  return async () => {
    clearInterval(timer);
    await saying;
    await forgetServer(db, { serverId }).catch(() => undefined);
  };
}
