import { resolve } from 'node:path';
import { ConfigError, readConfig } from '../platform/config.ts';
import { canListen, freePort } from './processes.ts';

/** The environment as `npm start` reads it: what it does not name is brought up. */
export interface Settings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  /** DIRECTORY_LISTEN, or a free port on loopback: where the switch asks who may call in. */
  readonly directoryListen: string;
  /** Where a person opens the exchange. */
  readonly address: string;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly freeswitchUrl: string | undefined;
  /** EXCHANGE_SWITCH=stand-in: the stand-in switch even where a FreeSWITCH could be started. */
  readonly standInForced: boolean;
  readonly seedPassword: string | undefined;
}

/** A mistake of the caller's that a sentence explains; no stack is shown. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Checks everything that can be known before anything is started. */
export async function readSettings(given: Readonly<Record<string, string | undefined>>, houseDir: string): Promise<Settings> {
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const dataDir = resolve(houseDir, env['DATA_DIR'] ?? '.data');
  // Stand-ins for what will be brought up: the rest of the environment is checked now and not after half a start.
  const pretended = {
    DATABASE_URL: 'postgres://127.0.0.1/exchange',
    REDIS_URL: 'redis://127.0.0.1',
    FREESWITCH_URL: 'esl://:brought-up-later@127.0.0.1',
  };
  let config;
  try {
    config = readConfig({ ...pretended, ...env });
  } catch (error) {
    if (error instanceof ConfigError) throw new StartError(error.message);
    throw error;
  }
  const switchName = env['EXCHANGE_SWITCH'];
  if (switchName !== undefined && switchName !== 'stand-in') throw new StartError('EXCHANGE_SWITCH can be stand-in, which takes the stand-in switch in any case; leave it out otherwise.');
  const port = await canListen(config.port);
  if (port === undefined) throw new StartError(`Port ${config.port} is in use. End the program that holds it, or choose another: PORT=${config.port < 65_535 ? config.port + 1 : 3001} npm start`);
  return {
    env,
    port,
    dataDir,
    directoryListen: env['DIRECTORY_LISTEN'] ?? `127.0.0.1:${await freePort(3080)}`,
    address: env['PUBLIC_URL'] ?? `http://127.0.0.1:${port}`,
    databaseUrl: env['DATABASE_URL'],
    redisUrl: env['REDIS_URL'],
    freeswitchUrl: env['FREESWITCH_URL'],
    standInForced: switchName === 'stand-in',
    seedPassword: env['SEED_PASSWORD'],
  };
}
