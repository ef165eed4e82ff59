import { hash } from '@node-rs/argon2';
import { Redis } from 'ioredis';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import { lineStats, noChromium, openPerson, press, signIn, soundBothWays, type Person } from '../browser/chromium.ts';
import { anOperatorOnLine, callIn, dialNext, readCall, until, type CallRow } from '../support/house.ts';
import { startExchange, type Exchange, type RunningProgram } from '../support/programs.ts';
import { aCampaign, aContact, aNumber, anOperator } from '../support/rows.ts';
import { figure } from './figures.ts';
import { mortalPostgres, mortalRedis } from './mortal.ts';

const password = 'correct horse battery';
/** Longer than a lease, than what a page waits between two attempts, and than the exchange's own time to answer a request. */
const outageMs = 15_000;

describe.skipIf(noChromium)('while an operator talks', () => {
  let postgres: Awaited<ReturnType<typeof mortalPostgres>>;
  let redis: Awaited<ReturnType<typeof mortalRedis>>;
  let exchange: Exchange;
  let server: RunningProgram;
  let hand: EslSwitch;
  let operator: Person;
  let operatorId: string;
  let campaignId: string;
  let call: CallRow;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([mortalPostgres(), mortalRedis()]);
    exchange = await startExchange(undefined, { database: postgres.database, redisUrl: redis.url });
    server = exchange.server;
    const { db } = postgres.database;
    hand = new EslSwitch({ url: exchange.freeswitch.url, sipHosts: [], log: createLog('test', 'silent') });
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await up;
    campaignId = await aCampaign(db, { name: 'Windows' });
    await aContact(db, campaignId, { name: 'Anna Petrova', numbers: [aNumber('97')] });
    const email = `${crypto.randomUUID()}@example.org`;
    operatorId = await anOperator(db, { campaign_id: campaignId }, { email, password_hash: await hash(password), name: 'Olga' });
    operator = await openPerson(exchange.url);
    const { page } = operator;
    await signIn(operator, email, password);
    await page.getByRole('button', { name: 'Go on line' }).first().click();
    await page.getByText('Anna Petrova').first().waitFor();
    await until(async () => (await lineStats(page).catch(() => null))?.state === 'up', 'the phone to be up');
    await press(page, 'c');
    await page.getByText('Talking').first().waitFor();
    await soundBothWays(page);
    const { id } = (await db('calls').where({ operator_id: operatorId }).first('id')) as { id: string };
    call = await readCall(db, id);
  });
  afterAll(async () => {
    await operator?.close();
    await hand?.stop();
    await exchange?.stop();
    await redis?.end();
    await postgres?.end();
  });

  const row = () => readCall(postgres.database.db, call.id) as Promise<CallRow & { notes: string }>;
  const noted = (text: string) => until(async () => (await row()).notes === text, `the note “${text}” to be kept`);
  const isUntouched = async (): Promise<void> => {
    expect(await row()).toMatchObject({ state: 'talking', operator_leg: call.operator_leg, contact_leg: call.contact_leg, hold_ms: 0 });
    await soundBothWays(operator.page);
  };
  const readyz = async () => (await (await fetch(`${exchange.url}/readyz`)).json()) as object;
  const shows = (page: Page, text: string | RegExp, timeout = 20_000) => page.getByText(text).first().waitFor({ timeout });

  it('the server is killed: the page is back by itself, what was typed meanwhile is kept, nobody hears of it', async () => {
    const { page } = operator;
    await server.end('SIGKILL');
    await page.fill('#notes', 'two windows, typed while the server was away');
    await shows(page, /No connection to the exchange|Not saved/i);
    await soundBothWays(page);
    server = await exchange.startServer();
    const backAt = performance.now();
    await noted('two windows, typed while the server was away');
    figure('server killed', 'typed meanwhile is kept, after it was back', performance.now() - backAt);
    await shows(page, /^Saved /);
    await isUntouched();
    // What a key asks is done again.
    await page.locator('#notes').press('Escape');
    await press(page, 'm');
    await until(async () => (await lineStats(page))?.muted === true, 'the microphone to be off');
    await press(page, 'm');
  });

  it('Redis is killed, comes back empty and is emptied once more: every screen is right within 5 s, nobody is signed out', async () => {
    const { page } = operator;
    const { db } = postgres.database;
    await redis.kill();
    expect(await until(async () => { const ready = (await readyz()) as { redis?: string }; return ready.redis === 'down' ? ready : undefined; }, '/readyz to say so')).toMatchObject({ database: 'up', redis: 'down' });
    await press(page, 't');
    await callIn(db, call.id, 'briefing');
    const brief = performance.now();
    await shows(page, 'Briefing');
    figure('Redis killed', 'the screen is right after', performance.now() - brief);
    expect(performance.now() - brief).toBeLessThan(5_000);
    await redis.startAgain();
    await press(page, 'b');
    await callIn(db, call.id, 'talking');
    const talking = performance.now();
    await shows(page, 'Talking');
    expect(performance.now() - talking).toBeLessThan(5_000);
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    await page.fill('#notes', 'typed after Redis was emptied');
    await noted('typed after Redis was emptied');
    await page.locator('#notes').press('Escape');
    expect(await page.evaluate(`fetch('/api/v1/session').then((answer) => answer.status)`)).toBe(200);
    await soundBothWays(page);
  });

  it(`PostgreSQL is killed and away for ${outageMs / 1000} s: both talk on, keys are refused with the reason, afterwards the record is complete`, async () => {
    const { page } = operator;
    const { db } = postgres.database;
    await aContact(db, campaignId, { numbers: [aNumber('97')] });
    const other = await anOperatorOnLine(db, hand, campaignId);
    const { callId } = await dialNext(db, other.operatorId, campaignId);
    const otherCall = await callIn(db, callId, 'talking');
    const holdMs = (await row()).hold_ms;

    await postgres.kill();
    const awayUntil = performance.now() + outageMs;
    await soundBothWays(page);
    await page.fill('#notes', 'typed while the database was away');
    await page.locator('#notes').press('Escape');
    await press(page, 't');
    await shows(page, /cannot write anything down for the moment/);
    expect(await readyz()).toMatchObject({ status: 'notReady', database: 'down', redis: 'up', switch: 'unknown' });
    const refused = (await page.evaluate(`fetch('/api/v1/operator/pause', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"paused":true}' }).then(async (answer) => ({ type: answer.headers.get('content-type'), problem: await answer.json() }))`)) as { type: string; problem: object };
    expect(refused.type).toMatch(/^application\/problem\+json/);
    expect(refused.problem).toMatchObject({ status: 503, code: 'databaseAway' });
    // Somebody hangs up while nothing can be written down.
    await hand.hangup(otherCall.contact_leg, 'NORMAL_CLEARING');
    const goneAt = Date.now();
    await page.waitForTimeout(Math.max(0, awayUntil - performance.now()));
    await soundBothWays(page);
    await postgres.startAgain();
    const backAt = performance.now();

    const ended = await callIn(db, callId, 'ended');
    figure('PostgreSQL away', 'the record is complete, after it was back', performance.now() - backAt);
    expect(ended).toMatchObject({ outcome: 'talked', ended_by: 'contact', hangup_cause: 'NORMAL_CLEARING', operator_bound: false, number_live: false });
    expect(Math.abs(ended.ended_at!.getTime() - goneAt)).toBeLessThan(1_000);
    const versions = ((await db('call_transitions').where({ call_id: callId }).orderBy('version').select('version')) as { version: number }[]).map(({ version }) => version);
    expect(versions).toEqual(versions.map((_version, index) => versions[0]! + index));
    await noted('typed while the database was away');
    expect(await row()).toMatchObject({ state: 'talking', operator_leg: call.operator_leg, contact_leg: call.contact_leg, hold_ms: holdMs });
    await until(async () => ((await readyz()) as { status: string }).status === 'ready', '/readyz to be ready again');
    figure('PostgreSQL away', 'ready again, after it was back', performance.now() - backAt);
    await soundBothWays(page);
    await press(page, 'h');
    await shows(page, 'How did it end?');
    expect(await callIn(db, call.id, 'ended')).toMatchObject({ outcome: 'talked', ended_by: 'operator' });
    await press(page, '4');
    await until(async () => (await row()).disposition !== null, 'the result to be kept');
    expect(operator.faults).toEqual([]);
  });
});
