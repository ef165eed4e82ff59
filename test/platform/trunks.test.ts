import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clearSpendAlarm, listAlarms, raiseAlarm, readSpend } from '../../platform/postgres/alarms.ts';
import { authoriseAttempt } from '../../platform/postgres/authorise-attempt.ts';
import { quarantineCall } from '../../platform/postgres/call-store.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { changeLines, ensureTrunk } from '../../platform/postgres/trunks.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aCampaign, aContact, aNumber, anOperator, aSwitch, type CampaignRow } from '../support/rows.ts';

let database: TestDatabase;
let trunkId = '';
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  await aSwitch(database.db, { id: 'switch-1', epoch: 1 });
});
afterAll(() => database.drop());

/** A trunk of the test's own: 100 minor units a minute, no other limit, an empty day. */
beforeEach(async () => {
  const { db } = database;
  await db('calls').whereNull('ended_at').update({ ended_at: db.fn.now(), number_live: false, operator_bound: false });
  await db('spend_days').delete();
  await db('alarms').delete();
  trunkId = `trunk-${(count += 1)}`;
  await ensureTrunk(db, { gateway: trunkId, limits: { callsPerSecond: 1_000, concurrency: 1_000, pricePerMinute: 100, callerId: null, countries: ['RU'] } });
  await changeLines(db, { dailySpendCapMinor: 1_000_000 });
});

const scene = async (campaign: CampaignRow & Record<string, unknown> = {}, number = aNumber()) => {
  const { db } = database;
  const campaignId = await aCampaign(db, { managers: [], ...campaign });
  const contactId = await aContact(db, campaignId, { numbers: [number] });
  return { campaignId, contactId };
};
const attempt = async ({ campaignId, contactId }: { campaignId: string; contactId: string }) => {
  const { db } = database;
  const operatorId = await anOperator(db, { state: 'ready', campaign_id: campaignId, switch_id: 'switch-1', leg: randomUUID() });
  await claimNextContact(db, { operatorId, campaignId });
  return () => authoriseAttempt(db, { operatorId, contactId, switchId: 'switch-1', epoch: 1n, callId: randomUUID(), contactLeg: randomUUID(), nowMs: Date.now(), trunkId });
};
const dial = async (...given: Parameters<typeof scene>) => (await attempt(await scene(...given)))();

describe('a trunk', () => {
  it('telephones only where it and the campaign allow; the contact is out for good', async () => {
    const { db } = database;
    const abroad = await scene({}, '+4915123456789');
    expect(await (await attempt(abroad))()).toEqual({ ok: false, code: 'destinationNotAllowed' });
    expect(await db('contacts').where({ id: abroad.contactId }).first('state')).toEqual({ state: 'finished' });
    expect(await dial({ allowed_countries: ['RU'], allowed_types: ['fixed'] })).toEqual({ ok: false, code: 'destinationNotAllowed' });
    expect(await dial({ allowed_countries: ['RU'], allowed_types: ['mobile'] })).toMatchObject({ ok: true });
    expect(await db('calls').where({ contact_id: abroad.contactId })).toEqual([]);
  });

  it('dials no manager where it may not telephone to', async () => {
    const made = await dial({ managers: [{ address: '+4915123456789' }, { address: '+79161234567' }, { kind: 'page', address: null }] });
    expect(made).toMatchObject({ ok: true, call: { managers: [{ place: { kind: 'phone', e164: '+79161234567' } }, { place: { kind: 'page' } }] } });
  });

  it('shows its own number, or the campaign’s where that has one', async () => {
    const { db } = database;
    expect(await dial()).toMatchObject({ call: { callerId: null } });
    await changeLines(db, { trunk: { id: trunkId, callerId: '+74951234567' } });
    const made = await dial();
    expect(made).toMatchObject({ call: { callerId: '+74951234567' }, commands: expect.arrayContaining([expect.objectContaining({ type: 'DialContact', callerId: '+74951234567' })]) as unknown });
    expect(await dial({ caller_id: '+78121234567' })).toMatchObject({ call: { callerId: '+78121234567' } });
    await expect(changeLines(db, { trunk: { id: trunkId, callerId: '74951234567' } })).rejects.toThrow(/check/);
  });

  it('makes no more calls a second and at once than it may, however many dial together', async () => {
    const { db } = database;
    await changeLines(db, { trunk: { id: trunkId, callsPerSecond: 5 } });
    const tries = await Promise.all(Array.from({ length: 12 }, async () => attempt(await scene())));
    const results = await Promise.all(tries.map((each) => each()));
    expect(results.filter((each) => each.ok)).toHaveLength(5);
    expect(results.filter((each) => !each.ok && each.code === 'trunkRate')).toHaveLength(7);
    await db('calls').where({ trunk_id: trunkId }).update({ created_at: new Date(Date.now() - 2_000) });
    await changeLines(db, { trunk: { id: trunkId, callsPerSecond: null, concurrency: 8 } });
    const more = await Promise.all((await Promise.all(Array.from({ length: 10 }, async () => attempt(await scene())))).map((each) => each()));
    expect(more.filter((each) => each.ok)).toHaveLength(3);
    expect(more.filter((each) => !each.ok && each.code === 'trunkBusy')).toHaveLength(7);
  });

  it('a campaign keeps its own caps', async () => {
    const { db } = database;
    const { campaignId } = await scene({ max_live_calls: 2 });
    for (const expected of [true, true, false]) {
      const contactId = await aContact(db, campaignId, { queue: { next_attempt_at: new Date(Date.now() - 120_000) } });
      const result = await (await attempt({ campaignId, contactId }))();
      if (!expected) expect(result).toEqual({ ok: false, code: 'campaignBusy' });
    }
    expect(await db('calls').where({ campaign_id: campaignId }).whereNull('ended_at')).toHaveLength(2);
  });
});

