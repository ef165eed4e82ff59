import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { campaign, customer } from './fixtures.ts';
import { openBrowser, startStubExchange, type StubExchange } from './stub-exchange.ts';

let stub: StubExchange;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  stub = await startStubExchange();
  browser = await openBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stub?.close();
});
beforeEach(async () => {
  stub.user = customer;
  stub.answers.clear();
  stub.seen.length = 0;
  faults = [];
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en' });
  page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
});
afterEach(async () => {
  await context.close();
  expect(faults).toEqual([]);
});

async function open(path: string): Promise<void> {
  await page.goto(stub.url + path);
  await page.waitForSelector('#content h1');
}
const sent = (method: string, path: string) => stub.seen.filter((each) => each.method === method && each.path === path);
const kept = (key: string) => page.evaluate<string | null>(`localStorage.getItem(${JSON.stringify(key)})`);
const nameField = () => page.getByLabel('Name', { exact: true });

describe('a campaign that is edited', () => {
  const key = 'campaign form c1';

  it('has no form before it is there, and says how to go on when it cannot be had', async () => {
    let arrive: () => void = () => undefined;
    const there = new Promise<void>((done) => { arrive = done; });
    stub.answers.set('GET /campaigns/c1', async () => { await there; return [200, campaign]; });
    await open('/customer/campaigns/c1/edit');
    await page.locator('main').getByText('Loading…').waitFor();
    expect(await page.locator('main input, main textarea, main select').count()).toBe(0);
    expect(await page.locator('h1').innerText()).toBe('Campaign');
    arrive();
    await expect.poll(() => nameField().inputValue()).toBe(campaign.name);

    stub.answers.set('GET /campaigns/c1', [503, { code: 'down', status: 503, title: 'down', detail: 'Not now.', type: 'about:blank' }]);
    await page.reload();
    await page.getByText('Not now.').waitFor();
    expect(await page.locator('main input').count()).toBe(0);
    stub.answers.clear();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => nameField().inputValue()).toBe(campaign.name);
  });

  it('throws a draft of another campaign away and is saved as itself', async () => {
    await open('/customer/campaigns/c1/edit');
    await nameField().fill('Windows, autumn');
    const draft = JSON.parse((await kept(key)) ?? 'null') as object;
    await page.evaluate(`localStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(JSON.stringify({ ...draft, id: null, name: 'blank' }))})`);
    await page.reload();
    await expect.poll(() => nameField().inputValue()).toBe(campaign.name);
    expect(await kept(key)).toBeNull();
    await nameField().fill('Windows, autumn');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => sent('PATCH', '/campaigns/c1').map(({ body }) => (body as { name: string }).name)).toEqual(['Windows, autumn']);
    expect(sent('POST', '/campaigns')).toEqual([]);
    await page.waitForURL('**/customer/campaigns/c1');
    expect(await kept(key)).toBeNull();
  });

  it('asks before changes are lost, and then forgets them', async () => {
    await open('/customer/campaigns/c1/edit');
    await nameField().fill('Windows, autumn');
    await page.getByText('Not saved yet').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Keep editing' }).click();
    expect(await nameField().inputValue()).toBe('Windows, autumn');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Discard changes' }).click();
    await page.waitForURL('**/customer/campaigns/c1');
    await page.goBack();
    await expect.poll(() => nameField().inputValue()).toBe(campaign.name);
    expect(await page.getByText('Not saved yet').count()).toBe(0);
  });

  it('goes back to what the server has from beside “Not saved yet”, and is left without a question when nothing changed', async () => {
    await open('/customer/campaigns/c1/edit');
    await nameField().fill('x');
    await nameField().fill(campaign.name);
    await expect.poll(() => page.getByText('Not saved yet').count()).toBe(0);
    await nameField().fill('Windows, autumn');
    await page.locator('.form-end').getByRole('button', { name: 'Discard changes' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Discard changes' }).click();
    await expect.poll(() => nameField().inputValue()).toBe(campaign.name);
    expect(await kept(key)).toBeNull();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL('**/customer/campaigns/c1');
  });
});
