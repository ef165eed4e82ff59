import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Desk } from '../../bench/chaos/desk.ts';
import { Observer } from '../../bench/chaos/observer.ts';
import { Chance } from '../../bench/chaos/random.ts';
import { maxDurationMs, setScene } from '../../bench/chaos/scene.ts';
import { judge } from '../../bench/chaos/verdict.ts';
import { createLog } from '../../platform/log.ts';
import { openNudges, type Nudges } from '../../platform/nudges.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { hashPassword } from '../../server/routes/sessions/password.ts';
import { testSwitches, until, type SwitchName } from '../support/house.ts';
import { startExchange, type Exchange } from '../support/programs.ts';
import { startTestRedis } from '../support/redis.ts';
import { onAll } from './side.ts';

const password = 'a long enough password';

/** An exchange of a switch of its own, with what else it needs. */
interface Side { readonly name: SwitchName; readonly exchange: Exchange; readonly nudges: Nudges }

const sides: Side[] = [];
beforeAll(async () => {
  for (const side of await Promise.all(testSwitches.map(async (name): Promise<Side> => {
    // Numbers of calls and requests are the same in both: neither may hear the other's nudges.
    const redis = (await startTestRedis()).url;
    return { name, exchange: await startExchange(name, { redisUrl: redis }), nudges: openNudges(redis, createLog('test', 'silent')) };
  }))) sides.push(side);
});
afterAll(() => Promise.all(sides.map(async ({ exchange, nudges }) => {
  await nudges.stop();
  await exchange.stop();
})));

/** The page's way to the server: what does not get through is sent again, as the page does. */
async function insist({ url }: Exchange, path: string, init: RequestInit): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    try {
      const response = await fetch(url + path, { ...init, headers: { 'content-type': 'application/json', origin: url, ...init.headers }, signal: AbortSignal.timeout(5_000) });
      if (response.status < 500) return response;
    } catch (error) {
      if (tries > 200) throw error;
    }
    await sleep(100);
  }
}

/** Types into the operator's calls without pause. @returns what the server said it had saved, by call, once told to stop */
function type(exchange: Exchange, cookie: string, operatorId: string, typing: AbortSignal): Promise<Map<string, string>> {
  const { db } = exchange.database;
  const saved = new Map<string, string>();
  const run = async () => {
    for (let word = 1; !typing.aborted; word += 1) {
      const call = (await db('calls').where({ operator_id: operatorId, operator_bound: true }).first('id')) as { id: string } | undefined;
      const notes = `word ${word}`;
      const reply = call && (await insist(exchange, `/api/v1/operator/calls/${call.id}/notes`, { method: 'PUT', body: JSON.stringify({ notes }), headers: { cookie } }));
      if (call && reply?.status === 200) saved.set(call.id, notes);
      await sleep(20);
    }
    return saved;
  };
  return run();
}

/** When no controller drove the switch, ms since the epoch. */
type Gap = readonly [from: number, to: number];

/**
 * Calls that ended as `unknown` though something remembers how: the ways of those. What nobody can know is how a contact was
 * answered, or lost its operator, and hung up, all while no controller listened.
 */
async function unknownToUs(db: Db, observer: Observer, gaps: readonly Gap[]): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string; contact_leg: string; operator_leg: string; way: object }[] }>(
    `select k.id, k.contact_leg, k.operator_leg, (select jsonb_agg(jsonb_build_object('at', t.at, 'event', t.event, 'to', t.to_state) order by t.version) from call_transitions t where t.call_id = k.id) as way
     from calls k where k.outcome = 'unknown'`,
  );
  return rows.flatMap(({ id, contact_leg, operator_leg, way }) => {
    const [contact, operator] = [observer.legs.get(contact_leg), observer.legs.get(operator_leg)];
    const unheard = (at = 0) => gaps.some(([from, to]) => at >= from - 50 && at <= to + 50);
    if (unheard(contact?.hungUpAt) && (unheard(contact?.answeredAt) || unheard(operator?.hungUpAt))) return [];
    return [JSON.stringify({ id, contact, operator, way, gaps })];
  });
}