describe('the day’s spend cap', () => {
  const end = (callId: string, talkS: number) => {
    const { db } = database;
    return db('calls').where({ id: callId }).update({ answered_at: new Date(Date.now() - talkS * 1_000), ended_at: new Date(), number_live: false, operator_bound: false });
  };

  it('is never exceeded by what the live calls can cost at most, with 20 dialling at once either', async () => {
    const { db } = database;
    // 10 min, 2 min for a transfer, 15 s: 13 started minutes.
    await changeLines(db, { dailySpendCapMinor: 5 * 1_300 + 1_299 });
    const tries = await Promise.all(Array.from({ length: 20 }, async () => attempt(await scene())));
    const results = await Promise.all(tries.map((each) => each()));
    expect(results.filter((each) => each.ok)).toHaveLength(5);
    expect(results.filter((each) => !each.ok && each.code === 'spendCapReached')).toHaveLength(15);
    expect(await readSpend(db)).toMatchObject({ spentMinor: '0', liveMostMinor: '6500', capMinor: '7799' });
  });

  it('counts started minutes by the longest prefix when a call ends, once, and has room again for the rest', async () => {
    const { db } = database;
    await changeLines(db, { dailySpendCapMinor: 1_500, trunk: { id: trunkId, rates: [{ prefix: '7', pricePerMinute: 90 }, { prefix: '7900', pricePerMinute: 50 }, { prefix: '79', pricePerMinute: 70 }] } });
    const first = await dial();
    if (!first.ok) throw new Error(first.code);
    expect(await readSpend(db)).toMatchObject({ liveMostMinor: '650' });
    await end(first.call.id, 61);
    expect(await readSpend(db)).toMatchObject({ spentMinor: '100', liveMostMinor: '0' });
    await quarantineCall(db, { callId: first.call.id, epoch: 1n });
    expect(await readSpend(db)).toMatchObject({ spentMinor: '100' });
    // Nobody answered: nothing is paid.
    const second = await dial();
    if (!second.ok) throw new Error(second.code);
    await quarantineCall(db, { callId: second.call.id, epoch: 1n });
    expect(await readSpend(db)).toMatchObject({ spentMinor: '100', liveMostMinor: '0' });
    for (const expected of [true, true, false]) expect((await dial()).ok).toBe(expected);
  });

  it('counts the manager’s telephone from its ringing to the end of the talk', async () => {
    const { db } = database;
    const made = await dial({ managers: [{ address: '+79161234567' }] });
    if (!made.ok) throw new Error(made.code);
    const { id } = made.call;
    const { customer_id } = (await db('calls').where({ id }).first('customer_id')) as { customer_id: string };
    const transfer = (state: string, ago: number, settledAgo: number) => ({ id: randomUUID(), customer_id, call_id: id, manager_name: '', kind: 'phone', state, created_at: new Date(Date.now() - ago * 1_000), settled_at: new Date(Date.now() - settledAgo * 1_000) });
    await db('transfers').insert([transfer('handedOver', 110, 100), transfer('busy', 200, 150), transfer('noAnswer', 170, 140)]);
    await end(id, 210);
    // 4 minutes of the contact, 2 of the manager who took it, 1 of the one who may have answered without pressing the key
    expect(await readSpend(db)).toMatchObject({ spentMinor: '700' });
  });

  it('raises one alarm, which is over when the cap is raised or the day is', async () => {
    const { db } = database;
    const spend = await readSpend(db);
    const alarm = { kind: 'spendCapReached', subject: spend.day, detail: { ...spend } } as const;
    expect([await raiseAlarm(db, alarm), await raiseAlarm(db, alarm)]).toEqual([true, false]);
    expect(await clearSpendAlarm(db)).toBe(false);
    await changeLines(db, { dailySpendCapMinor: Number(spend.capMinor) + 1 });
    expect(await clearSpendAlarm(db)).toBe(true);
    expect(await raiseAlarm(db, { ...alarm, subject: '2020-01-01' })).toBe(true);
    expect(await clearSpendAlarm(db)).toBe(true);
    expect((await listAlarms(db)).map((each) => each.clearedAt !== null)).toEqual([true, true]);
  });
});
