import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LegId } from '../../domain/leg.ts';
import { loudness, readSound, toneIn } from '../support/sound.ts';
import { Bench, robot } from './harness.ts';
import { switches } from './switches.ts';

/** A directory with a space in its name, as people have them. */
const directory = path.join(mkdtempSync(path.join(tmpdir(), 'spool-')), 'call recordings');
const newFile = (): string => path.join(directory, `${randomUUID()}.1.wav`);
/** ms; what the time between two commands may differ by on a busy machine, and what the switch holds back before it begins. */
const slackMs = 700;

for (const entry of switches.filter(({ name }) => name === 'freeswitch')) {
  describe.skipIf(entry.missing() !== undefined)(`recording on ${entry.name}`, { concurrent: true }, () => {
    let bench: Bench;
    beforeAll(async () => { bench = await Bench.start(entry); });
    afterAll(() => bench?.stop());

    const record = async (leg: LegId, file: string, limitMs = 600_000): Promise<void> => {
      expect(await bench.client.startRecording(leg, file, limitMs)).toMatchObject({ ok: true });
    };
    const standing = async (kind: 'silent' | 'talks'): Promise<LegId> => {
      const leg = randomUUID();
      await bench.client.originateParked({ leg, destination: robot(kind), ringTimeoutMs: 10_000 });
      await bench.fact(leg, 'parked');
      return leg;
    };
    const talk = async (operator: LegId, kind: 'silent' | 'talks'): Promise<LegId> => {
      const contact = await bench.dial(operator, robot(kind));
      await bench.bridged(operator, contact);
      return contact;
    };

    test.each([['talks', 'silent'], ['silent', 'talks']] as const)('has the operator’s side (%s) and the contact’s (%s)', async (operatorIs, contactIs) => {
      const operator = await standing(operatorIs);
      const contact = await talk(operator, contactIs);
      const file = newFile();
      await record(contact, file);
      await delay(1_500);
      expect(await bench.client.stopRecording(contact, file)).toMatchObject({ ok: true });
      const sound = readSound(file);
      expect(sound).toMatchObject({ rate: 8_000, channels: 1 });
      expect(Math.abs(sound.durationMs - 1_500)).toBeLessThan(slackMs);
      expect(loudness(sound)).toBeGreaterThan(500);
      await bench.end(contact, operator);
    });

    test('has both sides at once, mixed: the operator’s tone and the contact’s speech', async () => {
      const operator = await standing('silent');
      const far = (await bench.client.variables(operator))?.['other_loopback_leg_uuid'] ?? '';
      expect(await bench.raw.ask(`api uuid_transfer ${far} 'm:^:playback:tone_stream://%(20000,0,1000)' inline`)).toContain('+OK');
      const contact = await talk(operator, 'talks');
      const file = newFile();
      await record(contact, file);
      await delay(2_000);
      await bench.client.stopRecording(contact, file);
      const sound = readSound(file);
      const tone = toneIn(sound, 1_000);
      expect(tone).toBeGreaterThan(1_000);
      // What is left without the tone is the contact.
      expect(Math.sqrt(Math.max(0, loudness(sound) ** 2 - tone ** 2 / 2))).toBeGreaterThan(500);
      await bench.end(contact, operator);
    });

    test('started twice it is one recording; stopped twice the second is refused and the file stays', async () => {
      const operator = await standing('silent');
      const contact = await talk(operator, 'talks');
      const file = newFile();
      await record(contact, file);
      await delay(800);
      await record(contact, file);
      await delay(800);
      expect(await bench.client.stopRecording(contact, file)).toMatchObject({ ok: true });
      const { durationMs } = readSound(file);
      expect(Math.abs(durationMs - 1_600)).toBeLessThan(slackMs);
      expect(await bench.client.stopRecording(contact, file)).toMatchObject({ ok: false, reason: 'refused' });
      expect(readSound(file).durationMs).toBe(durationMs);
      await bench.end(contact, operator);
    });

    test('stopped before the music and begun anew after it, two files have each its conversation and no music', async () => {
      const operator = await standing('silent');
      const contact = await talk(operator, 'silent');
      const [first, second] = [newFile(), newFile()];
      await record(contact, first);
      await delay(700);
      await bench.client.stopRecording(contact, first);
      await bench.armAll(operator, contact);
      let from = bench.facts.length;
      await bench.client.playMusic(contact);
      await bench.fact(operator, 'parked', from);
      await bench.armAll(operator, contact);
      from = bench.facts.length;
      await bench.client.bridge(operator, contact);
      await bench.bridged(operator, contact, from);
      await record(contact, second);
      await delay(700);
      await bench.client.stopRecording(contact, second);
      for (const file of [first, second]) expect(loudness(readSound(file))).toBeLessThan(50);
      await bench.end(contact, operator);
    });

    test('survives a move: the bug stays on the leg while it goes from the operator to the manager', async () => {
      const operator = await standing('silent');
      const contact = await talk(operator, 'silent');
      const manager = await standing('talks');
      const file = newFile();
      await record(contact, file);
      await bench.armAll(operator, contact, manager);
      const from = bench.facts.length;
      await bench.client.bridge(contact, manager);
      await bench.bridged(contact, manager, from);
      await delay(1_500);
      await bench.client.stopRecording(contact, file);
      expect(loudness(readSound(file))).toBeGreaterThan(300);
      await bench.end(contact, manager, operator);
    });

    test('of a leg that hangs up is complete with its CHANNEL_HANGUP_COMPLETE, and stopping it finds no channel', async () => {
      const operator = await standing('silent');
      const contact = await talk(operator, 'talks');
      const file = newFile();
      await record(contact, file);
      await delay(800);
      await bench.end(contact);
      const { durationMs, headerMs } = readSound(file);
      expect(headerMs).toBe(durationMs);
      expect(durationMs).toBeGreaterThan(300);
      expect(await bench.client.stopRecording(contact, file)).toMatchObject({ ok: false, reason: 'noSuchChannel' });
      await bench.end(operator);
    });

    test('stopped, then its leg killed: nothing is left of the leg', async () => {
      const operator = await standing('talks');
      const contact = await talk(operator, 'talks');
      const file = newFile();
      await record(contact, file);
      await delay(300);
      await Promise.all([bench.client.stopRecording(contact, file), bench.client.hangup(contact, 'NORMAL_CLEARING')]);
      await bench.fact(contact, 'hungUp');
      expect(await bench.client.exists(contact)).toBe(false);
      await bench.end(operator);
    });

    test('ends by its limit and leaves the leg alone', async () => {
      const operator = await standing('talks');
      const contact = await talk(operator, 'silent');
      const file = newFile();
      await record(contact, file, 1_000);
      await delay(2_500);
      expect(await bench.client.stopRecording(contact, file)).toMatchObject({ ok: false, reason: 'refused' });
      expect(readSound(file).durationMs).toBeLessThan(1_700);
      expect(await bench.client.exists(contact)).toBe(true);
      await bench.end(contact, operator);
    });

    test('the announcement is heard by both sides, who do not hear each other meanwhile; the bridge stays', async () => {
      const operator = await standing('talks');
      const contact = await talk(operator, 'silent');
      const from = bench.facts.length;
      // What the far ends of both robots' lines hear.
      const heard = await Promise.all([operator, contact].map(async (leg) => ({ leg: (await bench.client.variables(leg))?.['other_loopback_leg_uuid'] ?? '', file: newFile() })));
      for (const { leg, file } of heard) await bench.raw.ask(`api uuid_record ${leg} start '${file}' 60 {RECORD_READ_ONLY=true}`);
      expect(await bench.client.announceRecording(contact, 'ru')).toMatchObject({ ok: true });
      await delay(3_300);
      for (const { leg, file } of heard) await bench.raw.ask(`api uuid_record ${leg} stop '${file}'`);
      const [atOperator, atContact] = heard.map(({ file }) => readSound(file));
      // The sound lasts 2 s; afterwards the operator's talking robot is heard again by the contact, and by nobody else.
      expect(loudness(atContact!, 600, 1_800)).toBeGreaterThan(1_000);
      expect(loudness(atOperator!, 600, 1_800)).toBeGreaterThan(1_000);
      expect(loudness(atContact!, 2_400)).toBeGreaterThan(300);
      expect(loudness(atOperator!, 2_400)).toBeLessThan(50);
      expect(bench.facts.slice(from).filter(({ leg }) => leg === contact || leg === operator)).toEqual([]);
      await bench.end(contact, operator);
    });

    test('is refused for what is no leg or no plain path, before it becomes a command', async () => {
      const leg = await standing('silent');
      for (const file of ["/tmp/a'b.wav", '/tmp/${x}.wav', '/tmp/a\nb.wav', 'relative.wav', '/tmp/../etc/x.wav', '/tmp/{a=b}.wav', '/tmp/x.sh'])
        expect(await bench.client.startRecording(leg, file, 1_000)).toMatchObject({ ok: false, reason: 'refused' });
      expect(await bench.client.startRecording('1; x', newFile(), 1_000)).toMatchObject({ ok: false, reason: 'refused' });
      expect(await bench.client.startRecording(randomUUID(), newFile(), 1_000)).toMatchObject({ ok: false, reason: 'noSuchChannel' });
      await bench.end(leg);
    });
  });
}

for (const entry of switches.filter(({ name }) => name === 'stand-in')) {
  describe(`recording on ${entry.name}`, () => {
    let bench: Bench;
    beforeAll(async () => { bench = await Bench.start(entry); });
    afterAll(() => bench?.stop());

    test('is refused, as by a FreeSWITCH without it, and the call goes on', async () => {
      const operator = await bench.parkedLeg();
      const contact = await bench.talk(operator);
      const file = newFile();
      expect(await bench.client.announceRecording(contact, 'en')).toMatchObject({ ok: false, reason: 'refused' });
      expect(await bench.client.startRecording(contact, file, 60_000)).toMatchObject({ ok: false, reason: 'refused' });
      expect(await bench.client.stopRecording(contact, file)).toMatchObject({ ok: false, reason: 'refused' });
      expect(existsSync(file)).toBe(false);
      expect(await bench.client.exists(contact)).toBe(true);
      await bench.end(contact, operator);
    });
  });
}
