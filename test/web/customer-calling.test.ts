import { describe, expect, it } from 'vitest';
import { campaign, counts, customer, minutesAgo, results } from './fixtures.ts';
import { context, open, page, sent, stub, usePage } from './opened-page.ts';

usePage({ user: customer, options: { viewport: { width: 1280, height: 900 } }, expected: /status of (401|409|429|503)|ERR_INTERNET_DISCONNECTED/ });

describe('a network that was away', () => {
  it('is forgotten by the campaign’s page and by its results as soon as it is back', { timeout: 60_000 }, async () => {
    const red = page.getByText('No connection to the exchange.');
    await open('/customer/campaigns/c1');
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Pause' }).click();
    await red.waitFor();
    await context.setOffline(false);
    await expect.poll(() => red.count(), { timeout: 25_000 }).toBe(0);
    await open('/customer/campaigns/c1/results');
    await context.setOffline(true);
    await page.getByLabel('Search').fill('Anna');
    await red.waitFor();
    await context.setOffline(false);
    await expect.poll(() => red.count(), { timeout: 15_000 }).toBe(0);
    expect(await page.getByText('Anna Petrova').count()).toBe(1);
  });

  it('is no excuse to forget what the exchange refused', async () => {
    stub.answers.set('POST /campaigns/c1/pause', [409, { code: 'notRunning', status: 409, title: 'x', detail: 'It does not run.', type: 'about:blank' }]);
    await open('/customer/campaigns/c1');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('It does not run.').waitFor();
    // The page is read anew after each order.
    await expect.poll(() => stub.seen.findLastIndex(({ path }) => path === '/campaigns/c1/results') > stub.seen.findIndex(({ path }) => path === '/campaigns/c1/pause')).toBe(true);
    await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
    expect(await page.getByText('It does not run.').count()).toBe(1);
  });
});

describe('starting', () => {
  const given = (change: object) => stub.answers.set('GET /campaigns/c2', [200, { ...campaign, id: 'c2', state: 'draft', managers: [{ ...campaign.managers[0], kind: 'page', ...change }] }]);
  const start = () => page.getByRole('button', { name: 'Start calling' }).click();
  const asked = () => page.locator('dialog[open]');
  const started = () => sent('POST', '/campaigns/c2/start').length;

  it('warns while a manager’s page has no link or is not open, and can be done all the same', async () => {
    stub.answers.set('GET /campaigns/c2/results', [200, { results: [], next: null, counts: campaign.counts }]);
    given({ linkMadeAt: null });
    await open('/customer/campaigns/c2');
    await start();
    await asked().getByText('Sergey: No link yet').waitFor();
    await page.keyboard.press('Escape');
    expect(started()).toBe(0);
    given({ linkMadeAt: new Date().toISOString() });
    await open('/customer/campaigns/c2');
    await start();
    await asked().getByText('Sergey: Page not open').waitFor();
    await asked().getByRole('button', { name: 'Start anyway' }).click();
    await expect.poll(started).toBe(1);
    given({ linkMadeAt: new Date().toISOString(), pageOpen: true });
    await open('/customer/campaigns/c2');
    await start();
    await expect.poll(started).toBe(2);
    expect(await asked().count()).toBe(0);
  });

  it('is told afterwards where a manager was wanted and nobody was there', async () => {
    const missed = results.map((result, index) => (index === 1 ? { ...result, managerMissedBecause: 'notOpen' } : result));
    stub.answers.set('GET /campaigns/c1/results', [200, { results: missed, next: null, counts: campaign.counts }]);
    for (const path of ['/customer/campaigns/c1', '/customer/campaigns/c1/results']) {
      await open(path);
      await page.getByText('A manager was wanted, but no manager’s page was open').waitFor();
    }
  });
});

