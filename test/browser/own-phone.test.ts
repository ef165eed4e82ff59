import { hash } from '@node-rs/argon2';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBaresip, type Baresip } from '../security/baresip.ts';
import { noBaresip } from '../security/sipp.ts';
import { noFreeswitch, testSwitches } from '../support/house.ts';
import { startExchange, type Exchange } from '../support/programs.ts';
import { aCampaign, aContact, aNumber, anOperator } from '../support/rows.ts';
import { lineStats, noChromium, openPerson, press, signIn, stands, type Person } from './chromium.ts';

const password = 'correct horse battery';
const noPhone = noFreeswitch ?? noBaresip;
if (noPhone !== undefined) process.stderr.write(`an operator’s SIP phone beside the page: ${noPhone}\n`);

describe.skipIf(noChromium).each(testSwitches)('an operator who speaks by a phone of their own, on %s', (switchName) => {
  let exchange: Exchange;
  let passwordHash: string;
  let operator: Person;
  beforeAll(async () => {
    [exchange, passwordHash] = await Promise.all([startExchange(switchName), hash(password)]);
  }, 90_000);
  afterAll(() => exchange?.stop());
  beforeEach(async () => {
    const { db } = exchange.database;
    operator = await openPerson(exchange.url);
    const campaign_id = await aCampaign(db, { name: 'Windows', managers: [{ address: '+79000000198' }] });
    for (const name of ['Anna Petrova', 'Boris Orlov', 'Vera Belova']) await aContact(db, campaign_id, { name, numbers: [aNumber('97')] });
    const email = `${crypto.randomUUID()}@example.org`;
    await anOperator(db, { campaign_id }, { email, password_hash: passwordHash, name: 'Olga' });
    await signIn(operator, email, password);
    await operator.page.locator('#line-kind').waitFor();
  }, 30_000);
  afterEach(() => operator?.close());

  /** The keys as in the browser's own line: C, T twice, 1, C, H; then off line. */
  async function work(page: Page): Promise<void> {
    await page.getByText('Anna Petrova').first().waitFor({ timeout: 20_000 });
    await stands(page, 'Next contact');
    await press(page, 'c');
    await page.getByText('Talking').first().waitFor();
    await press(page, 't');
    await page.getByText('Briefing the manager').first().waitFor({ timeout: 15_000 });
    await press(page, 't');
    await page.getByText('How did it end?').waitFor();
    await press(page, '1');
    await page.getByText('Boris Orlov').first().waitFor();
    await stands(page, 'Next contact');
    await press(page, 'c');
    await page.getByText('Talking').first().waitFor();
    // The voice is the phone's, so this page cannot mute it, and says so.
    await press(page, 'm');
    await page.getByText('mute it there').first().waitFor();
    await press(page, 'h');
    await page.getByText('How did it end?').waitFor();
    expect(operator.faults).toEqual([]);
    expect(await lineStats(page), 'no sound of the browser’s own').toBeFalsy();
  }

  it('works with the same keys by a telephone that the exchange rings, once 1 is pressed on it', { timeout: 90_000 }, async () => {
    const { page } = operator;
    await page.locator('#line-kind').selectOption('phone');
    await page.locator('#line-number').fill('8 900 000-00-99');
    await page.getByRole('button', { name: 'Go on line' }).first().click();
    await page.getByText('take the call and press 1').waitFor();
    await work(page);
  });

  it.skipIf(noPhone !== undefined || switchName !== 'freeswitch')('works with the same keys by a SIP phone, registered with what the page shows, and is heard and hears there', { timeout: 90_000 }, async () => {
    const { page } = operator;
    await page.locator('#line-kind').selectOption('device');
    await page.getByRole('button', { name: 'Credential for a phone' }).click();
    const [server, username, secret] = await Promise.all([0, 1, 2].map((at) => page.locator('.line-choice dd').nth(at).innerText()));
    let phone: Baresip | undefined;
    try {
      phone = await startBaresip({ username: username!, password: secret!, sipPort: Number(server!.split(':')[1]), registerFor: 60, answers: 'auto' });
      await phone.says(/200 OK .*1 binding/);
      await page.getByRole('button', { name: 'Go on line' }).first().click();
      await phone.event(/^CALL_ESTABLISHED$/);
      await work(page);
      // Its own count, bit/s sent and received: the contact hears it (else the exchange plays music to them), and it hears the contact.
      await phone.says(/audio=[1-9]\d*\/[1-9]\d* \(bit\/s\)/);
    } finally {
      await phone?.stop();
    }
  });
});
