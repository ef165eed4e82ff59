import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import { declareSwitchLost } from '../../platform/postgres/lost-switch.ts';
import { listSwitches, setDraining } from '../../platform/postgres/switch-service.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperatorOnLine, callIn, dialNext, readCall, startTestController, startTestSwitch, testSwitches, until, type TestController, type TestSwitch } from '../support/house.ts';
import { startControllerProgram, type RunningProgram } from '../support/programs.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';

describe.each(testSwitches)('a switch that was declared lost and comes back (%s)', (switchName) => {
  let database: TestDatabase;
  let line: TestSwitch;
  let hand: EslSwitch;
  let frozen: RunningProgram;
  let next: TestController | undefined;

  beforeAll(async () => {
    [database, line] = await Promise.all([createTestDatabase(), startTestSwitch(switchName)]);
    hand = new EslSwitch({ url: line.url, sipHosts: [], log: createLog('test', 'silent') });
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await up;
    frozen = await startControllerProgram({ databaseUrl: database.url, freeswitchUrl: line.url, dataDir: path.join(tmpdir(), 'lost') });
  });
  afterAll(async () => {
    frozen?.child.kill('SIGCONT');
    await frozen?.end('SIGKILL');
    await next?.stop();
    await hand?.stop();
    await line?.remove();
    await database?.drop();
  });

  it('its former controller leaves without a word, the next one ends what it finds and begins nothing', { timeout: 60_000 }, async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    for (const digits of ['98', '91']) await aContact(db, campaignId, { numbers: [aNumber(digits)] });
    const desks = [await anOperatorOnLine(db, hand, campaignId), await anOperatorOnLine(db, hand, campaignId), await anOperatorOnLine(db, hand, campaignId)];
    const [talks, rings] = [await dialNext(db, desks[0]!.operatorId, campaignId), await dialNext(db, desks[1]!.operatorId, campaignId)];
    const talking = await callIn(db, talks.callId, 'talking');
    await until(async () => (await listSwitches(db))[0]?.version, 'the switch to say what it is');

    frozen.child.kill('SIGSTOP');
    await setDraining(db, { switchId: 'switch-1', draining: true });
    expect(await declareSwitchLost(db, { switchId: 'switch-1', confirmed: true })).toMatchObject({ kind: 'lost', calls: 2 });
    expect(await readCall(db, talks.callId)).toMatchObject({ outcome: 'talked', ended_by: 'switchLost', hangup_cause: 'SWITCH_LOST' });
    expect(await readCall(db, rings.callId)).toMatchObject({ outcome: 'unknown', ended_by: 'switchLost' });
    // The record is closed; what the switch itself does goes on until somebody ends it.
    expect(await hand.exists(talking.contact_leg)).toBe(true);
    const record = async () => ({ calls: await db('calls').orderBy('id'), transitions: await db('call_transitions').orderBy(['call_id', 'version']), operators: await db('operators').orderBy('operator_id') });
    const before = await record();

    frozen.child.kill('SIGCONT');
    await until(() => Promise.resolve(frozen.child.exitCode !== null), 'the former controller to leave');
    expect(frozen.child.exitCode).toBe(0);
    expect(await record()).toEqual(before);

    next = await startTestController(db, line.url);
    await until(async () => (await hand.channels())?.length === 0, 'every leg there to be ended', 30_000);
    expect(await record()).toEqual(before);
    expect((await listSwitches(db))[0]).toMatchObject({ up: true, operators: 0, calls: 0, lostSince: expect.any(String) as string });
    expect(await setDraining(db, { switchId: 'switch-1', draining: false })).toBe('changed');
  });
});
