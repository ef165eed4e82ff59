import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../local/web-build.ts';
import { lineStats, noChromium, press, soundBothWays } from '../browser/chromium.ts';
import { anOperatorOnLine, callIn, dialNext, readCall, testSwitches, until, type CallRow, type SwitchName } from '../support/house.ts';
import type { RunningProgram } from '../support/programs.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';
import { openDesk, type Desk } from './desk.ts';
import { figure } from './figures.ts';
import { mortalPostgres, mortalRedis } from './mortal.ts';
import { inPlaces, onAll } from './side.ts';
import { surviveSwitchDeath } from './switch-death.ts';

/** Longer than a lease, than what a page waits between two attempts, and than the exchange's own time to answer a request. */
const outageMs = 15_000;

/** The whole exchange on one switch, with a PostgreSQL and a Redis that can be killed, and an operator. */
interface House {
  readonly name: SwitchName; readonly postgres: Awaited<ReturnType<typeof mortalPostgres>>; readonly redis: Awaited<ReturnType<typeof mortalRedis>>;
  readonly desk: Desk;
  server: RunningProgram;
  /** The one that goes through the faults; see theirCall(). */
  call?: CallRow;
}

async function openHouse(name: SwitchName): Promise<House> {
  const [postgres, redis] = await Promise.all([mortalPostgres(), mortalRedis()]);
  const desk = await openDesk(name, { database: postgres.database, redisUrl: redis.url });
  return { name, postgres, redis, desk, server: desk.exchange.server };
}

const theirCall = async (house: House): Promise<CallRow> => (house.call ??= await readCall(house.desk.db, await house.desk.talk('Anna Petrova')));

const row = async (house: House) => readCall(house.desk.db, (await theirCall(house)).id) as Promise<CallRow & { notes: string }>;
const noted = (house: House, text: string) => until(async () => (await row(house)).notes === text, `the note “${text}” to be kept`);
const readyz = async ({ desk }: House) => (await (await fetch(`${desk.exchange.url}/readyz`)).json()) as { status: string; database: string; redis: string };

