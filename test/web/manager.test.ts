import { describe, expect, it } from 'vitest';
import { firstPage, isInCall, stageOf, withRinging } from '../../web/screens/manager/page/state.ts';
import { customer } from './fixtures.ts';
import { history, rings, ringingNow, token, transfer, waits } from './manager-fixtures.ts';
import { axeFinds, context, isTooWide, openPage, page, stopClock, stub, usePage } from './opened-page.ts';

/** A screen takes taps this long after it has changed. */
const settledMs = 550;

describe('the state of a manager’s page', () => {
  const open = { ...firstPage(1_000), link: 'open' as const };

  it('shows one thing at a time', () => {
    expect(stageOf(firstPage(0))).toBe('opening');
    expect(stageOf(open)).toBe('waiting');
    expect(stageOf({ ...open, link: 'over' })).toBe('linkOver');
    expect(stageOf({ ...open, ringing: rings() })).toBe('ringing');
    expect(stageOf({ ...open, ringing: rings(), pending: 'accept' })).toBe('connecting');
    for (const stage of ['briefing', 'handedOver', 'over'] as const) expect(stageOf({ ...open, transfer: transfer({ stage }) })).toBe(stage);
    expect(stageOf({ ...open, transfer: transfer({ stage: 'missed' }) })).toBe('waiting');
    // The link of one transfer is used up by opening it; the transfer stays on the screen.
    expect(stageOf({ ...open, link: 'over', transfer: transfer() })).toBe('briefing');
  });

  it('knows the call that goes on without it, and the one that is lost by leaving', () => {
    const resumed = { ...open, resumed: true, transfer: transfer({ stage: 'handedOver' }) };
    expect([stageOf(resumed), isInCall(resumed)]).toEqual(['elsewhere', false]);
    const back = { ...resumed, phone: { name: 'up' as const } };
    expect([stageOf(back), isInCall(back)]).toEqual(['handedOver', true]);
    expect(isInCall({ ...open, phone: { name: 'up' }, transfer: transfer({ stage: 'over' }) })).toBe(false);
  });

  it('takes what stopped ringing off the screen, unless Accept was tapped', () => {
    const silence = { now: new Date(5_000).toISOString(), transfer: null, token: null };
    expect(withRinging({ ...open, ringing: rings() }, silence, 1_000)).toMatchObject({ gone: true, page: { ringing: null, skewMs: 4_000 } });
    expect(withRinging({ ...open, ringing: rings(), pending: 'accept' }, silence, 1_000)).toMatchObject({ gone: false });
  });

  it('does not ring into a conversation', () => {
    expect(withRinging({ ...open, transfer: transfer({ stage: 'handedOver' }) }, ringingNow(), 1_000).token).toBeNull();
    expect(withRinging({ ...open, transfer: transfer({ stage: 'over' }) }, ringingNow(), 1_000).token).not.toBeNull();
  });
});

