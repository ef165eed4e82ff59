import { hash } from '@node-rs/argon2';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import { lineStats, noChromium, openPerson, press, signIn, soundBothWays, type Person } from '../browser/chromium.ts';
import { anOperatorOnLine, ask, callIn, dialNext, readCall, testSwitches, until } from '../support/house.ts';
import { startExchange, type Exchange } from '../support/programs.ts';
import { aCampaign, aContact, aNumber, anOperator } from '../support/rows.ts';
import { figure } from './figures.ts';

const password = 'correct horse battery';
const note = 'two windows, asks about instalments';
const mostMs = 60_000;

describe.each(testSwitches)('a %s that is killed in mid-call and started again', (switchName) => {
  let exchange: Exchange;
  let hand: EslSwitch;
  let operator: Person | undefined;
  let pageOperatorId = '';
  const calls: Record<'ringing' | 'briefing' | 'handedOver' | 'page', string> = { ringing: '', briefing: '', handedOver: '', page: '' };
  let killedAt = 0;
  let backAt = 0;

  beforeAll(async () => {
    exchange = await startExchange(switchName);
    hand = new EslSwitch({ url: exchange.freeswitch.url, sipHosts: [], log: createLog('test', 'silent') });
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await up;
    // The page first: the robots that play the others have no patience.
    if (!noChromium) await openPage();
    await putOnCalls();
    await exchange.freeswitch.kill();
    killedAt = performance.now();
    // Long enough for everybody to notice.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await exchange.freeswitch.startAgain();
    backAt = performance.now();
  });
  afterAll(async () => {
    await operator?.close();
    await hand?.stop();
    await exchange?.stop();
  });

  async function putOnCalls(): Promise<void> {
    const { db } = exchange.database;
    const begin = async (digits: string, until: 'dialling' | 'talking') => {
      const campaignId = await aCampaign(db);
      await aContact(db, campaignId, { numbers: [aNumber(digits)] });
      const { operatorId } = await anOperatorOnLine(db, hand, campaignId);
      const { callId } = await dialNext(db, operatorId, campaignId);
      await callIn(db, callId, until);
      return { callId, operatorId };
    };
    const [ringing, briefing, handedOver] = await Promise.all([begin('91', 'dialling'), begin('97', 'talking'), begin('97', 'talking')]);
    Object.assign(calls, { ringing: ringing.callId, briefing: briefing.callId, handedOver: handedOver.callId });
    await until(async () => (await readCall(db, ringing.callId)).machine && (await hand.exists((await readCall(db, ringing.callId)).contact_leg)), 'the telephone that rings');
    await Promise.all([briefing, handedOver].map(async ({ callId, operatorId }) => {
      expect(await ask(db, operatorId, 'transfer', callId)).toEqual({ ok: true });
      await callIn(db, callId, 'briefing');
    }));
    expect(await ask(db, handedOver.operatorId, 'handOver', handedOver.callId)).toEqual({ ok: true });
    await callIn(db, handedOver.callId, 'handedOver');
  }

  const phoneIs = (page: Page, state: string, timeoutMs = 15_000) => until(async () => (await lineStats(page).catch(() => null))?.state === state, `the phone to be ${state}`, timeoutMs);
  async function openPage(): Promise<void> {
    const { db } = exchange.database;
    const campaign_id = await aCampaign(db, { name: 'Windows' });
    for (const name of ['Anna Petrova', 'Boris']) await aContact(db, campaign_id, { name, numbers: [aNumber('97')] });
    const email = `${crypto.randomUUID()}@example.org`;
    pageOperatorId = await anOperator(db, { campaign_id }, { email, password_hash: await hash(password), name: 'Olga' });
    operator = await openPerson(exchange.url);
    const { page } = operator;
    await signIn(operator, email, password);
    await page.getByRole('button', { name: 'Go on line' }).first().click();
    await page.getByText('Anna Petrova').first().waitFor();
    await phoneIs(page, 'up');
    await press(page, 'c');
    await page.getByText('Talking').first().waitFor();
    await soundBothWays(page);
    await page.fill('#notes', note);
    await page.getByText(/^Saved /).first().waitFor();
    calls.page = (await db('calls').where({ operator_id: pageOperatorId }).first('id') as { id: string }).id;
  }

  it('ends every call with its cause and frees every contact', async () => {
    const { db } = exchange.database;
    const ended = Object.fromEntries(await Promise.all(Object.entries(calls).filter(([, id]) => id !== '').map(async ([name, id]) => [name, await callIn(db, id, 'ended', mostMs)] as const)));
    figure('switch killed and restarted', `${switchName}: every call ended, after it was back`, performance.now() - backAt);
    expect(performance.now() - killedAt).toBeLessThan(mostMs);
    expect(ended['ringing']).toMatchObject({ outcome: 'unknown', ended_by: 'unknown', hangup_cause: 'SWITCH_RESTARTED', answered_at: null });
    expect(ended['briefing']).toMatchObject({ outcome: 'talked', ended_by: 'network', hangup_cause: 'SWITCH_RESTARTED' });
    expect(ended['handedOver']).toMatchObject({ outcome: 'handedOver', ended_by: 'network', hangup_cause: 'SWITCH_RESTARTED' });
    if (operator) expect(ended['page']).toMatchObject({ outcome: 'talked', ended_by: 'network', hangup_cause: 'SWITCH_RESTARTED', notes: note });
    for (const call of Object.values(ended)) {
      expect(call).toMatchObject({ operator_bound: false, number_live: false });
      // The talk ended when the switch did, not when somebody looked.
      expect(call.ended_at!.getTime()).toBeLessThan(Date.now() - (performance.now() - backAt) + 500);
    }
    const waiting = (await db('call_queue').where({ contact_id: db('calls').where({ id: calls.ringing }).select('contact_id') }).first('next_attempt_at', 'claimed_by')) as { next_attempt_at: Date; claimed_by: string | null };
    expect(waiting.claimed_by).toBeNull();
    expect(waiting.next_attempt_at.getTime()).toBeGreaterThan(Date.now() + 600_000);
  });

  it.skipIf(noChromium)('has the operator’s line back without a click: the page calls in by itself, and the next call is heard', async () => {
    const { page } = operator!;
    const { db } = exchange.database;
    await until(async () => (await db('operators').where({ operator_id: pageOperatorId }).whereNotNull('leg').first('leg')) as unknown, 'the new leg', mostMs);
    await phoneIs(page, 'up', mostMs);
    await page.getByText('How did it end?').waitFor();
    figure('switch killed and restarted', `${switchName}: operator's line back, after the switch was`, performance.now() - backAt);
    expect(performance.now() - killedAt).toBeLessThan(mostMs);
    expect(await page.inputValue('#notes')).toBe(note);
    await page.locator('body').click({ position: { x: 5, y: 5 } });
    await press(page, '4');
    await page.getByText('Boris').first().waitFor();
    await press(page, 'c');
    await page.getByText('Talking').first().waitFor();
    await soundBothWays(page);
    expect(operator!.faults).toEqual([]);
  });
});
