import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromWallTime, wallTime } from '../../web/zone-time.ts';
import { call, cockpit, cockpits, counts, customer, hostileName, operator } from './fixtures.ts';
import { openBrowser, startStubExchange, type StubExchange } from './stub-exchange.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The keys wait this long after each change of state. */
const settledMs = 450;
const notesState = () => page.textContent('#notes-state');

let stub: StubExchange;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  stub = await startStubExchange();
  browser = await openBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stub?.close();
});
beforeEach(async () => {
  Object.assign(stub, { user: operator, cockpit: cockpit() });
  stub.answers.clear();
  stub.seen.length = 0;
  complaints = [];
  await openPage();
});
afterEach(async () => {
  await context.close();
  expect(complaints.filter((text) => !/status of (401|409|422|503)/.test(text))).toEqual([]);
});

async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en', permissions: ['microphone'], ...options });
  page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
}

async function open(path: string): Promise<void> {
  await page.goto(stub.url + path);
  await page.waitForSelector('#content h1');
}

async function openCockpit(state: string): Promise<void> {
  stub.cockpit = (cockpits[state] as () => typeof stub.cockpit)();
  await open('/operator/call');
  await page.waitForSelector('.card-x');
  await page.waitForTimeout(settledMs);
}

const sent = (method: string, path: string) => stub.seen.filter((each) => each.method === method && each.path === path);
const requests = () => sent('POST', '/operator/calls/call1/requests').map(({ body }) => (body as { kind: string }).kind);
/** A press as a Russian layout reports it; no physical keyboard of the test machine has one. */
const pressRussian = (key: string, code: string) => page.evaluate(`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', code: '${code}', bubbles: true, cancelable: true }))`);

describe('the keys', () => {
  it('act on the call, in the Russian layout too', async () => {
    await openCockpit('during');
    await pressRussian('е', 'KeyT');
    await expect.poll(requests).toEqual(['transfer']);
    stub.push(cockpits['briefing']?.() ?? stub.cockpit);
    await page.waitForSelector('.strip.wait');
    await page.waitForTimeout(settledMs);
    await page.keyboard.press('t');
    await expect.poll(requests).toEqual(['transfer', 'handOver']);
  });

  it('write and nothing else in a note: "htc"', async () => {
    await openCockpit('during');
    await page.keyboard.press('n');
    await page.keyboard.press('End');
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' htc');
    await expect.poll(() => (sent('PUT', '/operator/calls/call1/notes').at(-1)?.body as { notes: string } | undefined)?.notes).toMatch(/ htc$/);
    expect(requests()).toEqual([]);
    await expect.poll(notesState).toMatch(/^Saved/);
  });

  it('of the function row work inside a field, and Esc leaves it', async () => {
    await openCockpit('during');
    await page.focus('#notes');
    await page.keyboard.press('F8');
    await expect.poll(requests).toEqual(['transfer']);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('BODY');
  });

  it('wait 400 ms after the state has changed', async () => {
    await openCockpit('during');
    stub.push(cockpits['after']?.() ?? stub.cockpit);
    await page.waitForSelector('.dispositions');
    await page.keyboard.press('4');
    await page.waitForTimeout(settledMs);
    expect(sent('POST', '/operator/calls/call1/disposition')).toEqual([]);
    await page.keyboard.press('4');
    await expect.poll(() => sent('POST', '/operator/calls/call1/disposition').map(({ body }) => body)).toEqual([{ key: 'refused' }]);
  });

  it('refuse to hang up while a manager is briefed: B first', async () => {
    await openCockpit('briefing');
    await page.keyboard.press('h');
    await page.getByText('B first').waitFor();
    await page.keyboard.press('b');
    await expect.poll(requests).toEqual(['return']);
  });

  it('rest while a dialog is open, and their list is the table itself', async () => {
    await openCockpit('during');
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('h');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog:not([open])', { state: 'attached' });
    expect(requests()).toEqual([]);
  });
});

