import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Destination, LegId } from '../../domain/leg.ts';
import { startBaresip, type BaresipAccount } from '../security/baresip.ts';
import { SipClient } from '../security/sip-client.ts';
import { noBaresip } from '../security/sipp.ts';
import { until } from '../support/house.ts';
import { Bench, robot } from './harness.ts';
import { switches } from './switches.ts';

const standing = { standing: true, parkTimeoutMs: 8 * 3_600_000 };

for (const entry of switches) {
  describe.skipIf(entry.missing() !== undefined)(`people’s own phones as standing legs on ${entry.name}`, { concurrent: true }, () => {
    let bench: Bench;
    beforeAll(async () => { bench = await Bench.start(entry); });
    afterAll(() => bench?.stop());
    const ring = async (destination: Destination, more: object = {}): Promise<LegId> => {
      const leg = randomUUID();
      expect(await bench.client.originateParked({ leg, destination, ringTimeoutMs: 10_000, ...standing, ...more })).toMatchObject({ ok: true });
      return leg;
    };
    const someDevice = () => ({ username: `dev-7-${randomBytes(8).toString('hex')}`, password: randomUUID() });
    const device = (username: string): Destination => ({ kind: 'device', user: username });

    test.each(['ru', 'en'] as const)('a telephone parks after the whisper and the key 1, not before, and then dials like any standing leg: %s', { timeout: 20_000 }, async (acceptKey) => {
      const leg = await ring(robot('manager'), { acceptKey, limitMs: 60_000 });
      const answered = await bench.fact(leg, 'answered');
      const parked = await bench.fact(leg, 'parked');
      expect(parked.at - answered.at).toBeGreaterThan(1_000);
      expect(bench.kinds(leg)).toEqual(['created', 'progressed', 'answered', 'parked']);
      const contact = await bench.talk(leg);
      const from = bench.facts.length;
      await bench.end(contact);
      await bench.fact(leg, 'parked', from);
      await bench.end(leg);
    });

    test('a telephone that is busy or rejects says so', async () => {
      const [busy, rejected] = [await ring(robot('busy'), { acceptKey: 'ru' }), await ring(robot('rejected'), { acceptKey: 'ru' })];
      expect(await bench.fact(busy, 'hungUp')).toMatchObject({ cause: 'USER_BUSY' });
      expect(await bench.fact(rejected, 'hungUp')).toMatchObject({ cause: 'CALL_REJECTED' });
    });

    test('a SIP phone that is not registered makes no channel, and the order ends as a hang-up with a cause', async () => {
      const leg = await ring(device(someDevice().username));
      expect(await bench.fact(leg, 'hungUp')).toMatchObject({ cause: 'DESTINATION_OUT_OF_ORDER' });
      expect(bench.kinds(leg)).toEqual(['hungUp']);
    });

    describe.skipIf(entry.name !== 'freeswitch' || noBaresip !== undefined)('registered SIP phones', { concurrent: true }, () => {
      const registered = async (own: { username: string; password: string }, answers: NonNullable<BaresipAccount['answers']>) => {
        bench.directory.admit(own.username, own.password);
        const phone = await startBaresip({ ...own, sipPort: bench.under.devicesPort ?? 0, registerFor: 60, answers });
        await phone.says(/200 OK .*1 binding/);
        return phone;
      };

      test('one rings, answers, parks, speaks with a contact, and is let go', { timeout: 30_000 }, async () => {
        const own = someDevice();
        const phone = await registered(own, 'auto');
        try {
          const leg = await ring(device(own.username));
          await bench.fact(leg, 'parked');
          expect(bench.kinds(leg).filter((kind) => kind !== 'progressed')).toEqual(['created', 'answered', 'parked']);
          const contact = await bench.talk(leg);
          // RTP of the phone arrives at the switch.
          const before = (await bench.client.heardPackets(leg)) ?? 0;
          await until(async () => ((await bench.client.heardPackets(leg)) ?? 0) - before > 20, 'sound from the phone');
          await bench.end(contact);
          await bench.end(leg);
          await phone.event(/^CALL_CLOSED$/);
        } finally {
          await phone.stop();
        }
      });

      test('one that rejects says busy, one that nobody lifts is given up', { timeout: 30_000 }, async () => {
        const own = someDevice();
        const phone = await registered(own, 'manual');
        try {
          const rejected = await ring(device(own.username));
          await phone.event(/^CALL_INCOMING$/);
          phone.command('hangup');
          expect(await bench.fact(rejected, 'hungUp')).toMatchObject({ cause: 'USER_BUSY' });
          const unanswered = await ring(device(own.username), { ringTimeoutMs: 1_000 });
          expect(await bench.fact(unanswered, 'hungUp')).toMatchObject({ cause: 'NO_ANSWER' });
        } finally {
          await phone.stop();
        }
      });

      test('one hears its contact; when it tries to transfer the call it is refused by 405 and keeps its leg unless it hangs up itself', { timeout: 30_000 }, async () => {
        const own = someDevice();
        bench.directory.admit(own.username, own.password);
        const phone = await SipClient.open(bench.under.devicesPort ?? 0, own);
        try {
          expect((await phone.prove({ method: 'REGISTER', headers: ['Expires: 60'] })).status).toBe(200);
          const leg = await ring(device(own.username));
          await bench.fact(leg, 'parked');
          const contact = await bench.dial(leg, robot('talks'));
          await bench.bridged(leg, contact);
          // Sound arrives at the phone.
          const before = phone.soundPackets;
          await until(() => Promise.resolve(phone.soundPackets - before > 20), 'sound at the phone');
          const from = bench.facts.length;
          expect((await phone.ask({ method: 'REFER', inCall: true, headers: ['Refer-To: <sip:+79161234567@exchange>'] })).status).toBe(405);
          await bench.end(contact);
          await bench.fact(leg, 'parked', from);
          await bench.end(leg);
        } finally {
          await phone.close();
        }
      });
    });
  });
}
