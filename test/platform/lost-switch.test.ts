import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transition } from '../../domain/call/transition.ts';
import { authoriseAttempt } from '../../platform/postgres/authorise-attempt.ts';
import { adoptLiveCalls, StaleOwner, writeStep } from '../../platform/postgres/call-store.ts';
import { storeCredentialsForSwitch } from '../../platform/postgres/leg-credentials.ts';
import { declareSwitchLost } from '../../platform/postgres/lost-switch.ts';
import { attachOperatorLeg } from '../../platform/postgres/operator-legs.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { listSwitches, setDraining } from '../../platform/postgres/switch-service.ts';
import { renewSwitch, takeSwitch } from '../../platform/postgres/switches.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aCampaign, aContact, anOperator } from '../support/rows.ts';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());
beforeEach(async () => {
  const { db } = database;
  for (const table of ['recordings', 'transfers', 'call_deadlines', 'calls', 'leg_credentials', 'operators', 'switches']) await db(table).delete();
  await db('switches').insert(['a', 'b'].map((id) => ({ id, ws_url: `ws://${id}.example.org:5066`, link_up: true, max_sessions: 100, lease_until: new Date(Date.now() + 600_000) })));
});

const ago = (ms: number) => new Date(Date.now() - ms);
const change = (id: string, row: object) => database.db('switches').where({ id }).update(row);
/** Gone without a word that long ago. */
const isGone = (id: string, ms: number) => change(id, { lease_until: ago(ms), updated_at: ago(ms + 1_000) });
const owner = async (id: string) => {
  await change(id, { lease_until: new Date(0) });
  const taken = await takeSwitch(database.db, { switchId: id, ownerId: randomUUID(), leaseMs: 600_000, marked: false });
  return taken!.epoch;
};
const goOnLine = async (operatorId: string) => {
  const username = `op-${operatorId}-${randomUUID()}`;
  const stored = await storeCredentialsForSwitch(database.db, { username, operatorId, pageId: 'page', a1Hash: 'x', liveMs: 60_000, unreachable: false });
  return { username, switchId: stored?.switchId };
};

async function calling(switchId: string, epoch: bigint) {
  const { db } = database;
  const campaignId = await aCampaign(db);
  const contactId = await aContact(db, campaignId);
  const operatorId = await anOperator(db, { state: 'ready', switch_id: switchId, leg: randomUUID(), page_id: 'page', page_seen_at: new Date(), campaign_id: campaignId });
  await claimNextContact(db, { operatorId, campaignId });
  const order = { operatorId, contactId, switchId, epoch, callId: randomUUID(), contactLeg: randomUUID(), nowMs: Date.now() };
  const authorised = await authoriseAttempt(db, order);
  if (!authorised.ok) throw new Error(authorised.code);
  return { order, operatorId, contactId, call: authorised.call };
}
type Calling = Awaited<ReturnType<typeof calling>>;
/** Answered so long ago. */
async function answered({ call, order }: Calling, ms: number) {
  const event = { type: 'LegAnswered', leg: call.contactLeg, at: Date.now() - ms } as const;
  const step = transition(call, event);
  await writeStep(database.db, { before: call, call: step.call, version: 0, epoch: order.epoch, event, commands: step.commands });
  return step.call;
}
const readCall = ({ call }: Calling) => database.db('calls').where({ id: call.id }).first() as unknown as Promise<Record<string, unknown> & { ended_at: Date; talk_ms: number }>;

