import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../local/freeswitch.ts';
import { buildWeb } from '../../local/web-build.ts';
import { redisUrl } from './redis.ts';
import { startTestSwitch, testSwitches, until, type SwitchName, type TestSwitch } from './house.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const drives = /"switch is up"/;
let pages: Promise<boolean> | undefined;

export interface RunningProgram {
  readonly child: ChildProcess;
  /** The last lines that it said, for a test that fails. */
  readonly said: () => string;
  end(signal?: NodeJS.Signals): Promise<void>;
}

export interface Exchange {
  readonly url: string;
  readonly database: TestDatabase;
  readonly freeswitch: TestSwitch;
  readonly server: RunningProgram;
  readonly controller: RunningProgram;
  startController(): Promise<RunningProgram>;
  /** A controller that waits for the lease of the one that works; `takenOver` resolves when it drives the switch. */
  startStandby(): Promise<RunningProgram & { takenOver(): Promise<void> }>;
  startServer(): Promise<RunningProgram>;
  stop(): Promise<void>;
}

/** One of our programs as a process of its own; resolves when it says `ready`. */
export async function startProgram(entry: string, env: NodeJS.ProcessEnv, ready: RegExp): Promise<RunningProgram> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const isReady = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > 400) lines.shift();
        if (ready.test(line)) resolve();
      });
    child.once('exit', (code) => reject(new Error(`${entry} ended with ${code}:\n${lines.slice(-20).join('\n')}`)));
  });
  await isReady;
  return {
    child,
    said: () => lines.join('\n'),
    async end(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
    },
  };
}

/** A calls-controller as a process of its own, on a database and a switch of the test's. */
export async function startControllerProgram({ databaseUrl, freeswitchUrl, dataDir }: { databaseUrl: string; freeswitchUrl: string; dataDir: string }): Promise<RunningProgram> {
  const { PATH, HOME, TMPDIR } = process.env;
  return startProgram('calls-controller/main.ts', { PATH, HOME, TMPDIR, DATABASE_URL: databaseUrl, REDIS_URL: await redisUrl(), FREESWITCH_URL: freeswitchUrl, LOG_LEVEL: 'info', DATA_DIR: dataDir }, drives);
}

/** The whole exchange as `npm start` runs it, server and controller as two processes, on a switch and a database of the file's own, or on those that a test ends by itself. */
export async function startExchange(switchName: SwitchName = testSwitches[0], own: { database?: TestDatabase; redisUrl?: string } = {}): Promise<Exchange> {
  await (pages ??= buildWeb(root, () => undefined));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const directory = `127.0.0.1:${await freePort()}`;
  const [database, freeswitch] = await Promise.all([own.database ?? createTestDatabase(), startTestSwitch(switchName, `http://${directory}/switch/directory`)]);
  const env = {
    PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], PORT: String(port), DIRECTORY_LISTEN: directory, PUBLIC_URL: url, DATABASE_URL: database.url, REDIS_URL: own.redisUrl ?? (await redisUrl()),
    FREESWITCH_URL: `${freeswitch.url}?ws=${freeswitch.wsUrl}${freeswitch.devicesPort === undefined ? '' : `&sip=127.0.0.1:${freeswitch.devicesPort}`}`, LOG_LEVEL: 'info', SECRET_KEY: randomBytes(32).toString('base64url'), DATA_DIR: path.join(tmpdir(), 'data'),
  };
  const running: RunningProgram[] = [];
  const start = async (entry: string, ready: RegExp) => {
    const program = await startProgram(entry, env, ready);
    running.push(program);
    return program;
  };
  const startServer = () => start('server/main.ts', /"listening"/);
  const startController = () => start('calls-controller/main.ts', drives);
  const startStandby = async () => {
    const program = await start('calls-controller/main.ts', /waiting for its lease/);
    return { ...program, takenOver: async () => void (await until(() => Promise.resolve(drives.test(program.said())), 'the next controller to take over', 60_000)) };
  };
  const server = await startServer();
  const controller = await startController();
  return {
    url, database, freeswitch, server, controller, startController, startStandby, startServer,
    async stop() {
      await Promise.all(running.map((program) => program.end()));
      await freeswitch.remove();
      await database.drop();
    },
  };
}
