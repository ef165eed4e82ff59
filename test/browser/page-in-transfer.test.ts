import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../local/web-build.ts';
import { openDesk, type Desk } from '../faults/desk.ts';
import { inPlaces, onAll } from '../faults/side.ts';
import { callIn, readCall, testSwitches, until, type CallRow, type SwitchName } from '../support/house.ts';
import { aContact, aNumber } from '../support/rows.ts';
import { noChromium, press, soundBothWays } from './chromium.ts';
import { networkProcessOf, openNetwork, type Network } from './network.ts';

interface Place { readonly name: SwitchName; readonly network: Network; readonly desk: Desk }

/** A robot that rings for ever, and one that talks for ever. */
const [rings, talks] = ['91', '97'];

// Talking itself is page-survives' concern. Most of it is waiting, so both switches go through it at once.
describe.skipIf(noChromium)(`the operator’s page on ${testSwitches.join(' and ')}`, { timeout: 150_000 }, () => {
  beforeAll(() => buildWeb(fileURLToPath(new URL('../..', import.meta.url)), () => undefined), 120_000);
  const places = inPlaces<Place>(testSwitches, async (name) => {
    const network = await openNetwork();
    return { name, network, desk: await openDesk(name, {}, network.proxy) };
  }, async ({ desk, network }) => {
    await desk.close();
    await network.close();
  });

  /** The page's whole network is gone for 5 s; then its phone is up on the leg that it had. */
  async function withoutNetwork({ desk, network }: Place): Promise<void> {
    const networkProcess = networkProcessOf(desk.operator.profile);
    network.cut();
    process.kill(networkProcess, 'SIGSTOP');
    try {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    } finally {
      process.kill(networkProcess, 'SIGCONT');
    }
    network.restore();
    await desk.phoneIs('up');
  }

  /** The page is loaded anew and its phone is up again, on a leg of its own. */
  async function reload({ desk: { db, operator, operatorId, phoneIs } }: Place): Promise<void> {
    const legNow = async () => ((await db('operators').where({ operator_id: operatorId }).first('leg')) as { leg: string | null }).leg;
    const before = await legNow();
    await operator.page.reload();
    await until(async () => ![null, before].includes(await legNow()), 'the page’s new line');
    await phoneIs('up');
  }

  const managerIs = ({ desk: { db, campaignId } }: Place, digits: string) => db('campaign_managers').where({ campaign_id: campaignId }).update({ address: `+790000000${digits}` });
  const newestCall = async ({ desk: { db, operatorId } }: Place) => (await db('calls').where({ operator_id: operatorId }).orderBy('created_at', 'desc').first()) as (CallRow & { ringing_at: Date | null }) | undefined;
  /** In the very same state of the same call, by the same leg. */
  const isAsBefore = async ({ desk: { db } }: Place, { id, state, operator_leg }: CallRow) => expect(await readCall(db, id)).toMatchObject({ state, operator_leg, ended_at: null });

  it('while the contact’s telephone rings: goes on ringing without a network, is given up when the page is loaded anew', () =>
    onAll(places, async (place) => {
      const { desk } = place;
      const { db, operator: { page }, campaignId } = desk;
      await aContact(db, campaignId, { name: 'Rita', numbers: [aNumber(rings)] });
      await page.getByRole('button', { name: 'Go on line' }).first().click();
      await desk.shows('Rita');
      await desk.phoneIs('up');
      await press(page, 'c');
      const { id } = await until(async () => { const call = await newestCall(place); return call?.ringing_at ? call : undefined; }, 'ringing');
      const call = await readCall(db, id);
      await withoutNetwork(place);
      await isAsBefore(place, call);
      await reload(place);
      expect(await callIn(db, id, 'ended')).toMatchObject({ ended_by: 'operatorLost', answered_at: null, operator_bound: false, number_live: false });
    }));

  it('while the manager rings, and in the wrap-up: the ringing goes on, without a network as when the page is loaded anew, and the operator comes back to the contact; note and question are there again', () =>
    onAll(places, async (place) => {
      const { desk } = place;
      const { db, operator: { page } } = desk;
      await managerIs(place, rings!);
      const id = await desk.talk('Anna Petrova');
      await page.fill('#notes', 'two windows');
      await desk.shows(/^Saved /);
      await page.locator('#notes').press('Escape');
      for (const outage of [withoutNetwork, reload]) {
        await press(page, 't');
        const call = await callIn(db, id, 'ringingManager');
        await desk.shows(/^Calling .*hears music/);
        await outage(place);
        if (outage === withoutNetwork) await isAsBefore(place, call);
        else expect(await readCall(db, id)).toMatchObject({ state: 'ringingManager', manager_leg: call.manager_leg });
        // What a key means is what the screen shows: whoever was without a network waits for it as well.
        await desk.shows(/^Calling .*hears music/);
        await press(page, 'b');
        await callIn(db, id, 'talking');
        await desk.shows('Talking');
        await soundBothWays(page);
        expect(await page.inputValue('#notes')).toBe('two windows');
      }
      await press(page, 'h');
      await desk.shows('How did it end?');
      await withoutNetwork(place);
      await desk.shows('How did it end?');
      await reload(place);
      await desk.shows('How did it end?');
      expect(await page.inputValue('#notes')).toBe('two windows');
      await page.locator('body').click({ position: { x: 5, y: 5 } });
      await press(page, '4');
      await until(async () => (await readCall(db, id)).disposition !== null, 'the result to be kept');
    }));

  it('in the briefing: goes on without a network; when the page is loaded anew the manager has the contact', () =>
    onAll(places, async (place) => {
      const { desk } = place;
      const { db, hand, operator: { page } } = desk;
      await managerIs(place, talks!);
      const id = await desk.talk('Boris');
      await page.fill('#notes', 'a door');
      await desk.shows(/^Saved /);
      await page.locator('#notes').press('Escape');
      await press(page, 't');
      const call = await callIn(db, id, 'briefing');
      await desk.shows('Briefing the manager');
      await withoutNetwork(place);
      await isAsBefore(place, call);
      await soundBothWays(page);
      await reload(place);
      const given = await callIn(db, id, 'handedOver');
      // The switch's list lags behind its events.
      await until(async () => (await hand.channels())?.find(({ leg }) => leg === given.contact_leg)?.bridgedTo === given.manager_leg, 'contact and manager to be joined');
      await desk.shows('How did it end?');
      expect(await page.inputValue('#notes')).toBe('a door');
      expect(desk.operator.faults).toEqual([]);
    }));
});