describe('the operator’s page', () => {
  it('asks when to call back, on the contact’s own clock, and Enter takes it', async () => {
    stub.cockpit = cockpits['after']?.() ?? stub.cockpit;
    await open('/operator/call');
    await page.waitForTimeout(settledMs);
    await page.keyboard.press('3');
    await page.waitForSelector('#dialog-callback[open]');
    await page.fill('#callback-at', '2020-01-01T10:00');
    await page.keyboard.press('Enter');
    await page.getByText('Choose a day and time from now').waitFor();
    const zone = stub.cockpit.contact?.timeZone ?? '';
    const agreed = `${wallTime(Date.now() + 2 * 86_400_000, zone).slice(0, 10)}T18:30`;
    await page.fill('#callback-at', agreed);
    await page.keyboard.press('Enter');
    await expect.poll(() => sent('POST', '/operator/calls/call1/disposition').map(({ body }) => body)).toEqual([{ key: 'callback', callbackAt: new Date(fromWallTime(agreed, zone) ?? 0).toISOString() }]);
  });

  it('takes the time of a call back by a digit, and its countdown is seen and can be stopped', async () => {
    stub.cockpit = { ...(cockpits['after']?.() ?? stub.cockpit), wrapUp: { until: new Date(Date.now() + 40_000).toISOString(), extensionsLeft: 3 } };
    await open('/operator/call');
    await page.waitForTimeout(settledMs);
    // Held down: the key that opened it chooses nothing.
    await page.keyboard.down('3');
    await page.keyboard.down('3');
    await page.keyboard.up('3');
    const dialog = page.locator('#dialog-callback[open]');
    await dialog.getByText(/0:[0-4]\d left for the result/).waitFor();
    await dialog.getByRole('button', { name: 'No countdown' }).click();
    expect(sent('POST', '/operator/calls/call1/wrap-up').map(({ body }) => body)).toEqual([{ countdown: false }]);
    await page.waitForTimeout(settledMs);
    await page.keyboard.press('3');
    const zone = stub.cockpit.contact?.timeZone ?? '';
    const tomorrow = `${wallTime(Date.now() + 86_400_000, zone).slice(0, 10)}T10:00`;
    await expect.poll(() => sent('POST', '/operator/calls/call1/disposition').map(({ body }) => body)).toEqual([{ key: 'callback', callbackAt: new Date(fromWallTime(tomorrow, zone) ?? 0).toISOString() }]);
  });

  it('names at the bottom only keys that do something now, and says what a skip does', async () => {
    const hints = async (state: string) => {
      await openCockpit(state);
      return (await page.locator('.key-line kbd').allInnerTexts()).join(' ');
    };
    expect(await hints('before')).toBe('J K P ?');
    await page.getByText('Skip puts this contact back on the list').waitFor();
    expect(await hints('during')).toBe('J K N P ?');
    expect(await hints('briefing')).toBe('J K N B P ?');
    expect(await hints('after')).toBe('J K N P ?');
  });

  it('names the required field and puts the cursor there before a call is judged', async () => {
    stub.cockpit = { ...(cockpits['after']?.() ?? cockpit()), call: call({ state: 'ended', endedAt: new Date().toISOString(), answers: {} }) };
    await open('/operator/call');
    await page.waitForTimeout(settledMs);
    await page.keyboard.press('1');
    await page.getByText('Fill in “How many windows” first').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('question-windows');
    expect(sent('POST', '/operator/calls/call1/disposition')).toEqual([]);
    await page.keyboard.type('3');
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await expect.poll(() => sent('POST', '/operator/calls/call1/disposition').length).toBe(1);
    expect(sent('PUT', '/operator/calls/call1/notes').at(-1)?.body).toMatchObject({ answers: { windows: '3' } });
  });

  it('shows calmly what became of an attempt that nobody answered, and says it politely', async () => {
    await openCockpit('before');
    stub.push(cockpits['unanswered']?.() ?? stub.cockpit);
    const line = page.getByText(/^Иван Петров: busy\. Will be called again (on .+ )?at \d\d:\d\d\.$/);
    await line.first().waitFor();
    await expect.poll(() => page.textContent('#polite')).toMatch(/^Иван Петров: busy/);
    expect(await page.textContent('#assertive')).toBe('');
    stub.push({ ...(cockpits['unanswered']?.() ?? stub.cockpit), now: new Date(Date.now() + 61_000).toISOString() });
    await expect.poll(() => page.locator('.notices').innerText()).not.toContain('busy');
  });

  it('asks for a number where one is asked for, and saves the note beside it', async () => {
    stub.answers.set('PUT /operator/calls/call1/notes', () => {
      const { answers } = stub.seen.at(-1)?.body as { answers: Record<string, string> };
      return answers['windows'] === 'two' ? [422, { code: 'invalid', status: 422, title: 'Invalid', type: 'about:blank', fields: [{ field: 'answers.windows', message: 'a number, please' }] }] : [200, { savedAt: new Date().toISOString() }];
    });
    await openCockpit('during');
    await page.fill('#question-windows', 'two');
    await page.locator('#question-windows-remedy').getByText('Enter a number').waitFor();
    await expect.poll(() => (sent('PUT', '/operator/calls/call1/notes').at(-1)?.body as { answers: object }).answers).toEqual({ when: 'Spring' });
    await expect.poll(notesState).toMatch(/^Saved/);
    await page.fill('#question-windows', '2,5');
    await expect.poll(() => page.locator('#question-windows-remedy').count()).toBe(0);
  });

  it('keeps what was typed when the server is gone, over a reload, and sends it later', async () => {
    stub.answers.set('PUT /operator/calls/call1/notes', [503, { code: 'down', status: 503, title: 'down', type: 'about:blank' }]);
    await openCockpit('during');
    await page.fill('#notes', 'typed without a network');
    await page.getByText('not saved yet').waitFor();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await expect.poll(() => page.inputValue('#notes')).toBe('typed without a network');
    stub.answers.clear();
    await expect.poll(() => (sent('PUT', '/operator/calls/call1/notes').at(-1)?.body as { notes: string }).notes, { timeout: 10_000 }).toBe('typed without a network');
    await expect.poll(notesState, { timeout: 10_000 }).toMatch(/^Saved/);
  });

  it('says what to do when the microphone is denied', async () => {
    await page.addInitScript("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))");
    await openCockpit('offLine');
    await page.getByRole('button', { name: 'Go on line' }).click();
    await page.locator('main').getByText('The microphone is blocked').waitFor();
    await page.getByRole('button', { name: 'Go on line again' }).first().waitFor();
    expect(sent('POST', '/operator/phone')).toEqual([]);
  });

  it('says in a second window that the phone is in another one, calls nobody there and takes it over when asked', async () => {
    stub.cockpit = cockpit({ line: { ...cockpit().line, pageId: 'another' } });
    stub.answers.set('POST /operator/phone', [409, { code: 'lineDown', status: 409, title: 'Line down', type: 'about:blank' }]);
    await open('/operator/call');
    await page.getByText('This shift’s phone is in another window.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Call', exact: true }).count()).toBe(0);
    expect(sent('POST', '/operator/phone')).toEqual([]);
    stub.push(cockpit({ line: stub.cockpit.line, call: call() }));
    await page.locator('.notices').getByRole('button', { name: 'Take it over here' }).click();
    await expect.poll(() => sent('POST', '/operator/phone').length).toBeGreaterThan(0);
  });

  it('takes a task by its number and goes on line with this page’s id', async () => {
    stub.cockpit = cockpit({ campaign: null, contact: null, line: { up: true, practice: true, legUp: false, pageId: null, kind: 'browser' } });
    stub.answers.set('POST /operator/phone', [409, { code: 'lineDown', status: 409, title: 'Line down', detail: 'The switch is not reachable now.', type: 'about:blank' }]);
    await open('/operator/tasks');
    await page.waitForSelector('.task');
    await page.waitForTimeout(settledMs);
    await page.keyboard.press('2');
    await expect.poll(() => sent('POST', '/operator/campaign').map(({ body }) => body)).toEqual([{ campaignId: 'c2' }]);
    await expect.poll(() => (sent('POST', '/operator/phone')[0]?.body as { pageId: string } | undefined)?.pageId).toMatch(/^[0-9a-f]{32}$/);
    await page.getByText('The switch is not reachable now.').first().waitFor();
  });

  it('shows hostile names as the text that they are', async () => {
    stub.cockpit = cockpit({ contact: { ...(cockpit().contact ?? (() => { throw new Error('no contact'); })()), name: hostileName, company: '**bold** {city} [x](javascript:alert(1))' } });
    await open('/operator/call');
    await page.waitForSelector('.script mark');
    expect(await page.textContent('.script mark')).toBe(hostileName);
    expect(await page.locator('.script img, .script a, .script strong strong').count()).toBe(0);
    expect(await page.evaluate('window.stolen')).toBeUndefined();
  });

  it('speaks Russian and stays dark when it is told to', async () => {
    await openPage({ locale: 'ru-RU' });
    await openCockpit('before');
    await page.getByRole('button', { name: 'Позвонить' }).waitFor();
    await page.getByRole('button', { name: 'Тема: как в системе' }).click();
    await page.getByRole('button', { name: 'Тема: светлая' }).click();
    expect(await page.getAttribute('html', 'data-bs-theme')).toBe('dark');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Call', exact: true }).waitFor();
  });

  it('loads less than 120 kB of script before it goes on line', async () => {
    const sizes: Promise<number>[] = [];
    page.on('response', (response) => { if (response.url().endsWith('.js')) sizes.push(response.body().then((body) => gzipSync(body).length)); });
    await openCockpit('before');
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(20_000);
    expect(total).toBeLessThan(120_000);
  });
});

