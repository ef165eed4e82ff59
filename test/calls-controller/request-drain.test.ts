import { afterAll, beforeAll, expect, it } from 'vitest';
import { RequestDrain, type RequestDrainOptions } from '../../calls-controller/request-drain.ts';
import { createLog } from '../../platform/log.ts';
import type { Nudge } from '../../platform/nudges.ts';
import { insertRequest, readRequestResult } from '../../platform/postgres/requests.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/house.ts';
import { aCampaign, anOperator, aSwitch } from '../support/rows.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Asks for a contact that there is none of, and drains as the owner of `epoch` of a switch whose epoch is 2. */
async function drainedBy(epoch: bigint) {
  const { db } = database;
  const switchId = await aSwitch(db, { id: `drained-by-${epoch}`, epoch: 2 });
  const operatorId = await anOperator(db, { campaign_id: await aCampaign(db) });
  const { id } = await insertRequest(db, { switchId, operatorId, kind: 'dial', payload: { contactId: 'none' } });
  const nudged: Nudge[] = [];
  const options = { db, switchId, epoch, trunkId: 'robots', log: createLog('test', 'silent'), nudges: { publish: (nudge: Nudge) => nudged.push(nudge) } };
  const drain = new RequestDrain(options as unknown as RequestDrainOptions);
  await drain.open();
  const told = await until(() => Promise.resolve(nudged.find(({ topic }) => topic === 'request')), 'a nudge');
  await drain.stop();
  return { told, id, result: await readRequestResult(db, { id }) };
}

it('a nudge brings the answer that was written', async () => {
  const { told, id, result } = await drainedBy(2n);
  expect(result).toEqual({ ok: false, code: 'claimLost' });
  expect(told).toEqual({ topic: 'request', id, result });
});

it('an answer that a former owner could not write is told to nobody: the next owner gives another', async () => {
  const { told, id, result } = await drainedBy(1n);
  expect(result).toBeUndefined();
  expect(told).toEqual({ topic: 'request', id });
});
