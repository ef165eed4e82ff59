import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SpendAlarm } from '../../calls-controller/spend-alarm.ts';
import { createLog } from '../../platform/log.ts';
import { clearSpendAlarm } from '../../platform/postgres/alarms.ts';
import { changeLines } from '../../platform/postgres/trunks.ts';
import { aUser } from '../support/rows.ts';
import { startTestSmtp, type TestSmtp } from '../support/smtp.ts';
import { startExchange, type TestExchange } from './exchange.ts';

let post: TestSmtp;
let exchange: TestExchange;
let admins: string[];
const alarm = () => new SpendAlarm({ db: exchange.database.db, nudges: exchange.nudges, log: createLog('test', 'silent') });
const to = (letter: string): string => /^To: (.+)$/m.exec(letter)?.[1] ?? '';
const plain = (letter: string): string => {
  const body = letter.slice(letter.indexOf('\n\n'));
  return /base64/i.test(letter) ? Buffer.from(body, 'base64').toString() : Buffer.from(body.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').toString();
};

beforeAll(async () => {
  post = await startTestSmtp();
  exchange = await startExchange({ env: { SMTP_URL: post.url } });
  await exchange.startSecond();
  const { db } = exchange.database;
  admins = ['one@example.org', 'two@example.org'];
  for (const email of admins) await aUser(db, { role: 'admin', email });
  await aUser(db, { role: 'moderator', email: 'moderator@example.org' });
});
beforeEach(async () => {
  const { db } = exchange.database;
  await db('alarms').delete();
  await changeLines(db, { dailySpendCapMinor: 500_000 });
  post.letters.length = 0;
  post.refuses = false;
});
afterAll(async () => {
  await exchange?.stop();
  await post?.stop();
});

test('a spend cap that is reached is told each administrator by one letter an alarm, by whichever server; the audit log has it', async () => {
  const { db } = exchange.database;
  await Promise.all([alarm().raise(), alarm().raise(), alarm().raise()]);
  await expect.poll(() => post.letters.length, { timeout: 10_000 }).toBe(2);
  expect(post.letters.map(to).sort()).toEqual(admins);
  expect(plain(post.letters[0] ?? '')).toMatch(/предел[^]*5\s000,00[^]*\/admin\/lines[^]*cap on telephone costs[^]*Cap: 5,000\.00[^]*Spent: 0\.00[^]*\/admin\/lines/);
  await alarm().raise();
  await expect.poll(async () => (await db('alarm_letters').whereNull('sent_at')).length).toBe(0);
  expect(post.letters).toHaveLength(2);
  expect(await db('audit_entries').where({ action: 'spendCapReached' }).select('user_id', 'subject', db.raw(`details->>'capMinor' as cap`))).toEqual([{ user_id: null, subject: 'lines', cap: '500000' }]);
  // The cap is raised and reached once more: another alarm, other letters.
  await changeLines(db, { dailySpendCapMinor: 600_000 });
  expect(await clearSpendAlarm(db)).toBe(true);
  await alarm().raise();
  await expect.poll(() => post.letters.length, { timeout: 10_000 }).toBe(4);
});

test('a letter that is not taken is tried again, and not after the alarm is over', async () => {
  const { db } = exchange.database;
  post.refuses = true;
  await alarm().raise();
  await expect.poll(() => post.refused, { timeout: 10_000 }).toBe(2);
  const early = (await db('alarm_letters').select('sent_at', db.raw('next_try_at > now() as later'))) as unknown;
  expect(early).toEqual([{ sent_at: null, later: true }, { sent_at: null, later: true }]);
  post.refuses = false;
  await db('alarm_letters').limit(1).where({ id: db('alarm_letters').min('id') }).update({ next_try_at: db.fn.now() });
  exchange.nudges.publish({ topic: 'alarm', id: 'spendCapReached' });
  await expect.poll(() => post.letters.length, { timeout: 10_000 }).toBe(1);
  await changeLines(db, { dailySpendCapMinor: 700_000 });
  await clearSpendAlarm(db);
  await db('alarm_letters').update({ next_try_at: db.fn.now() });
  // The next alarm's two letters come, and not the one that is left of this.
  await alarm().raise();
  await expect.poll(async () => (await db('alarm_letters').whereNotNull('sent_at')).length, { timeout: 10_000 }).toBe(3);
  expect(post.letters).toHaveLength(3);
});
