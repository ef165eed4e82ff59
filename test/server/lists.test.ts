import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { streamXlsxRows, writeXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guessLayout } from '../../domain/spreadsheet/columns.ts';
import { readCsv } from '../../domain/spreadsheet/csv.ts';
import { aCampaign } from '../support/rows.ts';
import { startExchange, type Client, type Reply, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
let customer: Client & { userId: string; customerId: string | null };
beforeAll(async () => {
  exchange = await startExchange();
  customer = await exchange.signedIn('customer');
});
afterAll(() => exchange.stop());

const sample = (name: string) => new Uint8Array(readFileSync(path.join(import.meta.dirname, '../samples', name)));
const aList = async () => {
  const id = await aCampaign(exchange.database.db, { customer_id: customer.customerId ?? '', country: 'RU' });
  return { id, path: `/api/v1/campaigns/${id}/lists`, contacts: () => exchange.database.db('contacts').where({ campaign_id: id }).orderBy('row_number') };
};
async function send(to: string, name: string, content: string | Uint8Array<ArrayBuffer>, fields: Record<string, string> = {}, by: Client = customer): Promise<Reply> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append('file', new Blob([content]), name);
  const response = await fetch(exchange.url + to, { method: 'POST', body: form, headers: { cookie: by.cookie } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as never };
}
const download = async (from: string): Promise<{ reply: Response; bytes: Buffer }> => {
  const reply = await fetch(exchange.url + from, { headers: { cookie: customer.cookie } });
  return { reply, bytes: Buffer.from(await reply.arrayBuffer()) };
};
const keptFiles = () => { try { return readdirSync(path.join(tmpdir(), `exchange-kept-${userInfo().username}`), { recursive: true, encoding: 'utf8' }).filter((each) => each.includes(`${path.sep}${customer.customerId}${path.sep}`)).map((each) => path.basename(each)); } catch { return []; } };
const cellsOf = async (book: Uint8Array) => {
  const rows: string[][] = [];
  for await (const { values } of streamXlsxRows(book)) rows.push(values.map((value) => String(value ?? '')));
  return rows;
};

describe('a list that is looked at first', () => {
  test('shows its columns, ten rows with their verdicts and the counts of the whole file, and stores nothing', async () => {
    const { path: lists, contacts } = await aList();
    const { status, body } = await send(`${lists}/preview`, 'okna-moskva.xlsx', sample('okna-moskva.xlsx'));
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({ fileName: 'okna-moskva.xlsx', format: 'xlsx', sheet: body.sheets[0], headerRow: 1, clear: true, counts: { rows: 60, accepted: 56, duplicates: 1, rejected: 3 } });
    expect(body.columns.map(({ header, guess, use }: { header: string; guess: string; use: string }) => [header, guess, use])).toEqual([
      ['Телефон', 'phone', 'phone'], ['Имя', 'name', 'name'], ['Компания', 'company', 'company'], ['Город', 'city', 'city'], ['Когда удобно', 'field', 'field'], ['Долг, руб.', 'field', 'field'],
    ]);
    expect(body.rows).toHaveLength(10);
    expect(body.rows[1]).toMatchObject({ row: 3, verdict: 'accepted', reason: null });
    expect([...body.rows, ...body.badRows].filter(({ verdict }: { verdict: string }) => verdict !== 'accepted')).toHaveLength(4);
    expect(await contacts()).toEqual([]);
    expect((await customer.ask('DELETE', `${lists}/preview/${body.uploadId}`)).status).toBe(204);
    expect(keptFiles()).not.toContain(body.uploadId);
  });

  test('is taken as it was corrected, without being sent again, and once', async () => {
    const { path: lists, contacts } = await aList();
    const { body } = await send(`${lists}/preview`, 'okna-moskva.xlsx', sample('okna-moskva.xlsx'));
    const mapping = ['phone', 'field', 'name', 'leaveOut', 'leaveOut', 'leaveOut'];
    const again = await customer.ask('POST', `${lists}/preview/${body.uploadId}`, { mapping });
    expect(again.body).toMatchObject({ counts: body.counts, columns: [{ use: 'phone' }, { use: 'field', guess: 'name' }, { use: 'name' }, { use: 'leaveOut' }, { use: 'leaveOut' }, { use: 'leaveOut' }] });
    const taken = await customer.ask('POST', `${lists}/preview/${body.uploadId}/take`, { sheet: body.sheet, headerRow: body.headerRow, mapping });
    expect(taken.status, taken.text).toBe(201);
    expect(taken.body).toMatchObject({ fileName: 'okna-moskva.xlsx', accepted: 56, duplicates: 1, rejected: 3 });
    expect((await contacts())[1]).toMatchObject({ name: 'ООО «Окна 1»', company: '', city: '', fields: { Имя: 'Сидоров Пётр' } });
    expect(await customer.ask('POST', `${lists}/preview/${body.uploadId}/take`, { mapping })).toMatchObject({ status: 404, body: { code: 'uploadGone' } });
    expect(keptFiles()).not.toContain(body.uploadId);
  });

  test('stays kept when a mapping is refused, with the reason', async () => {
    const { path: lists } = await aList();
    const { body } = await send(`${lists}/preview`, 'tabs.txt', sample('tabs.txt'));
    for (const act of ['', '/take']) {
      expect(await customer.ask('POST', `${lists}/preview/${body.uploadId}${act}`, { mapping: ['name', 'field'] })).toMatchObject({ status: 422, body: { code: 'invalid', fields: [{ field: 'mapping', message: 'choose the column with the phone numbers' }] } });
      expect(await customer.ask('POST', `${lists}/preview/${body.uploadId}${act}`, { mapping: ['phone', 'nonsense'] })).toMatchObject({ status: 422, body: { fields: [{ field: 'mapping.1' }] } });
      expect(await customer.ask('POST', `${lists}/preview/${body.uploadId}${act}`, { sheet: 'x', headerRow: 51 })).toMatchObject({ status: 422 });
    }
    expect((await customer.ask('POST', `${lists}/preview/${body.uploadId}/take`, { mapping: ['phone', 'name'] })).status).toBe(201);
  });

  test('counts what the campaign has already and who must not be called', async () => {
    const { path: lists } = await aList();
    await exchange.database.db('dnc_numbers').insert({ customer_id: customer.customerId, e164: '+79160007001' });
    await customer.upload(lists, 'a.csv', 'phone\n+79160007002\n');
    const { body } = await send(`${lists}/preview`, 'b.csv', 'phone\n+79160007001\n+79160007002\n+79160007003\n');
    expect(body.counts).toEqual({ rows: 3, accepted: 1, duplicates: 1, rejected: 1 });
    expect(body.rows.map(({ verdict, reason }: { verdict: string; reason: string }) => [verdict, reason])).toEqual([
      ['rejected', 'the number is on the do-not-call list'], ['duplicate', 'the number is already in this campaign'], ['accepted', null],
    ]);
  });

  test('is read from the first sheet with phones, or from the one that is chosen, below the header that is chosen', async () => {
    const { path: lists } = await aList();
    const book = new Uint8Array(await writeXlsx({ sheets: [
      { name: 'О файле', rows: [['Отчёт'], ['Составил', 'Пётр']] },
      { name: 'Клиенты', rows: [['Телефон', 'Имя'], ['8 916 000-71-01', 'Анна']] },
      { name: 'Архив', rows: [['Список'], ['Кому', 'Куда'], ['Юрий', '8 916 000-71-02'], ['Ольга', '8 916 000-71-03']] },
    ] }));
    const { body } = await send(`${lists}/preview`, 'book.xlsx', book);
    expect(body).toMatchObject({ sheets: ['О файле', 'Клиенты', 'Архив'], sheet: 'Клиенты', counts: { accepted: 1 } });
    const other = await customer.ask('POST', `${lists}/preview/${body.uploadId}`, { sheet: 'Архив' });
    expect(other.body).toMatchObject({ sheet: 'Архив', headerRow: 2, counts: { rows: 2, accepted: 2 }, columns: [{ header: 'Кому', guess: 'field' }, { header: 'Куда', guess: 'phone' }] });
    const none = await customer.ask('POST', `${lists}/preview/${body.uploadId}`, { sheet: 'Архив', headerRow: 0 });
    expect(none.body).toMatchObject({ headerRow: 0, columns: [{ header: 'A' }, { header: 'B' }] });
    expect((await customer.ask('POST', `${lists}/preview/${body.uploadId}`, { sheet: 'Нет такого' })).body).toMatchObject({ status: 422, code: 'noSuchSheet' });
    const direct = await send(lists, 'book.xlsx', book, { sheet: 'Архив', headerRow: '2', mapping: '["name","phone"]' });
    expect(direct).toMatchObject({ status: 201, body: { accepted: 2 } });
  });

  test('belongs to its customer and its campaign', async () => {
    const { path: lists } = await aList();
    const { body } = await send(`${lists}/preview`, 'tabs.txt', sample('tabs.txt'));
    const another = await aList();
    const stranger = await exchange.signedIn('customer');
    expect((await customer.ask('POST', `${another.path}/preview/${body.uploadId}/take`, {})).status).toBe(404);
    expect((await stranger.ask('POST', `${lists}/preview/${body.uploadId}/take`, {})).status).toBe(404);
    expect((await stranger.ask('GET', `${lists}/preview/${body.uploadId}/problems`)).status).toBe(404);
    expect((await customer.ask('GET', `${lists}/preview/${body.uploadId}/problems`)).status).toBe(200);
  });
});

describe('a list whose columns are not clear', () => {
  test.each([
    ['without a column of phones', 'Имя,Город\nАнна,Омск\n', { clear: false, counts: null, headerRow: 1, columns: [{ guess: 'name' }, { guess: 'city' }], rows: [{ row: 2, verdict: null }] }],
    ['with two columns that may be', '8 916 000-72-01,8 495 123-72-01\n8 916 000-72-02,8 495 123-72-02\n', { clear: false, headerRow: 0, columns: [{ guess: 'phone' }, { guess: 'secondPhone' }], counts: { accepted: 2 } }],
  ])('%s brings its preview with the refusal, and is taken once they are chosen', async (_, text, preview) => {
    const { path: lists, contacts } = await aList();
    const reply = await customer.upload(lists, 'unclear.csv', text);
    expect(reply.status).toBe(422);
    expect(reply.headers.get('content-type')).toMatch('application/problem+json');
    expect(reply.body).toMatchObject({ code: 'columnsUnclear', status: 422, fields: [{ field: 'mapping' }], preview });
    expect(await contacts()).toEqual([]);
    const taken = await customer.ask('POST', `${lists}/preview/${reply.body.preview.uploadId}/take`, { mapping: ['secondPhone', 'phone'] });
    expect(taken.status).toBe(201);
  });
});

describe('the rows that were not taken', () => {
  const hostile = 'phone,name,note\n+79160007301,Anna,\n112,=1+1,"+cmd\n-x"\n+79160007301,@SUM(A1),"say ""hi"""\n+7 (495) 1,-5,+74951234567\n';

  test('come as csv with number, reason and the original cells, and nothing in them runs', async () => {
    const { path: lists } = await aList();
    const { body } = await customer.upload(lists, 'Мой список.csv', hostile);
    expect(body).toMatchObject({ accepted: 1, duplicates: 1, rejected: 2 });
    const { reply, bytes } = await download(`${lists}/${body.id}/problems?format=csv`);
    expect(reply.headers.get('content-type')).toMatch('text/csv');
    expect(decodeURIComponent(reply.headers.get('content-disposition') ?? '')).toMatch(/^attachment; .*Мой список – rows not taken\.csv/);
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from('\ufeff'));
    expect([...readCsv(bytes.toString(), ',')].map(({ cells }) => cells)).toEqual([
      ['Row', 'What', 'Reason', 'phone', 'name', 'note'],
      ['3', 'cannot be called', 'this is an emergency number', '112', "'=1+1", "'+cmd\n-x"],
      ['4', 'duplicate', 'the same number as in row 2', '+79160007301', "'@SUM(A1)", 'say "hi"'],
      ['5', 'cannot be called', 'the phone number is too short', "'+7 (495) 1", "'-5", '+74951234567'],
    ]);
  });

  test('come as a workbook of text, in Russian, before the list is taken too', async () => {
    const { path: lists } = await aList();
    const { body } = await send(`${lists}/preview`, 'list.csv', hostile);
    const before = await download(`${lists}/preview/${body.uploadId}/problems?format=xlsx&language=ru`);
    const { body: list } = await customer.ask('POST', `${lists}/preview/${body.uploadId}/take`, { mapping: ['phone', 'name', 'leaveOut'] });
    const after = await download(`${lists}/${list.id}/problems?format=xlsx&language=ru`);
    const expected = [
      ['Строка', 'Что', 'Причина', 'phone', 'name', 'note'],
      ['3', 'позвонить нельзя', 'это экстренный номер', '112', '=1+1', '+cmd\n-x'],
      ['4', 'повтор', 'тот же номер, что в строке 2', '+79160007301', '@SUM(A1)', 'say "hi"'],
      ['5', 'позвонить нельзя', 'номер слишком короткий', '+7 (495) 1', '-5', '+74951234567'],
    ];
    expect(await cellsOf(before.bytes)).toEqual(expected);
    expect(await cellsOf(after.bytes)).toEqual(expected);
    expect((await customer.ask('GET', `${lists}/${list.id}/problems?format=pdf`)).status).toBe(422);
  });

  test('come all, however many', async () => {
    const { path: lists } = await aList();
    const { body } = await customer.upload(lists, 'many.csv', `phone\n+79160007401\n${'112\n'.repeat(4_500)}`);
    expect(body).toMatchObject({ rejected: 4_500 });
    expect((await download(`${lists}/${body.id}/problems`)).bytes.toString().trim().split('\r\n')).toHaveLength(4_501);
  });
});

