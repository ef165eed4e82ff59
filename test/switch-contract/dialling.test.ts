import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, robot, type robots } from './harness.ts';
import { switches } from './switches.ts';

for (const entry of switches) {
  const missing = entry.missing();
  if (missing !== undefined) console.log(`${entry.name}: skipped: ${missing}`);
  describe.skipIf(missing !== undefined)(`dialling on ${entry.name}`, () => {
    let bench: Bench;
    beforeAll(async () => { bench = await Bench.start(entry); });
    afterAll(() => bench?.stop());

    test.each<[keyof typeof robots, string]>([['busy', 'USER_BUSY'], ['rejected', 'CALL_REJECTED'], ['invalid', 'UNALLOCATED_NUMBER']])('%s ends with %s, and the operator\'s leg stays parked without a new fact', async (kind, cause) => {
      const operator = await bench.parkedLeg();
      const from = bench.facts.length;
      const contact = await bench.dial(operator, robot(kind));
      expect(await bench.fact(contact, 'hungUp')).toMatchObject({ cause });
      expect(bench.kinds(contact)).toEqual(['created', 'hungUp']);
      // The next dial works, which proves that the leg is still there and obeys.
      const next = await bench.talk(operator);
      expect(bench.facts.slice(from).filter((fact) => fact.leg === operator).map((fact) => fact.kind)).toEqual(['bridged']);
      await bench.end(next, operator);
    });

    test('the operator\'s leg remembers why its last dial reached nobody, and nothing of the ones before', async () => {
      const operator = await bench.parkedLeg();
      const busy = await bench.dial(operator, robot('busy'));
      await bench.fact(busy, 'hungUp');
      await expect.poll(() => bench.client.howDialEnded(operator, busy)).toBe('USER_BUSY');
      const contact = await bench.talk(operator);
      expect(await bench.client.howDialEnded(operator, busy)).toBeUndefined();
      expect(await bench.client.howDialEnded(operator, contact)).toBeUndefined();
      await bench.end(contact, operator);
    });

    test('the switch itself bridges when the contact answers', async () => {
      const operator = await bench.parkedLeg();
      const contact = await bench.dial(operator, robot('hangsUp'));
      const answered = await bench.fact(contact, 'answered');
      const bridged = await bench.bridged(operator, contact);
      expect(bench.kinds(contact)).toEqual(['created', 'progressed', 'answered']);
      expect(bridged.at - answered.at).toBeLessThan(200);
      const from = bench.facts.length;
      expect(await bench.fact(contact, 'hungUp')).toMatchObject({ cause: 'NORMAL_CLEARING' });
      await bench.fact(operator, 'unbridged', from);
      await bench.fact(operator, 'parked', from);
      await bench.end(operator);
    });

    test('a network\'s message (183) is heard before any answer: bridged, never answered, and the operator parks again', async () => {
      const operator = await bench.parkedLeg();
      const contact = await bench.dial(operator, robot('earlyMedia'));
      expect(await bench.fact(contact, 'progressed')).toMatchObject({ earlyMedia: true });
      await bench.bridged(operator, contact);
      const from = bench.facts.length;
      expect(await bench.fact(contact, 'hungUp')).toMatchObject({ cause: 'SUBSCRIBER_ABSENT' });
      expect(bench.kinds(contact)).not.toContain('answered');
      // For whoever did not listen.
      await expect.poll(() => bench.client.howDialEnded(operator, contact)).toBe('SUBSCRIBER_ABSENT');
      await bench.fact(operator, 'parked', from);
      await bench.end(operator);
    });

    test('a limit given with the dial cuts the contact that long after the answer, though nobody is there to ask; lifted, it does not', async () => {
      const operators = [await bench.parkedLeg(), await bench.parkedLeg()] as const;
      const [cut, kept] = [await bench.dial(operators[0], robot('talks'), 20_000, 3_000), await bench.dial(operators[1], robot('talks'), 20_000, 3_000)];
      const answered = await bench.fact(cut, 'answered');
      await bench.bridged(operators[1], kept);
      expect(await bench.client.cancelScheduledHangup(kept)).toMatchObject({ ok: true });
      const hungUp = await bench.fact(cut, 'hungUp');
      expect(hungUp).toMatchObject({ cause: 'ALLOTTED_TIMEOUT' });
      // FreeSWITCH counts whole seconds.
      expect(hungUp.at - answered.at).toBeGreaterThan(1_900);
      expect(hungUp.at - answered.at).toBeLessThan(6_000);
      // The far end of the other one would have gone by now as well.
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      expect(await bench.client.exists(kept)).toBe(true);
      await bench.end(kept, ...operators);
    });

    test.each<[keyof typeof robots, string]>([['noAnswer', 'NO_ANSWER'], ['earlyMedia', 'ALLOTTED_TIMEOUT']])('ringing is limited: %s ends with %s', async (kind, cause) => {
      const operator = await bench.parkedLeg();
      const contact = await bench.dial(operator, robot(kind), 1_000);
      const hungUp = await bench.fact(contact, 'hungUp');
      expect(hungUp).toMatchObject({ cause });
      const created = await bench.fact(contact, 'created');
      expect(hungUp.at - created.at).toBeGreaterThanOrEqual(900);
      expect(hungUp.at - created.at).toBeLessThan(3_500);
      await bench.end(operator);
    });

    test.each<[keyof typeof robots]>([['noAnswer'], ['earlyMedia']])('an originate\'s ringing is limited as well: %s', async (kind) => {
      const leg = randomUUID();
      await bench.client.originateParked({ leg, destination: robot(kind), ringTimeoutMs: 1_000 });
      expect(await bench.fact(leg, 'hungUp')).toMatchObject({ cause: 'NO_ANSWER' });
      expect(bench.kinds(leg)).toEqual(['created', 'progressed', 'hungUp']);
    });

    test('an originate that is answered: created, progressed, answered, parked', async () => {
      const leg = randomUUID();
      expect(await bench.client.originateParked({ leg, destination: robot('contact'), ringTimeoutMs: 10_000 })).toMatchObject({ ok: true });
      await bench.fact(leg, 'parked');
      expect(bench.kinds(leg)).toEqual(['created', 'progressed', 'answered', 'parked']);
      await bench.end(leg);
    });

    test.each(['ru', 'en'] as const)('a manager\'s leg parks after the key 1 and not before: whisper in %s', async (acceptKey) => {
      const leg = randomUUID();
      await bench.client.originateParked({ leg, destination: robot('manager'), ringTimeoutMs: 10_000, acceptKey });
      const answered = await bench.fact(leg, 'answered');
      const parked = await bench.fact(leg, 'parked');
      // The robot presses it 1.2 s after its answer.
      expect(parked.at - answered.at).toBeGreaterThan(1_000);
      expect(parked.at - answered.at).toBeLessThan(3_500);
      expect(bench.kinds(leg)).toEqual(['created', 'progressed', 'answered', 'parked']);
      await bench.armAll(leg);
      const music = await bench.parkedLeg();
      await bench.armAll(music, leg);
      expect(await bench.client.bridge(music, leg)).toMatchObject({ ok: true });
      await bench.bridged(music, leg);
      await bench.end(leg, music);
    });

    test('a manager\'s leg without the key hangs up as not answered: a voicemail gets no contact', { timeout: 20_000 }, async () => {
      const leg = randomUUID();
      await bench.client.originateParked({ leg, destination: robot('silent'), ringTimeoutMs: 10_000, acceptKey: 'en' });
      const answered = await bench.fact(leg, 'answered');
      const hungUp = await bench.fact(leg, 'hungUp', 0, 15_000);
      expect(hungUp).toMatchObject({ cause: 'NO_ANSWER' });
      expect(hungUp.at - answered.at).toBeGreaterThan(8_000);
      expect(hungUp.at - answered.at).toBeLessThan(13_000);
      expect(bench.kinds(leg)).toEqual(['created', 'answered', 'hungUp']);
    });

    test('cancelling while it rings keeps the operator\'s leg', async () => {
      const operator = await bench.parkedLeg();
      const contact = await bench.dial(operator, robot('noAnswer'));
      await bench.fact(contact, 'progressed');
      await bench.client.hangup(contact, 'ORIGINATOR_CANCEL');
      expect(await bench.fact(contact, 'hungUp')).toMatchObject({ cause: 'ORIGINATOR_CANCEL' });
      expect(await bench.client.exists(operator)).toBe(true);
      await bench.end(operator);
    });

    test('a hang-up before the leg is created is refused, and the phone rings later', async () => {
      const operator = await bench.parkedLeg();
      const contact = randomUUID();
      expect(await bench.client.hangup(contact, 'ORIGINATOR_CANCEL')).toMatchObject({ ok: false, reason: 'noSuchChannel' });
      await bench.client.arm(operator, 'operator', 60_000);
      await bench.client.dialContact({ operatorLeg: operator, contactLeg: contact, destination: robot('noAnswer'), ringTimeoutMs: 10_000 });
      await bench.fact(contact, 'created');
      expect(await bench.client.hangup(contact, 'ORIGINATOR_CANCEL')).toMatchObject({ ok: true });
      await bench.fact(contact, 'hungUp');
      await bench.end(operator);
    });

    test('a second dial on one operator\'s leg rings a second phone: one at a time is ours to keep', async () => {
      const operator = await bench.parkedLeg();
      const first = await bench.dial(operator, robot('noAnswer'));
      await bench.fact(first, 'progressed');
      const second = await bench.dial(operator, robot('noAnswer'));
      await bench.fact(second, 'created');
      expect(bench.kinds(first)).not.toContain('hungUp');
      await bench.end(second, first, operator);
    });

    test('without continue_on_fail a busy contact takes the operator\'s leg along', async () => {
      const operator = await bench.parkedLeg();
      await bench.raw.ask(`api uuid_setvar ${operator} continue_on_fail false`);
      await bench.raw.ask(`sendmsg ${operator}\ncall-command: execute\nexecute-app-name: bridge\nexecute-app-arg: loopback/190/robots/XML`);
      expect(await bench.fact(operator, 'hungUp')).toMatchObject({ cause: 'USER_BUSY' });
    });

    test('the far half of a practice call is no fact of ours', async () => {
      const leg = await bench.parkedLeg();
      const far = (await bench.client.variables(leg))?.['other_loopback_leg_uuid'];
      await bench.end(leg);
      expect(bench.facts.some((fact) => fact.leg === far)).toBe(false);
    });

    test('more calls a second than allowed, or a gateway that is not there, end as a hang-up with a cause', async () => {
      const operator = await bench.parkedLeg();
      const other = await Bench.start(entry, 'not-there');
      const standing = randomUUID();
      await other.client.originateParked({ leg: standing, destination: { kind: 'sip', user: '98', host: 'robots' }, ringTimeoutMs: 10_000 });
      await other.fact(standing, 'parked');
      const bridged = await other.dial(standing, robot('silent'));
      const originated = randomUUID();
      await other.client.originateParked({ leg: originated, destination: robot('silent'), ringTimeoutMs: 5_000 });
      expect(await other.fact(bridged, 'hungUp')).toMatchObject({ cause: 'INVALID_GATEWAY' });
      expect(await other.fact(originated, 'hungUp')).toMatchObject({ cause: 'DESTINATION_OUT_OF_ORDER' });
      await other.stop();
      await bench.end(operator);
    });
  });
}
