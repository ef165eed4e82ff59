import { mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Keeper } from '../../calls-controller/recordings/keeper.ts';
import { Spool } from '../../calls-controller/recordings/spool.ts';
import type { OrderResult } from '../../calls-controller/esl/switch.ts';
import { readConfig } from '../../platform/config.ts';
import { createLog } from '../../platform/log.ts';
import { openStore } from '../../platform/recordings/store.ts';
import { answered, bridged, dial, happen, hungUp, putOnLine } from '../server/call.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { decodeOpus } from '../support/opus.ts';
import { aCampaign, aContact, anOperator, aSwitch } from '../support/rows.ts';
import { startTestS3, type TestS3 } from '../support/s3-server.ts';
import { speech } from '../support/stored-sound.ts';
import { loudness, readSound } from '../support/sound.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';

let database: TestDatabase;
let s3: TestS3;
let spool: Spool;
let keepers: Keeper[] = [];
let said: OrderResult;
beforeAll(async () => { [database, s3] = await Promise.all([createTestDatabase(), startTestS3()]); });
afterAll(async () => {
  await s3?.stop();
  await database?.drop();
});
beforeEach(() => {
  spool = new Spool(mkdtempSync(path.join(tmpdir(), 'spool-')));
  said = { ok: false, reason: 'refused', reply: '-ERR Cannot stop record session!' };
});
afterEach(async () => {
  await Promise.all(keepers.map((keeper) => keeper.stop()));
  keepers = [];
});

const aKeeper = (): Keeper => {
  const { recordings } = readConfig({ DATABASE_URL: 'postgres://test@127.0.0.1/test', REDIS_URL: 'redis://127.0.0.1', FREESWITCH_URL: 'esl://:a-long-password@127.0.0.1', RECORDINGS_URL: s3.url });
  const keeper = new Keeper({
    db: database.db, spool, store: openStore(recordings), switchId: 'switch-1', standIn: false, log: createLog('test', 'silent'),
    target: { stopRecording: () => Promise.resolve(said) }, nudges: { publish: () => undefined, subscribe: () => undefined, stop: () => Promise.resolve() } as never,
  });
  keepers.push(keeper);
  return keeper;
};

/** A call that has ended; its wav is what the test puts there. */
async function anEndedCall(wav: Uint8Array | undefined, endedAgoMs = 0): Promise<string> {
  const { db } = database;
  await aSwitch(db);
  const campaignId = await aCampaign(db, { record_calls: true, announce_recording: false });
  await aContact(db, campaignId);
  const operatorId = await anOperator(db, { campaign_id: campaignId, switch_id: 'switch-1' });
  await putOnLine(db, operatorId);
  const claim = await claimNextContact(db, { operatorId, campaignId });
  const callId = await dial(db, operatorId, claim!.contactId);
  await happen(db, callId, answered, bridged, hungUp('NORMAL_CLEARING'));
  if (wav) writeFileSync(spool.wav(callId, 1), wav);
  if (endedAgoMs > 0) await db('recordings').where({ call_id: callId }).update({ stopped_at: new Date(Date.now() - endedAgoMs) });
  return callId;
}
const rowOf = (callId: string) => database.db('recordings').where({ call_id: callId }).first() as Promise<Record<string, unknown>>;
const soundOf = (callId: string): Buffer | undefined => [...s3.objects].find(([name]) => name.includes(callId))?.[1];

