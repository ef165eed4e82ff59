import { hash } from '@node-rs/argon2';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../local/web-build.ts';
import { answered, bridged, dial, happen, hungUp, putOnLine } from '../server/call.ts';
import { startExchange, type TestExchange } from '../server/exchange.ts';
import { aCampaign, aContact, aUser } from '../support/rows.ts';
import { noChromium, openPerson, signIn, type Person } from './chromium.ts';

const password = 'correct horse battery';

describe.skipIf(noChromium)('the customer’s results in a real browser', () => {
  let exchange: TestExchange;
  let customer: Person;
  let campaignId: string;

  beforeAll(async () => {
    await buildWeb(fileURLToPath(new URL('../..', import.meta.url)), () => undefined);
    exchange = await startExchange();
    const { db } = exchange.database;
    const userId = await aUser(db, { role: 'customer', email: 'customer@example.org', password_hash: await hash(password) });
    const { customer_id } = (await db('users').where({ id: userId }).first('customer_id')) as { customer_id: string };
    campaignId = await aCampaign(db, { customer_id, name: 'Windows' });
    await aContact(db, campaignId, { name: 'Anna Petrova', numbers: ['+79161230001'], fields: { Area: '=54' } });
    await aContact(db, campaignId, { name: 'Oleg Gusev', numbers: ['+79161230002'] });
    const operator = await exchange.signedIn('operator', { name: 'Irina' });
    await putOnLine(db, operator.userId);
    const { body: cockpit } = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    const talk = await dial(db, operator.userId, cockpit.contact.id);
    await happen(db, talk, answered, bridged, hungUp('NORMAL_CLEARING'));
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
});
