import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Campaign, Cockpit, ResultsPage } from '../../domain/api.ts';
import { listAudit } from '../../platform/postgres/audit.ts';
import { scriptColumns, unknownPlaceholders } from '../../domain/script.ts';
import { aCampaign, aContact, contacts } from '../support/rows.ts';
import { answered, bridged, dial, happen, hungUp, putOnLine } from './call.ts';
import { startExchange, type Client, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
beforeAll(async () => { exchange = await startExchange({ env: { FREESWITCH_URL: 'esl://:a-long-switch-password@127.0.0.1:8021?sipHosts=sip.example.org' } }); });
afterAll(() => exchange.stop());

const csv = 'Name,Phone,Area\nAnna,+7 916 123-45-67,54\nBoris,8 (916) 123-45-68,61\nAnna,+79161234567,54\nNobody,12,1\n';
async function made(client: Client, input: Record<string, unknown> = {}): Promise<string> {
  const reply = await client.ask('POST', '/api/v1/campaigns', { name: 'Windows', ...input });
  expect(reply.status, reply.text).toBe(201);
  return reply.body.id as string;
}
const look = async (client: Client, id: string): Promise<Campaign> => (await client.ask('GET', `/api/v1/campaigns/${id}`)).body as Campaign;

describe('a campaign', () => {
  test('needs a name alone; the rest has usual values', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer);
    expect(await look(customer, id)).toMatchObject({
      id, name: 'Windows', state: 'draft', country: 'RU', language: 'ru', timeZone: 'Europe/Moscow', script: '', scriptVersion: 1, questions: [], manager: null, managers: [], managerRing: 'inTurn',
      rules: { maxAttempts: 3, windowFrom: '09:00', windowTo: '20:00', windowDays: [1, 2, 3, 4, 5, 6, 7], maskNumbers: true },
      counts: { contacts: 0, queued: 0, dialled: 0 },
    });
    expect((await look(customer, id)).dispositions).toHaveLength(9);
    expect((await customer.ask('GET', '/api/v1/campaigns')).body.campaigns).toMatchObject([{ id, name: 'Windows', state: 'draft' }]);
  });

  test('takes its clock from its country', async () => {
    const customer = await exchange.signedIn('customer');
    expect((await look(customer, await made(customer, { country: 'gb' }))).timeZone).toBe('Europe/London');
    expect((await look(customer, await made(customer, { timeZone: 'Asia/Omsk' }))).timeZone).toBe('Asia/Omsk');
  });

  test('names every bad field with its remedy', async () => {
    const customer = await exchange.signedIn('customer');
    const reply = await customer.ask('POST', '/api/v1/campaigns', { name: ' ', country: 'Russia', rules: { windowFrom: '25:00', maxAttempts: 0 } });
    expect(reply.status).toBe(422);
    expect(reply.headers.get('content-type')).toMatch('application/problem+json');
    expect(reply.body.code).toBe('invalid');
    expect(reply.body.fields.map(({ field }: { field: string }) => field)).toEqual(expect.arrayContaining(['name', 'country', 'rules.windowFrom', 'rules.maxAttempts']));
    expect((await customer.ask('POST', '/api/v1/campaigns', { name: 'x', country: 'XX' })).body.fields).toEqual([{ field: 'country', message: 'a country is two letters, for example RU' }]);
    expect((await customer.ask('POST', '/api/v1/campaigns', { name: 'x', timeZone: 'Moon/Crater' })).body.fields).toMatchObject([{ field: 'timeZone' }]);
    expect((await customer.ask('POST', '/api/v1/campaigns', '{"name":')).body).toMatchObject({ status: 400, code: 'badJson' });
  });

  test('keeps its manager’s number in E.164, a SIP address only on an allowed host', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer, { manager: { name: 'Olga', kind: 'phone', address: '8 (916) 123-45-99' } });
    expect((await look(customer, id)).manager).toMatchObject({ name: 'Olga', kind: 'phone', address: '+79161234599', acceptKey: true });
    expect((await customer.ask('PATCH', `/api/v1/campaigns/${id}`, { manager: { kind: 'sip', address: 'olga@sip.example.org' } })).body.manager).toMatchObject({ name: '', kind: 'sip', address: 'olga@sip.example.org' });
    expect((await customer.ask('PATCH', `/api/v1/campaigns/${id}`, { manager: null })).body.manager).toBeNull();
    for (const [kind, address] of [['phone', '112'], ['phone', 'Olga'], ['sip', 'olga@evil.example.org'], ['sip', 'olga,evil@sip.example.org'], ['sip', '${system(id)}@sip.example.org']])
      expect((await customer.ask('PATCH', `/api/v1/campaigns/${id}`, { manager: { kind, address } })).body, address).toMatchObject({ status: 422, fields: [{ field: 'manager.address' }] });
  });

  test('a change touches only what it names', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer, { country: 'GB', language: 'en', script: 'Hello' });
    const changed = await customer.ask('PATCH', `/api/v1/campaigns/${id}`, { name: 'Doors' });
    expect(changed.body).toMatchObject({ name: 'Doors', country: 'GB', language: 'en', timeZone: 'Europe/London', script: 'Hello', scriptVersion: 1 });
  });

  test('a form that sends everything changes, and is written down to have changed, only what is different', async () => {
    const { db } = exchange.database;
    const customer = await exchange.signedIn('customer');
    const id = await made(customer, { script: 'One', managers: [{ name: 'Olga', kind: 'phone', address: '+79161234599' }, { name: 'Ivan', kind: 'page' }] });
    const whole = async (): Promise<Campaign> => look(customer, id);
    const send = async (change: object): Promise<void> => {
      const { name, country, language, timeZone, script, questions, dispositions, managers, managerRing, rules } = { ...(await whole()), ...change };
      expect((await customer.ask('PATCH', `/api/v1/campaigns/${id}`, { name, country, language, timeZone, script, questions, dispositions, managers, managerRing, rules })).status).toBe(200);
    };
    const before = await whole();
    await send({});
    await send({ managers: before.managers.map((manager) => (manager.name === 'Olga' ? { ...manager, address: '+79161234500' } : manager)) });
    await send({ rules: { ...before.rules, maxAttempts: 5 }, name: 'Doors' });
    expect((await whole()).scriptVersion).toBe(1);
    const entries = await listAudit(db, { before: null, action: 'campaignChanged', limit: 50 });
    expect(entries.filter(({ subjectId }) => subjectId === id)).toMatchObject([
      { details: { what: 'name, rules', rules: 'maxAttempts' }, subject: 'campaign', subjectName: 'Doors' },
      { details: { what: 'managers', managers: 'Olga' }, subjectName: 'Doors' },
    ]);
  });

  test('script, questions and dispositions are versioned together', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer, { script: 'One' });
    expect((await customer.ask('PATCH', `/api/v1/campaigns/${id}`, { script: 'Two' })).body).toMatchObject({ script: 'Two', scriptVersion: 2 });
    const question = { key: 'budget', label: 'Budget', kind: 'text' };
    expect((await customer.ask('PATCH', `/api/v1/campaigns/${id}`, { questions: [question] })).body).toMatchObject({ script: 'Two', scriptVersion: 3, questions: [{ ...question, choices: [], required: false }] });
    expect(await exchange.database.db('script_versions').where({ campaign_id: id }).orderBy('version').select('script')).toEqual([{ script: 'One' }, { script: 'Two' }, { script: 'Two' }]);
  });

  test('starts only with contacts and a script, and says what is missing', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer);
    const refused = await customer.ask('POST', `/api/v1/campaigns/${id}/start`);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'notReady', fields: [{ field: 'script' }, { field: 'lists' }] });
    await customer.ask('PATCH', `/api/v1/campaigns/${id}`, { script: 'Good day, {name}!' });
    expect((await customer.upload(`/api/v1/campaigns/${id}/lists`, 'leads.csv', csv)).status).toBe(201);
    expect((await customer.ask('POST', `/api/v1/campaigns/${id}/start`)).body).toEqual({ state: 'running' });
    expect((await customer.ask('POST', `/api/v1/campaigns/${id}/start`)).status).toBe(200);
    expect((await customer.ask('POST', `/api/v1/campaigns/${id}/pause`)).body).toEqual({ state: 'paused' });
    expect((await customer.ask('POST', `/api/v1/campaigns/${id}/start`)).status).toBe(200);
  });

  test('a draft cannot be paused', async () => {
    const customer = await exchange.signedIn('customer');
    expect((await customer.ask('POST', `/api/v1/campaigns/${await made(customer)}/pause`)).body.code).toBe('notRunning');
  });

  test('pausing takes the contacts that operators hold back', async () => {
    const { db } = exchange.database;
    const customer = await exchange.signedIn('customer');
    const id = await aCampaign(db, { customer_id: customer.customerId ?? '' });
    await aContact(db, id);
    const operator = await exchange.signedIn('operator');
    await putOnLine(db, operator.userId);
    expect((await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: id })).body.contact).not.toBeNull();
    await customer.ask('POST', `/api/v1/campaigns/${id}/pause`);
    expect((await operator.ask('GET', '/api/v1/operator/cockpit')).body).toMatchObject({ campaign: { state: 'paused' }, contact: null });
  });
});

