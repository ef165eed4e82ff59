import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, robot } from './harness.ts';
import { switches } from './switches.ts';

for (const entry of switches) {
  describe.skipIf(entry.missing() !== undefined)(`the link to ${entry.name}`, () => {
    let bench: Bench;
    beforeAll(async () => { bench = await Bench.start(entry); });
    afterAll(() => bench?.stop());

    test('says its Core-UUID first, then its sessions and what it is', async () => {
      expect(bench.links[0]).toMatchObject({ kind: 'up', coreUuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
      const heartbeat = await bench.until(() => bench.links.find((fact) => fact.kind === 'heartbeat'), 'heartbeat');
      expect(heartbeat).toMatchObject({ sessions: expect.any(Number) as number, maxSessions: expect.any(Number) as number, version: expect.stringMatching(/^(FreeSWITCH \(Version .+\)|Stand-in switch .+)$/) as string });
    });

    test('tells whether a leg exists', async () => {
      const leg = await bench.parkedLeg();
      expect(await bench.client.exists(leg)).toBe(true);
      expect(await bench.client.exists(randomUUID())).toBe(false);
      await bench.end(leg);
      expect(await bench.client.exists(leg)).toBe(false);
      expect(await bench.client.variables(leg)).toBeUndefined();
    });

    test('lists our legs and who is bridged to whom, and nothing of the robots\' halves', async () => {
      const operator = await bench.parkedLeg();
      const contact = await bench.talk(operator);
      const lone = await bench.parkedLeg();
      const ours = async () => {
        const channels = (await bench.client.channels())?.filter((channel) => [operator, contact, lone].includes(channel.leg));
        return Object.fromEntries(channels?.map((channel) => [channel.leg, channel.bridgedTo]) ?? []);
      };
      // The snapshot follows the events: FreeSWITCH writes its table behind their back.
      await expect.poll(ours, { timeout: 5_000 }).toEqual({ [operator]: contact, [contact]: operator, [lone]: undefined });
      await bench.end(contact, operator, lone);
      await expect.poll(ours, { timeout: 5_000 }).toEqual({});
    });

    test('tells the variables of a leg: the timeouts and settings armed', async () => {
      const leg = await bench.parkedLeg();
      await bench.client.arm(leg, 'operator', 28_800_000);
      expect(await bench.client.variables(leg)).toMatchObject({ hangup_after_bridge: 'false', continue_on_fail: 'true', park_timeout: '28800', ringback: '%(1000,4000,425)', exchange_leg: leg });
      await bench.end(leg);
    });

    test('is found again after a cut, and orders meanwhile are unknown', async () => {
      const ups = bench.links.filter((fact) => fact.kind === 'up').length;
      const leg = await bench.parkedLeg();
      await bench.client.stop();
      expect(await bench.client.hangup(leg, 'NORMAL_CLEARING')).toMatchObject({ ok: false, reason: 'unknown' });
      bench.client.start();
      await bench.until(() => (bench.links.filter((fact) => fact.kind === 'up').length > ups ? true : undefined), 'up again');
      expect(await bench.client.exists(leg)).toBe(true);
      await bench.end(leg);
    });

    test.each(['${system(touch MARK)}', '+79001234598,loopback/198/robots', "+7900'1234598", '+79001234598|loopback/198/robots', '^^:+79001234598', '[a=b]+79001234598', '{a=b}+79001234598', '<+79001234598>', '+79001234598;x', '+79001234598\n\napi fsctl crash', '+79001234598\r'])('words from people are no commands: %j', async (template) => {
      const mark = path.join(tmpdir(), `switch-contract-${randomUUID()}`);
      const words = template.replace('MARK', mark);
      const operator = await bench.parkedLeg();
      const from = bench.facts.length;
      const contactLeg = randomUUID();
      const orders = [
        bench.client.dialContact({ operatorLeg: operator, contactLeg, destination: { kind: 'phone', e164: words }, ringTimeoutMs: 5_000 }),
        bench.client.dialContact({ operatorLeg: operator, contactLeg, destination: robot('silent'), ringTimeoutMs: 5_000, callerId: words }),
        bench.client.originateParked({ leg: contactLeg, destination: { kind: 'sip', user: words, host: 'robots' }, ringTimeoutMs: 5_000 }),
        bench.client.originateParked({ leg: words, destination: robot('silent'), ringTimeoutMs: 5_000 }),
      ];
      expect((await Promise.all(orders)).map((result) => !result.ok && result.reason)).toEqual(['refused', 'refused', 'refused', 'refused']);
      expect(await bench.client.exists(operator)).toBe(true);
      expect(bench.facts.slice(from).filter((fact) => fact.kind === 'created')).toEqual([]);
      expect(existsSync(mark)).toBe(false);
      await bench.end(operator);
    });

    test('even what reaches the switch past our guard runs no command', async () => {
      const mark = path.join(tmpdir(), `switch-contract-${randomUUID()}`);
      const operator = await bench.parkedLeg();
      await bench.raw.ask(`api uuid_setvar ${operator} effective_caller_id_name \${system(touch ${mark})}`);
      const contact = await bench.talk(operator);
      await bench.raw.ask(`sendmsg ${operator}\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: x=\${system(touch ${mark})}`);
      expect(await bench.raw.ask(`api system touch ${mark}`)).toMatch(/^-ERR/);
      expect(await bench.raw.ask(`api bg_system touch ${mark}`)).toMatch(/^-ERR/);
      await bench.end(contact, operator);
      expect(existsSync(mark)).toBe(false);
    });
  });
}