/** Restarts the controller, then the server. @returns when no controller drove the switch */
async function restartBoth(exchange: Exchange, now: Pick<Exchange, 'controller' | 'server'>): Promise<Pick<Exchange, 'controller' | 'server'> & { gap: Gap }> {
  const next = await exchange.startStandby();
  const from = Date.now();
  await now.controller.end('SIGTERM');
  expect(now.controller.child.exitCode).toBe(0);
  await next.takenOver();
  const gap: Gap = [from, Date.now()];
  await now.server.end('SIGTERM');
  expect(now.server.child.exitCode).toBe(0);
  return { controller: next, server: await exchange.startServer(), gap };
}

/** Until every call is over and judged. What still runs after a while is ended by its contact. */
async function close(db: Db, observer: Observer): Promise<void> {
  const closingAt = Date.now() + 6_000;
  const ended = new Set<string>();
  let open: readonly object[] = [];
  await until(async () => {
    const live = (await db('calls').whereNull('ended_at').select('id', 'state', 'contact_leg')) as { id: string; state: string; contact_leg: string }[];
    for (const { id, contact_leg } of live) {
      if (Date.now() < closingAt || ended.has(id)) continue;
      ended.add(id);
      await observer.endLeg(contact_leg, 'closing time');
    }
    open = [...live, ...((await db('calls').whereNotNull('answered_at').whereNull('disposition').whereNotNull('ended_at').select('id', 'state', 'operator_id', 'ended_at')) as object[])];
    return open.length === 0;
  }, 'all calls to end', 110_000).catch((error: Error) => { throw new Error(`${error.message}: ${JSON.stringify(open)}`); });
}

it('drops nothing when both programs are restarted one after another under load: no call, no request, no word', { timeout: 360_000 }, () => onAll(sides, async ({ exchange, nudges }) => {
  const { db } = exchange.database;
  const scene = await setScene(db, { operators: 5, contacts: 600 });
  const observer = new Observer(exchange.freeswitch.url, maxDurationMs);
  await observer.start();
  const chance = new Chance(7);
  const desks = scene.operators.map(({ operatorId, campaignId }) => new Desk({ db, nudges, observer, onRequest: () => undefined }, operatorId, campaignId, chance.child()));
  const beats = setInterval(() => void db('operators').whereNotNull('page_id').update({ page_seen_at: db.fn.now() }).catch(() => undefined), 3_000);
  const typing = new AbortController();
  let isTyping: Promise<Map<string, string>> | undefined;
  try {
    const typist = scene.operators[0]!.operatorId;
    await db('users').where({ id: typist }).update({ password_hash: await hashPassword(password) });
    const { email } = (await db('users').where({ id: typist }).first('email')) as { email: string };
    const signedIn = await insist(exchange, '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ email, password }) });
    expect(signedIn.status).toBe(201);
    for (const desk of desks) desk.start();
    isTyping = type(exchange, signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '', typist, typing.signal);
    await until(async () => ((await db('calls').where({ state: 'talking' })) as unknown[]).length >= 2, 'talks');

    let now: Pick<Exchange, 'controller' | 'server'> = exchange;
    const gaps: Gap[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { gap, ...next } = await restartBoth(exchange, now);
      gaps.push(gap);
      now = next;
      await sleep(1_500);
    }

    for (const desk of desks) desk.closeUp();
    await close(db, observer);
    typing.abort();
    const saved = await isTyping;

    const verdict = await judge(db, observer, new Set(desks.flatMap(({ leg }) => (leg === undefined ? [] : [leg]))));
    expect(verdict).toMatchObject({ lost: [], doubleDialled: [], doubleSettled: [] });
    expect(await unknownToUs(db, observer, gaps)).toEqual([]);
    expect(observer.interrupted).toEqual([]);
    expect(verdict.calls).toBeGreaterThan(5);
    const refused = await db.raw<{ rows: object[] }>(`select kind, result from requests where handled_at is null or result->>'code' in ('lineDown', 'tooLate')`);
    expect(refused.rows).toEqual([]);
    expect(saved.size).toBeGreaterThan(0);
    const numberOf = (notes: string) => Number(/^word (\d+)$/.exec(notes)?.[1]);
    // The last word may have been kept though the page never heard that it was.
    for (const [callId, notes] of saved) expect(numberOf(((await db('calls').where({ id: callId }).first('notes')) as { notes: string }).notes)).toBeGreaterThanOrEqual(numberOf(notes));
  } finally {
    typing.abort();
    clearInterval(beats);
    await isTyping?.catch(() => undefined);
    await Promise.all(desks.map((desk) => desk.stop()));
    await observer.stop();
  }
}));
