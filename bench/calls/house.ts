/** The whole house for a bench: durable PostgreSQL, Redis, FreeSWITCH with a trunk to our own SIP socket, server and controller as processes. */
import { hash } from '@node-rs/argon2';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { dialString } from '../../calls-controller/esl/dial-string.ts';
import { EslLink } from '../../calls-controller/esl/link.ts';
import { standingParkTimeoutMs } from '../../calls-controller/execute.ts';
import { freePort, startFreeswitch } from '../../local/freeswitch.ts';
import { startPostgres } from '../../local/postgres.ts';
import { migrate, openDatabase, type Db } from '../../platform/postgres/database.ts';
import { ask } from './ask.ts';
import { within } from './bounded.ts';
import { CallWatch } from './call-watch.ts';
import { Uas } from './uas.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const followParent = new URL('../../local/end-with-parent.mjs', import.meta.url).href;
const password = 'bench of the house';
const log = { info: () => undefined, warn: () => undefined };

export const percentile = (values: readonly number[], p: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? 0;
/** One JSON line a figure. */
export const sayFor = (bench: string) => (figure: string, value: number, unit: string, more: object): void =>
  console.log(JSON.stringify({ bench, figure, value: Math.round(value * 100) / 100, unit, loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10, ...more }));

export interface Desk {
  readonly operatorId: string; readonly leg: string; readonly email: string; cookie: string;
  /** The contact on the screen. */
  contactId?: string | undefined;
}
export interface BenchHouse {
  readonly db: Db; readonly url: string; readonly uas: Uas; readonly hand: EslSwitch; readonly watch: CallWatch; readonly eslUrl: string; readonly campaignId: string; readonly redisUrl: string;
  /** Operators on line by SIP, each with a standing leg that is parked. */
  putOnLine(count: number): Promise<Desk[]>;
  addContacts(count: number): Promise<void>;
  signIn(desk: Desk): Promise<void>;
  ask(desk: Desk, method: string, path: string, body?: unknown): Promise<{ status: number; body: never }>;
  stop(): Promise<void>;
}

async function startProgram(entry: string, env: NodeJS.ProcessEnv, ready: RegExp): Promise<{ child: ChildProcess; line: string; end(): Promise<void> }> {
  const child = spawn(process.execPath, ['--import', followParent, '--import', 'tsx', entry], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const tail: string[] = [];
  const line = await within(`the start of ${entry}`, 40_000, new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', (text) => {
      if (ready.test(text)) resolve(text);
      tail.push(text);
      if (tail.length > 40) tail.shift();
    });
    child.once('exit', (code) => reject(new Error(`${entry} ended with ${code}:\n${tail.join('\n')}`)));
  })).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return { child, line, async end() {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 12_000);
    await gone;
    clearTimeout(late);
  } };
}

