import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromWallTime, wallTime } from '../../web/zone-time.ts';
import { call, cockpit, cockpits, hostileName, operator } from './fixtures.ts';
import { open, openCockpit, openPage, page, push, sent, settledMs, stub, usePage } from './opened-page.ts';

usePage({ user: operator, expected: /status of (401|409|422|503)/ });

const notesState = () => page.textContent('#notes-state');

describe('the operator’s page', () => {
  it('asks when to call back, on the contact’s own clock, and Enter takes it', async () => {
    await openCockpit('after');
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
    await openCockpit('after', { wrapUp: { until: new Date(Date.now() + 40_000).toISOString(), extensionsLeft: 3 } });
    // Held down: the key that opened it chooses nothing.
    await page.keyboard.down('3');
    await page.keyboard.down('3');
    await page.keyboard.up('3');
    const dialog = page.locator('#dialog-callback[open]');
    await dialog.getByText(/0:[0-4]\d left for the result/).waitFor();
    await dialog.getByRole('button', { name: 'No countdown' }).click();
    await expect.poll(() => sent('POST', '/operator/calls/call1/wrap-up').map(({ body }) => body)).toEqual([{ countdown: false }]);
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
    await openCockpit('after', { call: call({ state: 'ended', endedAt: new Date().toISOString(), answers: {} }) });
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
    push('unanswered');
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
    // The digits are the tasks' own once the page knows that none is taken.
    await page.locator('.strip-label', { hasText: 'No task taken' }).waitFor();
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