// One call goes through all of it. Most of it is waiting, so both switches go through it at once.
describe.skipIf(noChromium)(`while an operator talks, on ${testSwitches.join(' and ')}`, { timeout: 150_000 }, () => {
  beforeAll(() => buildWeb(fileURLToPath(new URL('../..', import.meta.url)), () => undefined), 120_000);
  const houses = inPlaces(testSwitches, openHouse, async ({ desk, redis, postgres }) => {
    await desk.close();
    await redis.end();
    await postgres.end();
  });

  it('the server is killed for what the line takes for more than a minute: the page is back by itself, what was typed is kept, nobody hears of it', () =>
    onAll(houses, async (house) => {
      const { db, operator: { page }, operatorId, shows, exchange } = house.desk;
      const call = await theirCall(house);
      await house.server.end('SIGKILL');
      const deadAt = performance.now();
      // The clock is put forward: no page has been heard of for a minute.
      await db('operators').where({ operator_id: operatorId }).update({ page_seen_at: new Date(Date.now() - 60_000) });
      await page.fill('#notes', 'two windows, typed while the server was away');
      await shows(/No connection to the exchange|Not saved/i);
      await soundBothWays(page);
      // Longer than the controller watches a silent page before it ends its line.
      await page.waitForTimeout(Math.max(0, deadAt + 9_000 - performance.now()));
      house.server = await exchange.startServer();
      const backAt = performance.now();
      await noted(house, 'two windows, typed while the server was away');
      figure('server killed', `${house.name}: typed meanwhile is kept, after it was back`, performance.now() - backAt);
      await shows(/^Saved /);
      expect(await row(house)).toMatchObject({ state: 'talking', operator_leg: call.operator_leg, contact_leg: call.contact_leg, hold_ms: 0 });
      await soundBothWays(page);
      // What a key asks is done again.
      await page.locator('#notes').press('Escape');
      await press(page, 'm');
      await until(async () => (await lineStats(page))?.muted === true, 'the microphone to be off');
      await press(page, 'm');
    }));

  it('Redis is killed, comes back empty and is emptied once more: every screen is right within 5 s, nobody is signed out', () =>
    onAll(houses, async (house) => {
      const { desk, redis } = house;
      const call = await theirCall(house);
      const { db, operator: { page }, shows } = desk;
      await redis.kill();
      expect(await until(async () => { const ready = await readyz(house); return ready.redis === 'down' ? ready : undefined; }, '/readyz to say so')).toMatchObject({ database: 'up', redis: 'down' });
      await press(page, 't');
      const pressed = performance.now();
      await callIn(db, call.id, 'briefing');
      const brief = performance.now();
      figure('Redis killed', `${house.name}: T pressed, until the manager is briefed`, brief - pressed);
      await shows('Briefing the manager');
      figure('Redis killed', `${house.name}: the screen is right after`, performance.now() - brief);
      expect(performance.now() - brief).toBeLessThan(5_000);
      await redis.startAgain();
      await press(page, 'b');
      await callIn(db, call.id, 'talking');
      const talking = performance.now();
      await shows('Talking');
      expect(performance.now() - talking).toBeLessThan(5_000);
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
      await page.fill('#notes', 'typed after Redis was emptied');
      await noted(house, 'typed after Redis was emptied');
      await page.locator('#notes').press('Escape');
      expect(await page.evaluate(`fetch('/api/v1/session').then((answer) => answer.status)`)).toBe(200);
      await soundBothWays(page);
    }));

  it(`PostgreSQL is killed and away for ${outageMs / 1000} s: both talk on, keys are refused with the reason, afterwards the record is complete`, () =>
    onAll(houses, async (house) => {
      const { desk, postgres } = house;
      const call = await theirCall(house);
      const { db, operator: { page }, shows } = desk;
      const campaignId = await aCampaign(db);
      await aContact(db, campaignId, { numbers: [aNumber('97')] });
      const other = await anOperatorOnLine(db, desk.hand, campaignId);
      const { callId } = await dialNext(db, other.operatorId, campaignId);
      const otherCall = await callIn(db, callId, 'talking');
      const holdMs = (await row(house)).hold_ms;

      await postgres.kill();
      const awayUntil = performance.now() + outageMs;
      await soundBothWays(page);
      await page.fill('#notes', 'typed while the database was away');
      await page.locator('#notes').press('Escape');
      await press(page, 't');
      await shows(/cannot write anything down for the moment/);
      expect(await readyz(house)).toMatchObject({ status: 'notReady', database: 'down', redis: 'up', switch: 'unknown' });
      const refused = (await page.evaluate(`fetch('/api/v1/operator/pause', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"paused":true}' }).then(async (answer) => ({ type: answer.headers.get('content-type'), problem: await answer.json() }))`)) as { type: string; problem: object };
      expect(refused.type).toMatch(/^application\/problem\+json/);
      expect(refused.problem).toMatchObject({ status: 503, code: 'databaseAway' });
      // Somebody hangs up while nothing can be written down.
      await desk.hand.hangup(otherCall.contact_leg, 'NORMAL_CLEARING');
      const goneAt = Date.now();
      await page.waitForTimeout(Math.max(0, awayUntil - performance.now()));
      await soundBothWays(page);
      await postgres.startAgain();
      const backAt = performance.now();

      const ended = await callIn(db, callId, 'ended');
      figure('PostgreSQL away', `${house.name}: the record is complete, after it was back`, performance.now() - backAt);
      expect(ended).toMatchObject({ outcome: 'talked', ended_by: 'contact', hangup_cause: 'NORMAL_CLEARING', operator_bound: false, number_live: false });
      expect(Math.abs(ended.ended_at!.getTime() - goneAt)).toBeLessThan(1_000);
      const versions = ((await db('call_transitions').where({ call_id: callId }).orderBy('version').select('version')) as { version: number }[]).map(({ version }) => version);
      expect(versions).toEqual(versions.map((_version, index) => versions[0]! + index));
      await until(async () => (await readyz(house)).status === 'ready', '/readyz to be ready again');
      figure('PostgreSQL away', `${house.name}: ready again, after it was back`, performance.now() - backAt);
      await noted(house, 'typed while the database was away');
      expect(await row(house)).toMatchObject({ state: 'talking', operator_leg: call.operator_leg, contact_leg: call.contact_leg, hold_ms: holdMs });
      await soundBothWays(page);
      await press(page, 'h');
      await shows('How did it end?');
      expect(await callIn(db, call.id, 'ended')).toMatchObject({ outcome: 'talked', ended_by: 'operator' });
      await press(page, '4');
      await until(async () => (await row(house)).disposition !== null, 'the result to be kept');
    }));

  it('the switch is killed and started again: every call ends with its cause, the line is back without a click', () =>
    onAll(houses, async ({ desk }) => {
      const callId = await desk.talk('Clara');
      await desk.operator.page.fill('#notes', 'a third window');
      await desk.shows(/^Saved /);
      await surviveSwitchDeath(desk, callId, 'a third window');
      expect(desk.operator.faults).toEqual([]);
    }));
});
