import { hash } from '@node-rs/argon2';
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../local/web-build.ts';
import { storeSound } from '../support/stored-sound.ts';
import { answered, bridged, dial, happen, hungUp, putOnLine } from '../server/call.ts';
import { startExchange, type TestExchange } from '../server/exchange.ts';
import { aCampaign, aContact, aUser } from '../support/rows.ts';
import { noChromium, openPerson, signIn, type Person } from './chromium.ts';

const password = 'correct horse battery';
/** Of an audio element. */
interface Player { currentTime: number; readonly duration: number; readonly error: { readonly message: string } | null }

describe.skipIf(noChromium)('the customer’s results in a real browser', () => {
  let exchange: TestExchange;
  let customer: Person;
  let campaignId: string;

  beforeAll(async () => {
    await buildWeb(fileURLToPath(new URL('../..', import.meta.url)), () => undefined);
    exchange = await startExchange({ env: { DATA_DIR: mkdtempSync(join(tmpdir(), 'recordings-')) } });
    const { db } = exchange.database;
    const userId = await aUser(db, { role: 'customer', email: 'customer@example.org', password_hash: await hash(password) });
    const { customer_id } = (await db('users').where({ id: userId }).first('customer_id')) as { customer_id: string };
    campaignId = await aCampaign(db, { customer_id, name: 'Windows', record_calls: true, announce_recording: false });
    await aContact(db, campaignId, { name: 'Anna Petrova', numbers: ['+79161230001'], fields: { Area: '=54' } });
    await aContact(db, campaignId, { name: 'Oleg Gusev', numbers: ['+79161230002'] });
    const operator = await exchange.signedIn('operator', { name: 'Irina' });
    await putOnLine(db, operator.userId);
    const { body: cockpit } = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    const talk = await dial(db, operator.userId, cockpit.contact.id);
    await happen(db, talk, answered, bridged, hungUp('NORMAL_CLEARING'));
    await storeSound(db, exchange.config, { callId: talk });
    await operator.ask('POST', `/api/v1/operator/calls/${talk}/disposition`, { key: 'interested' });
    const { body: next } = await operator.ask('GET', '/api/v1/operator/cockpit');
    await happen(db, await dial(db, operator.userId, next.contact.id), hungUp('USER_BUSY'));
    customer = await openPerson(exchange.url);
  }, 90_000);
  afterAll(async () => {
    await customer?.close();
    await exchange?.stop();
  });

  it('are found from the campaign, narrowed down, and the file holds what is shown', { timeout: 60_000 }, async () => {
    const { page, faults } = customer;
    await signIn(customer, 'customer@example.org', password);
    await page.goto(`/customer/campaigns/${campaignId}`);
    await page.getByRole('link', { name: 'All results' }).click();
    await page.getByText('Oleg Gusev').waitFor();
    await page.getByLabel('Search').fill('8 916 123-00-01');
    await page.getByText('Oleg Gusev').waitFor({ state: 'detached' });
    await page.getByText('Anna Petrova').waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('8 916 123-00-01');

    await page.getByText('Download').click();
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'csv: These calls' }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toMatch(/^Windows Results \d{4}-\d\d-\d\d\.csv$/);
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('"Phone","Full name"');
    expect(lines[1]).toMatch(/^"\+79161230001","Anna Petrova",.*"'=54".*"Interested"/);
    expect(new URL(page.url()).pathname).toBe(`/customer/campaigns/${campaignId}/results`);
    expect(faults).toEqual([]);
  });

  it('are heard with the keyboard: the player knows the length, plays, and seeks by a range of the file', { timeout: 60_000 }, async () => {
    const { page, faults } = customer;
    const ranges: string[] = [];
    page.on('response', (response) => { if (response.url().endsWith('/audio')) ranges.push(`${response.status()} ${response.headers()['content-range'] ?? ''}`); });
    await page.goto(`/customer/campaigns/${campaignId}/results`);
    const listen = page.getByRole('button', { name: /Listen to the call with Anna Petrova/ });
    await listen.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Operator and contact/ }).waitFor();
    const player = page.locator('audio');
    const state = () => player.evaluate((element) => {
      const audio = element as unknown as Player;
      return { at: audio.currentTime, length: audio.duration, failed: audio.error?.message ?? null };
    });
    await expect.poll(async () => (await state()).length, { timeout: 20_000 }).toBeCloseTo(13.7, 0);
    await page.getByRole('button', { name: /Operator and contact/ }).press('Enter');
    await expect.poll(async () => (await state()).at, { timeout: 20_000 }).toBeGreaterThan(0.2);
    await player.evaluate((element) => { (element as unknown as Player).currentTime = 11; });
    await expect.poll(async () => (await state()).at, { timeout: 20_000 }).toBeGreaterThan(11.3);
    expect(await state()).toMatchObject({ failed: null });
    expect(ranges.every((each) => each.startsWith('206 bytes '))).toBe(true);
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await page.locator('button.listen:focus').count()).toBe(1);
    expect(faults).toEqual([]);
    expect(await exchange.database.db('audit_entries').where({ action: 'recordingPlayed' })).toHaveLength(1);
  });
});