describe('an administrator who declares a switch lost', () => {
  test('may do so when nobody has held it for a minute, else only when it is drained and confirmed', async () => {
    const { db } = database;
    const declare = async (confirmed: boolean) => (await declareSwitchLost(db, { switchId: 'a', confirmed })).kind;
    const mayBe = async () => (await listSwitches(db))[0]?.mayBeDeclaredLost;
    expect([await declare(false), await declare(true), await mayBe()]).toEqual(['held', 'held', false]);
    await isGone('a', 50_000);
    expect([await declare(true), await mayBe()]).toEqual(['held', false]);
    await setDraining(db, { switchId: 'a', draining: true });
    expect([await declare(false), await mayBe(), await declare(true)]).toEqual(['notConfirmed', true, 'lost']);
    await isGone('b', 70_000);
    expect((await listSwitches(db))[1]?.mayBeDeclaredLost).toBe(true);
    expect(await declareSwitchLost(db, { switchId: 'b', confirmed: false })).toMatchObject({ kind: 'lost' });
    expect(await declareSwitchLost(db, { switchId: 'nowhere', confirmed: true })).toEqual({ kind: 'noSwitch' });
    expect(await declareSwitchLost(db, { switchId: 'b', confirmed: false })).toEqual({ kind: 'lost', calls: 0, operatorIds: [], campaignIds: [] });
  });

  test('closes its calls when it was last heard, frees contacts, numbers and operators, and touches no other switch', async () => {
    const { db } = database;
    const epoch = await owner('a');
    const [rings, talks, elsewhere] = [await calling('a', epoch), await calling('a', epoch), await calling('b', await owner('b'))];
    await answered(talks, 300_000);
    const [ready, paused, connecting] = [
      await anOperator(db, { state: 'ready', switch_id: 'a', leg: randomUUID() }), await anOperator(db, { state: 'paused', switch_id: 'a', leg: randomUUID() }), await anOperator(db, { state: 'connecting', switch_id: 'a' })];
    const claimed = await aContact(db, await aCampaign(db), { queue: { claimed_by: ready, lease_until: new Date(Date.now() + 60_000) } });
    await isGone('a', 200_000);
    const lost = await declareSwitchLost(db, { switchId: 'a', confirmed: false });
    expect(lost).toMatchObject({ kind: 'lost', calls: 2 });
    expect(lost.kind === 'lost' && [...lost.operatorIds].sort()).toEqual([rings.operatorId, talks.operatorId, ready, paused, connecting].sort());
    expect(await readCall(rings)).toMatchObject({ outcome: 'unknown', hangup_cause: 'SWITCH_LOST', ended_by: 'switchLost', operator_bound: false, number_live: false });
    const talked = await readCall(talks);
    expect(talked).toMatchObject({ outcome: 'talked', hangup_cause: 'SWITCH_LOST', ended_by: 'switchLost', operator_bound: false, number_live: false });
    // Talk counts up to when the switch was last heard: 300 s ago to 200 s ago.
    expect(Math.abs(talked.talk_ms - 100_000)).toBeLessThan(5_000);
    expect(Math.abs(talked.ended_at.getTime() - (Date.now() - 200_000))).toBeLessThan(5_000);
    const states = new Map(((await db('operators').select('operator_id', 'state', 'leg')) as { operator_id: string; state: string; leg: string | null }[]).map((row) => [row.operator_id, `${row.state} ${row.leg === null ? 'without leg' : 'with leg'}`]));
    expect([rings.operatorId, talks.operatorId, ready, paused, connecting, elsewhere.operatorId].map((id) => states.get(id)))
      .toEqual(['offline without leg', 'wrapUp without leg', 'offline without leg', 'offline without leg', 'offline without leg', 'onCall with leg']);
    expect((await readCall(elsewhere)).ended_at).toBeNull();
    // By the retry rules of "unknown", and the claimed one at once.
    expect(await db('call_queue').where({ contact_id: rings.contactId }).first('claimed_by')).toEqual({ claimed_by: null });
    expect(await db('call_queue').where({ contact_id: claimed }).first('claimed_by')).toEqual({ claimed_by: null });
    expect((await listSwitches(db))[0]).toMatchObject({ id: 'a', up: false, empty: true, mayBeDeclaredLost: false, lostSince: expect.any(String) as string, drainingSince: expect.any(String) as string });
    for (const operatorId of [rings.operatorId, talks.operatorId, ready]) {
      const { username, switchId } = await goOnLine(operatorId);
      expect(switchId).toBe('b');
      expect(await attachOperatorLeg(db, { username, leg: randomUUID(), switchId: 'b' })).toMatchObject({ operatorId, boundCallId: null, lostCallId: null });
    }
    // The number is free as well.
    const again = await anOperator(db, { state: 'ready', switch_id: 'b', leg: randomUUID(), campaign_id: String((await readCall(rings))['campaign_id']) });
    await db('call_queue').where({ contact_id: rings.contactId }).update({ next_attempt_at: ago(1_000) });
    expect(await claimNextContact(db, { operatorId: again, campaignId: String((await readCall(rings))['campaign_id']) })).toEqual({ contactId: rings.contactId });
    expect(await authoriseAttempt(db, { operatorId: again, contactId: rings.contactId, switchId: 'b', epoch: elsewhere.order.epoch, callId: randomUUID(), contactLeg: randomUUID(), nowMs: Date.now() })).toMatchObject({ ok: true });
  });

  test('a transfer under way is settled, a handed-over call stays one, what was recorded and not brought away is lost', async () => {
    const { db } = database;
    const epoch = await owner('a');
    const [one, two] = [await calling('a', epoch), await calling('a', epoch)];
    const { customer_id } = (await readCall(one)) as unknown as { customer_id: string };
    const transfer = (call: Calling, state: string) => db('transfers').insert({ id: randomUUID(), customer_id, call_id: call.call.id, manager_name: 'Olga', kind: 'phone', state, created_at: ago(20_000) });
    for (const state of ['ringing', 'accepted', 'busy']) await transfer(one, state);
    await db('calls').where({ id: two.call.id }).update({ answered_at: ago(60_000), handed_over_at: ago(40_000), released_at: ago(40_000), operator_bound: false });
    const recorded = await calling('b', await owner('b'));
    const segment = { customer_id, campaign_id: (await readCall(one))['campaign_id'], what: 'conversation', leg: randomUUID(), state: 'running', started_at: ago(30_000), offset_ms: 0 };
    await db('recordings').insert([{ ...segment, call_id: one.call.id, switch_id: 'a', segment: 1 }, { ...segment, call_id: recorded.call.id, switch_id: 'b', segment: 1 }]);
    await isGone('a', 90_000);
    await declareSwitchLost(db, { switchId: 'a', confirmed: false });
    expect(((await db('transfers').select('state')) as { state: string }[]).map(({ state }) => state).sort()).toEqual(['busy', 'failed', 'hungUp']);
    // Handed over 40 s ago, last heard 90 s ago: by the house's own clock it was alive then.
    const handedOver = await readCall(two);
    expect(handedOver).toMatchObject({ outcome: 'handedOver', hangup_cause: 'SWITCH_LOST' });
    expect(Math.abs(handedOver.ended_at.getTime() - (Date.now() - 40_000))).toBeLessThan(5_000);
    expect(await db('recordings').orderBy('switch_id').select('switch_id', 'state', 'reason')).toEqual([{ switch_id: 'a', state: 'failed', reason: 'lost' }, { switch_id: 'b', state: 'running', reason: null }]);
  });

  test('a day away costs no day: the calls and telephone lines there are paid for up to when the switch was heard', async () => {
    const { db } = database;
    await db('trunks').insert({ id: 'gw', gateway: 'gw', price_per_minute: 100 });
    const talks = await calling('a', await owner('a'));
    await db('calls').where({ id: talks.call.id }).update({ trunk_id: 'gw', trunk_price: 100, answered_at: ago(86_400_000 + 90_000), created_at: ago(86_400_000 + 100_000) });
    const byPhone = await anOperator(db, { state: 'ready', switch_id: 'a', leg: randomUUID() });
    await db('operators').where({ operator_id: byPhone }).update({ line_kind: 'phone', line_trunk_id: 'gw', line_price: 100, line_most: 12_000, line_since: ago(86_400_000 + 150_000) });
    await isGone('a', 86_400_000);
    await declareSwitchLost(db, { switchId: 'a', confirmed: false });
    const spent = ((await db('spend_days').sum('spent as spent')) as { spent: string }[])[0]?.spent;
    // 90 s of the call are two minutes, 150 s of the line three.
    expect(Number(spent)).toBe(500);
    await db('spend_days').delete();
  });
});

