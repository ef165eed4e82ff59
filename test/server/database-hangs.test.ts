import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { aCampaign, aContact, aSwitch } from '../support/rows.ts';
import { dial, putOnLine } from './call.ts';
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

test('a key is as old as its first question to a database that hangs before it is written down', async () => {
  const { db } = exchange.database;
  const operator = await exchange.signedIn('operator');
  await aSwitch(db);
  const campaignId = await aCampaign(db);
  await aContact(db, campaignId);
  await putOnLine(db, operator.userId);
  await db('operators').where({ operator_id: operator.userId }).update({ campaign_id: campaignId });
  const claim = await claimNextContact(db, { operatorId: operator.userId, campaignId });
  const callId = await dial(db, operator.userId, claim!.contactId);
  let reply: Promise<unknown> | undefined;
  let goesOnAt = 0;
  await db.transaction(async (trx) => {
    // Who is signed in is answered; whose call it is has to wait.
    await trx.raw('lock table calls in access exclusive mode');
    reply = operator.ask('POST', `/api/v1/operator/calls/${callId}/requests`, { kind: 'hangUp' });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    goesOnAt = ((await trx.raw<{ rows: { at: Date }[] }>('select clock_timestamp() as at')).rows[0]!.at).getTime();
  });
  await reply;
  const { created_at } = (await db('requests').where({ call_id: callId }).first('created_at')) as { created_at: Date };
  expect(created_at.getTime()).toBeLessThan(goesOnAt - 500);
});
