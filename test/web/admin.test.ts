import { describe, expect, it } from 'vitest';
import { fieldOf, formOf, isAtCap, readForm, readMoney, sharesOf } from '../../web/screens/admin/lines/state.ts';
import { actsOf, isLastInService, loadOf, lookOf, sinceOf } from '../../web/screens/admin/switches/state.ts';
import { admin, aSwitchState, aTrunk, lines, linesAtCap, switches } from './admin-fixtures.ts';
import { axeFinds, isTooWide, openPage, page, stub, usePage } from './opened-page.ts';

describe('a switch on the administrator’s page', () => {
  const at = '2026-11-21T10:00:00Z';
  it('is named by what matters most, and offers what can be done with it', () => {
    const looks = (row: object) => lookOf(aSwitchState(row));
    expect([looks({}), looks({ up: false }), looks({ drainingSince: at }), looks({ drainingSince: at, up: false }), looks({ drainingSince: at, empty: true }), looks({ drainingSince: at, lostSince: at, up: false, empty: true }), looks({ drainingSince: at, lostSince: at, empty: true })])
      .toEqual(['up', 'down', 'draining', 'drainingDown', 'drained', 'lost', 'lostUp']);
    expect(actsOf(aSwitchState())).toEqual({ drain: true, resume: false, lose: false });
    expect(actsOf(aSwitchState({ up: false, mayBeDeclaredLost: true }))).toEqual({ drain: true, resume: false, lose: true });
    // It carries calls that can be heard: drained, never declared lost.
    expect(actsOf(aSwitchState({ drainingSince: at, mayBeDeclaredLost: true }))).toEqual({ drain: false, resume: true, lose: false });
    expect(actsOf(aSwitchState({ drainingSince: at, lostSince: at, up: false }))).toEqual({ drain: false, resume: false, lose: false });
    expect(actsOf(aSwitchState({ drainingSince: at, lostSince: at }))).toEqual({ drain: false, resume: true, lose: false });
    expect(sinceOf(aSwitchState({ drainingSince: at }))).toBe(at);
    expect([loadOf(aSwitchState()), loadOf(aSwitchState({ maxSessions: null }))]).toEqual([24, null]);
    expect([isLastInService(switches(), 'moscow-1'), isLastInService([...switches(), aSwitchState({ id: 'x' })], 'moscow-1')]).toEqual([true, false]);
  });
});

describe('amounts and limits', () => {
  it('are read as people write them in both languages, and nothing else is', () => {
    expect(['5000', '5 000,50', '5 000.5', '0', '1,', '12,34'].map(readMoney)).toEqual([500_000, 500_050, 500_050, 0, 100, 1_234]);
    expect(['', '-1', '1.234', 'much', '1e3', '1.2.3', '99999999999'].map(readMoney)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined, undefined]);
  });
  it('show how much of the day’s cap is gone and may go', () => {
    expect(sharesOf({ day: '', spentMinor: '250', liveMostMinor: '500', capMinor: '1000' })).toEqual({ spent: 25, live: 50 });
    expect(sharesOf({ day: '', spentMinor: '900', liveMostMinor: '500', capMinor: '1000' })).toEqual({ spent: 90, live: 10 });
    expect([isAtCap(lines().spend), isAtCap(linesAtCap().spend), isAtCap({ day: '', spentMinor: '0', liveMostMinor: '0', capMinor: '0' })]).toEqual([false, true, true]);
  });
  it('of a trunk are sent whole, or each wrong field is named', () => {
    const form = formOf(aTrunk());
    expect(readForm('zadarma', form)).toEqual({ change: { id: 'zadarma', callsPerSecond: 5, concurrency: 30, pricePerMinute: 120, callerId: '+74951234567', countries: ['RU', 'KZ'], types: ['mobile', 'fixed', 'tollFree'] } });
    expect(readForm('zadarma', { ...form, concurrency: '', callerId: '+7 (495) 123-45-67', countries: 'ru;by', types: ['fixed'] })).toMatchObject({ change: { concurrency: null, callerId: '+74951234567', countries: ['RU', 'BY'], types: ['fixed'] } });
    expect(readForm('zadarma', { ...form, callsPerSecond: '0', concurrency: 'many', pricePerMinute: '', types: [] })).toEqual({ wrong: ['callsPerSecond', 'concurrency', 'pricePerMinute', 'types'] });
    expect(['trunk.countries.1', 'trunk.callerId', 'dailySpendCapMinor'].map(fieldOf)).toEqual(['countries', 'callerId', undefined]);
  });
});

