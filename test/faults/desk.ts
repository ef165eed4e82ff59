import { hash } from '@node-rs/argon2';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { lineStats, openPerson, press, signIn, soundBothWays, type Person } from '../browser/chromium.ts';
import { until, type SwitchName } from '../support/house.ts';
import { startExchange, type Exchange } from '../support/programs.ts';
import { aCampaign, aContact, aNumber, anOperator } from '../support/rows.ts';

const password = 'correct horse battery';

/** An operator's page in a real browser, on the whole exchange, and a hand on the switch beside it. */
export interface Desk {
  readonly name: SwitchName | undefined;
  readonly exchange: Exchange;
  readonly db: Db;
  readonly hand: EslSwitch;
  readonly operator: Person;
  readonly operatorId: string;
  readonly campaignId: string;
  /** On line, dials and talks with a robot that talks for ever. @returns the call's id */
  talk(contactName: string): Promise<string>;
  phoneIs(state: string, timeoutMs?: number): Promise<unknown>;
  shows(text: string | RegExp, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

export async function openDesk(name?: SwitchName, own: Parameters<typeof startExchange>[1] = {}, proxy?: string): Promise<Desk> {
  const [exchange, password_hash] = await Promise.all([startExchange(name, own), hash(password)]);
  const { db } = exchange.database;
  const hand = new EslSwitch({ url: exchange.freeswitch.url, sipHosts: [], log: createLog('test', 'silent') });
  hand.start();
  const campaignId = await aCampaign(db, { name: 'Windows' });
  const email = `${crypto.randomUUID()}@example.org`;
  const operatorId = await anOperator(db, { campaign_id: campaignId }, { email, password_hash, name: 'Olga' });
  const operator = await openPerson(exchange.url, proxy);
  const { page } = operator;
  await signIn(operator, email, password);
  const shows: Desk['shows'] = (text, timeout = 20_000) => page.getByText(text).first().waitFor({ timeout });
  const phoneIs: Desk['phoneIs'] = (state, timeoutMs = 20_000) => until(async () => (await lineStats(page).catch(() => null))?.state === state, `the phone to be ${state}`, timeoutMs);
  return {
    name, exchange, db, hand, operator, operatorId, campaignId, shows, phoneIs,
    async talk(contactName) {
      await aContact(db, campaignId, { name: contactName, numbers: [aNumber('97')] });
      const goOnLine = page.getByRole('button', { name: 'Go on line' }).first();
      if ((await lineStats(page))?.state !== 'up') await goOnLine.click();
      await shows(contactName);
      await phoneIs('up');
      await press(page, 'c');
      await shows('Talking');
      await soundBothWays(page);
      return ((await db('calls').where({ operator_id: operatorId }).orderBy('created_at', 'desc').first('id')) as { id: string }).id;
    },
    async close() {
      await operator.close();
      await hand.stop();
      await exchange.stop();
    },
  };
}
