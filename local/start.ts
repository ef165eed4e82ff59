import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate, openDatabase } from '../platform/postgres/database.ts';
import { houseDir, superviseProgram, type Program } from './program.ts';
import { listWithoutTotp } from '../platform/postgres/second-factors.ts';
import { practiceLogins, seed } from './seed.ts';
import { bringUpPostgres, bringUpRedis, bringUpSwitch, type Service, type SwitchService } from './services.ts';
import { keptSecret } from './secrets.ts';
import { readSettings, StartError, type Settings } from './settings.ts';
import { takeStartLock } from './start-lock.ts';
import { buildWeb } from './web-build.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const readyDeadlineMs = 60_000;

/** What was started, ended in the reverse order, once. */
class StopList {
  private readonly stops: { readonly name: string; readonly stop: () => Promise<void> | void }[] = [];
  private stopped: Promise<void> | undefined;

  add(name: string, stop: () => Promise<void> | void): void {
    this.stops.push({ name, stop });
  }

  run(): Promise<void> {
    this.stopped ??= (async () => {
      for (let last = this.stops.pop(); last; last = this.stops.pop()) {
        const { name, stop } = last;
        try {
          await stop();
        } catch (error) {
          say(`${name} could not be stopped: ${(error as Error).message}`);
        }
      }
    })();
    return this.stopped;
  }
}

/** Brings the whole house up, says where it is and keeps it up until SIGINT or SIGTERM. @returns the exit code. */
export async function start(env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const stops = new StopList();
  const ordered = orderToStop();
  try {
    // An order in the middle of it ends it at its next step, so that nothing comes up behind our back.
    await bringUp(env, stops, ordered);
    await ordered.when;
    say('\nstopping');
    return 0;
  } catch (error) {
    say(`\n${error instanceof StartError ? error.message : `The exchange could not start: ${(error as Error).message}`}`);
    return 1;
  } finally {
    await stops.run();
    ordered.forget();
  }
}

interface Order {
  readonly when: Promise<void>;
  given(): boolean;
  forget(): void;
}

/** Ctrl-C, `kill`, a closed terminal, or the end of the npm that runs us (which may be killed without passing it on). */
function orderToStop(): Order {
  let isGiven = false;
  let give = () => {};
  const when = new Promise<void>((resolve) => (give = resolve));
  const onSignal = () => {
    if (isGiven) return say('stopping already; each part gets a few seconds');
    isGiven = true;
    give();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const parent = process.ppid;
  const watch = setInterval(() => process.env['npm_lifecycle_event'] !== undefined && process.ppid !== parent && !isGiven && onSignal(), 500);
  watch.unref();
  const forget = () => {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, onSignal);
  };
  return { when, given: () => isGiven, forget };
}

async function bringUp(env: Readonly<Record<string, string | undefined>>, stops: StopList, ordered: Order): Promise<void> {
  const settings = await readSettingsAndLock(env, stops);
  const up = async <Part extends Service>(name: string, bringing: Promise<Part>): Promise<Part> => {
    const service = await bringing;
    stops.add(name, service.stop);
    return service;
  };
  const [postgres, redis, freeswitch] = await allOrNone([
    up('PostgreSQL', bringUpPostgres(settings, say)),
    up('Redis', bringUpRedis(settings, say)),
    up('switch', bringUpSwitch(settings, say)),
    buildWeb(houseDir, say),
  ] as const);
  const seeded = await prepareDatabase(postgres.url, settings, freeswitch);
  if (ordered.given()) return;
  const programs = startPrograms(settings, { postgres, redis, freeswitch });
  stops.add('server and calls-controller', async () => {
    await Promise.all(programs.map((program) => program.stop()));
  });
  const hopeless = Promise.race(programs.map((program) => program.hopeless));
  await Promise.race([untilReady(settings.port, ordered), hopeless]);
  if (ordered.given()) return;
  for (const program of programs) program.confirm();
  say(closingBlock(settings, seeded, { postgres, redis, freeswitch }));
}

