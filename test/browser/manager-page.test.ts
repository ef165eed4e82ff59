import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSwitches, until } from '../support/house.ts';
import { startExchange, type Exchange } from '../support/programs.ts';
import { aCampaign, aContact, aCustomer, anOperator, aUser } from '../support/rows.ts';
import { noChromium, openPerson, press, signIn, soundBothWays, stands, type Person } from './chromium.ts';

const password = 'correct horse battery';

describe.skipIf(noChromium).each(testSwitches)('the manager’s page in real browsers on %s', (switchName) => {
  let exchange: Exchange;
  let customer: Person;
  let operator: Person;
  let manager: Person;
  let campaignId: string;

  beforeAll(async () => {
    exchange = await startExchange(switchName);
    const { db } = exchange.database;
    const password_hash = await hash(password);
    const customer_id = await aCustomer(db);
    await aUser(db, { role: 'customer', customer_id, email: 'customer@example.org', password_hash });
    const user_id = await aUser(db, { role: 'manager', customer_id, email: 'manager@example.org', password_hash });
    await anOperator(db, {}, { email: 'operator@example.org', password_hash, name: 'Olga' });
    campaignId = await aCampaign(db, { customer_id, name: 'Windows, spring', managers: [{ kind: 'page', address: null, name: 'Sergey', user_id }], questions: [{ key: 'when', label: 'When', kind: 'text', choices: [], required: false }] });
    // A robot that talks for ever, twice: one contact is missed first.
    for (const number of ['+79000007197', '+79000007297']) await aContact(db, campaignId, { name: 'Иванова Анна Петровна', company: 'Ромашка', numbers: [number] });
    [customer, operator, manager] = await Promise.all([openPerson(exchange.url), openPerson(exchange.url), openPerson(exchange.url)]);
    await manager.page.setViewportSize({ width: 360, height: 760 });
  }, 120_000);
  afterAll(async () => {
    for (const person of [customer, operator, manager]) await person?.close();
    await exchange?.stop();
  });

  const talk = async () => {
    await stands(operator.page, 'Next contact');
    await press(operator.page, 'c');
    await operator.page.getByText('Talking').first().waitFor();
    await soundBothWays(operator.page);
  };

  it('is opened by a personal link that the customer makes', { timeout: 60_000 }, async () => {
    const { page: office } = customer;
    await signIn(customer, 'customer@example.org', password);
    await office.goto(`/customer/campaigns/${campaignId}`);
    await office.locator('.chip').getByText('No link yet').waitFor();
    await office.getByRole('button', { name: 'Make a link' }).click();
    const url = await office.getByLabel(/Shown this once/).inputValue();
    await manager.page.goto(url);
    await manager.page.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
  });

  it('rings with campaign and first name only, and declines: in 15 minutes', { timeout: 60_000 }, async () => {
    const { page: desk } = operator;
    const { page: phone } = manager;
    await signIn(operator, 'operator@example.org', password);
    await desk.getByText('Windows, spring').first().waitFor();
    await stands(desk, 'No task taken');
    await press(desk, '1');
    await desk.getByText('Иванова Анна Петровна').first().waitFor();
    await until(async () => (await desk.evaluate<{ state: string } | null>('window.exchangeSoftphone?.stats()'))?.state === 'up', 'the line to be up', 15_000);
    await talk();
    await press(desk, 't');
    await phone.getByRole('heading', { name: 'Анна is on the line' }).waitFor();
    expect(await phone.title()).toMatch(/^☎ Анна/);
    const said = await phone.locator('body').innerText();
    expect(said).toContain('Windows, spring');
    expect(said).not.toMatch(/Иванова|Ромашка|9000007/);
    await phone.getByRole('button', { name: 'In 15 minutes' }).click();
    await phone.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
    await desk.getByText('The manager asks for a call in 15 minutes').first().waitFor();
    await press(desk, 'h');
    await desk.getByText('How did it end?').waitFor();
    await press(desk, '3');
    // The time that the manager wished stands in the field already.
    await desk.waitForSelector('#dialog-callback[open]');
    await desk.keyboard.press('Enter');
    await customer.page.getByText(/The manager asks for a call at \d\d:\d\d/).first().waitFor();
  });

  it('accepts with one tap, hears and is heard in the briefing, gets the contact and says what came of it', { timeout: 90_000 }, async () => {
    const { page: desk } = operator;
    const { page: phone } = manager;
    await talk();
    await press(desk, 'n');
    await desk.keyboard.type('two windows in spring');
    await desk.getByText(/^Saved /).first().waitFor();
    await desk.keyboard.press('Escape');
    await press(desk, 't');
    await phone.getByRole('button', { name: 'Accept' }).click();
    await phone.getByRole('heading', { name: 'You are talking with Olga' }).waitFor({ timeout: 15_000 });
    await desk.getByText('Briefing the manager').first().waitFor();
    await Promise.all([soundBothWays(phone), soundBothWays(desk)]);
    for (const text of ['Иванова Анна Петровна', 'Ромашка', 'two windows in spring', '+79000007297']) await phone.getByText(text).first().waitFor();
    await press(desk, 't');
    await desk.getByText('How did it end?').waitFor();
    await phone.getByRole('heading', { name: 'Анна is with you' }).waitFor();
    await soundBothWays(phone);
    await press(desk, '1');
    // A slip (pull to refresh) is asked about; the page that is loaded anew is back in the same call.
    const asked = new Promise<string>((resolve) => phone.once('dialog', (dialog) => { resolve(dialog.type()); void dialog.accept(); }));
    await phone.reload();
    expect(await asked).toBe('beforeunload');
    await phone.getByRole('heading', { name: 'Анна is with you' }).waitFor();
    await soundBothWays(phone);
    const call = (await exchange.database.db('calls').whereNotNull('handed_over_at').first('state', 'id')) as { state: string; id: string };
    expect(call.state).toBe('handedOver');
    const states = (await exchange.database.db('call_transitions').where({ call_id: call.id }).orderBy('version').pluck('to_state')) as string[];
    expect(states).toContain('waitingManager');
    await phone.getByRole('button', { name: 'Hang up' }).click();
    await phone.getByText('What came of it?').first().waitFor();
    await phone.getByRole('button', { name: 'Sold' }).click();
    await phone.getByText('Saved: Sold.').first().waitFor();
    const row = customer.page.locator('.results-table tbody tr').first();
    await row.getByText('Sergey: Sold').waitFor();
    await phone.getByRole('button', { name: 'Wait for the next one' }).click();
    await phone.getByRole('heading', { name: 'Waiting for a contact' }).waitFor();
  });

  it('leaves a history for the manager’s login: what was given and what was missed, with its number to call back', { timeout: 30_000 }, async () => {
    const { page: phone } = manager;
    await signIn(manager, 'manager@example.org', password);
    await phone.getByRole('link', { name: 'Call back +79000007197' }).waitFor();
    expect(await phone.getByRole('link', { name: 'Call back +79000007197' }).getAttribute('href')).toBe('tel:+79000007197');
    expect(await phone.getByRole('button', { name: 'Sold' }).getAttribute('aria-pressed')).toBe('true');
    for (const { faults } of [customer, operator, manager]) expect(faults).toEqual([]);
  });
});