/** `step` is told what is being started. */
export async function openBenchHouse(step: (text: string) => void = () => undefined): Promise<BenchHouse> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'exchange-bench-'));
  chmodSync(dataDir, 0o711);
  const closing: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })];
  const stop = async () => { for (const close of closing.splice(0).reverse()) await close(); };
  try {
    const uas = new Uas();
    const sipPort = await uas.open();
    closing.push(() => uas.close());
    step('PostgreSQL, Redis and FreeSWITCH start');
    const postgres = await startPostgres({ dataDir, durable: true });
    closing.push(() => postgres.stop());
    const redis = await startProgram('bench/calls/redis.ts', process.env, /^redis:/);
    closing.push(() => redis.end());
    const trunksDir = path.join(dataDir, 'trunks');
    mkdirSync(trunksDir);
    writeFileSync(path.join(trunksDir, 'bench.xml'), `<include>\n<gateway name="bench"><param name="proxy" value="127.0.0.1:${sipPort}"/><param name="realm" value="127.0.0.1"/><param name="username" value="bench"/><param name="password" value="bench"/><param name="register" value="false"/></gateway>\n</include>\n`);
    const freeswitch = await startFreeswitch({ password: randomUUID(), eslPort: await freePort(), wsPort: await freePort(), directoryUrl: 'http://127.0.0.1:9/', dataDir: path.join(dataDir, 'switch'), sps: 1_000, trunksDir, log: () => undefined });
    closing.push(() => freeswitch.stop());
    const db = openDatabase({ url: postgres.url, applicationName: 'bench', poolMax: 24 });
    closing.push(() => db.destroy());
    await migrate(db);
    const port = await freePort();
    const { PATH, HOME, TMPDIR } = process.env;
    const env = {
      PATH, HOME, TMPDIR, PORT: String(port), DIRECTORY_LISTEN: '127.0.0.1:0', DATABASE_URL: postgres.url, REDIS_URL: redis.line, LOG_LEVEL: 'info',
      FREESWITCH_URL: `${freeswitch.url}?ws=${freeswitch.wsUrl}&gateway=bench&callsPerSecond=1000&concurrency=10000&pricePerMinute=0`,
    };
    step('server and controller start');
    const server = await startProgram('server/main.ts', env, /"listening"/);
    closing.push(() => server.end());
    const controller = await startProgram('calls-controller/main.ts', env, /"switch is up"/);
    closing.push(() => controller.end());
    const hand = new EslSwitch({ url: freeswitch.url, gateway: 'bench', sipHosts: [], log });
    closing.push(() => hand.stop());
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await within('the Event Socket of FreeSWITCH', 10_000, up);
    const watch = new CallWatch(db, redis.line);
    closing.push(() => watch.stop());
    const campaignId = await aHouse(db);
    return { db, uas, hand, watch, campaignId, stop, url: `http://127.0.0.1:${port}`, eslUrl: freeswitch.url, redisUrl: redis.line, ...work(db, hand, freeswitch.url, campaignId, `http://127.0.0.1:${port}`) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function aHouse(db: Db): Promise<string> {
  await db.raw(`insert into customers (name) values ('bench')`);
  const { rows } = await db.raw<{ rows: { id: string }[] }>(`insert into campaigns (customer_id, name, country, time_zone, state, window_from, window_to) values (1, 'bench', 'RU', 'Europe/Moscow', 'running', '00:00', '24:00') returning id`);
  const campaignId = rows[0]!.id;
  await db.raw(`insert into script_versions (campaign_id, version, customer_id, script, questions, dispositions) values (?, 1, 1, 'Hello, {name}!', '[]', '[{"key":"refused","label":"Refused","meaning":"refused"}]')`, [campaignId]);
  return campaignId;
}

/** Like any leg of the controller's, but parked for the shift: its time is counted from the moment it parks. */
function standingLeg(leg: string): string {
  const dial = dialString({ leg, destination: { kind: 'phone', e164: '+79000000000' }, ringTimeoutMs: 10_000, use: 'originate' }, { gateway: 'bench', sipHosts: [] }) ?? '';
  return dial.replace(/park_timeout=\d+/, `park_timeout=${standingParkTimeoutMs / 1_000}`);
}

function work(db: Db, hand: EslSwitch, eslUrl: string, campaignId: string, url: string): Pick<BenchHouse, 'putOnLine' | 'addContacts' | 'signIn' | 'ask'> {
  let people = 0;
  let contacts = 0;
  const parked = new Map<string, () => void>();
  hand.onFact((fact) => { if (fact.kind === 'parked') parked.get(fact.leg)?.(); });
  return {
    async putOnLine(count) {
      // Cheap to look at: signing in is not what is measured.
      const password_hash = await hash(password, { memoryCost: 1_024, timeCost: 1 });
      const desks: Desk[] = [];
      const { hostname, port, password: eslPassword } = new URL(eslUrl);
      const link = await new Promise<EslLink>((resolve) => {
        const opened: EslLink = new EslLink({ host: hostname, port: Number(port), password: eslPassword, log, subscribe: false, onEvent: () => undefined, onLink: () => resolve(opened) });
        opened.start();
      });
      while (desks.length < count) {
        const legs = Array.from({ length: Math.min(20, count - desks.length) }, () => randomUUID());
        await Promise.all(legs.map(async (leg) => {
          const there = new Promise<void>((resolve) => parked.set(leg, resolve));
          await link.command([`bgapi originate ${standingLeg(leg)} &park()`]);
          await within(`the park of standing leg ${leg}`, 15_000, there);
          await hand.arm(leg, 'operator', standingParkTimeoutMs);
          const email = `operator-${(people += 1)}@example.org`;
          const [user] = (await db('users').insert({ role: 'operator', email, password_hash, name: email }).returning('id')) as { id: string }[];
          await db('operators').insert({ operator_id: user!.id, state: 'ready', campaign_id: campaignId, switch_id: 'switch-1', leg, page_id: 'page', page_seen_at: new Date(Date.now() + 3_600_000) });
          desks.push({ operatorId: user!.id, leg, email, cookie: '' });
        }));
      }
      await link.stop();
      return desks;
    },
    async addContacts(count) {
      const from = contacts;
      contacts += count;
      await db.raw(`with new as (insert into contacts (customer_id, campaign_id, name, time_zone) select 1, :campaignId::bigint, 'Contact ' || n, 'Europe/Moscow' from generate_series(1, :count::int) n returning id),
        numbered as (select id, :from::int + row_number() over (order by id) as n from new),
        numbers as (insert into contact_numbers (contact_id, position, campaign_id, customer_id, e164) select id, 0, :campaignId::bigint, 1, '+7916' || lpad((n * 100 + 1)::text, 7, '0') from numbered)
        insert into call_queue (contact_id, campaign_id, customer_id, priority, next_attempt_at) select id, :campaignId::bigint, 1, 1, now() - interval '1 hour' from numbered`, { campaignId, count, from });
      for (const table of ['contacts', 'contact_numbers', 'call_queue']) await db.raw(`analyze ${table}`);
    },
    async signIn(desk) {
      const { status, cookie, body } = await ask(`${url}/api/v1/sessions`, 'POST', '', { email: desk.email, password });
      if (status !== 201) throw new Error(`not signed in: ${JSON.stringify(body)}`);
      desk.cookie = cookie;
    },
    ask: (desk, method, pathName, body) => ask(`${url}/api/v1${pathName}`, method, desk.cookie, body),
  };
}