describe('a manager’s screens', () => {
  usePage({ user: null, options: { viewport: { width: 360, height: 760 } }, expected: /status of (401|409)/, prepare: () => waits(stub) });
  const link = () => `${stub.url}/manager/#${token}`;
  const shown = (stage: Parameters<typeof transfer>[0]) => {
    stub.answers.set('POST /manager/sessions', [201, { kind: 'transfer', transferId: 't1' }]);
    stub.answers.set('GET /manager/transfers/t1', () => [200, transfer(stage)]);
  };
  const check = async () => {
    expect(await axeFinds()).toEqual([]);
    expect(await isTooWide()).toBe(false);
  };

  for (const colorScheme of ['light', 'dark'] as const)
    it(`are readable by everybody and fit a phone: ${colorScheme}`, { timeout: 60_000 }, async () => {
      await openPage({ colorScheme });
      const states: [string, () => void][] = [
        ['Waiting for a contact', () => undefined], ['Anna is on the line', () => stub.ring(ringingNow())],
        ['You are talking with Olga', () => shown({ stage: 'briefing' })], ['Anna is with you', () => shown({ stage: 'handedOver' })], ['The call has ended', () => shown({ stage: 'over', outcome: 'sold' })],
      ];
      for (const [heading, prepare] of states) {
        stub.answers.clear();
        waits(stub);
        prepare();
        await page.goto('about:blank');
        await page.goto(link());
        await page.getByRole('heading', { name: heading }).waitFor();
        // The ring's border moves on and off; its words do not.
        await check();
      }
    });

  it('ring with a link for that one transfer, and give it back when declined', async () => {
    await page.goto(link());
    await page.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
    stub.ring(ringingNow());
    await page.getByRole('heading', { name: 'Anna is on the line' }).waitFor();
    expect(stub.seen.filter(({ path }) => path === '/manager/sessions').map(({ body }) => body)).toEqual([{ token }, { token: 'y'.repeat(43) }]);
    await page.getByRole('button', { name: 'Busy' }).click();
    await page.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
    expect(stub.seen.at(-1)).toEqual({ method: 'POST', path: '/manager/transfers/t1/decline', body: { reason: 'busy' } });
  });

  /** A tap comes before the screen has settled. */
  const ringWithClockStopped = async () => {
    await stopClock();
    await page.goto(link());
    await page.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
    stub.ring(ringingNow());
    await page.getByRole('button', { name: 'Busy' }).waitFor();
    return (await page.getByRole('button', { name: 'Busy' }).boundingBox())!;
  };
  /** The whole width of the screen's foot, tapped again and again. */
  const tapAcross = async ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) => {
    for (const part of [0.5, 0.25, 0.75, 0.5, 0.5, 0.5]) await page.mouse.click(x + width * part, y + height / 2);
  };
  const declines = () => stub.seen.filter(({ path }) => path.endsWith('/decline')).length;

  it('stay open when Busy is tapped twice, and lead to the history in a tab of its own, only those who can sign in', async () => {
    const box = await ringWithClockStopped();
    await page.clock.runFor(settledMs);
    await page.getByRole('button', { name: 'Busy' }).click();
    await tapAcross(box);
    await page.getByText('You were busy').waitFor();
    await page.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
    await tapAcross(box);
    expect(await page.getByRole('link', { name: 'Your transfers' }).getAttribute('target')).toBe('_blank');
    expect([page.url(), context.pages().length]).toEqual([link(), 1]);
    expect(declines()).toBe(1);
    stub.answers.set('POST /manager/sessions', [201, { kind: 'inbox', managerName: 'Sergey', campaignName: 'Windows, spring', hasLogin: false, transferId: null }]);
    await page.reload();
    await page.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
    expect(await page.getByRole('link').count()).toBe(0);
  });

  it('do nothing on a tap that was meant for the screen before', async () => {
    const box = await ringWithClockStopped();
    const under = await page.evaluate(`document.elementFromPoint(${box.x + 5}, ${box.y + 5})?.className`);
    expect(under).toContain('manager-page');
    await tapAcross(box);
    await page.clock.runFor(settledMs);
    expect(declines()).toBe(0);
    await page.getByRole('button', { name: 'Busy' }).click();
    await page.getByText('You were busy').waitFor();
    expect(declines()).toBe(1);
  });

  it('ask what came of it after a reload, with name and number', async () => {
    stub.answers.set('POST /manager/sessions', [201, { kind: 'inbox', managerName: 'Sergey', campaignName: 'Windows, spring', hasLogin: true, transferId: 't1' }]);
    let stage: 'handedOver' | 'over' = 'handedOver';
    stub.answers.set('GET /manager/transfers/t1', () => [200, transfer({ stage })]);
    await page.goto(link());
    await page.getByRole('heading', { name: 'Anna is in a call with you' }).waitFor();
    await check();
    stage = 'over';
    await page.getByRole('heading', { name: 'The call has ended' }).waitFor();
    await page.getByRole('heading', { name: 'Anna Petrova' }).waitFor();
    await page.getByRole('link', { name: '+79161234010' }).waitFor();
    await page.getByRole('button', { name: 'Sold' }).click();
    // Not what a screen reader is told as well.
    await page.locator('main').getByText('Saved: Sold.').waitFor();
    expect(stub.seen.at(-1)).toEqual({ method: 'PUT', path: '/manager/transfers/t1/outcome', body: { outcome: 'sold' } });
    await page.getByRole('button', { name: 'Wait for the next one' }).click();
    await page.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
  });

  it('say so when somebody else was quicker', async () => {
    stub.ring(ringingNow());
    stub.answers.set('GET /manager/transfers/t1', () => [200, transfer({ stage: 'missed', missedBecause: 'taken', contact: null })]);
    await page.goto(link());
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    stub.ring({ now: new Date().toISOString(), transfer: null, token: null });
    await page.getByText('A colleague was quicker.').waitFor();
  });

  it('say what a refused Accept means, and wait on', async () => {
    stub.ring(ringingNow());
    stub.answers.set('POST /manager/transfers/t1/accept', [409, { type: 'about:blank', title: 'x', status: 409, code: 'transferOver', detail: 'Too late: somebody else took it, or the contact could not wait.' }]);
    await page.goto(link());
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByText('Too late').waitFor();
    await page.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
  });

  it('need no login, but a link that still opens something', async () => {
    stub.answers.set('POST /manager/sessions', [401, { type: 'about:blank', title: 'x', status: 401, code: 'linkOver' }]);
    await page.goto(link());
    await page.getByRole('heading', { name: 'This link opens nothing any more' }).waitFor();
    await check();
  });

  it('show the history with numbers to call back', async () => {
    stub.user = { id: '9', name: 'Sergey', email: 'manager@example.org', role: 'manager' };
    stub.answers.set('GET /manager/history', [200, { transfers: history }]);
    await page.goto(`${stub.url}/manager`);
    const link = page.getByRole('link', { name: 'Call back +79161234012' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe('tel:+79161234012');
    await check();
  });

  it('are set by the customer: several managers, in order', async () => {
    stub.user = customer;
    await page.goto(`${stub.url}/customer/campaigns/c1/edit`);
    await page.getByRole('button', { name: 'Add another manager' }).click();
    await page.getByLabel('Reached by').nth(1).selectOption('page');
    await page.getByLabel('Manager’s name').nth(1).fill('Olga');
    await page.getByLabel('Ring them').selectOption('together');
    await check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => stub.seen.find(({ method }) => method === 'PATCH')?.body).toMatchObject({ managerRing: 'together', managers: [{ id: '7', kind: 'phone', acceptKey: true }, { kind: 'page', name: 'Olga', address: '' }] });
  });
});