describe('a list', () => {
  const file = { name: 'okna-moskva.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('x') };
  const use = (header: string) => page.getByLabel(`What is “${header}”?`);

  it('says what else a choice changed, undoes it, and doubts a column of phones that has none', async () => {
    await open('/customer/campaigns/c1/contacts');
    await page.setInputFiles('input[type=file]', file);
    await use('Компания').selectOption('Name');
    await page.getByText('“Имя” is now: Shown to the operator.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => use('Имя').inputValue()).toBe('name');
    expect(await use('Компания').inputValue()).toBe('company');
    expect(await page.getByText('is now:').count()).toBe(0);
    await use('Город').selectOption('Phone');
    await page.getByText('“Телефон” is now: Another phone.').waitFor();
    await page.getByText('“Город” hardly looks like phone numbers: 0 of the 7 rows shown have one.').waitFor();
  });

  it('says how many rows it does not show, and keeps a bad row’s reason in sight on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 760 });
    await open('/customer/campaigns/c1/contacts');
    await page.setInputFiles('input[type=file]', file);
    await page.getByText('and 53 more rows in the file').waitFor();
    const why = page.locator('.why').first();
    await why.scrollIntoViewIfNeeded();
    for (const left of [0, 10_000]) {
      await page.locator('.table-card').evaluate((card, x) => { card.scrollLeft = x; }, left);
      const box = await why.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 360, `scrolled to ${left}: ${JSON.stringify(box)}`).toBe(true);
    }
  });

  it('says before calls begin which words of the script no list has', async () => {
    const paused = { ...campaign, state: 'paused', script: '{town} {Convenient} {Debt}' };
    stub.answers.set('GET /campaigns/c1', [200, paused]);
    await open('/customer/campaigns/c1');
    await page.getByText('Not on any list yet: {Debt}.').waitFor();
    await page.getByRole('link', { name: 'To the script' }).click();
    await page.getByText('Not on any list yet: Debt.').waitFor();
    stub.answers.set('GET /campaigns/c1', [200, { ...paused, script: '{town}' }]);
    await open('/customer/campaigns/c1');
    await page.getByRole('button', { name: 'Go on calling' }).waitFor();
    expect(await page.getByText('Not on any list').count()).toBe(0);
  });

  it('once taken says so, and what a draft lacks or how to begin', async () => {
    stub.answers.set('GET /campaigns/c2', [200, { ...campaign, id: 'c2', state: 'draft', script: ' ' }]);
    const take = async () => {
      await open('/customer/campaigns/c2/contacts');
      await page.setInputFiles('input[type=file]', file);
      await use('A').selectOption('Phone');
      await page.click('#take');
      await page.getByText('56 contacts taken').waitFor();
    };
    await take();
    expect(await page.getByText('ready to call').count()).toBe(0);
    await page.getByText('It has no script.').waitFor();
    expect(await page.getByRole('button', { name: 'Start calling' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Write the script' }).getAttribute('href')).toBe('/customer/campaigns/c2/edit');
    stub.answers.set('GET /campaigns/c2', [200, { ...campaign, id: 'c2', state: 'draft' }]);
    await take();
    await page.getByRole('button', { name: 'Start calling' }).click();
    await page.waitForURL('**/customer/campaigns/c2');
    expect(sent('POST', '/campaigns/c2/start')).toHaveLength(1);
  });
});

describe('results', () => {
  it('say how many rows each file has, and whose contacts they are', async () => {
    await open('/customer/campaigns/c1/results');
    await page.getByText('Download').click();
    await page.locator('.download-line').getByText('All contacts 1,860').waitFor();
    stub.answers.set('GET /campaigns/c1/export/counts', [200, { calls: 1, contacts: 1 }]);
    await page.keyboard.press('Escape');
    await page.getByLabel('Call', { exact: true }).selectOption('busy');
    await page.locator('.downloads summary').click();
    await page.locator('.download-line').getByText('Contacts of these calls 1').waitFor();
  });

  it('say on both pages what the manager said, what they wished for and when the contact is to be called', async () => {
    for (const path of ['/customer/campaigns/c1', '/customer/campaigns/c1/results']) {
      await open(path);
      await page.getByText('Sergey: Sold').first().waitFor();
      await page.getByText(/^The manager asked for a call at (.*, )?\d\d:\d\d$/).first().waitFor();
      await page.getByText(/^Call back agreed: .*, \d\d:\d\d \(contact’s clock\)$/).first().waitFor();
    }
  });

  it('show a talk’s time running, and no way to listen where nothing was stored', async () => {
    const own = () => results.map((result) => (result.id === 'r0' ? { ...result, talkingSince: minutesAgo(0.5) } : result.id === 'r3' ? { ...result, notRecorded: 'diskFull' } : result.id === 'r4' ? { ...result, notRecorded: 'practiceLine' } : result));
    stub.answers.set('GET /campaigns/c1/results', () => [200, { now: new Date().toISOString(), results: own(), next: null, counts }]);
    for (const path of ['/customer/campaigns/c1', '/customer/campaigns/c1/results']) {
      await open(path);
      const row = page.locator('tr', { hasText: 'On the phone' });
      const shown = async () => (await row.innerText()).match(/00:\d\d/)?.[0];
      await expect.poll(shown).toMatch(/^00:3\d$/);
      const first = await shown();
      await expect.poll(shown, { timeout: 5_000 }).not.toBe(first);
    }
    expect(await page.getByRole('button', { name: /^Listen/ }).count()).toBe(1);
    expect(await page.getByText('not recorded').allInnerTexts()).toEqual(['not recorded: no disk space']);
  });

  it('break no number inside its digits on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 760 });
    for (const path of ['/customer/campaigns/c1', '/customer/campaigns/c1/results']) {
      await open(path);
      await page.getByText('+74951234010').first().waitFor();
      expect(await page.evaluate("[...document.querySelectorAll('td .nowrap')].every((number) => number.getClientRects().length === 1)"), path).toBe(true);
      expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), path).toBe(true);
    }
  });
});

describe('a button that becomes usable', () => {
  it('has its colours at once', async () => {
    await open('/customer/campaigns/c1/contacts');
    await page.setInputFiles('input[type=file]', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('x') });
    await page.waitForSelector('#take');
    const [first, later] = await page.evaluate<[string, string]>(`(async () => {
      const button = document.querySelector('#take');
      const look = () => { const { color, backgroundColor } = getComputedStyle(button); return color + ' on ' + backgroundColor; };
      button.disabled = true; look();
      button.disabled = false;
      const first = look();
      await new Promise((done) => setTimeout(done, 400));
      return [first, look()];
    })()`);
    expect(first).toBe(later);
  });
});

describe('signing in', () => {
  it('says how long to wait as the server does, and shows the password when asked', async () => {
    stub.user = null;
    stub.answers.set('POST /sessions', [429, { code: 'tooManyAttempts', status: 429, title: 'Too many', type: 'about:blank' }, { 'retry-after': '871' }]);
    await open('/sign-in');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('email');
    await page.fill('#email', 'ivan@example.org');
    await page.fill('#password', 'secret');
    const button = page.getByRole('button', { name: 'Show the password' });
    await button.click();
    expect(await page.getAttribute('#password', 'type')).toBe('text');
    expect(await page.inputValue('#password')).toBe('secret');
    await page.getByRole('button', { name: 'Hide the password' }).click();
    expect(await page.getAttribute('#password', 'type')).toBe('password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Try again in 15 minutes.').waitFor();
  });
});
