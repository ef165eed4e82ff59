/**
 * PostgreSQL away: killed, or frozen, while people talk, are briefed, ring and hang up. Server and controller are the real
 * programs, asked over HTTP and sockets as pages ask them; what is said on the switch is told by the observer alone.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { hash } from '@node-rs/argon2';
import { io, type Socket } from 'socket.io-client';
import { freePort } from '../../local/freeswitch.ts';
import type { Cockpit } from '../../domain/api.ts';
import type { Call } from '../../domain/call/call.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { aCampaign, aContact, aNumber, anOperator } from '../../test/support/rows.ts';
import { ControllerProcess, type House } from './house.ts';
import { Observer } from './observer.ts';
import { maxDurationMs } from './scene.ts';

export interface OutageReport {
  readonly outage: 'killed' | 'frozen';
  readonly awayMs: number;
  /** Keys pressed while it was away, by how they were answered, and the longest wait for an answer. */
  readonly keys: Readonly<Record<string, number>>;
  readonly slowestAnswerMs: number;
  /** From its return until the record says what happened meanwhile, until /readyz says ready, until a key is taken. */
  readonly completeMs: number; readonly readyMs: number; readonly keyTakenMs: number;
  readonly interrupted: number;
  /** Lines of operators that were lost. */
  readonly linesLost: number;
  /** What did not hold. */
  readonly wrong: readonly string[];
}

interface CallRow { id: string; state: string; outcome: string | null; ended_by: string | null; ended_at: Date | null; operator_leg: string; contact_leg: string; hold_ms: number; operator_bound: boolean; machine: Call }
const readCall = (db: Db, id: string): Promise<CallRow> => db('calls').where({ id }).first() as unknown as Promise<CallRow>;

async function until<T>(question: () => Promise<T | undefined | false>, what: string, withinMs = 30_000): Promise<T> {
  for (const deadline = performance.now() + withinMs; ; await sleep(25)) {
    const answer = await question();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
  }
}

/** An operator's page: signed in, beating every 5 s, its leg a robot's on the switch. */
class Page {
  leg = '';
  cockpit: Cockpit | undefined;
  #socket: Socket | undefined;
  #beats: NodeJS.Timeout | undefined;
  readonly #pageId = randomBytes(6).toString('hex');
  private constructor(readonly url: string, readonly operatorId: string, readonly campaignId: string, readonly cookie: string) {}