describe('the keeper of recordings', () => {
  it('keeps the wav until the store has taken its sound, however often it refuses', async () => {
    const callId = await anEndedCall(readFileSync(speech));
    const keeper = aKeeper();
    // The client itself asks three times.
    s3.refusals.push(503, 503, 503);
    await keeper.run();
    expect(await rowOf(callId)).toMatchObject({ state: 'running', tries: 1, next_try_at: expect.any(Date) as Date });
    expect(readdirSync(spool.directory)).toEqual([`${callId}.1.wav`]);
    await keeper.run();
    expect(await rowOf(callId)).toMatchObject({ state: 'running' });
    await database.db('recordings').where({ call_id: callId }).update({ next_try_at: new Date(0) });
    await keeper.run();
    expect(await rowOf(callId)).toMatchObject({ state: 'stored', format: 'audio/ogg; codecs=opus', duration_ms: readSound(speech).durationMs });
    expect(readdirSync(spool.directory)).toEqual([]);
    const sound = await decodeOpus(soundOf(callId)!);
    expect(Math.abs(sound.durationMs - readSound(speech).durationMs)).toBeLessThan(80);
    // As loud as it was, within 2 dB.
    expect(Math.abs(20 * Math.log10(loudness(sound) / loudness(readSound(speech))))).toBeLessThan(2);
    expect((soundOf(callId)!.length * 8) / (sound.durationMs / 1000)).toBeLessThan(16_000);
  });

  it('two at once store it once', async () => {
    const callId = await anEndedCall(readFileSync(speech));
    await Promise.all([aKeeper().run(), aKeeper().run()]);
    expect(await rowOf(callId)).toMatchObject({ state: 'stored', bytes: soundOf(callId)!.length });
    expect(readdirSync(spool.directory)).toEqual([]);
    await decodeOpus(soundOf(callId)!);
  });

  it('reads a file that a killed switch never closed', async () => {
    const wav = readFileSync(speech);
    wav.writeUInt32LE(0, 40);
    wav.writeUInt32LE(36, 4);
    const callId = await anEndedCall(wav.subarray(0, 44 + 2 * 8_000 * 2 + 1));
    await aKeeper().run();
    expect(await rowOf(callId)).toMatchObject({ state: 'stored', duration_ms: 2_000 });
  });

  it('says why there is no sound: an empty file, no file, no sound file', async () => {
    const wav = readFileSync(speech);
    const [empty, lost, torn] = [await anEndedCall(wav.subarray(0, 44 + 320)), await anEndedCall(undefined, 30_000), await anEndedCall(Buffer.from('not a sound at all'))];
    await aKeeper().run();
    expect([await rowOf(empty), await rowOf(lost), await rowOf(torn)]).toMatchObject([{ state: 'failed', reason: 'empty' }, { state: 'failed', reason: 'lost' }, { state: 'failed', reason: 'unreadable' }]);
  });

  it('waits while the switch gives no answer and the file may still be written to', async () => {
    said = { ok: false, reason: 'unknown', reply: 'the link to the switch is down' };
    const callId = await anEndedCall(readFileSync(speech));
    const keeper = aKeeper();
    await keeper.run();
    expect(await rowOf(callId)).toMatchObject({ state: 'running', tries: 0 });
    utimesSync(spool.wav(callId, 1), new Date(), new Date(Date.now() - 120_000));
    await database.db('recordings').where({ call_id: callId }).update({ stopped_at: new Date(Date.now() - 120_000) });
    await keeper.run();
    expect(await rowOf(callId)).toMatchObject({ state: 'stored' });
  });

  it('removes old files that belong to no running segment, and nothing else', async () => {
    const running = await anEndedCall(undefined);
    const names = [`${crypto.randomUUID()}.1.wav`, `${crypto.randomUUID()}.2.0a1b2c3d.ogg`, `${running}.1.wav`, `${crypto.randomUUID()}.3.wav`, 'notes.txt'];
    for (const name of names) writeFileSync(path.join(spool.directory, name), 'x');
    mkdirSync(path.join(spool.directory, 'folder'));
    const long = new Date(Date.now() - 3_600_000);
    for (const name of [0, 1, 2, 4].map((index) => names[index]!)) utimesSync(path.join(spool.directory, name), long, long);
    await aKeeper().sweep();
    expect(readdirSync(spool.directory).toSorted()).toEqual([names[2]!, names[3]!, 'folder', 'notes.txt'].toSorted());
  });
});
