import { describe, expect, it } from 'vitest';
import { operator } from './fixtures.ts';
import { openCockpit, page, push, sent, settledMs, stopClock, usePage } from './opened-page.ts';

usePage({ user: operator, expected: /status of (401|409|422|503)/ });

const notesState = () => page.textContent('#notes-state');
const requests = () => sent('POST', '/operator/calls/call1/requests').map(({ body }) => (body as { kind: string }).kind);
/** A press as a Russian layout reports it; no physical keyboard of the test machine has one. */
const pressRussian = (key: string, code: string) => page.evaluate(`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', code: '${code}', bubbles: true, cancelable: true }))`);

describe('the keys', () => {
  it('act on the call, in the Russian layout too', async () => {
    await openCockpit('during');
    await pressRussian('е', 'KeyT');
    await expect.poll(requests).toEqual(['transfer']);
    push('briefing');
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
    await stopClock();
    await openCockpit('during');
    push('after');
    await page.waitForSelector('.dispositions');
    await page.clock.runFor(390);
    await page.keyboard.press('4');
    await page.locator('.notices').getByText('The screen changed just as you pressed that key').waitFor();
    expect(sent('POST', '/operator/calls/call1/disposition')).toEqual([]);
    await page.clock.runFor(settledMs);
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