  static async open(house: House, url: string, managers: readonly string[]): Promise<Page> {
    const password = randomUUID();
    const campaignId = await aCampaign(house.db, { ring_timeout_ms: 6_000, max_duration_ms: 600_000, wrap_up_ms: 600_000, managers: managers.map((address) => ({ address })) });
    const email = `${randomUUID()}@example.org`;
    const operatorId = await anOperator(house.db, { campaign_id: campaignId }, { email, password_hash: await hash(password) });
    const signedIn = await fetch(`${url}/api/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json', origin: url }, body: JSON.stringify({ email, password }) });
    if (signedIn.status !== 201) throw new Error(`not signed in: ${await signedIn.text()}`);
    return new Page(url, operatorId, campaignId, signedIn.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; '));
  }

  async goOnLine(db: Db, observer: Observer): Promise<void> {
    this.#socket = io(this.url, { transports: ['websocket'], extraHeaders: { cookie: this.cookie } });
    this.#socket.on('cockpit', (cockpit: Cockpit) => (this.cockpit = cockpit));
    this.#beats = setInterval(() => this.#socket?.emit('heartbeat', { pageId: this.#pageId }), 5_000);
    const { status, body } = await this.ask('POST', '/operator/phone', { pageId: this.#pageId });
    if (status !== 201) throw new Error(`not on line: ${JSON.stringify(body)}`);
    this.leg = randomUUID();
    await observer.callIn(this.leg, String(body['username']));
    await until(async () => ((await db('operators').where({ operator_id: this.operatorId }).first('leg')) as { leg: string | null }).leg === this.leg, 'the line to be up');
  }

  async ask(method: string, path: string, body: object = {}): Promise<{ status: number; ms: number; body: Record<string, unknown> }> {
    const at = performance.now();
    const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers: { 'content-type': 'application/json', cookie: this.cookie, origin: this.url }, ...(method === 'GET' ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    return { status: answer.status, ms: performance.now() - at, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }

  key(callId: string, kind: string): ReturnType<Page['ask']> {
    return this.ask('POST', `/operator/calls/${callId}/requests`, { kind });
  }

  /** A new contact whose robot is named by two digits is claimed and dialled. */
  async dial(db: Db, digits: string): Promise<string> {
    await aContact(db, this.campaignId, { numbers: [aNumber(digits)] });
    const contactId = await until(async () => ((await this.ask('GET', '/operator/cockpit')).body as { contact?: { id: string } | null }).contact?.id, 'the next contact');
    const { status, body } = await this.ask('POST', '/operator/calls', { contactId });
    if (status !== 201) throw new Error(`not dialled: ${JSON.stringify(body)}`);
    return String(body['callId']);
  }

  close(): void {
    clearInterval(this.#beats);
    this.#socket?.disconnect();
  }
}

export async function outages(house: House, { killedMs, frozenMs }: { killedMs: number; frozenMs: number }, say: (line: string) => void): Promise<OutageReport[]> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const env = { ...house.env, PORT: new URL(url).port, PUBLIC_URL: url, DIRECTORY_LISTEN: `127.0.0.1:${await freePort()}`, SECRET_KEY: randomBytes(32).toString('base64url') };
  const controller = new ControllerProcess(env);
  const server = new ControllerProcess(env, [], 'server/main.ts');
  const observer = new Observer(house.switchUrl, maxDurationMs * 100);
  try {
    await observer.start();
    const programs = () => [server, controller].filter(({ alive }) => !alive).map(({ last }) => `a program ended: ${last.slice(-3).join(' ')}`);
    await until(async () => {
      if (programs().length > 0) throw new Error(programs().join('\n'));
      return (await readyz(url))?.status === 'ready' && ((await house.db('switches').where({ link_up: true })) as object[]).length > 0;
    }, 'the programs to be ready', 60_000);
    const reports: OutageReport[] = [];
    for (const [outage, awayMs] of [['killed', killedMs], ['frozen', frozenMs]] as const) {
      if (awayMs === 0) continue;
      reports.push(await new Outage(house, url, observer, outage, awayMs).run());
      say(JSON.stringify(reports.at(-1)));
    }
    return programs().length === 0 ? reports : reports.map((report, index) => (index < reports.length - 1 ? report : { ...report, wrong: [...report.wrong, ...programs()] }));
  } finally {
    await Promise.all([server.end('SIGTERM'), controller.end('SIGTERM')]);
    await observer.stop();
  }
}

const readyz = async (url: string): Promise<{ status: string; database: string } | undefined> => {
  try {
    return (await (await fetch(`${url}/readyz`)).json()) as { status: string; database: string };
  } catch {
    return undefined;
  }
};

class Outage {
  readonly #wrong: string[] = [];
  readonly #keys: Record<string, number> = {};
  #slowestAnswerMs = 0;
  readonly #interruptedBefore: number;
  constructor(readonly house: House, readonly url: string, readonly observer: Observer, readonly outage: 'killed' | 'frozen', readonly awayMs: number) {
    this.#interruptedBefore = observer.interrupted.length;
  }

  async run(): Promise<OutageReport> {
    const { db, postgres } = this.house;
    const pages = await Promise.all([[], [], [], ['+79000000098'], []].map((managers) => Page.open(this.house, this.url, managers)));
    const [talks, leaves, rings, briefs, idle] = pages as [Page, Page, Page, Page, Page];
    try {
      for (const page of pages) await page.goOnLine(db, this.observer);
      const calls = { talks: await talks.dial(db, '97'), leaves: await leaves.dial(db, '97'), briefs: await briefs.dial(db, '97') };
      for (const id of Object.values(calls)) await until(async () => (await readCall(db, id)).state === 'talking', 'a talk');
      await sleep(500);
      this.observer.excuse(briefs.leg, 'transfer', true);
      await briefs.key(calls.briefs, 'transfer');
      await until(async () => (await readCall(db, calls.briefs)).state === 'briefing', 'a briefing');
      await aContact(db, idle.campaignId, { numbers: [aNumber('98')] });
      const waiting = await until(async () => ((await idle.ask('GET', '/operator/cockpit')).body as { contact?: { id: string } | null }).contact?.id, 'the idle operator’s contact');
      const ringing = await rings.dial(db, '91');
      await until(async () => (await readCall(db, ringing)).machine.ringingAt !== null, 'ringing');
      const [before, leaving] = [await readCall(db, calls.talks), await readCall(db, calls.leaves)];
      const legsBefore = this.observer.legs.size;

      if (this.outage === 'killed') await postgres.kill();
      else postgres.freeze();
      const awayUntil = performance.now() + this.awayMs;
      const keys = this.#press(talks, calls.talks, idle, waiting, awayUntil);
      await sleep(this.awayMs / 3);
      if ((await readyz(this.url))?.database !== 'down') this.#wrong.push('/readyz does not say that the database is down');
      await this.observer.endLeg(leaving.contact_leg, 'the contact hangs up');
      const goneAt = Date.now();
      await sleep(Math.max(0, awayUntil - performance.now()));
      if (this.observer.legs.size > legsBefore) this.#wrong.push('something was dialled that nobody could write down');
      if (this.outage === 'killed') await postgres.startAgain();
      else postgres.thaw();
      const backAt = performance.now();
      const since = () => Math.round(performance.now() - backAt);

      await until(async () => (await this.#ended(calls.leaves)) && (await this.#ended(ringing)), 'the record to be complete', 60_000);
      const completeMs = since();
      await until(async () => (await readyz(this.url))?.status === 'ready', '/readyz to be ready');
      const readyMs = since();
      this.observer.excuse(briefs.leg, 'back from the briefing', true);
      await until(async () => (await briefs.key(calls.briefs, 'return')).status === 200, 'a key to be taken');
      const keyTakenMs = since();
      await keys;
      // As long as a page that is not heard of is watched, and more: none may lose its line for the outage.
      await sleep(9_000);
      await this.#judge(calls, ringing, before, goneAt, pages);
      return {
        outage: this.outage, awayMs: this.awayMs, keys: this.#keys, slowestAnswerMs: Math.round(this.#slowestAnswerMs), completeMs, readyMs, keyTakenMs,
        interrupted: this.observer.interrupted.length - this.#interruptedBefore, linesLost: pages.filter(({ leg }) => !this.observer.isAlive(leg)).length, wrong: this.#wrong,
      };
    } finally {
      if (this.outage === 'frozen') postgres.thaw();
      for (const page of pages) page.close();
    }
  }

  /** A key every two seconds: hang up the talk, dial. Each is refused with the reason; none is carried out, then or later. */
  async #press(talks: Page, callId: string, idle: Page, contactId: string, until: number): Promise<void> {
    const pressed: Promise<void>[] = [];
    const count = ({ status, ms, body }: Awaited<ReturnType<Page['ask']>>) => {
      const how = `${status} ${String(body['code'] ?? '')}`.trim();
      this.#keys[how] = (this.#keys[how] ?? 0) + 1;
      this.#slowestAnswerMs = Math.max(this.#slowestAnswerMs, ms);
    };
    const failed = (error: Error) => { this.#wrong.push(`a key was not answered: ${error.message}`); };
    // What is pressed in the last seconds may be in time for the return.
    while (performance.now() < until - 6_000) {
      pressed.push(talks.key(callId, 'hangUp').then(count, failed), idle.ask('POST', '/operator/calls', { contactId }).then(count, failed));
      await sleep(2_000);
    }
    await Promise.all(pressed);
  }

  async #ended(callId: string): Promise<boolean> {
    try {
      return (await readCall(this.house.db, callId)).ended_at !== null;
    } catch {
      return false;
    }
  }

  async #judge(calls: { talks: string; leaves: string; briefs: string }, ringing: string, before: CallRow, goneAt: number, pages: readonly Page[]): Promise<void> {
    const { db } = this.house;
    const wrong = (what: string, row: CallRow) => this.#wrong.push(`${what}: ${row.state}, ${row.outcome}, ended by ${row.ended_by} at ${row.ended_at?.toISOString()}`);
    const talks = await readCall(db, calls.talks);
    if (talks.state !== 'talking' || talks.operator_leg !== before.operator_leg || talks.contact_leg !== before.contact_leg || talks.hold_ms !== before.hold_ms) wrong('the talk did not go on as it was', talks);
    const left = await readCall(db, calls.leaves);
    if (left.outcome !== 'talked' || left.ended_by !== 'contact' || left.operator_bound || Math.abs((left.ended_at?.getTime() ?? 0) - goneAt) > 1_000) wrong(`the contact hung up at ${new Date(goneAt).toISOString()}`, left);
    const rang = await readCall(db, ringing);
    if (rang.outcome !== 'noAnswer' || rang.operator_bound) wrong('nobody answered', rang);
    const briefs = await readCall(db, calls.briefs);
    if (briefs.state !== 'talking') wrong('back from the briefing', briefs);
    for (const [how, times] of Object.entries(this.#keys)) if (how !== '503 databaseAway') this.#wrong.push(`${times} keys were answered ${how}`);
    for (const id of [...Object.values(calls), ringing]) {
      const versions = ((await db('call_transitions').where({ call_id: id }).orderBy('version').select('version')) as { version: number }[]).map(({ version }) => version);
      if (versions.some((version, index) => version !== index)) this.#wrong.push(`the record of ${id} has a gap: ${versions.join(' ')}`);
    }
    this.#wrong.push(...this.observer.interrupted.slice(this.#interruptedBefore).map(({ what }) => `interrupted: ${what}`));
    for (const { leg, operatorId } of pages) if (!this.observer.isAlive(leg)) this.#wrong.push(`the line of ${operatorId} is lost`);
    for (const id of [calls.talks, calls.briefs]) {
      await this.observer.endLeg((await readCall(db, id)).contact_leg, 'the end');
      await until(async () => (await readCall(db, id)).ended_at !== null, 'the last calls to end');
    }
  }
}
