import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { OperatorLines, type OperatorLinesOptions } from '../../calls-controller/operator-lines.ts';
import { Runner } from '../../calls-controller/runner.ts';
import { Reconciler, type ReconcilerOptions } from '../../calls-controller/reconcile.ts';
import { createLog } from '../../platform/log.ts';
import { storeLegCredentials } from '../../platform/postgres/leg-credentials.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aCampaign, aContact, anOperator, aSwitch } from '../support/rows.ts';
import { authoriseAttempt } from '../../platform/postgres/authorise-attempt.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';

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
  const house = { db, target, runner, nudges: { publish: () => undefined }, log: createLog('test', 'silent'), switchId, ringing: { take: () => undefined, hungUp: () => Promise.resolve() } };
  const lines = new OperatorLines(house as unknown as OperatorLinesOptions);
  await new Reconciler({ ...house, lines } as unknown as ReconcilerOptions).look();
  expect(await db('operators').where({ operator_id: operatorId }).first('leg', 'state', 'page_id')).toEqual({ leg: page, state: 'ready', page_id: 'page' });
  expect(ended).toEqual([stranger]);
});

/** An operator on line at a switch of their own, and a call of theirs that is written and not dialled yet. */
async function anAttempt(id: string) {
  const { db } = database;
  const switchId = await aSwitch(db, { id, epoch: 1 });
  const campaignId = await aCampaign(db);
  const contactId = await aContact(db, campaignId);
  const operatorLeg = randomUUID();
  const operatorId = await anOperator(db, { state: 'ready', campaign_id: campaignId, switch_id: switchId, leg: operatorLeg });
  await claimNextContact(db, { operatorId, campaignId });
  const authorised = await authoriseAttempt(db, { operatorId, contactId, switchId, epoch: 1n, callId: randomUUID(), contactLeg: randomUUID(), nowMs: Date.now() });
  if (!authorised.ok) throw new Error(authorised.code);
  const { call, commands, commandIds } = authorised;
  return { db, switchId, campaignId, operatorLeg, operatorId, call, commands, commandIds };
}

it('ends a call whose leg is a ghost: listed by the switch, denied by uuid_exists', async () => {
  const { db, switchId, campaignId, operatorLeg, operatorId, call, commands, commandIds } = await anAttempt('haunted');
  const ok = { ok: true, reply: '+OK' };
  const target = {
    channels: () => Promise.resolve([operatorLeg, call.contactLeg].map((leg) => ({ leg, state: 'CS_EXECUTE', callState: 'ACTIVE', createdAt: 0 }))),
    exists: (leg: string) => Promise.resolve(leg === operatorLeg), howDialEnded: () => Promise.resolve(undefined), variables: () => Promise.resolve(undefined), setBusy: () => undefined,
    arm: () => Promise.resolve(ok), dialContact: () => Promise.resolve(ok), hangup: () => Promise.resolve({ ok: false, reason: 'noSuchChannel', reply: '-ERR No such channel!' }),
  };
  const log = createLog('test', 'silent');
  const nudges = { publish: () => undefined };
  const runner = new Runner({ db, target, nudges, log, epoch: 1n, onReleased: () => undefined, onOperatorGone: () => undefined, onDoubt: () => undefined, onStale: () => undefined } as never);
  await runner.begin({ call, operatorId, campaignId }, commands, commandIds);
  await runner.apply(call.id, { type: 'LegCreated', leg: call.contactLeg, at: Date.now() });
  const reconciler = new Reconciler({ db, target, runner, lines: { hungUp: () => undefined, parked: () => undefined }, log, switchId, deafSince: () => undefined, restartedAt: () => 0 } as never);
  await reconciler.look();
  expect(runner.live.get(call.id)?.call.state).toBe('dialling');
  await runner.apply(call.id, { type: 'HangupRequested', by: 'operator', at: Date.now() });
  await reconciler.look();
  expect(await db('calls').where({ id: call.id }).first('state', 'operator_bound', 'number_live')).toEqual({ state: 'ended', operator_bound: false, number_live: false });
  runner.stop();
});

it('does not take two for joined who were parted while it looked', async () => {
  const { db, switchId, campaignId, operatorLeg, operatorId, call, commands, commandIds } = await anAttempt('quick');
  const ok = { ok: true, reply: '+OK' };
  const looks: { bridged: boolean; meanwhile?: () => Promise<unknown> }[] = [];
  const target = {
    channels: async () => {
      const { bridged, meanwhile } = looks.shift() ?? { bridged: false };
      const list = [[operatorLeg, call.contactLeg], [call.contactLeg, operatorLeg]].map(([leg, other]) => ({ leg, state: 'CS_EXECUTE', callState: 'ACTIVE', createdAt: 0, ...(bridged ? { bridgedTo: other } : {}) }));
      await meanwhile?.();
      return list;
    },
    exists: () => Promise.resolve(true), howDialEnded: () => Promise.resolve(undefined), variables: () => Promise.resolve(undefined), setBusy: () => undefined, ownTime: (at: number) => at,
    arm: () => Promise.resolve(ok), dialContact: () => Promise.resolve(ok), hangup: () => Promise.resolve(ok),
  };
  const log = createLog('test', 'silent');
  const runner = new Runner({ db, target, nudges: { publish: () => undefined }, log, epoch: 1n, onReleased: () => undefined, onOperatorGone: () => undefined, onDoubt: () => undefined, onStale: () => undefined } as never);
  await runner.begin({ call, operatorId, campaignId }, commands, commandIds);
  const at = Date.now();
  for (const event of [{ type: 'LegCreated', leg: call.contactLeg, at }, { type: 'LegAnswered', leg: call.contactLeg, at }, { type: 'LegsBridged', leg: operatorLeg, other: call.contactLeg, at }] as const) await runner.apply(call.id, event);
  const parked = () => runner.live.get(call.id)?.call.legs[operatorLeg]?.parked;
  expect(parked()).toBe(false);
  const reconciler = new Reconciler({ db, target, runner, lines: { hungUp: () => undefined, parked: () => undefined }, log, switchId, deafSince: () => undefined, restartedAt: () => 0 } as never);
  looks.push({ bridged: true }, { bridged: true, meanwhile: () => runner.apply(call.id, { type: 'LegParked', leg: operatorLeg, at }) });
  await reconciler.look();
  expect(parked()).toBe(true);
  expect(looks).toHaveLength(0);
  // Nobody said anything meanwhile: what the switch shows is told.
  looks.push({ bridged: true }, { bridged: true });
  await reconciler.look();
  expect(parked()).toBe(false);
  runner.stop();
});

it('looks again in seconds when the switch did not answer, not at the slow tick', async () => {
  vi.useFakeTimers();
  try {
    let asked = 0;
    const target = { channels: () => Promise.resolve(void (asked += 1)) };
    const reconciler = new Reconciler({ target, runner: { live: new Map() }, log: createLog('test', 'silent') } as never);
    await reconciler.look();
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toBe(3);
    reconciler.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toBe(3);
  } finally {
    vi.useRealTimers();
  }
});
