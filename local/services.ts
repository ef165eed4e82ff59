import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FreeswitchError, findFreeswitch, startFreeswitch } from './freeswitch.ts';
import { keepUp } from './keep-up.ts';
import { startPostgres } from './postgres.ts';
import { freePort } from './processes.ts';
import { startRedis } from './redis/server.ts';
import { keptSecret } from './secrets.ts';
import { StartError, type Settings } from './settings.ts';
import { startStandIn } from './switch/stand-in.ts';

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

/** FREESWITCH_URL, else the FreeSWITCH on the PATH, else the stand-in switch. */
export function bringUpSwitch(settings: Settings, say: (line: string) => void): Promise<SwitchService> {
  const { freeswitchUrl, standInForced } = settings;
  if (freeswitchUrl !== undefined) {
    const { searchParams } = new URL(freeswitchUrl);
    const gateway = searchParams.get('gateway');
    return Promise.resolve({ ...elsewhere('FREESWITCH_URL', freeswitchUrl), phoneNetwork: gateway === null ? robots : `trunk ${gateway}` });
  }
  return standInForced || findFreeswitch() === undefined ? bringUpStandIn(settings, say) : bringUpFreeswitch(settings, say);
}

interface SwitchNeeds { readonly password: string; readonly eslPort: number; readonly wsPort: number; readonly directoryUrl: string; readonly directorySecret: string }

const switchNeeds = async ({ dataDir, directoryListen }: Settings): Promise<SwitchNeeds> => ({
  password: keptSecret(dataDir, 'switch-password'), eslPort: await freePort(8021), wsPort: await freePort(5066),
  directoryUrl: `http://${directoryListen}/switch/directory`, directorySecret: keptSecret(dataDir, 'directory-secret'),
});

const switchUrl = ({ password, eslPort, wsPort }: SwitchNeeds): string => `esl://:${password}@127.0.0.1:${eslPort}?ws=${encodeURIComponent(`ws://127.0.0.1:${wsPort}`)}`;

async function bringUpFreeswitch(settings: Settings, say: (line: string) => void): Promise<SwitchService> {
  // The same ports each time: telephones are told the last one.
  const devicesPort = await freePort(5070);
  const sipPorts = [await freePort(), await freePort(), devicesPort] as const;
  const options = { ...(await switchNeeds(settings)), sipPorts, dataDir: join(settings.dataDir, 'freeswitch'), log: () => {} };
  try {
    const first = await startFreeswitch(options);
    const stop = keepUp({ name: 'FreeSWITCH', first, again: () => startFreeswitch(options), say });
    return { url: `${switchUrl(options)}&sip=127.0.0.1:${devicesPort}`, what: `FreeSWITCH from the PATH, Event Socket on port ${options.eslPort}, browsers on port ${options.wsPort}`, phoneNetwork: robots, stop };
  } catch (error) {
    if (error instanceof FreeswitchError) throw new StartError(error.message);
    throw error;
  }
}

async function bringUpStandIn(settings: Settings, say: (line: string) => void): Promise<SwitchService> {
  const logs = join(settings.dataDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = (line: string): void => appendFileSync(join(logs, 'switch.log'), `${new Date().toISOString()} ${line}\n`);
  const options = { ...(await switchNeeds(settings)), dataDir: join(settings.dataDir, 'stand-in-switch'), log };
  const first = await startStandIn(options);
  const stop = keepUp({ name: 'The stand-in switch', first, again: () => startStandIn(options), say });
  const why = settings.standInForced ? 'EXCHANGE_SWITCH asks for it' : 'no FreeSWITCH on the PATH';
  return {
    url: `${switchUrl(options)}&standIn=1`, stop, phoneNetwork: 'practice line: no phone network; robots answer',
    what: `stand-in: a small switch inside npm start (${why}), Event Socket on port ${options.eslPort}, browsers on port ${options.wsPort}`,
  };
}