describe('the customer’s pages', () => {
  beforeEach(() => { stub.user = customer; });

  it('show the bad field with its remedy and lose nothing', async () => {
    await open('/customer/campaigns/new');
    await page.getByLabel('Reached by').selectOption('sip');
    await page.getByLabel('Number or SIP address').fill('not an address');
    await page.locator('#f-script').fill('Hello {name}');
    await page.getByRole('button', { name: 'Save and add contacts' }).click();
    await page.getByText('must not be empty').waitFor();
    await page.getByText('a SIP address looks like name@sip.example.org').waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('f-name');
    expect(sent('POST', '/campaigns')).toEqual([]);
    await page.reload();
    expect(await page.inputValue('#f-script')).toBe('Hello {name}');
    await page.getByLabel('Name', { exact: true }).fill('Windows');
    await page.getByLabel('Number or SIP address').fill('sergey@sip.example.org');
    await page.getByRole('button', { name: 'Save and add contacts' }).click();
    await page.waitForURL('**/customer/campaigns/c2/contacts');
    expect(sent('POST', '/campaigns')[0]?.body).toMatchObject({ name: 'Windows', script: 'Hello {name}', managers: [{ kind: 'sip', address: 'sergey@sip.example.org' }], rules: { maxDurationMs: 600_000, windowDays: [1, 2, 3, 4, 5, 6, 7] } });
  });

  it('puts a placeholder where the cursor is and shows it in the preview', async () => {
    await open('/customer/campaigns/new');
    await page.locator('#f-script').fill('Hello ');
    await page.getByRole('button', { name: '{company}' }).click();
    expect(await page.inputValue('#f-script')).toBe('Hello {company}');
    expect(await page.textContent('.preview mark')).toBe('{company}');
  });

  it('take a file, tell what became of it and refuse what is no spreadsheet', async () => {
    await open('/customer/campaigns/c1/contacts');
    await page.setInputFiles('input[type=file]', { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') });
    await page.getByText('This is no spreadsheet').waitFor();
    await page.setInputFiles('input[type=file]', { name: 'okna.csv', mimeType: 'text/csv', buffer: Buffer.from('x') });
    await page.getByRole('button', { name: 'Take 56 contacts' }).click();
    await page.getByText('same number as row 6').waitFor();
    expect(await page.locator('tr.bad').count()).toBe(3);
  });

  it('hear a call: its parts in order, the next one after the one before, and why a part cannot be heard', async () => {
    await open('/customer/campaigns/c1/results');
    expect(await page.getByRole('button', { name: /Listen to the call/ }).count()).toBe(1);
    await page.getByRole('button', { name: /Listen to the call with Anna Petrova/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Call with Anna Petrova' });
    await dialog.getByText('Operator and contact').first().waitFor();
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/Operator and contact\s+from 00:00\s+00:41/), expect.stringMatching(/Operator and manager\s+from 00:52\s+00:12/), expect.stringMatching(/Operator and contact\s+from 01:05\s+01:30/),
      expect.stringContaining('not recorded: no disk space'), expect.stringContaining('being stored…'),
    ]);
    const source = () => dialog.locator('audio').getAttribute('src');
    expect(await source()).toBe('/api/v1/recordings/1/audio');
    await dialog.getByRole('button', { name: /Operator and manager/ }).click();
    await expect.poll(source).toBe('/api/v1/recordings/2/audio');
    await dialog.locator('audio').dispatchEvent('ended');
    await expect.poll(source).toBe('/api/v1/recordings/3/audio');
    await dialog.locator('audio').dispatchEvent('ended');
    expect(await source()).toBe('/api/v1/recordings/3/audio');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.locator('button.listen:focus').count()).toBe(1);
  });

  it('narrow the results down, keep that in the address and in the files', async () => {
    const asked: string[] = [];
    page.on('request', (request) => { const { pathname, search } = new URL(request.url()); if (pathname === '/api/v1/campaigns/c1/results') asked.push(search); });
    await open('/customer/campaigns/c1/results?outcome=busy&nonsense=1&from=yesterday');
    await page.getByText('Yury Shcherbakov').waitFor();
    expect(asked).toEqual(['?outcome=busy']);
    await page.getByLabel('Search').fill('Anna');
    await page.waitForURL('**/results?outcome=busy&q=Anna');
    await page.getByLabel('Result', { exact: true }).selectOption('meaning interested');
    await page.getByLabel('Operator').selectOption('Irina');
    await page.waitForURL('**/results?meaning=interested&outcome=busy&operator=8&q=Anna');
    await expect.poll(() => asked.at(-1)).toBe('?meaning=interested&outcome=busy&operator=8&q=Anna');
    await page.reload();
    await expect.poll(() => page.getByLabel('Operator').inputValue()).toBe('8');
    expect(await page.getByLabel('Search').inputValue()).toBe('Anna');
    await page.getByText('Download').click();
    expect(await page.locator('.downloads a').first().getAttribute('href')).toBe('/api/v1/campaigns/c1/export?format=xlsx&rows=calls&language=en&meaning=interested&outcome=busy&operator=8&q=Anna');
    await page.keyboard.press('Escape');
    expect(await page.locator('.downloads a').first().isVisible()).toBe(false);
    stub.answers.set('GET /campaigns/c1/results', [200, { now: new Date().toISOString(), results: [], next: null, counts }]);
    await page.getByLabel('Call', { exact: true }).selectOption('live');
    await page.getByText('Nothing matches').waitFor();
    stub.answers.clear();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('Yury Shcherbakov').waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await page.evaluate('window.stolen')).toBeUndefined();
  });

  it('fill live and start and pause', async () => {
    await open('/customer/campaigns/c1');
    await page.getByText('On the phone').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => sent('POST', '/campaigns/c1/pause').length).toBe(1);
    expect(await page.evaluate('window.stolen')).toBeUndefined();
  });
});

