import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mergeMetrics } from '../../platform/controller-metrics.ts';
import { attachOperatorLeg } from '../../platform/postgres/operator-legs.ts';
import { storeCredentialsForSwitch } from '../../platform/postgres/leg-credentials.ts';
import { listLegsToMove, listSwitches, setDraining } from '../../platform/postgres/switch-service.ts';
import { describeSwitch, ensureSwitch, findSwitchByDirectoryHash, takeSwitch } from '../../platform/postgres/switches.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aCampaign, aContact, anOperator } from '../support/rows.ts';
import { authoriseAttempt } from '../../platform/postgres/authorise-attempt.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());
beforeEach(async () => {
  const { db } = database;
  for (const table of ['calls', 'leg_credentials', 'operators', 'switches']) await db(table).delete();
  for (const id of ['a', 'b']) await aSwitchInService(id);
});

async function aSwitchInService(id: string, row: object = {}): Promise<void> {
  await database.db('switches').insert({ id, ws_url: `ws://${id}.example.org:5066`, link_up: true, lease_until: new Date(Date.now() + 600_000), max_sessions: 100, ...row });
}
const change = (id: string, row: object) => database.db('switches').where({ id }).update(row);
const isDown = (id: string, forMs: number) => change(id, { link_up: false, link_changed_at: new Date(Date.now() - forMs) });
let usernames = 0;
const goOnLine = async (operatorId: string, unreachable = false) => {
  const username = `op-${operatorId}-${String((usernames += 1)).padStart(24, '0')}`;
  const stored = await storeCredentialsForSwitch(database.db, { username, operatorId, pageId: 'page', a1Hash: 'x', liveMs: 60_000, unreachable });
  return { username, switchId: stored?.switchId };
};
const onLine = async (switchId: string, row: object = {}) => anOperator(database.db, { state: 'ready', switch_id: switchId, leg: randomUUID(), page_id: 'page', page_seen_at: new Date(), ...row });
/** An operator in a call on a switch, not answered yet. */
async function calling(switchId: string): Promise<{ operatorId: string; callId: string; contactId: string }> {
  const { db } = database;
  const campaignId = await aCampaign(db);
  const contactId = await aContact(db, campaignId);
  const operatorId = await onLine(switchId, { campaign_id: campaignId });
  await claimNextContact(db, { operatorId, campaignId });
  const { epoch } = (await db('switches').where({ id: switchId }).first('epoch')) as { epoch: string };
  const authorised = await authoriseAttempt(db, { operatorId, contactId, switchId, epoch: BigInt(epoch), callId: randomUUID(), contactLeg: randomUUID(), nowMs: Date.now() });
  if (!authorised.ok) throw new Error(authorised.code);
  return { operatorId, callId: authorised.call.id, contactId };
}

describe('an operator who goes on line', () => {
  test('comes to the least loaded switch, measured by what it can hold, also when all come together', async () => {
    await change('b', { max_sessions: 300 });
    const operators = await Promise.all(Array.from({ length: 12 }, () => anOperator(database.db)));
    const chosen = await Promise.all(operators.map((id) => goOnLine(id)));
    const count = (switchId: string) => chosen.filter((each) => each.switchId === switchId).length;
    expect([count('a'), count('b')]).toEqual([3, 9]);
  });
  test('stays where the leg is, however full it is', async () => {
    const operatorId = await onLine('a');
    for (let i = 0; i < 5; i += 1) await onLine('a');
    expect((await goOnLine(operatorId)).switchId).toBe('a');
  });
  test('never comes to one that is drained, and to one that is down only where nothing else is', async () => {
    await setDraining(database.db, { switchId: 'a', draining: true });
    expect((await goOnLine(await onLine('a'))).switchId).toBe('b');
    await isDown('b', 60_000);
    expect((await goOnLine(await anOperator(database.db))).switchId).toBe('b');
    await setDraining(database.db, { switchId: 'b', draining: true });
    expect((await goOnLine(await anOperator(database.db))).switchId).toBeUndefined();
    await setDraining(database.db, { switchId: 'a', draining: false });
    expect((await goOnLine(await anOperator(database.db))).switchId).toBe('a');
  });
  test('with a leg on a switch that is down comes to another at once', async () => {
    const operatorId = await onLine('a');
    await isDown('a', 0);
    expect((await goOnLine(operatorId)).switchId).toBe('b');
  });
  test('a controller that is gone without a word is as good as a switch that is down', async () => {
    await change('a', { lease_until: new Date(Date.now() - 1_000) });
    expect((await goOnLine(await anOperator(database.db))).switchId).toBe('b');
  });
});

