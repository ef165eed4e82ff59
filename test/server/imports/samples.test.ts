import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { importList } from '../../../server/imports/import-list.ts';
import { rowReasonText } from '../../../domain/spreadsheet/problems.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { aCampaign, aCustomer, aUser } from '../../support/rows.ts';

const log = pino({ level: 'silent' });
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Imports into a new campaign of a new customer. */
async function importSample(name: string, country = 'RU') {
  const { db } = database;
  const customerId = await aCustomer(db);
  const userId = await aUser(db, { customer_id: customerId });
  const timeZone = country === 'GB' ? 'Europe/London' : 'Europe/Moscow';
  const campaignId = await aCampaign(db, { customer_id: customerId, country, time_zone: timeZone });
  const outcome = await importList({
    db, customerId, userId, log, fileName: name, nowMs: Date.UTC(2025, 5, 4, 23),
    campaign: { id: campaignId, country, timeZone, language: 'ru', window: { from: '09:00', to: '20:00', days: [1, 2, 3, 4, 5, 6, 7] }, priority: 2 },
    filePath: fileURLToPath(new URL(`../../samples/${name}`, import.meta.url)),
  });
  const list = outcome.ok ? outcome.list : undefined;
  const contacts = await db('contacts').where({ campaign_id: campaignId }).orderBy('row_number');
  const numbers = await db('contact_numbers').where({ campaign_id: campaignId }).orderBy(['contact_id', 'position']);
  const queue = await db('call_queue').where({ campaign_id: campaignId });
  const lists = await db('lists').where({ campaign_id: campaignId });
  return { outcome, list, contacts, numbers, queue, lists };
}

describe('the samples of customers’ files', () => {
  test('a workbook with Russian headers and phones in every style', async () => {
    const { list, contacts, numbers, queue, lists } = await importSample('okna-moskva.xlsx');
    expect(list).toMatchObject({ accepted: 56, duplicates: 1, rejected: 3, fileName: 'okna-moskva.xlsx' });
    expect(list?.problems.map(({ reason }) => reason).toSorted()).toEqual(['the phone number is empty', 'the phone number is too short', 'the same number as in row 6', 'there are no digits in the phone number']);
    expect([contacts.length, numbers.length, queue.length]).toEqual([56, 56, 56]);
    expect(contacts[1]).toMatchObject({ name: 'Сидоров Пётр', company: 'ООО «Окна 1»', city: 'Казань', row_number: 3, fields: { 'Когда удобно': 'после 18:00', 'Долг, руб.': '100.5' } });
    expect(numbers[1]).toMatchObject({ e164: '+74951234001', position: 0, extension: null });
    expect(contacts[2]).toMatchObject({ city: 'Екатеринбург', time_zone: 'Asia/Yekaterinburg' });
    const ural = queue.find(({ contact_id }) => contact_id === contacts[2].id);
    expect(ural).toMatchObject({ priority: 2, next_attempt_at: new Date('2025-06-05T04:00:00Z') });
    expect(lists[0]).toMatchObject({ format: 'xlsx', accepted: 56, duplicates: 1, rejected: 3 });
    expect(lists[0].columns.map(({ role }: { role: string }) => role)).toEqual(['phone', 'name', 'company', 'city', 'field', 'field']);
  });

  test('a cp1251 table with line breaks in cells keeps the second phone as the contact’s fallback', async () => {
    const { list, contacts, numbers } = await importSample('clinics-cp1251.csv');
    expect(list).toMatchObject({ accepted: 40, duplicates: 0, rejected: 0, problems: [] });
    expect(contacts[0]).toMatchObject({ name: 'Иванова Анна Петровна', company: 'Клиника "Здоровье №0"', fields: { Примечание: 'звонить\nутром' }, time_zone: 'Europe/Moscow' });
    expect(numbers.slice(0, 2)).toMatchObject([{ position: 0, e164: '+78127651000' }, { position: 1, e164: '+79210002000' }]);
    expect(numbers.find(({ e164 }) => e164 === '+78127651005')).toMatchObject({ extension: '12' });
  });

  test('an English table with a byte order mark and commas in names', async () => {
    const { list, contacts, numbers } = await importSample('leads-en-utf8-bom.csv', 'GB');
    expect(list).toMatchObject({ accepted: 100, duplicates: 0, rejected: 0 });
    expect(contacts[0]).toMatchObject({ name: "Name0 O'Neil, 0", time_zone: 'Europe/London', fields: { language: 'en' } });
    expect(numbers[0]).toMatchObject({ e164: '+442079460100' });
  });

  test('a damaged table loses its damaged rows alone, each with its reason', async () => {
    const { list, contacts } = await importSample('damaged.csv');
    expect(list).toMatchObject({ accepted: 2, duplicates: 1, rejected: 6 });
    expect(list?.problems).toEqual([
      { row: 2, kind: 'rejected', reason: rowReasonText('scientificNotation') },
      { row: 4, kind: 'duplicate', reason: rowReasonText('sameNumberAsRow:3') },
      { row: 6, kind: 'rejected', reason: rowReasonText('tooShort') },
      { row: 7, kind: 'rejected', reason: rowReasonText('emergency') },
      { row: 8, kind: 'rejected', reason: rowReasonText('premiumRate') },
      { row: 9, kind: 'rejected', reason: rowReasonText('empty') },
      { row: 10, kind: 'rejected', reason: rowReasonText('unclosedQuote') },
    ]);
    expect(contacts.map(({ name }) => name)).toEqual(['=HYPERLINK("http://x"', '<img src=x onerror=alert(1)>']);
  });

  test('a table separated by tabs', async () => {
    const { list, contacts } = await importSample('tabs.txt', 'GB');
    expect(list).toMatchObject({ accepted: 2, duplicates: 0, rejected: 0 });
    expect(contacts.map(({ name }) => name)).toEqual(['Tab One', 'Tab Two']);
  });

  test('a legacy workbook with titles above, totals below and phones as numbers', async () => {
    const { list, contacts, numbers, lists } = await importSample('export-1c.xls');
    expect(list).toMatchObject({ accepted: 30, duplicates: 0, rejected: 1, problems: [{ row: 35, kind: 'rejected', reason: rowReasonText('totals') }] });
    expect(contacts[0]).toMatchObject({ row_number: 5, company: 'Иванова Анна Петровна', fields: { Код: '00100', Менеджер: 'Петрова' } });
    expect(numbers[0]).toMatchObject({ e164: '+79160001000' });
    expect(lists[0]).toMatchObject({ format: 'xls' });
  });
});