describe('a list that is uploaded', () => {
  const file = { name: 'okna-moskva.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('x') };
  const preview = '/campaigns/c1/lists/preview/1b4e28ba-2fa1-4d2b-883f-0016d3cca427';
  beforeEach(async () => {
    stub.user = customer;
    await open('/customer/campaigns/c1/contacts');
    await page.setInputFiles('input[type=file]', file);
    await page.waitForSelector('.preview-table');
  });

  it('is shown with its columns and bad rows, corrected, and taken by Enter', async () => {
    expect(await page.locator('tr.dup .why').innerText()).toMatch(/row 21: the same number as in row 6/);
    expect(await page.locator('tr.bad .why').innerText()).toMatch(/row 43: there are no digits/);
    await page.getByLabel('What is “Долг, руб.”?').selectOption('Leave out');
    await expect.poll(() => sent('POST', preview).map(({ body }) => (body as { mapping: string[] }).mapping)).toEqual([['phone', 'name', 'company', 'city', 'field', 'leaveOut']]);
    expect(await page.getByRole('link', { name: 'Download 4 rows with reasons' }).getAttribute('href')).toBe(`/api/v1${preview}/problems?format=xlsx&language=en`);
    await page.focus('#take');
    await page.keyboard.press('Enter');
    await page.waitForSelector('table.problems');
    expect(sent('POST', `${preview}/take`)[0]?.body).toMatchObject({ sheet: 'Контакты', headerRow: 1, mapping: ['phone', 'name', 'company', 'city', 'field', 'leaveOut'] });
    expect(await page.evaluate('window.stolen')).toBeUndefined();
  });

  it('keeps what was chosen when a choice is refused, and without a column for phones asks nobody', async () => {
    stub.answers.set(`POST ${preview}`, [503, { code: 'down', status: 503, title: 'down', type: 'about:blank' }]);
    await page.getByLabel('What is “Имя”?').selectOption('Company');
    await page.getByText('What you chose is still here.').waitFor();
    expect(await page.getByLabel('What is “Имя”?').inputValue()).toBe('company');
    expect(await page.getByLabel('What is “Компания”?').inputValue()).toBe('field');
    const asked = sent('POST', preview).length;
    await page.getByLabel('What is “Телефон”?').selectOption('Leave out');
    await page.getByText('Choose the column with the phone numbers.').waitFor();
    expect(await page.locator('#take').isDisabled()).toBe(true);
    expect(sent('POST', preview).length).toBe(asked);
    stub.answers.clear();
    await page.getByLabel('What is “Телефон”?').selectOption('Phone');
    await page.waitForSelector('.chip.no');
    expect(await page.getByLabel('What is “Имя”?').inputValue()).toBe('company');
  });

  it('is sent once more with what was chosen when the server has given it up, or another server has it', async () => {
    const gone = [404, { code: 'uploadGone', status: 404, title: 'Gone', type: 'about:blank' }] as const;
    stub.answers.set(`POST ${preview}`, [...gone]);
    stub.answers.set(`POST ${preview}/take`, [...gone]);
    await page.getByLabel('What is “Долг, руб.”?').selectOption('Leave out');
    await expect.poll(() => sent('POST', '/campaigns/c1/lists/preview').length).toBe(2);
    await page.click('#take');
    await page.waitForSelector('table.problems');
    expect(sent('POST', '/campaigns/c1/lists')).toHaveLength(1);
    expect(sent('POST', '/campaigns/c1/lists/preview')).toHaveLength(2);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('404'), expect.stringContaining('404')]);
  });
});

