import { hash } from '@node-rs/argon2';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSwitches, until } from '../support/house.ts';
import { startExchange, type Exchange } from '../support/programs.ts';
import { anOperator, aUser } from '../support/rows.ts';
import { noChromium, openPerson, press, signIn, soundBothWays, stands, type Person } from './chromium.ts';

const password = 'correct horse battery';
const sample = path.join(import.meta.dirname, '../samples/okna-moskva.xlsx');

describe.skipIf(noChromium).each(testSwitches)('the main job in real browsers on %s', (switchName) => {
  let exchange: Exchange;
  let customer: Person;
  let operator: Person;

  beforeAll(async () => {
    exchange = await startExchange(switchName);
    const { db } = exchange.database;
    const password_hash = await hash(password);
    await aUser(db, { role: 'customer', email: 'customer@example.org', password_hash, name: 'Practice company' });
    await anOperator(db, {}, { email: 'operator@example.org', password_hash, name: 'Olga' });
    [customer, operator] = await Promise.all([openPerson(exchange.url), openPerson(exchange.url)]);
  }, 90_000);
  afterAll(async () => {
    await customer?.close();
    await operator?.close();
    await exchange?.stop();
  });

  it('goes from a spreadsheet to a contact handed over to the manager', { timeout: 90_000 }, async () => {
    // The customer: campaign, file, start.
    const { page: office } = customer;
    await signIn(customer, 'customer@example.org', password);
    await office.goto('/customer/campaigns/new');
    await office.getByLabel('Name', { exact: true }).fill('Windows, spring');
    await office.getByLabel('Markdown. A {column}').fill('Hello, {name} of {company}! {Debt}\n\n<img src=x onerror="document.title=1">');
    await office.getByLabel('Reached by').selectOption('phone');
    await office.getByLabel('Manager’s name').fill('Sergey');
    await office.getByLabel('Number or SIP address').fill('8 900 000-00-99');
    await office.getByLabel('Call from').fill('00:00');
    await office.getByLabel('until').fill('24:00');
    await office.getByRole('button', { name: 'Save and add contacts' }).click();
    await office.waitForURL(/\/contacts$/);
    await office.locator('input[type=file]').setInputFiles(sample);
    await office.getByRole('button', { name: 'Take 56 contacts' }).click();
    await office.locator('table.problems').waitFor();
    expect(await office.locator('.chips').first().innerText()).toMatch(/56[\s\S]*1[\s\S]*3/);
    expect(await office.locator('table.problems tbody tr').count()).toBe(4);
    await office.getByRole('link', { name: 'To the campaign' }).click();
    await office.getByRole('button', { name: 'Start calling' }).click();
    await office.getByRole('button', { name: 'Pause' }).waitFor();

    // The operator: on line, task, call. Keyboard only.
    const { page: desk } = operator;
    await signIn(operator, 'operator@example.org', password);
    await desk.getByText('Windows, spring').first().waitFor();
    await stands(desk, 'No task taken');
    await press(desk, '1');
    await desk.getByText('Иванова Анна Петровна').first().waitFor();
    expect(await desk.locator('body').innerText()).not.toContain('9000001000');
    await until(async () => (await desk.evaluate<{ state: string } | null>('window.exchangeSoftphone?.stats()'))?.state === 'up', 'the line to be up', 15_000);
    await stands(desk, 'Next contact');
    await press(desk, 'c');
    await desk.getByText('Talking').first().waitFor();
    await soundBothWays(desk);
    expect(await desk.locator('img').count()).toBe(0);

    // A note that spells the shortcuts only writes.
    await press(desk, 'n');
    await desk.keyboard.type('htc: two windows in spring');
    await desk.getByText(/^Saved /).first().waitFor();
    expect(await desk.getByText('Talking').count()).toBeGreaterThan(0);
    await desk.keyboard.press('Escape');

    // The same keys in a Russian layout: `е` stands on the key of T.
    await desk.evaluate(`document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'е', code: 'KeyT', bubbles: true }))`);
    await desk.getByText('Briefing the manager').first().waitFor({ timeout: 15_000 });
    await soundBothWays(desk);
    await press(desk, 'h');
    await desk.getByText(/back to the contact first|B first/i).first().waitFor();
    await press(desk, 't');
    await desk.getByText('How did it end?').waitFor();
    await press(desk, '1');
    await desk.getByText('Сидоров Пётр').first().waitFor();

    // The customer's table filled by itself.
    const row = office.locator('.results-table tbody tr').first();
    await row.getByText('htc: two windows in spring').waitFor();
    expect(await row.innerText()).toContain('Иванова Анна Петровна');
    await row.getByText(/Handed over|Передан менеджеру/).first().waitFor();
    expect(customer.faults).toEqual([]);
    expect(operator.faults).toEqual([]);

    // Whoever watches over the house sees both programs in one place.
    await until(async () => (await (await fetch(`${exchange.url}/metrics`)).text()).includes('exchange_call_transitions_total{event="HandOverRequested",to="handingOver",switch="switch-1"} 1'), 'the controller’s metrics');
  });
});