describe('an operator whose call is on a switch', () => {
  test('comes back to it: drained or down for a moment, too', async () => {
    const { operatorId } = await calling('a');
    await setDraining(database.db, { switchId: 'a', draining: true });
    expect((await goOnLine(operatorId)).switchId).toBe('a');
    await isDown('a', 20_000);
    expect((await goOnLine(operatorId)).switchId).toBe('a');
  });
  test('that has been down for long, or that the page did not reach, comes to another; the call is given up there and not before', async () => {
    const { db } = database;
    const { operatorId, callId, contactId } = await calling('a');
    await isDown('a', 10_000);
    expect((await goOnLine(operatorId)).switchId).toBe('a');
    const { switchId, username } = await goOnLine(operatorId, true);
    expect(switchId).toBe('b');
    expect(await db('calls').where({ id: callId }).first('ended_at', 'operator_bound')).toEqual({ ended_at: null, operator_bound: true });
    const leg = randomUUID();
    expect(await attachOperatorLeg(db, { username, leg, switchId: 'b' })).toMatchObject({ operatorId, lostCallId: callId, boundCallId: null });
    expect(await db('calls').where({ id: callId }).first('outcome', 'ended_by', 'operator_bound', 'number_live')).toEqual({ outcome: 'unknown', ended_by: 'switchLost', operator_bound: false, number_live: false });
    expect(await db('operators').where({ operator_id: operatorId }).first('state', 'switch_id', 'leg')).toEqual({ state: 'ready', switch_id: 'b', leg });
    expect(await db('call_queue').where({ contact_id: contactId })).toHaveLength(1);
    expect((await goOnLine(await calling('b').then((each) => each.operatorId), true)).switchId).toBe('b');
  });
  test('is refused elsewhere when the switch is back meanwhile: the call lives', async () => {
    const { db } = database;
    const { operatorId, callId } = await calling('a');
    await isDown('a', 60_000);
    const { switchId, username } = await goOnLine(operatorId);
    expect(switchId).toBe('b');
    await change('a', { link_up: true, link_changed_at: new Date() });
    expect(await attachOperatorLeg(db, { username, leg: randomUUID(), switchId: 'b' })).toBeUndefined();
    expect(await db('calls').where({ id: callId }).first('ended_at')).toEqual({ ended_at: null });
    expect((await goOnLine(operatorId)).switchId).toBe('a');
  });
});

describe('a switch that is drained', () => {
  test('begins no call', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    const contactId = await aContact(db, campaignId);
    const operatorId = await onLine('a', { campaign_id: campaignId });
    await claimNextContact(db, { operatorId, campaignId });
    await setDraining(db, { switchId: 'a', draining: true });
    const order = { operatorId, contactId, switchId: 'a', epoch: 0n, callId: randomUUID(), contactLeg: randomUUID(), nowMs: Date.now() };
    expect(await authoriseAttempt(db, order)).toEqual({ ok: false, code: 'switchDraining' });
    await setDraining(db, { switchId: 'a', draining: false });
    expect(await authoriseAttempt(db, order)).toMatchObject({ ok: true });
  });
  test('moves those between calls, and only where another switch takes them', async () => {
    const { db } = database;
    const { operatorId: talking } = await calling('a');
    const idle = await onLine('a');
    const toMove = async () => (await listLegsToMove(db, { switchId: 'a', limit: 10 })).map(({ operatorId }) => operatorId);
    expect(await toMove()).toEqual([]);
    await setDraining(db, { switchId: 'a', draining: true });
    expect(await toMove()).toEqual([idle]);
    await isDown('b', 1_000);
    expect(await toMove()).toEqual([]);
    expect(talking).not.toBe(idle);
  });
  test('says what still stands on it', async () => {
    await calling('a');
    await setDraining(database.db, { switchId: 'a', draining: true });
    const states = await listSwitches(database.db);
    expect(states.map(({ id, up, operators, calls, empty, drainingSince }) => ({ id, up, operators, calls, empty, drained: drainingSince !== null }))).toEqual([
      { id: 'a', up: true, operators: 1, calls: 1, empty: false, drained: true }, { id: 'b', up: true, operators: 0, calls: 0, empty: true, drained: false },
    ]);
  });
});

describe('a switch is described', () => {
  const description = { switchId: 'a', wsUrl: 'wss://a.example.org', practice: false, directoryHash: 'hash of a' };
  test('by its owner, whose word stands against the server’s environment and a former owner', async () => {
    const { db } = database;
    await change('a', { lease_until: null });
    const { epoch } = (await takeSwitch(db, { switchId: 'a', ownerId: 'one', leaseMs: 10_000, marked: false }))!;
    await describeSwitch(db, { ...description, epoch });
    await describeSwitch(db, { ...description, wsUrl: 'wss://stale.example.org', epoch: epoch - 1n });
    await ensureSwitch(db, { ...description, wsUrl: 'wss://environment.example.org' });
    expect((await listSwitches(db))[0]).toMatchObject({ id: 'a', wsUrl: 'wss://a.example.org', practice: false });
    expect(await findSwitchByDirectoryHash(db, { directoryHash: 'hash of a' })).toEqual({ switchId: 'a' });
  });
  test('under a new name it takes its secret along; two living ones may not share it', async () => {
    const { db } = database;
    const { epoch } = (await takeSwitch(db, { switchId: 'c', ownerId: 'one', leaseMs: 10_000, marked: false }))!;
    await change('a', { directory_hash: 'the same' });
    await expect(describeSwitch(db, { ...description, switchId: 'c', directoryHash: 'the same', epoch })).rejects.toThrow(/a and c have the same password/);
    await isDown('a', 1_000);
    await describeSwitch(db, { ...description, switchId: 'c', directoryHash: 'the same', epoch });
    expect(await findSwitchByDirectoryHash(db, { directoryHash: 'the same' })).toEqual({ switchId: 'c' });
  });
});

test('several controllers’ figures stand together, each explained once', () => {
  const text = (id: string, value: number) => `# HELP calls Calls\n# TYPE calls gauge\ncalls{switch="${id}"} ${value}\n`;
  expect(mergeMetrics(['# HELP own Own\n# TYPE own counter\nown 1\n', text('a', 1), text('b', 2), ''])).toBe(
    '# HELP own Own\n# TYPE own counter\nown 1\n\n# HELP calls Calls\n# TYPE calls gauge\ncalls{switch="a"} 1\ncalls{switch="b"} 2\n');
});
