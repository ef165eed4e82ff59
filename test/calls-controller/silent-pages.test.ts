import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { OperatorLines, type OperatorLinesOptions } from '../../calls-controller/operator-lines.ts';
import { createLog } from '../../platform/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperator } from '../support/rows.ts';

let database: TestDatabase;
const serverId = randomUUID();
/** A server has listened for that long, without a pause until now. */
const listening = (seconds: number) => database.db('servers').insert({ id: serverId, listening_since: new Date(Date.now() - seconds * 1_000), seen_at: new Date(Date.now() + 60_000) }).onConflict('id').merge();
beforeAll(async () => {
  database = await createTestDatabase();
  await listening(3_600);
});
afterAll(() => database.drop());
afterEach(() => void vi.restoreAllMocks());

function watch() {
  const ended: string[] = [];
  let now = 1_000_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const target = { hangup: (leg: string) => Promise.resolve(void ended.push(leg)).then(() => ({ ok: true, reply: '+OK' })) };
  const options = { db: database.db, target, nudges: { publish: () => undefined }, log: createLog('test', 'silent'), switchId: 'switch-1' } as unknown as OperatorLinesOptions;
  const lines = new OperatorLines(options);
  const tickAfter = async (ms: number) => {
    now += ms;
    await lines.tick();
    return ended.splice(0);
  };
  return { tickAfter };
}
const page = (secondsAgo: number) => {
  const leg = randomUUID();
  return anOperator(database.db, { state: 'ready', leg, switch_id: 'switch-1', page_seen_at: new Date(Date.now() - secondsAgo * 1_000) }).then((operatorId) => ({ leg, operatorId }));
};

it('a page that stays silent loses its leg, one that is heard again keeps it', async () => {
  const { tickAfter } = watch();
  const [gone, back, heard] = [await page(20), await page(20), await page(5)];
  for (const ms of [0, 2_000]) expect(await tickAfter(ms)).toEqual([]);
  await database.db('operators').where({ operator_id: back.operatorId }).update({ page_seen_at: new Date() });
  expect(await tickAfter(2_000)).toEqual([]);
  expect(await tickAfter(2_000)).toEqual([gone.leg]);
  await database.db('operators').whereIn('operator_id', [gone.operatorId, back.operatorId, heard.operatorId]).update({ leg: null });
});

it('an outage ends nobody’s leg: every page gets the time to be heard again', async () => {
  const { tickAfter } = watch();
  const { leg, operatorId } = await page(20);
  await tickAfter(0);
  expect(await tickAfter(60_000)).toEqual([]);
  for (const ms of [2_000, 2_000]) expect(await tickAfter(ms)).toEqual([]);
  expect(await tickAfter(2_000)).toEqual([leg]);
  await database.db('operators').where({ operator_id: operatorId }).update({ leg: null });
});

it('silence is nobody’s while no server was there to hear', async () => {
  const { tickAfter } = watch();
  const { leg, operatorId } = await page(70);
  await listening(15);
  for (const ms of [0, 2_000, 2_000, 2_000]) expect(await tickAfter(ms)).toEqual([]);
  await database.db('servers').update({ listening_since: new Date(Date.now() - 3_600_000), seen_at: new Date(Date.now() - 7_000) });
  for (const ms of [2_000, 2_000, 2_000, 2_000]) expect(await tickAfter(ms)).toEqual([]);
  await listening(3_600);
  for (const ms of [2_000, 2_000, 2_000]) expect(await tickAfter(ms)).toEqual([]);
  expect(await tickAfter(2_000)).toEqual([leg]);
  await database.db('operators').where({ operator_id: operatorId }).update({ leg: null });
});

it('a leg that has served many calls is ended between two, never while its call is open', async () => {
  const ended: string[] = [];
  const target = { hangup: (leg: string) => Promise.resolve(void ended.push(leg)).then(() => ({ ok: true, reply: '+OK' })) };
  const lines = new OperatorLines({ db: database.db, target, nudges: { publish: () => undefined }, log: createLog('test', 'silent'), switchId: 'switch-1', renewAfterCalls: 3 } as unknown as OperatorLinesOptions);
  const { leg, operatorId } = await page(0);
  await lines.released(operatorId);
  await lines.released(operatorId);
  expect(ended).toEqual([]);
  await database.db('operators').where({ operator_id: operatorId }).update({ state: 'wrapUp' });
  await lines.released(operatorId);
  expect(ended).toEqual([]);
  await database.db('operators').where({ operator_id: operatorId }).update({ state: 'ready' });
  await lines.released(operatorId);
  expect(ended).toEqual([leg]);
});