describe('axe finds nothing', () => {
  const places: readonly (readonly [name: string, path: string, state: string | null])[] = [
    ['tasks', '/operator/tasks', 'before'], ...Object.keys(cockpits).map((state) => [`cockpit ${state}`, '/operator/call', state] as const),
    ['campaigns', '/customer', null], ['new campaign', '/customer/campaigns/new', null], ['campaign', '/customer/campaigns/c1/edit', null], ['live', '/customer/campaigns/c1', null], ['results', '/customer/campaigns/c1/results?outcome=busy', null], ['draft', '/customer/campaigns/c2', null], ['upload', '/customer/campaigns/c1/contacts', null],
  ];
  for (const [colorScheme, width] of [['light', 1440], ['dark', 360]] as const) {
    it(`${colorScheme}, ${width} px`, async () => {
      await openPage({ colorScheme, viewport: { width, height: 800 } });
      stub.user = null;
      const found = [await axe('sign-in', '/sign-in')];
      for (const [name, path, state] of places) {
        stub.user = state === null ? customer : operator;
        if (state !== null) stub.cockpit = (cockpits[state] as () => typeof stub.cockpit)();
        found.push(await axe(name, path));
      }
      expect(found.flat()).toEqual([]);
    }, 120_000);
  }

  it('in sign-in’s second step, passwords, account and audit log', async () => {
    const admin = { id: '5', name: hostileName, email: 'admin@example.org', role: 'admin' } as const;
    for (const [colorScheme, width] of [['light', 1440], ['dark', 360]] as const) {
      await openPage({ colorScheme, viewport: { width, height: 800 } });
      stub.user = null;
      stub.answers.set('POST /sessions', [201, { user: null, secondStep: 'enrol' }]);
      stub.answers.set('POST /sessions/totp/enrolment', [201, { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Exchange:admin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }]);
      stub.answers.set('POST /sessions/totp', [201, { user: admin, recoveryCodes: ['K7QM-3WXD-9RTA-HC5P', 'B2FN-8YUE-QKJ4-MZ6V'] }]);
      stub.answers.set('GET /audit', [200, { entries: [{ id: '1', at: '2026-11-21T07:40:00Z', userId: '5', userName: hostileName, role: 'admin', customerName: hostileName, address: '203.0.113.7', action: 'campaignPaused', subject: 'campaign', subjectId: '118', subjectName: hostileName, details: { what: hostileName } }], next: null }]);
      stub.answers.set('GET /account', [200, { user: admin, secondFactor: { since: '2026-11-02T08:00:00Z', recoveryCodesLeft: 2, obligatory: true }, sessions: [{ id: 'a', address: '203.0.113.7', userAgent: hostileName, signedInAt: '2026-11-21T06:10:00Z', seenAt: '2026-11-21T07:40:00Z', current: true }] }]);
      const found = [await axe('forgotten password', '/forgot-password'), await axe('new password', `/new-password#${'a'.repeat(43)}`)];
      await open('/sign-in');
      await page.fill('#email', 'admin@example.org');
      await page.fill('#password', 'x');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.qr path');
      found.push(await look('enrolment'));
      await page.fill('#code', '123456');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.recovery-codes');
      found.push(await look('recovery codes'));
      await page.getByRole('button', { name: 'I have kept them' }).click();
      await page.getByRole('link', { name: 'Audit log' }).click();
      await page.waitForSelector('.audit');
      expect(await page.locator('.audit tbody').textContent()).toContain(hostileName);
      found.push(await look('audit log'));
      stub.user = admin;
      found.push(await axe('account', '/account'));
      expect(found.flat()).toEqual([]);
    }
  }, 60_000);

  it('in the recordings of a call', async () => {
    for (const [colorScheme, width] of [['light', 1440], ['dark', 360]] as const) {
      await openPage({ colorScheme, viewport: { width, height: 800 } });
      stub.user = customer;
      await open('/customer/campaigns/c1/results');
      await page.locator('button.listen').click();
      await page.locator('.segments').waitFor();
      expect(await look('recordings')).toEqual([]);
    }
  }, 60_000);

  it('in a list before and after it is taken', async () => {
    for (const [colorScheme, width] of [['light', 1440], ['dark', 360]] as const) {
      await openPage({ colorScheme, viewport: { width, height: 800 } });
      stub.user = customer;
      for (const campaign of ['c1', 'c2']) {
        await open(`/customer/campaigns/${campaign}/contacts`);
        await page.setInputFiles('input[type=file]', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('x') });
        await page.waitForSelector('.preview-table');
        expect(await look(`preview of ${campaign}, ${colorScheme}`)).toEqual([]);
      }
      await open('/customer/campaigns/c1/contacts');
      await page.setInputFiles('input[type=file]', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('x') });
      await page.click('#take');
      await page.waitForSelector('table.problems');
      expect(await look(`result, ${colorScheme}`)).toEqual([]);
    }
  }, 60_000);

  async function axe(name: string, path: string): Promise<string[]> {
    await open(path);
    return look(name);
  }

  async function look(name: string): Promise<string[]> {
    await page.waitForTimeout(200);
    // The policy forbids inline script; the browser's debugger may still evaluate.
    await page.evaluate(axeSource);
    const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
    const ran = await page.evaluate("window.stolen !== undefined || document.querySelector('img[src=\"x\"]') !== null");
    const { violations } = await page.evaluate<AxeResults>("axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })");
    const texts = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary ?? ''}`);
    return [...texts, ...(wide ? ['wider than the screen'] : []), ...(ran ? ['what a list holds was taken for HTML'] : [])].map((text) => `${name}: ${text}`);
  }
});