describe('a list', () => {
  const uploads = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('exchange-upload-'));

  test('is stored with what was accepted, what came twice, what was rejected and why', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer);
    const reply = await customer.upload(`/api/v1/campaigns/${id}/lists`, 'leads.csv', csv);
    expect(reply.status, reply.text).toBe(201);
    expect(reply.body).toMatchObject({ fileName: 'leads.csv', accepted: 2, duplicates: 1, rejected: 1, problems: [{ row: 4, kind: 'duplicate' }, { row: 5, kind: 'rejected' }] });
    expect((await customer.ask('GET', `/api/v1/campaigns/${id}/lists`)).body.lists).toEqual([reply.body]);
    const campaign = await look(customer, id);
    expect(campaign.counts).toMatchObject({ contacts: 2, queued: 2 });
    expect(campaign.columns).toContain('Area');
    expect(await uploads()).toEqual([]);
  });

  test('lends the script its columns by their own headers, the mapped ones, too', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer, { script: '{town} {debt}', rules: { windowFrom: '00:00', windowTo: '24:00' } });
    await customer.upload(`/api/v1/campaigns/${id}/lists`, 'leads.csv', 'Full name,Phone,Town,Area,Lang\nAnna Petrova,+7 916 123-47-67,Kazan,54,Tatar\n');
    const { columns, headers, script } = await look(customer, id);
    expect(columns).toEqual(['name', 'company', 'city', 'Area', 'Lang']);
    expect(headers).toEqual(expect.arrayContaining(['Full name', 'Phone', 'Town', 'city', 'город', 'язык']));
    expect(unknownPlaceholders(script, [...columns, ...headers])).toEqual(['debt']);
    await customer.ask('POST', `/api/v1/campaigns/${id}/start`);
    const operator = await exchange.signedIn('operator');
    await putOnLine(exchange.database.db, operator.userId);
    const { contact } = (await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: id })).body as Cockpit;
    const words = scriptColumns(contact ?? { name: '', company: '', city: '', fields: [] });
    expect(['town', 'город', 'lang', 'язык', 'area', 'full name'].map((word) => words.get(word))).toEqual(['Kazan', 'Kazan', 'Tatar', 'Tatar', '54', 'Anna Petrova']);
  });

  test('of Excel, as a customer sends it', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer);
    const file = new Uint8Array(await readFile(new URL('../samples/okna-moskva.xlsx', import.meta.url)));
    expect((await customer.upload(`/api/v1/campaigns/${id}/lists`, 'C:\\Мои файлы\\okna-moskva.xlsx', file)).body).toMatchObject({ fileName: 'okna-moskva.xlsx', accepted: 56, duplicates: 1, rejected: 3 });
  });

  test('that is no list is refused in words, and leaves nothing', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer);
    const path = `/api/v1/campaigns/${id}/lists`;
    expect((await customer.upload(path, 'empty.csv', '')).body).toMatchObject({ status: 422, code: 'emptyFile', fields: [{ field: 'file' }] });
    expect((await customer.upload(path, 'x.csv', csv, 'another')).body).toMatchObject({ status: 422, fields: [{ field: 'file' }] });
    expect((await customer.ask('POST', path, { file: 'x' })).body).toMatchObject({ status: 415, code: 'needsFile' });
    expect((await customer.ask('POST', path, '--x\r\nbroken', { 'content-type': 'multipart/form-data; boundary=x' })).body).toMatchObject({ status: 400, code: 'uploadBroken' });
    expect((await customer.upload(path, 'big.csv', new Uint8Array(20 * 1024 * 1024 + 1).fill(65))).body).toMatchObject({ status: 413, code: 'fileTooLarge' });
    expect((await look(customer, id)).counts.contacts).toBe(0);
    expect(await uploads()).toEqual([]);
  });
});

