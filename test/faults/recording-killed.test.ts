import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import { listRecordings } from '../../platform/postgres/recordings.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperatorOnLine, ask, callIn, dialNext, noFreeswitch, startTestSwitch, until, type TestSwitch } from '../support/house.ts';
import { decodeOpus } from '../support/opus.ts';
import { startControllerProgram, type RunningProgram } from '../support/programs.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';
import { loudness } from '../support/sound.ts';

// The stand-in does not record.
describe.skipIf(noFreeswitch !== undefined)('a call that is recorded', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'recorded-'));
  let database: TestDatabase;
  let freeswitch: TestSwitch;
  let hand: EslSwitch;
  let controller: RunningProgram;

  const startController = async () => { controller = await startControllerProgram({ databaseUrl: database.url, freeswitchUrl: freeswitch.url, dataDir }); };
  beforeAll(async () => {
    [database, freeswitch] = await Promise.all([createTestDatabase(), startTestSwitch('freeswitch')]);
    hand = new EslSwitch({ url: freeswitch.url, sipHosts: [], log: createLog('test', 'silent') });
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await up;
    await startController();
  });
  afterAll(async () => {
    await controller?.end();
    await hand?.stop();
    await freeswitch?.remove();
    await database?.drop();
  });

  it('keeps its sound without a gap though the controller is killed in its middle, and once more while the sound is put away', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db, { record_calls: true, announce_recording: false });
    await aContact(db, campaignId, { numbers: [aNumber('97')] });
    const { operatorId } = await anOperatorOnLine(db, hand, campaignId);
    const { callId } = await dialNext(db, operatorId, campaignId);
    await callIn(db, callId, 'talking');
    const rows = async () => (await listRecordings(db, { callId, hearer: 'all' })) ?? [];
    await until(async () => (await rows()).length === 1, 'the recording to begin');
    await sleep(1_000);
    await controller.end('SIGKILL');
    await sleep(2_000);
    await startController();
    await sleep(1_000);
    await ask(db, operatorId, 'hangUp', callId);
    const ended = await callIn(db, callId, 'ended');
    await controller.end('SIGKILL');
    expect((await rows()).map(({ state }) => state)).not.toContain('failed');
    await startController();
    const [row, ...others] = await until(async () => { const found = await rows(); return found.every(({ state }) => state !== 'running') ? found : undefined; }, 'the recording to be in the store', 40_000);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ state: 'stored', segment: 1, what: 'conversation' });
    const talkedMs = ended.ended_at!.getTime() - ended.answered_at!.getTime();
    expect(talkedMs - row!.offsetMs - row!.durationMs!).toBeLessThan(700);
    const { storage_key: key } = (await db('recordings').where({ id: row!.id }).first('storage_key')) as { storage_key: string };
    const sound = await decodeOpus(readFileSync(path.join(dataDir, 'recordings', key)));
    expect(Math.abs(sound.durationMs - row!.durationMs!)).toBeLessThan(100);
    expect(loudness(sound)).toBeGreaterThan(300);
    await until(() => Promise.resolve(readdirSync(path.join(dataDir, 'recordings', 'spool')).length === 0), 'no raw sound to be left');
  }, 90_000);
});