test.each([['csv', 'en'], ['csv', 'ru'], ['xlsx', 'en'], ['xlsx', 'ru']])('the template, %s in %s, is understood by itself', async (format, language) => {
  const { reply, bytes } = await download(`/api/v1/lists/template?format=${format}&language=${language}`);
  expect(reply.status).toBe(200);
  const rows = format === 'csv' ? [...readCsv(bytes.toString(), language === 'ru' && bytes.includes(';') ? ';' : ',')].map(({ cells }) => cells) : await cellsOf(bytes);
  expect(guessLayout(rows, 'RU')).toMatchObject({ headerIndex: 0, phones: 'clear' });
  expect(guessLayout([...rows, rows[0]?.map(() => 'x') ?? []], 'RU').columns.map(({ role }) => role)).toEqual(['phone', 'phone', 'name', 'company', 'city', 'timeZone', 'language', 'field']);
});

test('whoever waits for a large file is told how many rows are read, and nobody else', { timeout: 90_000 }, async () => {
  const { path: lists } = await aList();
  const progress = crypto.randomUUID();
  const stranger = await exchange.signedIn('customer');
  const text = `phone,name\n${Array.from({ length: 30_000 }, (_, row) => `+7917${String(row).padStart(7, '0')},Name ${row}`).join('\n')}`;
  let over = false;
  const taking = send(lists, 'large.csv', text, { progress }).finally(() => { over = true; });
  const seen = new Set<number>();
  while (!over) {
    const { body } = await customer.ask('GET', `/api/v1/lists/progress/${progress}`);
    if (body.rowsRead !== null) seen.add(body.rowsRead);
    if (seen.size === 2) expect((await stranger.ask('GET', `/api/v1/lists/progress/${progress}`)).body).toEqual({ rowsRead: null });
  }
  expect((await taking).body).toMatchObject({ accepted: 30_000 });
  expect([...seen].filter((rows) => rows > 0 && rows < 30_000).length).toBeGreaterThan(0);
  expect([...seen]).toEqual([...seen].toSorted((a, b) => a - b));
  expect((await customer.ask('GET', `/api/v1/lists/progress/${progress}`)).body).toEqual({ rowsRead: null });
});
