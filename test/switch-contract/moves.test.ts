import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LegId } from '../../domain/leg.ts';
import { Bench, robot } from './harness.ts';
import { switches } from './switches.ts';

for (const entry of switches) {
  describe.skipIf(entry.missing() !== undefined)(`moving calls on ${entry.name}`, () => {
    let bench: Bench;
    beforeAll(async () => { bench = await Bench.start(entry); });
    afterAll(() => bench?.stop());

    const toMusic = async (operator: LegId, contact: LegId): Promise<void> => {
      await bench.armAll(operator, contact);
      const from = bench.facts.length;
      expect(await bench.client.playMusic(contact)).toMatchObject({ ok: true });
      await bench.fact(operator, 'unbridged', from);
      await bench.fact(operator, 'parked', from);
    };
    const join = async (one: LegId, two: LegId): Promise<void> => {
      const from = bench.facts.length;
      expect(await bench.client.bridge(one, two)).toMatchObject({ ok: true });
      await bench.bridged(one, two, from);
    };
    const briefing = async (): Promise<{ operator: LegId; contact: LegId; manager: LegId }> => {
      const operator = await bench.parkedLeg();
      const contact = await bench.talk(operator);
      await toMusic(operator, contact);
      const manager = await bench.parkedLeg();
      await bench.armAll(operator, manager);
      await join(operator, manager);
      return { operator, contact, manager };
    };

    test('a transfer: music, briefing, hand-over; the operator parks, then the manager when the contact leaves', async () => {
      const { operator, contact, manager } = await briefing();
      await bench.armAll(operator, contact, manager);
      const from = bench.facts.length;
      await join(contact, manager);
      await bench.fact(operator, 'parked', from);
      await bench.client.hangup(contact, 'NORMAL_CLEARING');
      await bench.fact(contact, 'hungUp');
      await bench.fact(manager, 'parked', from);
      await bench.end(manager, operator);
    });

    test('a return: the manager leaves, the operator parks and has the contact again', async () => {
      const { operator, contact, manager } = await briefing();
      await bench.armAll(operator);
      const from = bench.facts.length;
      await bench.client.hangup(manager, 'NORMAL_CLEARING');
      await bench.fact(operator, 'parked', from);
      await bench.armAll(operator, contact);
      await join(operator, contact);
      await bench.end(contact, operator);
    });

    test('an operator\'s leg serves call after call, each with music, and still obeys', async () => {
      const operator = await bench.parkedLeg();
      for (let call = 0; call < 4; call += 1) {
        const contact = await bench.talk(operator);
        await toMusic(operator, contact);
        await bench.end(contact);
      }
      await bench.end(operator);
    });

    test('a leg that has been moved as often as the switch lets one be serves on, contact\'s and operator\'s', async () => {
      const operator = await bench.parkedLeg();
      for (let call = 0; call < 2; call += 1) {
        // What is left of 70 after a long morning.
        await bench.raw.ask(`api uuid_setvar ${operator} max_forwards 2`);
        const contact = await bench.talk(operator);
        await bench.raw.ask(`api uuid_setvar ${contact} max_forwards 1`);
        await bench.raw.ask(`api uuid_setvar ${operator} max_forwards 1`);
        await toMusic(operator, contact);
        await bench.end(contact);
      }
      await bench.end(operator);
    });

    test('music is played to the contact', async () => {
      const operator = await bench.parkedLeg();
      const contact = await bench.talk(operator);
      await toMusic(operator, contact);
      expect((await bench.client.variables(contact))?.['current_application']).toBe('endless_playback');
      await bench.end(contact, operator);
    });

    test('when the operator\'s leg dies in a conversation the contact survives and parks', async () => {
      const operator = await bench.parkedLeg();
      const contact = await bench.talk(operator);
      const from = bench.facts.length;
      await bench.client.hangup(operator, 'NORMAL_CLEARING');
      await bench.fact(operator, 'hungUp');
      await bench.fact(contact, 'parked', from);
      expect(await bench.client.exists(contact)).toBe(true);
      await bench.end(contact);
    });

    test('when the operator\'s leg dies in a briefing the contact gets the manager', async () => {
      const { operator, contact, manager } = await briefing();
      await bench.armAll(operator, contact, manager);
      const from = bench.facts.length;
      await bench.client.hangup(operator, 'NORMAL_CLEARING');
      await bench.fact(manager, 'parked', from);
      await bench.armAll(operator, contact, manager);
      await join(contact, manager);
      await bench.end(contact, manager);
    });

    test('a contact that is not armed dies with the operator\'s leg', async () => {
      const operator = await bench.parkedLeg();
      const contact = await bench.talk(operator);
      await bench.raw.ask(`api uuid_setvar ${contact} transfer_after_bridge`);
      await bench.client.hangup(operator, 'NORMAL_CLEARING');
      await bench.fact(contact, 'hungUp');
    });

    test('a scheduled hang-up cuts a leg, and a cancelled one does not', async () => {
      const [cut, kept] = await Promise.all([bench.parkedLeg(), bench.parkedLeg()]);
      await bench.client.scheduleHangup(kept, 1_000);
      expect(await bench.client.cancelScheduledHangup(kept)).toMatchObject({ ok: true });
      await bench.client.scheduleHangup(cut, 2_000);
      expect(await bench.fact(cut, 'hungUp')).toMatchObject({ cause: 'ALLOTTED_TIMEOUT' });
      expect(await bench.client.exists(kept)).toBe(true);
      await bench.end(kept);
    });

    test('a limit set before the hand-over is gone after it, and the new one holds', async () => {
      const { operator, contact, manager } = await briefing();
      await bench.client.scheduleHangup(contact, 1_000);
      await bench.client.cancelScheduledHangup(contact);
      await bench.armAll(operator, contact, manager);
      await join(contact, manager);
      const from = bench.facts.length;
      await bench.client.scheduleHangup(contact, 2_000);
      expect((await bench.fact(contact, 'hungUp')).at - (bench.facts[from - 1]?.at ?? 0)).toBeGreaterThan(900);
      await bench.end(manager, operator);
    });

    test('a parked leg ends by its park timeout, counted from its last park', async () => {
      const operator = await bench.parkedLeg();
      const contact = await bench.talk(operator);
      await bench.client.arm(contact, 'other', 1_000);
      await bench.client.arm(operator, 'operator', 60_000);
      const from = bench.facts.length;
      await bench.client.hangup(operator, 'NORMAL_CLEARING');
      const parked = await bench.fact(contact, 'parked', from);
      const hungUp = await bench.fact(contact, 'hungUp', from);
      expect(hungUp.at - parked.at).toBeLessThan(2_500);
    });

    test('a bridge with a leg that does not exist is refused and moves nothing', async () => {
      const leg = await bench.parkedLeg();
      expect(await bench.client.bridge(leg, randomUUID())).toMatchObject({ ok: false, reason: 'noSuchChannel' });
      expect(await bench.client.playMusic(randomUUID())).toMatchObject({ ok: false, reason: 'noSuchChannel' });
      expect(await bench.client.exists(leg)).toBe(true);
      await bench.end(leg);
    });

    test('the manager of the practice line rings, answers and greets', async () => {
      const leg = randomUUID();
      await bench.client.originateParked({ leg, destination: robot('manager'), ringTimeoutMs: 25_000 });
      await bench.fact(leg, 'parked');
      expect(bench.kinds(leg)).toEqual(['created', 'progressed', 'answered', 'parked']);
      await bench.end(leg);
    });
  });
}