/** Waits for all even when one fails, so that nothing comes up behind the back of the stopping. */
async function allOrNone<Parts extends readonly Promise<unknown>[]>(parts: Parts): Promise<{ -readonly [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  await Promise.allSettled(parts);
  return Promise.all(parts) as Promise<{ -readonly [Index in keyof Parts]: Awaited<Parts[Index]> }>;
}

async function readSettingsAndLock(env: Readonly<Record<string, string | undefined>>, stops: StopList): Promise<Settings> {
  // The lock first: the second start's port is in use because of the first, and that is what it should say.
  const { dataDir, address } = await readSettings({ ...env, PORT: '0' }, houseDir);
  mkdirSync(dataDir, { recursive: true });
  const shownAddress = env['PUBLIC_URL'] || (env['PORT'] === '0' ? address : `http://127.0.0.1:${env['PORT'] || '3000'}`);
  const lock = await takeStartLock(dataDir, shownAddress);
  if (!lock.held) throw new StartError(`The exchange already runs with ${dataDir}: ${lock.by.address} (process ${lock.by.pid}).\nStop that one, or start a second one beside it: PORT=3001 DATA_DIR=.data-2 npm start`);
  stops.add('lock', lock.release);
  return readSettings(env['PORT'] === '0' ? { ...env, PORT: new URL(address).port } : env, houseDir);
}

/** `withoutCode`: practice logins that must have an authenticator app and have none yet. */
interface Seeded { readonly password: string | undefined; readonly withoutCode: readonly string[] }

async function prepareDatabase(url: string, { dataDir, seedPassword }: Settings, freeswitch: SwitchService): Promise<Seeded> {
  const db = openDatabase({ url, applicationName: 'exchange-start', poolMax: 2 });
  try {
    await migrate(db);
    const password = await seed(db, { dataDir, password: seedPassword, recordCalls: new URL(freeswitch.url).searchParams.get('standIn') !== '1' });
    return { password, withoutCode: await listWithoutTotp(db, practiceLogins.filter(({ role }) => role === 'moderator' || role === 'admin').map(({ email }) => email)) };
  } catch (error) {
    if ((error as { code?: string }).code === 'ECONNREFUSED') throw new StartError(`Nobody answers at DATABASE_URL (${new URL(url).host}). Start that PostgreSQL, or unset DATABASE_URL.`);
    throw error;
  } finally {
    await db.destroy();
  }
}

interface Services {
  readonly postgres: Service;
  readonly redis: Service;
  readonly freeswitch: SwitchService;
}

function startPrograms(settings: Settings, { postgres, redis, freeswitch }: Services): Program[] {
  const env = {
    NODE_ENV: 'production',
    ...settings.env,
    PORT: String(settings.port),
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    FREESWITCH_URL: freeswitch.url,
    DIRECTORY_LISTEN: settings.directoryListen,
    ...(settings.freeswitchUrl === undefined ? { DIRECTORY_SECRET: keptSecret(settings.dataDir, 'directory-secret') } : {}),
    DATA_DIR: settings.dataDir,
  };
  return ['server', 'calls-controller'].map((name) =>
    superviseProgram({ name, entry: join(houseDir, name, 'main.ts'), cwd: houseDir, env, logPath: join(settings.dataDir, 'logs', `${name}.log`), say }),
  );
}

async function untilReady(port: number, ordered: Order): Promise<void> {
  let last = 'no answer';
  for (const deadline = Date.now() + readyDeadlineMs; Date.now() < deadline && !ordered.given(); await sleep(100)) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok) return;
      last = `${answer.status} ${(await answer.text()).slice(0, 300)}`;
    } catch (error) {
      last = (error as Error).message;
    }
  }
  if (!ordered.given()) throw new Error(`the server was not ready within ${readyDeadlineMs / 1000} s (/readyz: ${last}); see DATA_DIR/logs`);
}

function closingBlock({ address, dataDir, env: { SMTP_URL: mail } }: Settings, { password, withoutCode }: Seeded, { postgres, redis, freeswitch }: Services): string {
  const shown = password ?? '(as set earlier; SEED_PASSWORD=… npm start sets another)';
  const lines = [
    ...practiceLogins.map(({ role, email }) => [role, `${email.padEnd(24)}${shown}`]),
    ['second step', withoutCode.length === 0 ? 'moderator and admin sign in with a code of their authenticator app' : `${withoutCode.map((email) => email.replace(/@.*/, '')).join(' and ')} set${withoutCode.length === 1 ? 's' : ''} up an authenticator app at the next sign-in`],
    [],
    ['database', postgres.what],
    ['redis', redis.what],
    ['switch', freeswitch.what],
    ['phone network', freeswitch.phoneNetwork],
    ['e-mail', mail === undefined ? `stand-in: letters are files in ${join(dataDir, 'mail')}; SMTP_URL sends them` : `${new URL(mail).host} (SMTP_URL)`],
    ['logs', join(dataDir, 'logs')],
  ];
  return ['', `The exchange is up: ${address}`, '', ...lines.map(([name = '', value = '']) => (name === '' ? '' : `  ${name.padEnd(15)}${value}`)), '', 'Ctrl-C stops everything.'].join('\n');
}
