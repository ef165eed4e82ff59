import { readFile } from 'node:fs/promises';
import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from '../../domain/spreadsheet/csv.ts';
import { aCampaign, aContact } from '../support/rows.ts';
import { answered, bridged, dial, happen, hungUp, putOnLine } from './call.ts';
import { startExchange, type Client, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
type Customer = Client & { customerId: string | null };
let customer: Customer;
beforeAll(async () => {
  exchange = await startExchange();
  customer = await exchange.signedIn('customer');
});
afterAll(() => exchange.stop());

const campaignOf = (change: object = {}) => aCampaign(exchange.database.db, { customer_id: customer.customerId ?? '', ...change });

async function download(path: string, by: Client = customer): Promise<{ status: number; bytes: Uint8Array<ArrayBuffer>; text: string; headers: Headers }> {
  const reply = await fetch(exchange.url + path, { headers: { cookie: by.cookie } });
  const bytes = new Uint8Array(await reply.arrayBuffer());
  return { status: reply.status, bytes, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), headers: reply.headers };
}
const csvRows = (text: string, separator = ',') => [...readCsv(text.replace(/^\ufeff/, ''), separator)].map(({ cells }) => cells.map(String));

/** Everything of a campaign's contacts that a list can bring. */
async function contactsOf(campaignId: string): Promise<unknown[]> {
  const { rows } = await exchange.database.db.raw<{ rows: unknown[] }>(
    `select c.name, c.company, c.city, c.time_zone, c.fields, (select jsonb_agg(jsonb_build_object('e164', n.e164, 'extension', n.extension) order by n.position) from contact_numbers n where n.contact_id = c.id) as numbers
     from contacts c where c.campaign_id = :campaignId order by c.id`, { campaignId });
  return rows;
}

const hard = [
  'Телефон;Телефон 2;ФИО;Компания;Город;Долг;Примечание;Ссылка',
  '8 (916) 000-10-01;;Иванова Анна Петровна;"ООО ""Ромашка"", Москва";Казань;007;"две\nстроки; и =1+1";=HYPERLINK("http://x")',
  '+7 916 000 10 02 доб. 12;89160001003;-Минус;@почта;;1E5;+7 (495) 1;\'кавычка',
  '+44 20 7946 0958;;=cmd|calc;;London;00123;\ttab;"<b>&amp;</b> _x000D_ _x005F_\u0007"',
  '8 495 000-10-05;;;;;;;',
].join('\r\n');

describe('import → export → import', () => {
  const files: [string, () => Promise<string | Uint8Array<ArrayBuffer>>][] = [
    ['cells that are hard to carry', () => Promise.resolve(hard)],
    ['a list of windows', async () => new Uint8Array(await readFile(new URL('../samples/okna-moskva.xlsx', import.meta.url)))],
    ['leads in English', async () => new Uint8Array(await readFile(new URL('../samples/leads-en-utf8-bom.csv', import.meta.url)))],
    ['clinics in windows-1251', async () => new Uint8Array(await readFile(new URL('../samples/clinics-cp1251.csv', import.meta.url)))],
  ];
  describe.each(files)('%s', (_name, content) => {
    test.each([['xlsx', 'ru'], ['xlsx', 'en'], ['csv', 'ru'], ['csv', 'en']])('as %s in %s gives the same contacts', async (format, language) => {
      const [first, second] = [await campaignOf(), await campaignOf()];
      const imported = await customer.upload(`/api/v1/campaigns/${first}/lists`, 'list', await content());
      expect(imported.status, imported.text).toBe(201);
      const file = await download(`/api/v1/campaigns/${first}/export?format=${format}&language=${language}&rows=contacts`);
      expect(file.status).toBe(200);
      const again = await customer.upload(`/api/v1/campaigns/${second}/lists`, 'list', file.bytes);
      expect(again.body).toMatchObject({ accepted: imported.body.accepted, duplicates: 0, rejected: 0 });
      const before = await contactsOf(first);
      expect(before.length).toBeGreaterThan(3);
      expect(await contactsOf(second)).toEqual(before);
    });
  });
});

