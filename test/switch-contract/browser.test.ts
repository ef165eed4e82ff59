import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LegId } from '../../domain/leg.ts';
import { CHROMIUM, openBrowser, type Browser, type Media } from './browser-page.ts';
import { Bench, robot } from './harness.ts';
import { switches } from './switches.ts';

if (!existsSync(CHROMIUM)) console.log('browser: skipped: no Chromium');

for (const entry of switches) {
  describe.skipIf(entry.missing() !== undefined || !existsSync(CHROMIUM))(`a browser that calls in to ${entry.name}`, () => {
    let bench: Bench;
    let browser: Browser;
    beforeAll(async () => { [bench, browser] = await Promise.all([Bench.start(entry), openBrowser()]); });
    afterAll(async () => {
      await browser?.close();
      await bench?.stop();
    });

    const credentials = () => ({ user: `op-${randomUUID().slice(0, 8)}`, password: randomUUID() });
    const parkedBy = (user: string) => bench.until(() => bench.facts.find((fact) => fact.kind === 'parked' && fact.sipAuthUsername === user), `parked ${user}`);

    test('is parked without registering, known by its digest\'s name, and hears its own voice back from the echo', { timeout: 40_000 }, async () => {
      const { user, password } = credentials();
      bench.directory.admit(user, password);
      const page = await browser.page();
      expect(await page.callIn({ wsUrl: bench.under.wsUrl, user, password, target: 'exchange' })).toBe('established');
      const { leg } = await parkedBy(user);
      expect(bench.directory.refusals()).toBe(0);
      // Parked in silence first: what is heard later is heard because of the echo.
      const contact = await bench.dial(leg, robot('echo'));
      await bench.bridged(leg, contact);
      const before = await page.media();
      await expect.poll(async () => {
        const now = await page.media();
        return { sent: now.sent - before.sent > 50, received: now.received - before.received > 50, heard: now.energy - before.energy > 0.001 };
      }, { timeout: 15_000, interval: 250 }).toEqual({ sent: true, received: true, heard: true });
      expect((await page.media()).codec).toBe(entry.codec);
      // Its packets can be counted: that they stop is the only sign of a network that is gone.
      const heardBefore = await bench.client.heardPackets(leg);
      await expect.poll(async () => ((await bench.client.heardPackets(leg)) ?? 0) - (heardBefore ?? 0), { timeout: 5_000 }).toBeGreaterThan(20);
      expect(await bench.client.heardPackets(contact)).toBeUndefined();
      const from = bench.facts.length;
      await bench.client.hangup(contact, 'NORMAL_CLEARING');
      await bench.fact(leg, 'parked', from);
      const silent = await bench.talk(leg);
      await bench.end(silent);
      await page.leave();
      expect(await bench.fact(leg, 'hungUp')).toMatchObject({ sipAuthUsername: user });
    });

    test('speaks with another browser through a bridge: each hears the other, and who stays is parked', { timeout: 40_000 }, async () => {
      const pages = await Promise.all([browser.page(), browser.page()]);
      const legs: LegId[] = [];
      for (const page of pages) {
        const { user, password } = credentials();
        bench.directory.admit(user, password);
        expect(await page.callIn({ wsUrl: bench.under.wsUrl, user, password, target: 'exchange' })).toBe('established');
        legs.push((await parkedBy(user)).leg);
      }
      const [one, two] = legs as [LegId, LegId];
      await bench.armAll(one, two);
      const media = () => Promise.all(pages.map((page) => page.media()));
      const heardSince = async (before: readonly Media[]) => (await media()).map((now, i) => now.received - before[i]!.received > 50 && now.energy - before[i]!.energy > 0.001);
      const before = await media();
      const from = bench.facts.length;
      expect(await bench.client.bridge(one, two)).toMatchObject({ ok: true });
      await bench.bridged(one, two, from);
      await expect.poll(() => heardSince(before), { timeout: 15_000, interval: 250 }).toEqual([true, true]);
      // The manager's page goes first; the other one is parked and can be moved on.
      // It may be loaded anew only, and says so by its cause.
      await pages[1]!.leave('Q.850;cause=41');
      expect(await bench.fact(two, 'hungUp')).toMatchObject({ cause: 'NORMAL_TEMPORARY_FAILURE' });
      await bench.fact(one, 'parked', from);
      await pages[0]!.leave();
      expect(await bench.fact(one, 'hungUp')).toMatchObject({ cause: 'NORMAL_CLEARING' });
    });

    test('is refused with a wrong password, with an expired name, and at any other address', { timeout: 30_000 }, async () => {
      const { user, password } = credentials();
      bench.directory.admit(user, password);
      const from = bench.facts.length;
      const outcomes: string[] = [];
      for (const attempt of [
        { user, password: 'wrong', target: 'exchange' },
        { user: credentials().user, password, target: 'exchange' },
        { user, password, target: '+79001234598' },
        { user, password, target: 'park' },
      ]) {
        if (attempt.target === 'park') bench.directory.expire(user);
        const page = await browser.page();
        outcomes.push(await page.callIn({ wsUrl: bench.under.wsUrl, ...attempt }));
        await page.leave();
      }
      expect(outcomes).toEqual(['refused 403', 'refused 403', 'refused 404', 'refused 403']);
      expect(bench.facts.slice(from).filter((fact) => fact.kind === 'parked')).toEqual([]);
    });
  });
}