describe('results', () => {
  test('show each attempt with its whole number, outcome, notes and answers', async () => {
    const { db } = exchange.database;
    const customer = await exchange.signedIn('customer');
    const campaignId = await aCampaign(db, { customer_id: customer.customerId ?? '', questions: [{ key: 'budget', label: 'Budget', kind: 'text', choices: [], required: false }] });
    await aContact(db, campaignId, { name: 'Anna', numbers: ['+79161230001'] });
    await aContact(db, campaignId, { name: 'Boris', numbers: ['+79161230002'] });
    const operator = await exchange.signedIn('operator', { name: 'Irina' });
    await putOnLine(db, operator.userId);
    let { body: cockpit } = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    const busy = await dial(db, operator.userId, cockpit.contact.id);
    await happen(db, busy, hungUp('USER_BUSY'));
    ({ body: cockpit } = await operator.ask('GET', '/api/v1/operator/cockpit'));
    const talk = await dial(db, operator.userId, cockpit.contact.id);
    await happen(db, talk, answered, bridged);
    const page = async () => (await customer.ask('GET', `/api/v1/campaigns/${campaignId}/results`)).body as ResultsPage;
    expect((await page()).results[0]).toMatchObject({ id: talk, state: 'live', callState: 'talking', talkingSince: expect.any(String) as string });
    await operator.ask('PUT', `/api/v1/operator/calls/${talk}/notes`, { notes: 'call in May', answers: { budget: '100' } });
    await happen(db, talk, hungUp('NORMAL_CLEARING'));
    expect((await page()).results[0]).toMatchObject({ state: 'wrapUp', disposition: null, talkingSince: null });
    expect((await page()).counts, 'one is being written up').toMatchObject({ contacts: 2, queued: 1, inHand: 1, finished: 0 });
    await operator.ask('POST', `/api/v1/operator/calls/${talk}/disposition`, { key: 'interested' });
    const { results, counts, next } = await page();
    expect(results).toMatchObject([
      { id: talk, phone: '+79161230002', contactName: 'Boris', operatorName: 'Irina', state: 'done', outcome: 'talked', disposition: { key: 'interested', meaning: 'interested' }, notes: 'call in May', answers: [{ label: 'Budget', value: '100' }], scriptVersion: 1 },
      { id: busy, phone: '+79161230001', contactName: 'Anna', state: 'done', outcome: 'busy', hangupCause: 'USER_BUSY', disposition: null },
    ]);
    expect(next).toBeNull();
    expect(counts, 'a talk of no time at all led to something').toMatchObject({ contacts: 2, inHand: 0, dialled: 2, reached: 1, talked: 1, interested: 1, handedOver: 0, operatorsCalling: 1 });
  });

  test('come in pages that neither lose nor repeat a row, though times are equal', async () => {
    const { db } = exchange.database;
    const customer = await exchange.signedIn('customer');
    const campaignId = await aCampaign(db, { customer_id: customer.customerId ?? '' });
    const operator = await exchange.signedIn('operator');
    await putOnLine(db, operator.userId);
    await contacts(db, campaignId, 7);
    await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    for (let i = 0; i < 7; i += 1) {
      const { body } = await operator.ask('GET', '/api/v1/operator/cockpit');
      await happen(db, await dial(db, operator.userId, body.contact.id), hungUp('USER_BUSY'));
    }
    await db('calls').where({ campaign_id: campaignId }).update({ created_at: '2026-01-01T10:00:00.123456Z' });
    const seen: string[] = [];
    let path: string | null = `/api/v1/campaigns/${campaignId}/results?limit=3`;
    while (path) {
      const { body } = (await customer.ask('GET', path)) as { body: ResultsPage };
      seen.push(...body.results.map(({ id }) => id));
      path = body.next && `/api/v1/campaigns/${campaignId}/results?limit=3&cursor=${body.next}`;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });

  test('refuse a cursor that is none of ours', async () => {
    const customer = await exchange.signedIn('customer');
    const id = await made(customer);
    for (const cursor of ['x', Buffer.from('["2026","1"]').toString('base64url'), Buffer.from('{}').toString('base64url')])
      expect((await customer.ask('GET', `/api/v1/campaigns/${id}/results?cursor=${cursor}`)).body.fields).toMatchObject([{ field: 'cursor' }]);
    expect((await customer.ask('GET', `/api/v1/campaigns/${id}/results?limit=1000`)).status).toBe(422);
  });
});
