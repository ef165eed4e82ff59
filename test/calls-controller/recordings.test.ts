import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import { listAlarms } from '../../platform/postgres/alarms.ts';
import { listRecordings, type RecordingRow } from '../../platform/postgres/recordings.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperatorOnLine, ask, callIn, dialNext, noFreeswitch, startTestController, startTestSwitch, testSwitches, until, type SwitchName, type TestController, type TestSwitch } from '../support/house.ts';
import { decodeOpus } from '../support/opus.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';
import { loudness } from '../support/sound.ts';

interface Scene { readonly database: TestDatabase; readonly freeswitch: TestSwitch; readonly hand: EslSwitch; readonly env: Record<string, string>; controller: TestController }

async function set(switchName: SwitchName): Promise<Scene> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'recordings-'));
  const [database, freeswitch] = await Promise.all([createTestDatabase(), startTestSwitch(switchName)]);
  const hand = new EslSwitch({ url: freeswitch.url, sipHosts: [], log: createLog('test', 'silent') });
  const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
  hand.start();
  await up;
  const env = { DATA_DIR: dataDir, FREESWITCH_URL: `${freeswitch.url}?standIn=${switchName === 'stand-in' ? 1 : 0}` };
  return { database, freeswitch, hand, env, controller: await startTestController(database.db, env.FREESWITCH_URL, { env }) };
}
async function strike({ controller, hand, freeswitch, database }: Scene): Promise<void> {
  await controller.stop();
  await hand.stop();
  await freeswitch.remove();
  await database.drop();
}

const store = ({ env }: Scene, key: string): string => path.join(env['DATA_DIR']!, 'recordings', key);
const spool = ({ env }: Scene): string => path.join(env['DATA_DIR']!, 'recordings', 'spool');
const segmentsOf = async ({ database }: Scene, callId: string): Promise<RecordingRow[]> => (await listRecordings(database.db, { callId, hearer: 'all' })) ?? [];
const settled = (scene: Scene, callId: string, count: number): Promise<RecordingRow[]> =>
  until(async () => {
    const rows = await segmentsOf(scene, callId);
    return rows.length >= count && rows.every(({ state }) => state !== 'running') ? rows : undefined;
  }, `${count} segments in the store`, 30_000);

/** A call of an operator's whose leg, like the contact's, is a robot of the number's last two digits. */
async function aCall(scene: Scene, row: Parameters<typeof aCampaign>[1], lastTwoDigits: string): Promise<{ callId: string; operatorId: string; campaignId: string }> {
  const { db } = scene.database;
  const campaignId = await aCampaign(db, { record_calls: true, announce_recording: false, ...row });
  await aContact(db, campaignId, { numbers: [aNumber(lastTwoDigits)] });
  const { operatorId } = await anOperatorOnLine(db, scene.hand, campaignId);
  const { callId } = await dialNext(db, operatorId, campaignId);
  await callIn(db, callId, 'talking');
  return { callId, operatorId, campaignId };
}

