import { join } from 'node:path';
import { FreeswitchError, findFreeswitch, startFreeswitch } from './freeswitch.ts';
import { keepUp } from './keep-up.ts';
import { startPostgres } from './postgres.ts';
import { freePort } from './processes.ts';
import { startRedis } from './redis/server.ts';
import { keptSecret } from './secrets.ts';
import { StartError, type Settings } from './settings.ts';

/** What a part of the house is reached by, and how it is ended. */
export interface Service {
  readonly url: string;
  /** One phrase for the closing block: what it is, and of what it is a stand-in. */
  readonly what: string;
  stop(): Promise<void>;
}

const elsewhere = (name: string, url: string): Service => {
  const shown = new URL(url);
  return { url, what: `${shown.host} (${name})`, stop: () => Promise.resolve() };
};

export async function bringUpPostgres({ databaseUrl, dataDir }: Settings, say: (line: string) => void): Promise<Service> {
  if (databaseUrl !== undefined) return elsewhere('DATABASE_URL', databaseUrl);
  const options = { dataDir, durable: true, log: say };
  const first = await startPostgres(options);
  const again = async (before: { readonly port: number }) => {
    const started = await startPostgres({ ...options, preferredPort: before.port });
    if (started.port === before.port) return started;
    await started.stop();
    throw new Error(`its port ${before.port} is taken`);
  };
  return { url: first.url, what: `embedded PostgreSQL 18 on port ${first.port}, data in ${join(dataDir, 'postgres')}`, stop: keepUp({ name: 'PostgreSQL', first, again, say }) };
}

export async function bringUpRedis({ redisUrl, dataDir }: Settings, say: (line: string) => void): Promise<Service> {
  if (redisUrl !== undefined) return elsewhere('REDIS_URL', redisUrl);
  const redis = await startRedis({ path: join(dataDir, 'redis.json'), password: keptSecret(dataDir, 'redis-password'), log: say });
  return { url: redis.url, what: `stand-in: a small Redis inside npm start, port ${redis.port}`, stop: redis.stop };
}

const robots = 'stand-in: a practice line where robots answer; no trunk is configured';

export interface SwitchService extends Service {
  readonly phoneNetwork: string;
}

/** Fails before anything is started where there is no FreeSWITCH to start. */
export function demandFreeswitch({ freeswitchUrl }: Settings): void {
  if (freeswitchUrl !== undefined || findFreeswitch() !== undefined) return;
  throw new StartError('There is no FreeSWITCH on the PATH. Install version 1.10.12 or newer (https://developer.signalwire.com/freeswitch) so that `freeswitch` is found,\nor name a running one: FREESWITCH_URL=esl://:password@host:8021 npm start');
}

export async function bringUpFreeswitch({ freeswitchUrl, dataDir, port }: Settings, say: (line: string) => void): Promise<SwitchService> {
  if (freeswitchUrl !== undefined) {
    const gateway = new URL(freeswitchUrl).searchParams.get('gateway');
    return { ...elsewhere('FREESWITCH_URL', freeswitchUrl), phoneNetwork: gateway === null ? robots : `trunk ${gateway}` };
  }
  const password = keptSecret(dataDir, 'switch-password');
  const options = {
    password,
    eslPort: await freePort(8021),
    wsPort: await freePort(5066),
    directoryUrl: `http://127.0.0.1:${port}/switch/directory`,
    dataDir: join(dataDir, 'freeswitch'),
    log: () => {},
  };
  try {
    const first = await startFreeswitch(options);
    const url = `esl://:${password}@127.0.0.1:${options.eslPort}?ws=${encodeURIComponent(`ws://127.0.0.1:${options.wsPort}`)}`;
    const stop = keepUp({ name: 'FreeSWITCH', first, again: () => startFreeswitch(options), say });
    return { url, what: `FreeSWITCH from the PATH, Event Socket on port ${options.eslPort}, browsers on port ${options.wsPort}`, phoneNetwork: robots, stop };
  } catch (error) {
    if (error instanceof FreeswitchError) throw new StartError(error.message);
    throw error;
  }
}