describe('a file of results', () => {
  let campaignId: string;
  let irina: string;
  beforeAll(async () => {
    const { db } = exchange.database;
    campaignId = await campaignOf({ name: 'Окна / 2', questions: [{ key: 'own', label: 'Owns the flat', kind: 'yesNo', choices: [], required: false }] });
    await aContact(db, campaignId, { name: '=Anna', company: 'Ромашка 50%', numbers: ['+79161230001'], fields: { Area: '007' } });
    await aContact(db, campaignId, { name: 'Boris', numbers: ['+79161230002'] });
    await aContact(db, campaignId, { name: 'Vera', numbers: ['+79161230003'] });
    const operator = await exchange.signedIn('operator', { name: 'Irina' });
    irina = operator.userId;
    await putOnLine(db, irina);
    let { body: cockpit } = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    const talk = await dial(db, irina, cockpit.contact.id);
    await happen(db, talk, answered, bridged);
    await operator.ask('PUT', `/api/v1/operator/calls/${talk}/notes`, { notes: 'call in May_', answers: { own: 'yes' } });
    await happen(db, talk, hungUp('NORMAL_CLEARING'));
    await operator.ask('POST', `/api/v1/operator/calls/${talk}/disposition`, { key: 'interested' });
    ({ body: cockpit } = await operator.ask('GET', '/api/v1/operator/cockpit'));
    await happen(db, await dial(db, irina, cockpit.contact.id), hungUp('USER_BUSY'));
    await db('calls').where({ id: talk }).update({
      created_at: '2026-01-31T21:30:00Z', talk_ms: 86_700, manager_outcome: 'sold', manager_callback_at: '2026-02-01T07:32:00Z', callback_at: '2026-02-02T07:00:00Z', machine: JSON.stringify({ transferEnded: { reason: 'busy', at: 1 } }),
    });
    await db('contacts').where({ name: '=Anna', campaign_id: campaignId }).update({ time_zone: 'Asia/Yekaterinburg' });
  });
  const results = async (query: string): Promise<string[]> =>
    ((await customer.ask('GET', `/api/v1/campaigns/${campaignId}/results?${query}`)).body.results as { contactName: string }[]).map(({ contactName }) => contactName).sort();

  test('is narrowed down as the table is', async () => {
    const both = ['=Anna', 'Boris'];
    const cases: [string, string[]][] = [
      ['', both], ['disposition=interested', ['=Anna']], ['meaning=interested', ['=Anna']], ['meaning=refused', []], ['outcome=busy', ['Boris']], ['outcome=talked', ['=Anna']], ['outcome=live', []],
      [`operator=${irina}`, both], ['operator=1', []], ['q=ann', ['=Anna']], ['q=%D0%A0%D0%9E%D0%9C%D0%90%D0%A8', ['=Anna']], ['q=50%25', ['=Anna']], ['q=%25', ['=Anna']], ['q=may_', ['=Anna']], ['q=a_n', []],
      ['q=8%20(916)%20123-00-02', ['Boris']], ['q=0002', ['Boris']],
      // Half past midnight in Moscow is the first of February there.
      ['to=2026-01-31', []], ['from=2026-02-01&to=2026-02-01', ['=Anna']], ['from=2026-02-02', ['Boris']], ['disposition=&q=', both], ['outcome=busy&q=ann', []],
    ];
    const counted = async (query: string) => (await customer.ask('GET', `/api/v1/campaigns/${campaignId}/export/counts?${query}`)).body as unknown;
    expect(await counted('')).toEqual({ calls: 2, contacts: 3 });
    expect(await counted('meaning=interested')).toEqual({ calls: 1, contacts: 1 });
    expect(await counted('q=nobody')).toEqual({ calls: 0, contacts: 0 });
    for (const [query, names] of cases) {
      expect(await results(query), query).toEqual(names);
      const rows = csvRows((await download(`/api/v1/campaigns/${campaignId}/export?format=csv&${query}`)).text);
      expect(rows.slice(1).map((row) => row[1]?.replace(/^'/, '')).sort(), query).toEqual(names);
    }
    expect((await customer.ask('GET', `/api/v1/campaigns/${campaignId}/results?from=yesterday`)).body.fields).toEqual([{ field: 'from', message: 'a date looks like 2030-01-31' }]);
    expect((await customer.ask('GET', `/api/v1/campaigns/${campaignId}/export?format=pdf`)).body.fields).toEqual([{ field: 'format', message: 'xlsx or csv' }]);
    expect((await customer.ask('GET', `/api/v1/campaigns/${campaignId}/operators`)).body).toEqual({ operators: [{ id: irina, name: 'Irina' }] });
  });

  test('keeps its filters over pages', async () => {
    const { body } = await customer.ask('GET', `/api/v1/campaigns/${campaignId}/results?limit=1&operator=${irina}`);
    const second = await customer.ask('GET', `/api/v1/campaigns/${campaignId}/results?limit=1&operator=${irina}&cursor=${body.next}`);
    expect(second.body).toMatchObject({ next: null, results: [{ contactName: '=Anna' }] });
  });

  test('is a csv that a spreadsheet program opens as it is and runs nothing of', async () => {
    const { text, headers } = await download(`/api/v1/campaigns/${campaignId}/export?format=csv&language=ru&outcome=talked`);
    expect(text.startsWith('\ufeff"Телефон";"ФИО";"Компания"')).toBe(true);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(decodeURIComponent(headers.get('content-disposition') ?? '')).toMatch(/Окна - 2 Результаты \d{4}-\d\d-\d\d\.csv/);
    const [header, row] = csvRows(text, ';');
    expect(Object.fromEntries((header ?? []).map((label, place) => [label, row?.[place]]))).toMatchObject({
      Телефон: '+79161230001', ФИО: "'=Anna", Area: '007', 'Когда звонили (Europe/Moscow)': '2026-02-01 00:30:00', Оператор: 'Irina', Попытка: '1', Исход: 'поговорили', Итог: 'Interested', Заметки: 'call in May_', 'Owns the flat': 'да',
    });
  });

  test('knows what the results’ table knows: the manager’s words and the agreed call, and how long the talk was', async () => {
    const call = async (language: string) => {
      const [header = [], row = []] = csvRows((await download(`/api/v1/campaigns/${campaignId}/export?format=csv&language=${language}&outcome=talked`)).text, language === 'ru' ? ';' : ',');
      return Object.fromEntries(header.map((label, place) => [label, row[place]]));
    };
    expect(await call('en')).toMatchObject({ 'Talk, seconds': '86', 'Manager’s result': 'sold', 'Why no manager': 'busy', 'Manager asked for a call (Europe/Moscow)': '2026-02-01 10:32', 'Call back (contact’s clock)': '2026-02-02 12:00' });
    expect(await call('ru')).toMatchObject({ 'Разговор, секунд': '86', 'Итог менеджера': 'продано', 'Почему без менеджера': 'занят', 'Менеджер просил звонок (Europe/Moscow)': '2026-02-01 10:32', 'Перезвонить (по часам контакта)': '2026-02-02 12:00' });
    expect((await customer.ask('GET', `/api/v1/campaigns/${campaignId}/results?outcome=talked`)).body.results).toMatchObject([
      { talkMs: 86_700, talkingSince: null, managerCallbackAt: '2026-02-01T07:32:00.000Z', callback: { at: '2026-02-02T07:00:00.000Z', timeZone: 'Asia/Yekaterinburg' } },
    ]);
  });

  test('is a workbook of nothing but text', async () => {
    const { bytes, headers } = await download(`/api/v1/campaigns/${campaignId}/export?format=xlsx`);
    expect(headers.get('content-type')).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
    const { sheets } = await readXlsx(bytes);
    const cells = sheets[0]?.rows.flat() ?? [];
    expect(cells).toContain('=Anna');
    expect(cells).toContain('+79161230001');
    expect(cells).toContain('007');
    expect(cells.every((cell) => cell === null || typeof cell === 'string')).toBe(true);
  });

  test('of contacts alone: all of them, or those behind the results', async () => {
    const path = `/api/v1/campaigns/${campaignId}/export?format=csv&rows=contacts`;
    expect(csvRows((await download(path)).text)).toHaveLength(4);
    expect(csvRows((await download(`${path}&meaning=interested`)).text).slice(1)).toEqual([['+79161230001', "'=Anna", 'Ромашка 50%', '', 'Asia/Yekaterinburg', '007']]);
  });

  test('is nobody else’s', async () => {
    const other = await exchange.signedIn('customer');
    for (const what of ['export?format=csv', 'export/counts', 'operators', 'results']) expect((await other.ask('GET', `/api/v1/campaigns/${campaignId}/${what}`)).status, what).toBe(404);
  });

  test('comes in pieces while it is written, every contact once', { timeout: 60_000 }, async () => {
    const { db } = exchange.database;
    const big = await campaignOf();
    const { customerId } = customer;
    await db.raw(`with made as (insert into contacts (customer_id, campaign_id, name, time_zone, fields) select :customerId, :big, 'Contact ' || n, 'Europe/Moscow', '{}' from generate_series(1, 12345) n returning id)
      insert into contact_numbers (contact_id, position, campaign_id, customer_id, e164) select id, 0, :big, :customerId, '+7999' || lpad(id::text, 7, '0') from made`, { customerId, big });
    for (const format of ['csv', 'xlsx']) {
      const reply = await fetch(`${exchange.url}/api/v1/campaigns/${big}/export?format=${format}&rows=contacts`, { headers: { cookie: customer.cookie } });
      let pieces = 0;
      for await (const piece of reply.body ?? []) pieces += piece.length > 0 ? 1 : 0;
      expect(pieces).toBeGreaterThan(2);
    }
    const { bytes } = await download(`/api/v1/campaigns/${big}/export?format=xlsx&rows=contacts`);
    const { sheets } = await readXlsx(bytes);
    expect(sheets[0]?.rows).toHaveLength(12_346);
  });
});
