import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExchange, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
beforeAll(async () => { exchange = await startExchange(); });
afterAll(() => exchange.stop());

test('a key that meets a database that hangs is refused with the reason, and is not carried out when it goes on', async () => {
  const { db } = exchange.database;
  const operator = await exchange.signedIn('operator');
  await db('operators').where({ operator_id: operator.userId }).update({ state: 'ready' });
  const state = async () => (await db('operators').where({ operator_id: operator.userId }).first('state', 'pause_reason')) as object;
  const before = await state();
  const askedAt = performance.now();
  let waitedMs = 0;
  await db.transaction(async (trx) => {
    // Whoever asks who is signed in waits for as long as this is held.
    await trx.raw('lock table user_sessions in access exclusive mode');
    const reply = await operator.ask('POST', '/api/v1/operator/pause', { paused: true });
    waitedMs = performance.now() - askedAt;
    expect(reply.body).toMatchObject({ status: 503, code: 'databaseAway' });
  });
  expect(waitedMs).toBeGreaterThan(3_500);
  // What was asked later is answered later: whatever the first one still did is done by then.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await operator.ask('GET', '/api/v1/operator/cockpit')).status).toBe(200);
  expect(await state()).toEqual(before);
  expect((await operator.ask('POST', '/api/v1/operator/pause', { paused: true })).status).toBe(200);
});
