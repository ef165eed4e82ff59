import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Desk } from '../../bench/chaos/desk.ts';
import { Observer } from '../../bench/chaos/observer.ts';
import { Chance } from '../../bench/chaos/random.ts';
import { maxDurationMs, setScene } from '../../bench/chaos/scene.ts';
import { judge } from '../../bench/chaos/verdict.ts';
import { createLog } from '../../platform/log.ts';
import { openNudges, type Nudges } from '../../platform/nudges.ts';
import { hashPassword } from '../../server/routes/sessions/password.ts';
import { until } from '../support/house.ts';
import { startExchange, type Exchange } from '../support/programs.ts';
import { redisUrl } from '../support/redis.ts';

const password = 'a long enough password';

let exchange: Exchange;
let nudges: Nudges;
beforeAll(async () => {
  exchange = await startExchange();
  nudges = openNudges(await redisUrl(), createLog('test', 'silent'));
});
afterAll(async () => {
  await nudges?.stop();
  await exchange?.stop();
});

/** The page's way to the server: what does not get through is sent again, as the page does. */
async function insist(path: string, init: RequestInit): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    try {
      const response = await fetch(exchange.url + path, { ...init, headers: { 'content-type': 'application/json', origin: exchange.url, ...init.headers }, signal: AbortSignal.timeout(5_000) });
      if (response.status < 500) return response;
    } catch (error) {
      if (tries > 200) throw error;
    }
    await sleep(100);
  }
}

/** Types into the operator's calls without pause. @returns what the server said it had saved, by call, once told to stop */
function type(cookie: string, operatorId: string, typing: AbortSignal): Promise<Map<string, string>> {
  const { db } = exchange.database;
  const saved = new Map<string, string>();
  const run = async () => {
    for (let word = 1; !typing.aborted; word += 1) {
      const call = (await db('calls').where({ operator_id: operatorId, operator_bound: true }).first('id')) as { id: string } | undefined;
      const notes = `word ${word}`;
      const reply = call && (await insist(`/api/v1/operator/calls/${call.id}/notes`, { method: 'PUT', body: JSON.stringify({ notes }), headers: { cookie } }));
      if (call && reply?.status === 200) saved.set(call.id, notes);
      await sleep(20);
    }
    return saved;
  };
  return run();
}

it('drops nothing when both programs are restarted one after another under load: no call, no request, no word', { timeout: 240_000 }, async () => {
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
    const signedIn = await insist('/api/v1/sessions', { method: 'POST', body: JSON.stringify({ email, password }) });
    expect(signedIn.status).toBe(201);
    for (const desk of desks) desk.start();
    isTyping = type(signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '', typist, typing.signal);
    await until(async () => ((await db('calls').where({ state: 'talking' })) as unknown[]).length >= 2, 'talks');

    let { controller, server } = exchange;
    for (let round = 0; round < 2; round += 1) {
      // The next one waits for the lease while the former one works.
      const next = exchange.startController();
      await sleep(1_500);
      await controller.end('SIGTERM');
      expect(controller.child.exitCode).toBe(0);
      controller = await next;
      await server.end('SIGTERM');
      expect(server.child.exitCode).toBe(0);
      server = await exchange.startServer();
      await sleep(1_500);
    }

    for (const desk of desks) desk.closeUp();
    let open: readonly object[] = [];
    // A call may last a minute, and its operator judges it afterwards.
    await until(async () => {
      const live = (await db('calls').whereNull('ended_at').select('id', 'state', 'contact_leg')) as { id: string; state: string; contact_leg: string }[];
      for (const { state, contact_leg } of live) if (state === 'handedOver') await observer.endLeg(contact_leg, 'closing time');
      open = [...live, ...((await db('calls').whereNotNull('answered_at').whereNull('disposition').whereNotNull('ended_at').select('id', 'state', 'operator_id', 'ended_at')) as object[])];
      return open.length === 0;
    }, 'all calls to end', 110_000).catch((error: Error) => { throw new Error(`${error.message}: ${JSON.stringify(open)}`); });
    typing.abort();
    const saved = await isTyping;

    const verdict = await judge(db, observer, new Set(desks.flatMap(({ leg }) => (leg === undefined ? [] : [leg]))));
    expect(verdict).toMatchObject({ lost: [], doubleDialled: [], doubleSettled: [], unknown: 0 });
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
});
