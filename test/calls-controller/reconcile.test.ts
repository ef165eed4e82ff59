import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OperatorLines, type OperatorLinesOptions } from '../../calls-controller/operator-lines.ts';
import { Reconciler, type ReconcilerOptions } from '../../calls-controller/reconcile.ts';
import { createLog } from '../../platform/log.ts';
import { storeLegCredentials } from '../../platform/postgres/leg-credentials.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperator, aSwitch } from '../support/rows.ts';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

it('puts an operator on line whose page called in while no controller listened, and ends a leg without credentials', async () => {
  const { db } = database;
  const switchId = await aSwitch(db);
  const operatorId = await anOperator(db);
  await storeLegCredentials(db, { username: 'op-1-fresh', operatorId, switchId, pageId: 'page', a1Hash: 'x', liveMs: 60_000 });
  const [page, stranger, robot] = [randomUUID(), randomUUID(), randomUUID()];
  const dumps: Record<string, Record<string, string>> = {
    [page]: { exchange_leg: page, sip_auth_username: 'op-1-fresh' }, [stranger]: { exchange_leg: stranger, sip_auth_username: 'op-1-old' }, [robot]: { exchange_leg: robot },
  };
  const ended: string[] = [];
  const ok = { ok: true, reply: '+OK' };
  const target = {
    channels: () => Promise.resolve(Object.keys(dumps).map((leg) => ({ leg, state: 'CS_EXECUTE', callState: 'ACTIVE', createdAt: 0 }))),
    variables: (leg: string) => Promise.resolve(dumps[leg]),
    exists: () => Promise.resolve(true), arm: () => Promise.resolve(ok), hangup: (leg: string) => Promise.resolve(void ended.push(leg)).then(() => ok),
  };
  const runner = { live: new Map(), callOfLeg: () => undefined };
  const house = { db, target, runner, nudges: { publish: () => undefined }, log: createLog('test', 'silent'), switchId };
  const lines = new OperatorLines(house as unknown as OperatorLinesOptions);
  await new Reconciler({ ...house, lines } as unknown as ReconcilerOptions).look();
  expect(await db('operators').where({ operator_id: operatorId }).first('leg', 'state', 'page_id')).toEqual({ leg: page, state: 'ready', page_id: 'page' });
  expect(ended).toEqual([stranger]);
});
