import { beforeEach, describe, expect, it } from 'vitest';
import { counts, customer } from './fixtures.ts';
import { complaints, open, page, sent, stub, usePage } from './opened-page.ts';

usePage({ user: customer, expected: /status of (401|409|422|503)/ });

describe('the customer’s pages', () => {
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