describe('the controller of a switch that was declared lost', () => {
  test('comes back and writes nothing: no step, no call, no lease, no leg, and takes no call over', async () => {
    const { db } = database;
    const epoch = await owner('a');
    const talks = await calling('a', epoch);
    const next = await calling('b', await owner('b'));
    const username = `op-${talks.operatorId}-early`;
    await db('leg_credentials').insert({ username, operator_id: talks.operatorId, switch_id: 'a', page_id: 'page', a1_hash: 'x', expires_at: new Date(Date.now() + 60_000) });
    await setDraining(db, { switchId: 'a', draining: true });
    expect(await declareSwitchLost(db, { switchId: 'a', confirmed: true })).toMatchObject({ kind: 'lost', calls: 1 });
    const before = await readCall(talks);
    const event = { type: 'LegHungUp', leg: talks.call.contactLeg, cause: 'USER_BUSY', at: Date.now() } as const;
    const step = transition(talks.call, event);
    await expect(writeStep(db, { before: talks.call, call: step.call, version: 0, epoch, event, commands: step.commands })).rejects.toBeInstanceOf(StaleOwner);
    expect(await renewSwitch(db, { switchId: 'a', epoch, leaseMs: 1_000, marked: true })).toBe(false);
    expect(await attachOperatorLeg(db, { username, leg: randomUUID(), switchId: 'a' })).toBeUndefined();
    const contactId = await aContact(db, await aCampaign(db));
    await db('operators').where({ operator_id: talks.operatorId }).update({ state: 'ready', switch_id: 'a', leg: randomUUID() });
    await db('call_queue').where({ contact_id: contactId }).update({ claimed_by: talks.operatorId, lease_until: new Date(Date.now() + 60_000) });
    await change('a', { draining_at: null });
    await expect(authoriseAttempt(db, { ...talks.order, contactId, callId: randomUUID(), contactLeg: randomUUID() })).rejects.toBeInstanceOf(StaleOwner);
    expect(await readCall(talks)).toEqual(before);
    // A call of the next owner is not taken from it either.
    await db('calls').where({ id: next.call.id }).update({ switch_id: 'a' });
    expect(await adoptLiveCalls(db, { switchId: 'a', epoch })).toEqual([]);
    expect((await readCall(next))['epoch']).toBe(String(next.order.epoch));
  });

  test('an administrator puts it back when it is up again, and not before', async () => {
    const { db } = database;
    await isGone('a', 70_000);
    await declareSwitchLost(db, { switchId: 'a', confirmed: false });
    expect(await setDraining(db, { switchId: 'a', draining: false })).toBe('stillLost');
    await owner('a');
    await change('a', { link_up: true });
    expect((await listSwitches(db))[0]).toMatchObject({ up: true, lostSince: expect.any(String) as string });
    expect(await setDraining(db, { switchId: 'a', draining: false })).toBe('changed');
    expect((await listSwitches(db))[0]).toMatchObject({ up: true, lostSince: null, drainingSince: null });
    expect(await setDraining(db, { switchId: 'nowhere', draining: false })).toBe('noSwitch');
  });
});
