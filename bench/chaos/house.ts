/** PostgreSQL, Redis and a switch for one run, nothing of them kept; the calls-controller is a process of its own. */
import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findFreeswitch, freePort, startFreeswitch } from '../../local/freeswitch.ts';
import { startPostgres } from '../../local/postgres.ts';
import { startRedis } from '../../local/redis/server.ts';
import { startStandIn } from '../../local/switch/stand-in.ts';
import { createLog } from '../../platform/log.ts';
import { openNudges, type Nudges } from '../../platform/nudges.ts';
import { migrate, openDatabase, type Db } from '../../platform/postgres/database.ts';
import type { ChaosOptions } from './options.ts';

export interface House {
  readonly db: Db;
  readonly nudges: Nudges;
  /** `esl://:password@host:port`. */
  readonly switchUrl: string;
  readonly env: NodeJS.ProcessEnv;
  readonly postgres: Postgres;
  stop(): Promise<void>;
}

/** The run's PostgreSQL, to be ended as a crash does, or frozen with all its processes. */
export interface Postgres {
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const followParent = new URL('../../local/end-with-parent.mjs', import.meta.url).href;
/** Below the ports that the system hands out by itself; two a leg. */
const rtpPortRange = [20_000, 22_999] as const;

/** @param durable PostgreSQL keeps what it has promised, whatever ends it */
export async function openHouse({ switchName, durable = false }: Pick<ChaosOptions, 'switchName'> & { readonly durable?: boolean }): Promise<House> {
  if (switchName === 'freeswitch' && findFreeswitch() === undefined) throw new Error('There is no FreeSWITCH on the PATH: leave --switch out, and the stand-in is taken.');
  const dataDir = mkdtempSync(path.join(tmpdir(), 'chaos-'));
  // PostgreSQL may run as the user nobody, who must get through.
  chmodSync(dataDir, 0o711);
  const closing: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const postgres = await openPostgres(dataDir, durable);
    closing.push(() => postgres.stop());
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const options = { password: randomBytes(12).toString('hex'), eslPort: await freePort(), wsPort: await freePort(), directoryUrl: 'http://127.0.0.1:9/', dataDir: path.join(dataDir, 'switch'), log: () => undefined };
    const line = switchName === 'freeswitch' ? await startFreeswitch({ ...options, sps: 200, rtpPortRange }) : await startStandIn(options);
    closing.push(() => line.stop());
    const db = openDatabase({ url: postgres.url, applicationName: 'chaos', poolMax: 24 });
    closing.push(() => db.destroy());
    await migrate(db);
    const nudges = openNudges(redis.url, createLog('chaos', 'silent'));
    closing.push(() => nudges.stop());
    const { PATH, HOME, TMPDIR } = process.env;
    return { db, nudges, switchUrl: line.url, postgres, stop, env: { PATH, HOME, TMPDIR, DATABASE_URL: postgres.url, REDIS_URL: redis.url, FREESWITCH_URL: line.url, LOG_LEVEL: 'info', DATA_DIR: path.join(dataDir, 'data') } };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openPostgres(dataDir: string, durable: boolean): Promise<Postgres & { readonly url: string; stop(): Promise<void> }> {
  let running = await startPostgres({ dataDir, durable });
  const { url, port } = running;
  let frozen: readonly number[] = [];
  const thaw = () => {
    for (const pid of frozen.toReversed()) process.kill(pid, 'SIGCONT');
    frozen = [];
  };
  return {
    url, thaw,
    async kill() {
      // At once and without a checkpoint: what follows is a recovery.
      process.kill(running.pid, 'SIGQUIT');
      await running.ended;
    },
    async startAgain() {
      running = await startPostgres({ dataDir, durable, preferredPort: port });
      if (running.port !== port) throw new Error(`PostgreSQL came back on port ${running.port}, not ${port}`);
    },
    freeze() {
      // The one that makes the others first.
      process.kill(running.pid, 'SIGSTOP');
      frozen = [running.pid, ...descendants(running.pid)];
      for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    },
    stop() {
      thaw();
      return running.stop();
    },
  };
}

/** Processes that came of this one. */
function descendants(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** Bytes, and how many of each kind of resource keep the process going. */
export interface Measure { readonly heapUsed: number; readonly rss: number; readonly resources: Readonly<Record<string, number>> }

/** Node's arguments for a controller that can be measured. */
export const measured: readonly string[] = ['--expose-gc', '--import', new URL('./measured.mjs', import.meta.url).href];

/** The real calls-controller, or the server. */
export class ControllerProcess {
  readonly startedAt = performance.now();
  readonly errors: string[] = [];
  readonly last: string[] = [];
  readonly child: ChildProcess;

  constructor(env: NodeJS.ProcessEnv, nodeArgs: readonly string[] = [], entry: 'calls-controller/main.ts' | 'server/main.ts' = 'calls-controller/main.ts') {
    this.child = spawn(process.execPath, [...nodeArgs, '--import', followParent, '--import', 'tsx', entry], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => {
        this.last.push(line);
        if (this.last.length > 200) this.last.shift();
        if (/"level":"(error|fatal)"/.test(line) || !line.startsWith('{')) this.errors.push(line);
      });
  }

  /** Memory and what is open in it, after its garbage was collected; it must have been started with `measured`. */
  measure(): Promise<Measure> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the controller did not tell its memory')), 20_000);
      this.child.once('message', (message) => {
        clearTimeout(late);
        resolve(message as Measure);
      });
      this.child.send('measure');
    });
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.alive) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    const late = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(late);
  }
}