describe.skipIf(noFreeswitch !== undefined)('recordings on freeswitch', () => {
  let scene: Scene;
  beforeAll(async () => { scene = await set('freeswitch'); });
  afterAll(() => strike(scene));

  it('are segments with their places in the call: conversation, briefing apart, conversation after the return; Opus in the store, no wav left', async () => {
    const { db } = scene.database;
    const { callId, operatorId } = await aCall(scene, { managers: [{ address: '+79000000097' }] }, '97');
    await delay(1_500);
    await ask(db, operatorId, 'transfer', callId);
    await callIn(db, callId, 'briefing');
    await delay(2_000);
    await ask(db, operatorId, 'return', callId);
    await callIn(db, callId, 'talking');
    await delay(1_000);
    await ask(db, operatorId, 'hangUp', callId);
    const ended = await callIn(db, callId, 'ended');
    const rows = await settled(scene, callId, 3);
    expect(rows.map(({ segment, what, state }) => `${segment} ${what} ${state}`)).toEqual(['1 conversation stored', '2 briefing stored', '3 conversation stored']);
    const ages = rows.map(({ offsetMs, durationMs }) => ({ from: offsetMs, to: offsetMs + (durationMs ?? 0) }));
    expect(ages[0]?.from).toBeLessThan(300);
    // The manager rings for half a second meanwhile: nothing is recorded.
    expect(ages[1]!.from - ages[0]!.to).toBeGreaterThan(400);
    expect(ages[2]!.to).toBeLessThan(ended.ended_at!.getTime() - ended.answered_at!.getTime() + 1_000);
    for (const row of rows) {
      const sound = await decodeOpus(readFileSync(store(scene, await keyOf(row.id))));
      expect(Math.abs(sound.durationMs - (row.durationMs ?? 0))).toBeLessThan(100);
      expect(loudness(sound)).toBeGreaterThan(300);
      expect((row.bytes! * 8) / (row.durationMs! / 1000)).toBeLessThan(20_000);
    }
    await until(() => Promise.resolve(readdirSync(spool(scene)).length === 0), 'the spool to be empty');
  }, 60_000);

  it('begin after the announcement, which is not in them', async () => {
    const { db } = scene.database;
    const { callId, operatorId } = await aCall(scene, { announce_recording: true }, '98');
    await until(async () => (await segmentsOf(scene, callId)).length === 1, 'the recording to begin');
    await delay(800);
    await ask(db, operatorId, 'hangUp', callId);
    const [row] = await settled(scene, callId, 1);
    expect(row!.offsetMs).toBeGreaterThan(2_300);
    expect(loudness(await decodeOpus(readFileSync(store(scene, await keyOf(row!.id)))))).toBeLessThan(60);
  }, 60_000);

  it('outlive a controller that is killed in their middle; the next one finishes them, and what was left of a conversion', async () => {
    const { db } = scene.database;
    const { callId, operatorId } = await aCall(scene, {}, '97');
    await delay(500);
    await scene.controller.crash();
    await delay(1_000);
    scene.controller = await startTestController(db, scene.env['FREESWITCH_URL']!, { env: scene.env });
    await delay(500);
    await ask(db, operatorId, 'hangUp', callId);
    const [row, ...others] = await settled(scene, callId, 1);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ state: 'stored', segment: 1 });
    // One file through the whole outage: nobody began it anew.
    expect(row!.durationMs).toBeGreaterThan(1_500);
    await until(() => Promise.resolve(readdirSync(spool(scene)).length === 0), 'the spool to be empty');
  }, 60_000);

  it('whose call ended while no controller was there are found and stored by the next', async () => {
    const { db } = scene.database;
    const { callId } = await aCall(scene, {}, '97');
    await delay(1_200);
    await scene.controller.crash();
    const { contact_leg: leg } = (await db('calls').where({ id: callId }).first('contact_leg')) as { contact_leg: string };
    await scene.hand.hangup(leg, 'NORMAL_CLEARING');
    scene.controller = await startTestController(db, scene.env['FREESWITCH_URL']!, { env: scene.env });
    await callIn(db, callId, 'ended');
    expect(await settled(scene, callId, 1)).toMatchObject([{ state: 'stored' }]);
  }, 60_000);

  it('are not started on a full disk: the call goes on, its record and the switch’s row say why', async () => {
    const { db } = scene.database;
    await scene.controller.stop();
    scene.controller = await startTestController(db, scene.env['FREESWITCH_URL']!, { env: { ...scene.env, RECORDINGS_MIN_FREE_MB: '9999999' } });
    const { callId, operatorId } = await aCall(scene, {}, '98');
    await until(async () => (await segmentsOf(scene, callId))[0]?.reason === 'diskFull', 'the record to say so');
    expect(await db('switches').where({ id: 'switch-1' }).first('recording_problem')).toMatchObject({ recording_problem: expect.stringMatching(/^diskFull: less than 9999999 MB free/) as string });
    expect(await listAlarms(db)).toMatchObject([{ kind: 'recordingsStopped', subject: 'switch-1', clearedAt: null }]);
    expect(await callIn(db, callId, 'talking')).toMatchObject({ ended_at: null });
    await ask(db, operatorId, 'hangUp', callId);
    await callIn(db, callId, 'ended');
    await scene.controller.stop();
    scene.controller = await startTestController(db, scene.env['FREESWITCH_URL']!, { env: scene.env });
    await until(async () => ((await db('switches').where({ id: 'switch-1' }).first('recording_problem')) as { recording_problem: string | null }).recording_problem === null, 'the disk to have room again');
    await until(async () => (await listAlarms(db)).every(({ clearedAt }) => clearedAt !== null), 'the alarm to be over');
  }, 60_000);

  it('are not made where the campaign does not ask for them', async () => {
    const { db } = scene.database;
    const { callId, operatorId } = await aCall(scene, { record_calls: false }, '98');
    await ask(db, operatorId, 'hangUp', callId);
    await callIn(db, callId, 'ended');
    expect(await segmentsOf(scene, callId)).toEqual([]);
    expect(existsSync(path.join(spool(scene), `${callId}.1.wav`))).toBe(false);
  }, 60_000);

  const keyOf = async (id: string): Promise<string> => ((await scene.database.db('recordings').where({ id }).first('storage_key')) as { storage_key: string }).storage_key;
});

describe.skipIf(!testSwitches.includes('stand-in'))('recordings on stand-in', () => {
  let scene: Scene;
  beforeAll(async () => { scene = await set('stand-in'); });
  afterAll(() => strike(scene));

  it('are none, the record says that it is a practice line, and the call is like any other', async () => {
    const { db } = scene.database;
    const { callId, operatorId } = await aCall(scene, { announce_recording: true }, '98');
    await until(async () => (await segmentsOf(scene, callId)).length === 1, 'the segment');
    await ask(db, operatorId, 'hangUp', callId);
    expect(await callIn(db, callId, 'ended')).toMatchObject({ outcome: 'talked' });
    expect(await settled(scene, callId, 1)).toMatchObject([{ state: 'failed', reason: 'practiceLine' }]);
  }, 60_000);
});
