import { beforeEach, describe, expect, it } from 'vitest';
import { campaign, customer } from './fixtures.ts';
import { open, openPage, page, sent, stub, usePage } from './opened-page.ts';

usePage({ user: customer, options: { viewport: { width: 1280, height: 900 } }, expected: /status of (401|409|429|503)|ERR_INTERNET_DISCONNECTED/ });

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

  it('says before it is made that the practice line of a stand-in keeps no sound', async () => {
    stub.answers.set('GET /campaigns', [200, { campaigns: [], lineRecords: false }]);
    await open('/customer/campaigns/new');
    await page.getByText('The practice line of this exchange records nothing').waitFor();
    expect(await page.getByText('Not saved yet').count()).toBe(0);
    await nameField().fill('Windows, autumn');
    await page.getByText('Not saved yet').waitFor();
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

describe('a campaign’s form', () => {
  it('offers every country by name and brings its clock along', async () => {
    await openPage({ timezoneId: 'Europe/Berlin' });
    await open('/customer/campaigns/new');
    const country = page.getByLabel('Country');
    const zone = page.getByLabel('Time zone');
    expect([await country.inputValue(), await zone.inputValue()]).toEqual(['DE', 'Europe/Berlin']);
    await country.selectOption('Kazakhstan');
    expect(await zone.inputValue()).toBe('Asia/Almaty');
    await zone.fill('Asia/Omsk');
    await country.selectOption('Russia');
    expect(await zone.inputValue()).toBe('Asia/Omsk');
    await page.getByRole('button', { name: 'Русский' }).click();
    expect(await page.getByLabel('Страна').locator('option:checked').innerText()).toBe('Россия');
  });

  it('says what a campaign without a manager cannot do, and so does the campaign’s page', async () => {
    await open('/customer/campaigns/new');
    await page.getByText('operators cannot hand contacts over').waitFor();
    await page.getByLabel('Reached by').selectOption('phone');
    await expect.poll(() => page.getByText('operators cannot hand contacts over').count()).toBe(0);
    stub.answers.set('GET /campaigns/c1', [200, { ...campaign, managers: [], manager: null }]);
    await open('/customer/campaigns/c1');
    await page.locator('.notice').getByRole('link', { name: 'Add a manager' }).click();
    await page.waitForURL('**/customer/campaigns/c1/edit');
  });
});

describe('a manager’s personal link', () => {
  const link = '/campaigns/c1/managers/7/link';
  let madeAt: string | null;
  beforeEach(async () => {
    madeAt = null;
    const present = () => [200, { ...campaign, managers: [{ ...campaign.managers[0], kind: 'page', linkMadeAt: madeAt }] }] as const;
    stub.answers.set('GET /campaigns/c1', present);
    stub.answers.set(`POST ${link}`, () => { madeAt = new Date().toISOString(); return [201, { url: 'http://127.0.0.1:3870/manager/#token' }]; });
    stub.answers.set(`DELETE ${link}`, () => { madeAt = null; return [204]; });
    await open('/customer/campaigns/c1');
  });

  it('is made once by a double click, and taken back after a question only', async () => {
    const make = page.getByRole('button', { name: 'Make a link' });
    const place = await make.boundingBox();
    await make.dblclick();
    await page.getByRole('button', { name: 'Take the link back' }).waitFor();
    if (place === null) throw new Error('no button');
    await page.mouse.dblclick(place.x + place.width / 2, place.y + place.height / 2, { delay: 20 });
    // Another one only after a question, too.
    await page.locator('dialog[open]').getByRole('button', { name: 'Keep the link' }).click();
    expect([sent('DELETE', link).length, sent('POST', link).length]).toEqual([0, 1]);
    const back = page.getByRole('button', { name: 'Take the link back' }).first();
    await back.click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Keep the link' }).click();
    expect(sent('DELETE', link)).toEqual([]);
    await back.click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Take the link back' }).click();
    await page.getByRole('button', { name: 'Make a link' }).waitFor();
    expect(sent('DELETE', link)).toHaveLength(1);
  });

  it('that opens on the exchange’s own machine alone says so', async () => {
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.getByText('Only this machine can open this link: 127.0.0.1:3870').waitFor();
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    stub.answers.set(`POST ${link}`, [201, { url: 'https://exchange.example.org/manager/#token' }]);
    const made = sent('POST', link).length;
    await page.getByRole('button', { name: 'New link' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Keep the link' }).click();
    expect(sent('POST', link)).toHaveLength(made);
    await page.getByRole('button', { name: 'New link' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'New link' }).click();
    await expect.poll(() => page.locator('.fresh-link input').inputValue()).toContain('exchange.example.org');
    expect(await page.getByText('Only this machine').count()).toBe(0);
  });
});

describe('the campaigns’ list', () => {
  it('says how far each one is', async () => {
    await open('/customer');
    await page.getByText('931 calls made · 1,250 left to call').waitFor();
    await page.getByLabel('610 of 1,860 contacts finished').waitFor();
  });
});

describe('a line that keeps no sound', () => {
  it('is said where calls are said to be recorded', async () => {
    stub.answers.set('GET /campaigns/c1', [200, { ...campaign, lineRecords: false }]);
    for (const path of ['/customer/campaigns/c1', '/customer/campaigns/c1/edit']) {
      await open(path);
      await page.getByText('records nothing').waitFor();
    }
  });
});
