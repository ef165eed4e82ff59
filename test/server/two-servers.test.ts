import { readFileSync } from 'node:fs';
import path from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Cockpit } from '../../domain/api.ts';
import { aCampaign, aContact } from '../support/rows.ts';
import { putOnLine } from './call.ts';
import { startExchange, type Client, type TestExchange } from './exchange.ts';

/** Two servers of one house: what a page asks may come to either of them. */
let first: TestExchange;
let second: Awaited<ReturnType<TestExchange['startSecond']>>;
const open: Socket[] = [];
beforeAll(async () => {
  first = await startExchange();
  second = await first.startSecond();
});
afterEach(() => open.splice(0).forEach((socket) => socket.disconnect()));
afterAll(() => first.stop());

const page = (url: string, { cookie }: Client): Socket => {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: { cookie } });
  open.push(socket);
  return socket;
};
const once = <T = unknown>(socket: Socket, event: string): Promise<T> => new Promise((resolve) => { socket.once(event, resolve); });
/** The same person, asking the other server. */
const atSecond = ({ cookie }: Client): Client => Object.assign(second.client(), { cookie });

describe('a page on each server', () => {
  test('whoever signed in at one is known to the other, and signing out there cuts the page here', async () => {
    const operator = await first.signedIn('operator');
    const here = page(first.url, operator);
    const there = page(second.url, operator);
    await Promise.all([once(here, 'cockpit'), once(there, 'cockpit')]);
    const cut = Promise.all([once<string>(here, 'disconnect'), once<string>(there, 'disconnect')]);
    expect((await atSecond(operator).ask('DELETE', '/api/v1/session')).status).toBe(204);
    expect(await cut).toEqual(['io server disconnect', 'io server disconnect']);
    expect((await operator.ask('GET', '/api/v1/operator/cockpit')).status).toBe(401);
  });

  test('what is done at one shows on the page at the other, once', async () => {
    const { db } = first.database;
    const operator = await first.signedIn('operator');
    const campaignId = await aCampaign(db);
    const contactId = await aContact(db, campaignId);
    await putOnLine(db, operator.userId, 'page-1');
    const here = page(first.url, operator);
    await once(here, 'cockpit');
    const versions: string[] = [];
    const shown = new Promise<void>((resolve) => here.on('cockpit', (cockpit: Cockpit) => {
      versions.push(`${cockpit.version} ${cockpit.now}`);
      if (cockpit.contact?.id === contactId) resolve();
    }));
    expect((await atSecond(operator).ask('POST', '/api/v1/operator/campaign', { campaignId })).status).toBe(200);
    await shown;
    expect(new Set(versions).size).toBe(versions.length);
  });

  test('one page is the phone, whichever server each of them is at', async () => {
    const operator = await first.signedIn('operator');
    const here = page(first.url, operator);
    await once(here, 'cockpit');
    const holder = (pageId: string) => new Promise<void>((resolve) => here.on('cockpit', (cockpit: Cockpit) => { if (cockpit.line.pageId === pageId) resolve(); }));
    const [mine, theirs] = [holder('page-1'), holder('page-2')];
    expect((await operator.ask('POST', '/api/v1/operator/phone', { pageId: 'page-1' })).status).toBe(201);
    await mine;
    expect((await atSecond(operator).ask('POST', '/api/v1/operator/phone', { pageId: 'page-2' })).status).toBe(201);
    await theirs;
    const { rows } = await first.database.db.raw<{ rows: { page_id: string }[] }>('select page_id from leg_credentials where operator_id = ? and used_at is null', [operator.userId]);
    expect(rows).toEqual([{ page_id: 'page-2' }]);
  });

  test('nothing goes over several requests, so that no server need be met again', async () => {
    for (const { url } of [first, second]) expect((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status).toBe(400);
  });
});

test('guesses at a password are counted together', async () => {
  const { email } = await first.signedIn('customer');
  const clients = [first.client(), second.client()];
  const statuses: number[] = [];
  for (let i = 0; i < 12; i += 1) statuses.push((await clients[i % 2]!.ask('POST', '/api/v1/sessions', { email, password: `wrong ${i}` })).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
});

describe('a list that was looked at on one server', () => {
  test('is gone for the other, which takes it with the file and the choice in one request', async () => {
    const customer = await first.signedIn('customer');
    const campaignId = await aCampaign(first.database.db, { customer_id: customer.customerId ?? '', country: 'RU' });
    const lists = `/api/v1/campaigns/${campaignId}/lists`;
    const content = new Uint8Array(readFileSync(path.join(import.meta.dirname, '../samples/okna-moskva.xlsx')));
    const looked = await customer.upload(`${lists}/preview`, 'okna-moskva.xlsx', content);
    expect(looked.status).toBe(200);
    const other = atSecond(customer);
    expect((await other.ask('POST', `${lists}/preview/${looked.body.uploadId}/take`, {})).body).toMatchObject({ status: 404, code: 'uploadGone' });
    expect((await other.upload(lists, 'okna-moskva.xlsx', content)).body).toMatchObject({ accepted: 56 });
  });
});