describe('the administrator’s pages', () => {
  usePage({ user: admin, expected: /status of (409|422|503)/, prepare: () => stub.answers.set('GET /audit', [200, { entries: [], next: null }]) });
  const sent = (method: string) => stub.seen.filter((each) => each.method === method).map(({ path, body }) => [path, body]);
  const open = async (path: string) => { await page.goto(stub.url + path); await page.waitForSelector('.card-x'); };

  it('a switch is drained and brought back by keyboard; the last one in service is asked about first', async () => {
    await open('/admin');
    await page.getByRole('button', { name: 'Drain: moscow-1' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Drain moscow-1?' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(sent('PUT')).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await page.getByText('moscow-1 is being drained.').first().waitFor();
    stub.answers.set('GET /switches', [200, { switches: [aSwitchState(), aSwitchState({ id: 'kazan-1', drainingSince: '2026-11-21T10:00:00Z' })] }]);
    await page.getByRole('button', { name: 'Bring back: kazan-1' }).click();
    await page.getByText('kazan-1 is back in service.').first().waitFor();
    expect(sent('PUT')).toEqual([['/switches/moscow-1', { draining: true }], ['/switches/kazan-1', { draining: false }]]);
  });

  it('a switch is declared lost only after the question, and what was closed is said; a refusal is said in the reader’s language', async () => {
    await open('/admin');
    stub.answers.set('POST /switches/moscow-2/lost', [409, { type: 'about:blank', title: 'x', status: 409, code: 'switchHeld', detail: 'x' }]);
    const lose = async () => {
      await page.getByRole('button', { name: 'Declare lost: moscow-2' }).click();
      const dialog = page.getByRole('dialog', { name: 'Declare moscow-2 lost?' });
      expect(await dialog.textContent()).toMatch(/9 calls are closed[^]*12 operators/);
      // Who presses Enter without reading has done nothing.
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Cancel');
      await dialog.getByRole('button', { name: 'Declare lost' }).click();
    };
    await page.getByRole('button', { name: 'Declare lost: moscow-2' }).click();
    await page.getByRole('dialog', { name: 'Declare moscow-2 lost?' }).waitFor();
    await page.keyboard.press('Enter');
    expect(sent('POST')).toEqual([]);
    await lose();
    await page.getByRole('alert').getByText('drain the switch first, or wait a minute').waitFor();
    stub.answers.set('POST /switches/moscow-2/lost', [200, { switches: [], callsClosed: 9, operatorsFreed: 12 }]);
    await lose();
    await page.getByText('moscow-2 is declared lost: 9 calls closed, 12 operators free to go on line elsewhere.').first().waitFor();
    expect(sent('POST')).toEqual([['/switches/moscow-2/lost', { confirm: true }], ['/switches/moscow-2/lost', { confirm: true }]]);
  });

  it('the day’s cap that is reached stands above every page, and is raised on Lines', async () => {
    stub.answers.set('GET /admin/lines', [200, linesAtCap()]);
    await open('/admin');
    await page.getByRole('alert').getByText('no new calls leave').waitFor();
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor();
    await page.getByRole('alert').getByRole('link', { name: 'To the lines' }).click();
    const cap = page.getByLabel('A day may cost at most');
    expect(await cap.inputValue()).toBe('5,000.00');
    await cap.fill('a lot');
    await page.keyboard.press('Enter');
    await page.getByText('Enter an amount, for example 5000').waitFor();
    expect(sent('PATCH')).toEqual([]);
    await cap.fill('7 500,50');
    await page.keyboard.press('Enter');
    await page.getByText('The cap is changed.').first().waitFor();
    expect(sent('PATCH')).toEqual([['/admin/lines', { dailySpendCapMinor: 750_050 }]]);
    stub.answers.delete('GET /admin/lines');
    await expect.poll(() => page.locator('.admin-notices [role=alert]').count(), { timeout: 10_000 }).toBe(0);
  });

  it('a trunk’s limits are changed; what the server refuses stands at its field, and what was typed stays', async () => {
    await open('/admin/lines');
    expect(await page.locator('.trunk').nth(1).textContent()).toMatch(/18 of 30 at once[^]*1,843\.50[^]*Russia, Kazakhstan/);
    await page.getByRole('button', { name: 'Change: zadarma' }).click();
    const dialog = page.getByRole('dialog', { name: 'Trunk zadarma' });
    await dialog.getByLabel('Calls at once').fill('50');
    await dialog.getByLabel('Countries').fill('RU, XYZ');
    stub.answers.set('PATCH /admin/lines', [422, { type: 'about:blank', title: 'x', status: 422, code: 'invalid', fields: [{ field: 'trunk.countries.1', message: 'a country is two letters, for example RU' }] }]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Two letters each, for example RU, KZ').waitFor();
    expect(await dialog.getByLabel('Countries').getAttribute('aria-invalid')).toBe('true');
    expect(await dialog.getByLabel('Calls at once').inputValue()).toBe('50');
    stub.answers.delete('PATCH /admin/lines');
    await dialog.getByLabel('Countries').fill('');
    await page.keyboard.press('Enter');
    await page.getByText('zadarma is changed.').first().waitFor();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(sent('PATCH').at(-1)).toEqual(['/admin/lines', { trunk: { id: 'zadarma', callsPerSecond: 5, concurrency: 50, pricePerMinute: 120, callerId: '+74951234567', countries: null, types: ['mobile', 'fixed', 'tollFree'] } }]);
  });

  it('while the exchange does not answer, the pages say so and how old it is what they show', async () => {
    await open('/admin');
    stub.answers.set('GET /switches', [503, { type: 'about:blank', title: 'x', status: 503, code: 'databaseAway' }]);
    await page.getByText(/The database does not answer[^]*What stands here was so at \d\d:\d\d/).waitFor({ timeout: 10_000 });
    expect(await page.locator('.switch').count()).toBe(4);
  });

  it('have nothing that axe finds, and nothing that does not fit on a phone, in both languages', { timeout: 60_000 }, async () => {
    for (const [colorScheme, width, locale] of [['light', 1440, 'en'], ['dark', 360, 'ru']] as const) {
      await openPage({ colorScheme, locale, viewport: { width, height: 800 } });
      stub.answers.set('GET /admin/lines', [200, linesAtCap()]);
      await open('/admin');
      expect(await axeFinds()).toEqual([]);
      expect(await isTooWide()).toBe(false);
      await page.locator('.switch .btn.end').first().click();
      expect(await axeFinds()).toEqual([]);
      await page.keyboard.press('Escape');
      await open('/admin/lines');
      expect(await axeFinds()).toEqual([]);
      expect(await isTooWide()).toBe(false);
      await page.locator('.trunk .btn').first().click();
      expect(await axeFinds()).toEqual([]);
    }
  });
});
