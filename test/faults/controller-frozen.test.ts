import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperatorOnLine, ask, callIn, dialNext, readCall, startTestController, startTestSwitch, testSwitches, until, type TestController, type TestSwitch } from '../support/house.ts';
import { startControllerProgram, type RunningProgram } from '../support/programs.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';
import { openEventSocketProxy, type EventSocketProxy } from './event-socket-proxy.ts';

/** What asks and changes nothing; everything else is an order. */
const question = /^(auth |event json|api (status|global_getvar|show|uuid_exists|uuid_dump|uuid_getvar|uuid_set_media_stats)\b)/;

/** All that a controller may write about calls. */
const record = async (db: Db) => ({
  calls: await db('calls').orderBy('id').select('id', 'state', 'version', 'epoch', 'machine', 'outcome', 'ended_at'),
  transitions: await db('call_transitions').orderBy(['call_id', 'version']).select('call_id', 'version', 'to_state'),
  commands: await db('call_commands').orderBy('id').select('id', 'epoch', 'done_at', 'result'),
  requests: await db('requests').orderBy('id').select('id', 'handled_at', 'result'),
  operators: await db('operators').orderBy('operator_id').select('operator_id', 'state', 'leg', 'version'),
  queue: await db('call_queue').orderBy('contact_id').select('contact_id', 'next_attempt_at'),
});

describe.each(testSwitches)('a controller stopped beyond its lease on %s', (switchName) => {
  let database: TestDatabase;
  let line: TestSwitch;
  let hand: EslSwitch;
  let proxy: EventSocketProxy;
  let frozen: RunningProgram;
  let next: TestController | undefined;

  beforeAll(async () => {
    [database, line] = await Promise.all([createTestDatabase(), startTestSwitch(switchName)]);
    hand = new EslSwitch({ url: line.url, sipHosts: [], log: createLog('test', 'silent') });
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await up;
    proxy = await openEventSocketProxy(line.url);
    frozen = await startControllerProgram({ databaseUrl: database.url, freeswitchUrl: proxy.url, dataDir: path.join(tmpdir(), 'frozen') });
  });
  afterAll(async () => {
    frozen?.child.kill('SIGCONT');
    await frozen?.end('SIGKILL');
    await next?.stop();
    await hand?.stop();
    await proxy?.close();
    await line?.remove();
    await database?.drop();
  });

  it('is followed; continued, it writes nothing stale, gives the switch no order and leaves', { timeout: 60_000 }, async () => {
    const { db } = database;
    const campaignId = await aCampaign(db, { ring_timeout_ms: 5_000 });
    for (const digits of ['98', '98', '91']) await aContact(db, campaignId, { numbers: [aNumber(digits)] });
    const desks = [];
    for (let i = 0; i < 3; i += 1) desks.push(await anOperatorOnLine(db, hand, campaignId));
    const [talks, leaves, rings] = [await dialNext(db, desks[0]!.operatorId, campaignId), await dialNext(db, desks[1]!.operatorId, campaignId), await dialNext(db, desks[2]!.operatorId, campaignId)];
    const talking = await callIn(db, talks.callId, 'talking');
    const leaving = await callIn(db, leaves.callId, 'talking');

    frozen.child.kill('SIGSTOP');
    const stoppedAt = performance.now();
    // What the frozen one will find when it goes on: a contact who hung up, a telephone that rang too long, a key press.
    await hand.hangup(leaving.contact_leg, 'NORMAL_CLEARING');
    next = await startTestController(db, line.url);
    const takenOverMs = performance.now() - stoppedAt;
    expect(takenOverMs).toBeGreaterThan(2_500);
    expect(takenOverMs).toBeLessThan(15_000);
    expect(await callIn(db, leaves.callId, 'ended')).toMatchObject({ outcome: 'talked' });
    // Unknown where it stopped ringing before the new owner listened, as on a machine that is short of time.
    expect(['noAnswer', 'unknown']).toContain((await callIn(db, rings.callId, 'ended', 15_000)).outcome);
    expect(await readCall(db, talks.callId)).toMatchObject({ state: 'talking' });
    // The former owner's ringing deadline (8 s) is behind it as well.
    await sleep(Math.max(0, 8_500 - (performance.now() - stoppedAt)));
    await next.runner.settled();
    const before = await record(db);
    const orders: string[] = [];
    proxy.onCommand = (command) => { if (!question.test(command)) orders.push(command); };

    frozen.child.kill('SIGCONT');
    await until(() => Promise.resolve(frozen.child.exitCode !== null), 'the former owner to leave');
    expect(frozen.child.exitCode).toBe(0);
    expect(orders).toEqual([]);
    expect(await record(db)).toEqual(before);
    // The talk went on all the time, and the new owner has it.
    expect((await hand.channels())?.find(({ leg }) => leg === talking.contact_leg)?.bridgedTo).toBe(talking.operator_leg);
    expect(await ask(db, desks[0]!.operatorId, 'hangUp', talks.callId)).toEqual({ ok: true });
    expect(await callIn(db, talks.callId, 'ended')).toMatchObject({ outcome: 'talked', ended_by: 'operator' });
  });
});
