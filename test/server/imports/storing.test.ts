import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { writeXlsx } from 'hucre/xlsx';
import { pino } from 'pino';
import { importList } from '../../../server/imports/import-list.ts';
import { prepareThread } from '../../../server/imports/spare-thread.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { aCampaign, aContact, aCustomer, aUser } from '../../support/rows.ts';

const log = pino({ level: 'silent' });
const folder = mkdtempSync(path.join(tmpdir(), 'imports-'));
let database: TestDatabase;
let customerId: string, userId: string, campaignId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  customerId = await aCustomer(database.db);
  userId = await aUser(database.db, { customer_id: customerId });
});
beforeEach(async () => {
  campaignId = await aCampaign(database.db, { customer_id: customerId });
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;
function upload(content: string | Uint8Array) {
  const filePath = path.join(folder, String((files += 1)));
  writeFileSync(filePath, content);
  return importList({
    db: database.db, customerId, userId, log, filePath, fileName: 'list',
    campaign: { id: campaignId, country: 'RU', timeZone: 'Europe/Moscow', language: 'ru', window: { from: '09:00', to: '20:00', days: [1, 2, 3, 4, 5] }, priority: 1 },
  });
}
const contacts = () => database.db('contacts').where({ campaign_id: campaignId }).orderBy('row_number');
const numbers = async () => (await database.db('contact_numbers').where({ campaign_id: campaignId }).orderBy(['contact_id', 'position'])).map(({ e164, position }) => `${position} ${e164}`);
const counted = async (content: string | Uint8Array) => {
  const outcome = await upload(content);
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome.list;
};

describe('an import', () => {
  test('stores every character as it stands in the file, csv and xlsx alike', async () => {
    const texts = ['tab\there', 'back\\slash', '\\N', '\\.', 'line\nbreak', 'cr\r\nlf', '"quoted"', "it's", 'ёЁ №«»—', '😀👨‍👩‍👧', '\u0000nul', '{"a":1}', '=1+1', '%s $1', 'a\u2028b', '\ud83d alone', 'null', 'x'.repeat(32_000)];
    const stored = texts.map((text) => text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd').trim());
    const rows = texts.map((text, index) => [`+7916000${1000 + index}`, text, text]);
    const quoted = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
    expect(await counted(`phone,name,note\n${quoted}\n`)).toMatchObject({ accepted: texts.length, problems: [] });
    expect((await contacts()).map(({ name }) => name)).toEqual(stored);
    expect((await contacts()).map(({ fields }) => fields.note)).toEqual(stored);

    campaignId = await aCampaign(database.db, { customer_id: customerId });
    const plain = rows.filter(([, text]) => !/[\0\ud83d\r]/.test(text ?? '') || text?.includes('😀'));
    const book = await writeXlsx({ sheets: [{ name: 'Лист', rows: [['phone', 'name', 'note'], ...plain] }] });
    expect(await counted(book)).toMatchObject({ accepted: plain.length, problems: [] });
    expect((await contacts()).map(({ fields }) => fields.note)).toEqual(plain.map(([, text]) => text));
  });

  test('stores whatever text a cell holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 20 }), async (texts) => {
        campaignId = await aCampaign(database.db, { customer_id: customerId });
        await counted(`phone,name,x\n${texts.map((text, index) => `+7916000${1000 + index},"${text.replaceAll('"', '""')}",end`).join('\n')}`);
        expect((await contacts()).map(({ name }) => name)).toEqual(texts.map((text) => Buffer.from(text).toString().replaceAll('\0', '').trim()));
      }),
      { numRuns: 8 },
    );
  });

  test('counts duplicates in the file and in the campaign, each with its row', async () => {
    await aContact(database.db, campaignId, { numbers: ['+79160001111'] });
    const list = await counted('Телефон,Второй телефон\n89160001111,\n8 916 000 11 12,+79160001113\n+79160001112,\n+79160001113,8 916 000 11 14\n');
    expect(list).toMatchObject({ accepted: 2, duplicates: 2, rejected: 0 });
    expect(list.problems).toEqual([
      { row: 2, kind: 'duplicate', reason: 'the number is already in this campaign' },
      { row: 4, kind: 'duplicate', reason: 'the same number as in row 3' },
    ]);
    expect(await numbers()).toEqual(['0 +79160001111', '0 +79160001112', '1 +79160001113', '0 +79160001114']);
    const again = await counted('Телефон\n89160001112\n');
    expect(again).toMatchObject({ accepted: 0, duplicates: 1 });
    const { cells } = await database.db('list_problems').where({ list_id: again.id }).first();
    expect(cells).toEqual(['89160001112']);
  });

  test('rejects numbers that must not be called, the house’s and the customer’s own, and keeps the contact’s others', async () => {
    await database.db('dnc_numbers').insert([{ customer_id: null, e164: '+79160002001' }, { customer_id: customerId, e164: '+79160002002' }, { customer_id: await aCustomer(database.db), e164: '+79160002003' }]);
    const list = await counted('phone,mobile\n+79160002001,\n+79160002002,\n+79160002003,\n+79160002001,+79160002004\n+79160002002,8 916 000 20 05\n');
    expect(list.problems).toEqual([
      { row: 2, kind: 'rejected', reason: 'the number is on the do-not-call list' },
      { row: 3, kind: 'rejected', reason: 'the number is on the do-not-call list' },
    ]);
    expect(list).toMatchObject({ accepted: 3, duplicates: 0, rejected: 2 });
    expect(await numbers()).toEqual(['0 +79160002003', '0 +79160002004', '0 +79160002005']);
  });

  test('two at once into one campaign store each number once', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => `+7916${String(1_000_000 + index)}`).join('\n');
    const lists = await Promise.all([counted(`phone\n${rows}`), counted(`phone\n${rows}`)]);
    expect(lists.map(({ accepted }) => accepted).toSorted((a, b) => a - b)).toEqual([0, 500]);
    expect(await contacts()).toHaveLength(500);
    expect(await database.db('call_queue').where({ campaign_id: campaignId })).toHaveLength(500);
  });

  test('waits for whoever stores one of its numbers meanwhile, and then knows it', async () => {
    const other = await database.db.transaction();
    await aContact(other, campaignId, { numbers: ['+79160004001'] });
    const importing = counted('phone\n+79160004001\n+79160004002');
    await expect.poll(async () => (await database.db.raw(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'copy contact_numbers%'`)).rows.length, { timeout: 20_000 }).toBe(1);
    await other.commit();
    expect(await importing).toMatchObject({ accepted: 1, duplicates: 1, problems: [{ row: 2, kind: 'duplicate', reason: 'the number is already in this campaign' }] });
    expect(await database.db('lists').where({ campaign_id: campaignId })).toHaveLength(1);
    expect(await database.db('call_queue').where({ campaign_id: campaignId })).toHaveLength(1 + 1);
  });

  test('keeps contacts, numbers and places in the queue together over many batches, also beside another import', async () => {
    const rows = Array.from({ length: 6_000 }, (_, index) => ({ name: `Contact ${index}`, e164: `+7916${7_000_000 + index}`, second: `+7495${7_000_000 + index}` }));
    const barred = rows.filter((_, index) => index % 700 === 0);
    const known = rows.filter((_, index) => index % 900 === 1);
    await database.db('dnc_numbers').insert(barred.map(({ e164 }) => ({ customer_id: customerId, e164 })));
    const file = `phone,mobile,name\n${rows.map(({ e164, second, name }, index) => `${e164},${index % 1_400 === 0 ? second : ''},${name}`).join('\n')}`;
    const elsewhere = await aCampaign(database.db, { customer_id: customerId });
    for (const { e164 } of known) await aContact(database.db, campaignId, { numbers: [e164], name: 'known' });
    await prepareThread();
    const first = counted(file);
    const mine = campaignId;
    campaignId = elsewhere;
    const [list, beside] = await Promise.all([first, counted(file)]);
    const saved = barred.filter((_, index) => index % 2 === 0).length;
    expect(list).toMatchObject({ accepted: rows.length - barred.length - known.length + saved, duplicates: known.length, rejected: barred.length - saved });
    expect(beside).toMatchObject({ accepted: rows.length - barred.length + saved, duplicates: 0 });
    for (const campaign of [mine, elsewhere]) {
      const { rows: stored } = await database.db.raw(
        `select c.name, n.e164, n.position from contacts c join contact_numbers n on n.contact_id = c.id join call_queue q on q.contact_id = c.id
         where c.campaign_id = ? and n.campaign_id = c.campaign_id and q.campaign_id = c.campaign_id and c.name <> 'known' order by c.row_number`, [campaign]);
      const taken = rows.flatMap(({ name, e164, second }, index) => index % 1_400 === 0 ? [{ name, e164: second, position: 0 }] : index % 700 === 0 || (campaign === mine && index % 900 === 1) ? [] : [{ name, e164, position: 0 }]);
      expect(stored).toEqual(taken);
    }
  });

  test('reads code pages and encodings for what they are', async () => {
    expect(await counted(iconv.encode('Телефон;Имя\n89160003001;Пётр Щукин', 'windows-1251'))).toMatchObject({ accepted: 1 });
    expect(await counted(iconv.encode('phone;name\n89160003002;José Núñez', 'windows-1252'))).toMatchObject({ accepted: 1 });
    expect(await counted(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Телефон\tИмя\n89160003003\tЮлия', 'utf16le')]))).toMatchObject({ accepted: 1 });
    expect((await contacts()).map(({ name }) => name)).toEqual(['Пётр Щукин', 'José Núñez', 'Юлия']);
  });
});

/** A zip of one deflated entry whose directory may lie. */
function zipOf(name: string, content: Buffer, declaredBytes = content.length): Buffer {
  const packed = deflateRawSync(content);
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0);
  head.writeUInt16LE(8, 4);
  head.writeUInt32LE(packed.length, 14);
  head.writeUInt32LE(declaredBytes, 18);
  head.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), head, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

describe('a file that fails as a whole stores nothing', () => {
  const megabytes = (count: number) => Buffer.alloc(count * 1024 * 1024);
  test.each<[string, string, () => string | Buffer | Promise<Uint8Array>]>([
    ['an empty one', 'emptyFile', () => ''],
    ['blank lines', 'emptyFile', () => '\n\n;;\n'],
    ['more than 20 MB', 'fileTooLarge', () => megabytes(21)],
    ['a picture', 'notASpreadsheet', () => Buffer.concat([Buffer.from('\x89PNG'), megabytes(1)])],
    ['a web page', 'notASpreadsheet', () => '<!DOCTYPE html><table><tr><td>phone</td></tr></table>'],
    ['a list without phones', 'columnsUnclear', () => 'name,city\nAnna,Omsk\n'],
    ['a bomb that says so', 'unpacksTooLarge', () => zipOf('xl/sharedStrings.xml', megabytes(300))],
    ['a bomb that hides its size', 'damagedFile', () => zipOf('xl/sharedStrings.xml', megabytes(30), 0)],
    ['a bomb that lies', 'damagedFile', () => zipOf('[Content_Types].xml', megabytes(30), 1000)],
    ['a zip that is no workbook', 'damagedFile', () => zipOf('readme.txt', Buffer.from('hello'))],
    ['half a workbook', 'damagedFile', async () => (await writeXlsx({ sheets: [{ name: 'a', rows: [['phone'], ['+79160001111']] }] })).subarray(0, 900)],
    ['too many rows', 'tooManyRows', () => `phone\n${'112\n'.repeat(200_001)}`],
    ['too many columns', 'tooManyColumns', () => `phone${',x'.repeat(101)}\n+79160001111${',x'.repeat(101)}`],
  ])('%s: %s', async (_, code, content) => {
    expect(await upload(await content())).toMatchObject({ ok: false, code, detail: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(await database.db('lists').where({ campaign_id: campaignId })).toEqual([]);
    expect(await contacts()).toEqual([]);
  });
});
