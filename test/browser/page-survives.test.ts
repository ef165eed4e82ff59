import { fileURLToPath } from 'node:url';
import { hash } from '@node-rs/argon2';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWeb } from '../../local/web-build.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { inPlaces, onAll } from '../faults/side.ts';
import { callIn, readCall, testSwitches, until, type SwitchName } from '../support/house.ts';
import { startExchange, type Exchange } from '../support/programs.ts';
import { aCampaign, aContact, aNumber, anOperator } from '../support/rows.ts';
import { lineStats, noChromium, openPerson, press, signIn, soundBothWays, stands, type Person } from './chromium.ts';
import { networkProcessOf, openNetwork, type Network } from './network.ts';

const password = 'correct horse battery';
const note = 'two windows, asks about instalments';
/** What a person who waits with music is promised. */
const backWithinMs = 10_000;

/** An exchange on one switch, and the operator of the present test, whose contact is a robot that talks for ever. */
interface Place { readonly name: SwitchName; readonly exchange: Exchange; readonly passwordHash: string; network?: Network; operator?: Person; operatorId?: string }
type Desk = Place & Required<Pick<Place, 'network' | 'operator' | 'operatorId'>>;

// Most of it is waiting, so all switches go through it at once.
describe.skipIf(noChromium)(`the operator’s page on ${testSwitches.join(' and ')}`, { timeout: 90_000 }, () => {
  beforeAll(() => buildWeb(fileURLToPath(new URL('../..', import.meta.url)), () => undefined), 120_000);
  const places = inPlaces<Place>(testSwitches, async (name) => {
    const [exchange, passwordHash] = await Promise.all([startExchange(name), hash(password)]);
    return { name, exchange, passwordHash };
  }, ({ exchange }) => exchange.stop());

  beforeEach(() => onAll(places, async (place) => {
    const { db } = place.exchange.database;
    place.network = await openNetwork();
    place.operator = await openPerson(place.exchange.url, place.network.proxy);
    const campaign_id = await aCampaign(db, { name: 'Windows' });
    await aContact(db, campaign_id, { name: 'Anna Petrova', numbers: [aNumber('97')] });
    const email = `${crypto.randomUUID()}@example.org`;
    place.operatorId = await anOperator(db, { campaign_id }, { email, password_hash: place.passwordHash, name: 'Olga' });
    await signIn(place.operator, email, password);
  }), 60_000);
  afterEach(() => onAll(places, async ({ operator, network }) => {
    await operator?.close();
    await network?.close();
  }));
  const onEvery = (act: (desk: Desk) => Promise<void>) => () => onAll(places as readonly Desk[], act);

  const callId = async ({ exchange: { database: { db } }, operatorId }: Desk): Promise<string> =>
    (await until(async () => (await db('calls').where({ operator_id: operatorId }).orderBy('created_at', 'desc').first('id')) as { id: string } | undefined, 'a call')).id;
  const states = async ({ exchange }: Desk, id: string): Promise<string[]> =>
    ((await exchange.database.db('call_transitions').where({ call_id: id }).orderBy('version')) as { to_state: string }[]).map((step) => step.to_state);
  const orders = async ({ exchange }: Desk, id: string): Promise<string[]> =>
    ((await exchange.database.db('call_commands').where({ call_id: id }).whereNotNull('done_at').orderBy('id')) as { command: { type: string }; result: string }[])
      .filter(({ result }) => result.startsWith('+OK')).map(({ command }) => command.type);
  const operatorRow = async ({ exchange, operatorId }: Desk) => (await exchange.database.db('operators').where({ operator_id: operatorId }).first()) as { state: string; leg: string | null; page_id: string | null; campaign_id: string };
  /** The page has not been heard of for longer than its line stands without it: the clock is put forward. */
  const silent = ({ exchange, operatorId }: Desk) => exchange.database.db('operators').where({ operator_id: operatorId }).update({ page_seen_at: new Date(Date.now() - 26_000) });
  const phoneIs = (page: Page, state: string) => until(async () => (await lineStats(page).catch(() => null))?.state === state, `the phone to be ${state}`, 15_000);

  /** On line and talking, with a note. */
  async function talking(desk: Desk): Promise<string> {
    const { page } = desk.operator;
    await page.getByRole('button', { name: 'Go on line' }).first().click();
    await page.getByText('Anna Petrova').first().waitFor();
    await phoneIs(page, 'up');
    await stands(page, 'Next contact');
    await press(page, 'c');
    await page.getByText('Talking').first().waitFor();
    const id = await callId(desk);
    await soundBothWays(page);
    await page.fill('#notes', note);
    await page.getByText(/^Saved /).first().waitFor();
    return id;
  }

  async function backOnTheCall(desk: Desk, page: Page, id: string, sinceMs: number): Promise<void> {
    await callIn(desk.exchange.database.db, id, 'talking', backWithinMs);
    await page.getByText('Talking').first().waitFor({ timeout: Math.max(1, sinceMs + backWithinMs - performance.now()) });
    await phoneIs(page, 'up');
    expect(performance.now() - sinceMs).toBeLessThan(backWithinMs);
    await soundBothWays(page);
    expect(await page.inputValue('#notes')).toBe(note);
    expect(await callId(desk)).toBe(id);
  }

  it('is back on the same call after a reload, the contact hears music meanwhile', onEvery(async (desk) => {
    const { exchange, operator } = desk;
    const id = await talking(desk);
    const { page } = operator;
    const legBefore = (await readCall(exchange.database.db, id)).operator_leg;
    const since = performance.now();
    await page.reload({ waitUntil: 'commit' });
    await until(async () => (await states(desk, id)).includes('waitingOperator'), 'the contact to be out of the bridge', 5_000);
    await until(async () => (await orders(desk, id)).includes('PlayToLeg'), 'music');
    await backOnTheCall(desk, page, id, since);
    const { operator_leg: legNow, hold_ms: holdMs } = await readCall(exchange.database.db, id);
    expect(legNow).not.toBe(legBefore);
    expect(holdMs).toBeGreaterThan(0);
    expect(operator.faults).toEqual([]);
  }));

  it('is back on the same call after 5 s without a network, the contact hears music meanwhile', onEvery(async (desk) => {
    const { exchange, network, operator } = desk;
    const id = await talking(desk);
    const { hold_ms: holdBefore } = await readCall(exchange.database.db, id);
    const { page, profile } = operator;
    const networkProcess = networkProcessOf(profile);
    const awayUntil = performance.now() + 5_000;
    network.cut();
    process.kill(networkProcess, 'SIGSTOP');
    try {
      await until(async () => (await states(desk, id)).at(-1) === 'waitingOperator', 'the contact to be out of the bridge', awayUntil - performance.now());
      await until(async () => (await orders(desk, id)).includes('PlayToLeg'), 'music');
      await phoneIs(page, 'reconnecting');
      await page.waitForTimeout(awayUntil - performance.now());
    } finally {
      process.kill(networkProcess, 'SIGCONT');
    }
    network.restore();
    await backOnTheCall(desk, page, id, performance.now());
    expect((await readCall(exchange.database.db, id)).hold_ms).toBeGreaterThan(holdBefore);
    // It can still be ended from here, and what the exchange says arrives.
    await stands(page, 'Talking');
    await page.locator('#notes').press('Escape');
    await press(page, 'h');
    await page.getByText('How did it end?').waitFor();
    await phoneIs(page, 'up');
    expect((await states(desk, id)).at(-1)).toBe('ended');
    await press(page, '4');
    await page.getByText('Waiting').first().waitFor();
    const { leg } = await operatorRow(desk);
    expect(await page.evaluate(`fetch('/api/v1/operator/phone', { method: 'DELETE' }).then((answer) => answer.status)`)).toBe(204);
    await until(async () => (await operatorRow(desk)).leg !== leg, 'the leg to be gone');
  }));

  it('is the phone in one window at a time: the second says so and takes the call over when asked', onEvery(async (desk) => {
    const { operator } = desk;
    const id = await talking(desk);
    const { page: first } = operator;
    const second = await first.context().newPage();
    await second.goto('/operator/call');
    await second.getByText('This shift’s phone is in another window').first().waitFor();
    expect(await lineStats(second)).toBeNull();
    await phoneIs(first, 'up');

    const since = performance.now();
    await second.getByRole('button', { name: 'Take it over here' }).first().click();
    await first.getByText('This shift’s phone is in another window').first().waitFor();
    await until(async () => (await states(desk, id)).includes('returning'), 'the call to be taken over');
    await backOnTheCall(desk, second, id, since);
    expect(await lineStats(first)).toBeNull();

    // Neither a reload of the former phone nor a copy of the present one moves the line: a person does.
    const { leg } = await operatorRow(desk);
    await first.reload();
    await first.getByText('This shift’s phone is in another window').first().waitFor();
    const copy = await first.context().newPage();
    await copy.addInitScript(`sessionStorage.setItem('onLine', '1'); sessionStorage.setItem('pageId', sessionStorage.getItem('pageId') ?? ${JSON.stringify((await operatorRow(desk)).page_id)})`);
    await copy.goto('/operator/call');
    await copy.getByText('This shift’s phone is in another window').first().waitFor();
    await soundBothWays(second);
    expect((await operatorRow(desk)).leg).toBe(leg);
    expect(operator.faults).toEqual([]);
  }));

  it('that is closed in mid-call frees the contact, and the note is kept', onEvery(async (desk) => {
    const { exchange, operator } = desk;
    const id = await talking(desk);
    const { db } = exchange.database;
    await operator.close();
    await silent(desk);
    await callIn(db, id, 'waitingOperator');
    await until(async () => (await orders(desk, id)).includes('PlayToLeg'), 'music');
    const call = await callIn(db, id, 'ended', 30_000);
    expect(call).toMatchObject({ ended_by: 'operatorLost', operator_bound: false, number_live: false, notes: note });
    expect(await operatorRow(desk)).toMatchObject({ leg: null });
  }));

  it('that is closed before a call gives its contact to somebody else', onEvery(async (desk) => {
    const { exchange, operator, operatorId } = desk;
    const { db } = exchange.database;
    const { page } = operator;
    await page.getByRole('button', { name: 'Go on line' }).first().click();
    await page.getByText('Anna Petrova').first().waitFor();
    const { campaign_id } = await operatorRow(desk);
    await operator.close();
    await silent(desk);
    await until(async () => (await operatorRow(desk)).state === 'offline', 'the operator to be off line');
    // A page that said goodbye keeps its contact for half a minute: a reload is back by then.
    await db('operators').where({ operator_id: operatorId }).update({ since: new Date(Date.now() - 31_000), page_seen_at: new Date(Date.now() - 31_000) });
    const other = await anOperator(db, { state: 'ready', campaign_id });
    expect(await until(() => claimNextContact(db, { operatorId: other, campaignId: campaign_id }), 'the contact to be free')).toBeDefined();
  }));
});
