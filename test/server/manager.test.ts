import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ManagerRinging, ManagerTransfer } from '../../domain/api.ts';
import type { Call } from '../../domain/call/call.ts';
import type { CallEvent } from '../../domain/call/event.ts';
import { disposeCall } from '../../platform/postgres/dispositions.ts';
import { hashOfToken } from '../../server/manager-links.ts';
import { aCampaign, aContact } from '../support/rows.ts';
import { answered, bridged, dial, happen, hungUp, putOnLine } from './call.ts';
import { playController, startExchange, type Client, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
const sockets: Socket[] = [];
/** What the machine says to a manager's request, as the controller would ask it. */
beforeAll(async () => {
  exchange = await startExchange();
  playController(exchange, async ({ kind, callId, payload }) => {
    const transfer = String(payload['transfer']);
    const { db } = exchange.database;
    const before = (await db('transfers').where({ id: transfer }).first('state')) as { state: string };
    if (before.state !== 'ringing') return { ok: false, code: 'transferOver' };
    if (kind === 'managerAccept') await happen(db, callId!, () => ({ type: 'ManagerAccepting', transfer, at: Date.now() }));
    if (kind === 'managerDecline') await happen(db, callId!, () => ({ type: 'ManagerDeclined', transfer, reason: payload['reason'] as 'busy' | 'later', at: Date.now() }));
    return { ok: true };
  });
});
afterEach(() => { for (const socket of sockets.splice(0)) socket.close(); });
afterAll(() => exchange.stop());

const connect = (client: Client): Socket => {
  const socket = io(exchange.url, { extraHeaders: { cookie: client.cookie }, transports: ['websocket'], reconnection: false, auth: { page: 'manager' } });
  sockets.push(socket);
  return socket;
};
const once = <T>(socket: Socket, event: string): Promise<T> => new Promise((resolve) => socket.once(event, resolve));
const transferPath = (id: string, rest = '') => `/api/v1/manager/transfers/${id}${rest}`;
const operatorParks = (call: Call): CallEvent => ({ type: 'LegParked', leg: call.operatorLeg, at: Date.now() });

/** A campaign with one page manager, who has a login, too, and a conversation about to be transferred. */
async function scene() {
  const { db } = exchange.database;
  const customer = await exchange.signedIn('customer');
  const manager = await exchange.signedIn('manager', { customerId: customer.customerId ?? '' });
  const campaignId = await aCampaign(db, { customer_id: customer.customerId ?? '', name: 'Windows', managers: [{ kind: 'page', address: null, name: 'Sergey', user_id: manager.userId }], questions: [{ key: 'when', label: 'When', kind: 'text', choices: [], required: false }] });
  const { id: managerId } = (await db('campaign_managers').where({ campaign_id: campaignId }).first('id')) as { id: string };
  await aContact(db, campaignId, { name: 'Иванова Анна Петровна', company: 'Ромашка', numbers: ['+7916' + String(Math.floor(Math.random() * 1e7)).padStart(7, '0')] });
  const operator = await exchange.signedIn('operator', { name: 'Olga' });
  await putOnLine(db, operator.userId);
  const { body } = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
  const callId = await dial(db, operator.userId, body.contact.id);
  await happen(db, callId, answered, bridged);
  await db('calls').where({ id: callId }).update({ notes: 'Two windows', answers: JSON.stringify({ when: 'spring' }) });
  const linkPath = `/api/v1/campaigns/${campaignId}/managers/${managerId}/link`;
  const { body: { url } } = await customer.ask('POST', linkPath);
  const token = String(url).split('#')[1] ?? '';
  const page = exchange.client();
  const ring = async () => {
    const transfer = randomUUID();
    await happen(db, callId, () => ({ type: 'TransferRequested', managerLegs: [transfer], absent: [], at: Date.now() }), operatorParks);
    exchange.nudges.publish({ topic: 'manager', id: managerId });
    return transfer;
  };
  /** The page opens its link, waits, is rung and exchanges the transfer's token. */
  const rung = async () => {
    await page.ask('POST', '/api/v1/manager/sessions', { token });
    const socket = connect(page);
    await once(socket, 'ringing');
    const told = new Promise<ManagerRinging>((resolve) => socket.on('ringing', (message: ManagerRinging) => { if (message.transfer !== null) resolve(message); }));
    const transfer = await ring();
    const ringing = await told;
    expect(ringing.transfer?.id).toBe(transfer);
    const exchanged = await page.ask('POST', '/api/v1/manager/sessions', { token: ringing.token });
    expect(exchanged).toMatchObject({ status: 201, body: { kind: 'transfer', transferId: transfer } });
    return { transfer, ringing, socket };
  };
  return { db, customer, manager, operator, campaignId, managerId, callId, linkPath, token, url: String(url), page, ring, rung };
}

describe('a personal link', () => {
  test('is shown once, kept as a hash only, opens the manager’s page, and nothing after it was taken back', async () => {
    const { db, customer, campaignId, managerId, linkPath, token, url, page } = await scene();
    expect(url).toMatch(/\/manager\/#[A-Za-z0-9_-]{43}$/);
    const row = (await db('campaign_managers').where({ id: managerId }).first()) as { link_hash: string };
    expect(row.link_hash).toBe(hashOfToken(token));
    expect(JSON.stringify(row)).not.toContain(token);
    expect((await customer.ask('GET', `/api/v1/campaigns/${campaignId}`)).text).not.toContain(row.link_hash);
    expect((await page.ask('POST', '/api/v1/manager/sessions', { token })).body).toEqual({ kind: 'inbox', managerName: 'Sergey', campaignName: 'Windows', hasLogin: true, transferId: null });
    const second = (await customer.ask('POST', linkPath)).body.url.split('#')[1];
    expect((await exchange.client().ask('POST', '/api/v1/manager/sessions', { token })).body).toMatchObject({ status: 401, code: 'linkOver' });
    expect((await exchange.client().ask('POST', '/api/v1/manager/sessions', { token: second })).status).toBe(201);
    expect((await customer.ask('DELETE', linkPath)).status).toBe(204);
    expect((await exchange.client().ask('POST', '/api/v1/manager/sessions', { token: second })).status).toBe(401);
    // The session of the first link waits no more either.
    expect((await once<Error>(connect(page), 'connect_error')).message).toBe('linkOver');
  });

  test('is made by its own customer only', async () => {
    const { linkPath } = await scene();
    const stranger = await exchange.signedIn('customer');
    expect((await stranger.ask('POST', linkPath)).status).toBe(404);
    expect((await stranger.ask('DELETE', linkPath)).status).toBe(404);
  });

  test('does not sign anybody out who is signed in in the same browser, and gives no role', async () => {
    const { customer, token } = await scene();
    expect((await customer.ask('POST', '/api/v1/manager/sessions', { token })).status).toBe(201);
    expect((await customer.ask('GET', '/api/v1/session')).body.user.role).toBe('customer');
    const page = exchange.client();
    await page.ask('POST', '/api/v1/manager/sessions', { token });
    for (const path of ['/session', '/campaigns', '/manager/history']) expect((await page.ask('GET', `/api/v1${path}`)).status, path).toBe(401);
  });
});

describe('a ringing transfer', () => {
  test('says campaign and first name only, and no more when it is read', async () => {
    const { rung, page } = await scene();
    const { transfer, ringing } = await rung();
    expect(ringing.transfer).toMatchObject({ campaignName: 'Windows', firstName: 'Анна', operatorName: 'Olga' });
    const read = await page.ask('GET', transferPath(transfer));
    expect(read.body).toMatchObject({ stage: 'ringing', contact: null });
    for (const text of [JSON.stringify(ringing), read.text]) expect(text).not.toMatch(/Иванова|Петровна|Ромашка|7916|Two windows|spring/);
  });

  test('has a token that is hashed, used once, expires, and opens this transfer alone', async () => {
    const { db, rung, page } = await scene();
    const { transfer, ringing } = await rung();
    const [row] = (await db('transfer_tokens').where({ transfer_id: transfer })) as { token_hash: string }[];
    expect(row?.token_hash).toBe(hashOfToken(ringing.token ?? ''));
    expect((await exchange.client().ask('POST', '/api/v1/manager/sessions', { token: ringing.token })).body.code).toBe('linkOver');
    const other = await scene();
    const theirs = await other.rung();
    for (const [method, rest, body] of [['GET', '', undefined], ['POST', '/accept', {}], ['POST', '/decline', { reason: 'busy' }], ['PUT', '/outcome', { outcome: 'sold' }]] as const) {
      expect((await page.ask(method, transferPath(theirs.transfer, rest), body)).status, rest).toBe(404);
      expect((await exchange.client().ask(method, transferPath(transfer, rest), body)).status, rest).toBe(401);
    }
    const fresh = 'x'.repeat(43);
    await db('transfer_tokens').insert({ token_hash: hashOfToken(fresh), transfer_id: transfer, expires_at: new Date(Date.now() - 1_000) });
    expect((await exchange.client().ask('POST', '/api/v1/manager/sessions', { token: fresh })).body.code).toBe('linkOver');
  });

  test('that nobody accepted is open for minutes only', async () => {
    const { db, rung, page } = await scene();
    const { transfer } = await rung();
    await db('transfers').where({ id: transfer }).update({ created_at: new Date(Date.now() - 11 * 60_000) });
    expect((await page.ask('GET', transferPath(transfer))).status).toBe(404);
  });

  test('accepted: one-use credentials through the directory, then who it is; later the outcome, for the customer as well', async () => {
    const { db, rung, page, callId, customer, campaignId, manager, token } = await scene();
    const { transfer } = await rung();
    const accepted = await page.ask('POST', transferPath(transfer, '/accept'));
    expect(accepted.status).toBe(201);
    const { username } = accepted.body as { username: string };
    const ask = async () => (await fetch(exchange.directoryUrl, {
      method: 'POST', body: new URLSearchParams({ section: 'directory', action: 'sip_auth', user: username, domain: 'exchange', sip_auth_qop: 'auth', sip_auth_nc: '00000001', sip_auth_cnonce: 'x' }),
      headers: { authorization: `Basic ${Buffer.from(`switch:${exchange.config.switch.directorySecret}`).toString('base64')}` },
    })).text();
    expect(await ask()).toContain('a1-hash');
    expect((await page.ask('GET', transferPath(transfer))).body).toMatchObject({ stage: 'accepted', contact: { name: 'Иванова Анна Петровна', company: 'Ромашка', notes: 'Two windows', answers: [{ label: 'When', value: 'spring' }] } });
    expect((await page.ask('PUT', transferPath(transfer, '/outcome'), { outcome: 'sold' })).body.code).toBe('notHandedOver');
    const leg = randomUUID();
    await db('leg_credentials').where({ username }).update({ used_at: new Date() });
    expect(await ask()).not.toContain('a1-hash');
    await happen(db, callId, () => ({ type: 'ManagerArrived', transfer, leg, at: Date.now() }), (call) => ({ type: 'LegsBridged', leg: call.operatorLeg, other: leg, at: Date.now() }));
    expect((await page.ask('GET', transferPath(transfer))).body.stage).toBe('briefing');
    await happen(db, callId, () => ({ type: 'HandOverRequested', at: Date.now() }), (call) => ({ type: 'LegsBridged', leg: call.contactLeg, other: leg, at: Date.now() }));
    expect((await page.ask('GET', transferPath(transfer))).body.stage).toBe('handedOver');
    // A page that is loaded anew takes up the contact who was given, until somebody says what came of it.
    const opened = async () => (await page.ask('POST', '/api/v1/manager/sessions', { token })).body.transferId;
    expect(await opened()).toBe(transfer);
    await happen(db, callId, hungUp('NORMAL_CLEARING'), () => ({ type: 'LegHungUp', leg, cause: 'NORMAL_CLEARING', at: Date.now() }));
    expect(await opened()).toBe(transfer);
    expect((await page.ask('GET', transferPath(transfer))).body).toMatchObject({ stage: 'over', contact: { name: 'Иванова Анна Петровна' } });
    expect((await page.ask('PUT', transferPath(transfer, '/outcome'), { outcome: 'sold' })).status).toBe(200);
    expect(await opened()).toBeNull();
    const { body } = await customer.ask('GET', `/api/v1/campaigns/${campaignId}/results`);
    expect(body.results[0]).toMatchObject({ manager: { name: 'Sergey', outcome: 'sold' }, managerCallbackAt: null });
    expect((await manager.ask('GET', '/api/v1/manager/history')).body.transfers).toMatchObject([{ id: transfer, handedOver: true, missed: false, outcome: 'sold' }]);
  });

  test('that found no page open is told to the customer', async () => {
    const { db, callId, customer, campaignId, managerId } = await scene();
    await happen(db, callId, () => ({ type: 'TransferRequested', managerLegs: [randomUUID()], absent: [managerId], at: Date.now() }), operatorParks);
    const { body } = await customer.ask('GET', `/api/v1/campaigns/${campaignId}/results`);
    expect(body.results[0]).toMatchObject({ manager: null, managerMissedBecause: 'notOpen' });
  });

  test('declined until later: the customer sees the time, "call later" of the operator takes it, the manager’s login finds the number', async () => {
    const { db, rung, page, callId, customer, campaignId, manager, operator } = await scene();
    const { transfer } = await rung();
    const declined = await page.ask('POST', transferPath(transfer, '/decline'), { reason: 'later' });
    expect(declined.body as ManagerTransfer).toMatchObject({ stage: 'missed', missedBecause: 'later', contact: null });
    expect((await page.ask('POST', transferPath(transfer, '/accept'))).body).toMatchObject({ status: 409, code: 'transferOver' });
    await happen(db, callId, bridged, hungUp('NORMAL_CLEARING'));
    const wanted = Date.now() + 900_000;
    const { body } = await customer.ask('GET', `/api/v1/campaigns/${campaignId}/results`);
    expect(Math.abs(Date.parse(body.results[0].managerCallbackAt) - wanted)).toBeLessThan(10_000);
    const { body: history } = await manager.ask('GET', '/api/v1/manager/history');
    expect(history.transfers).toMatchObject([{ id: transfer, missed: true, state: 'later' }]);
    expect(history.transfers[0].phone).toMatch(/^\+7916\d{7}$/);
    expect(await disposeCall(db, { callId, operatorId: operator.userId, key: 'callback' })).toMatchObject({ ok: true });
    const { next_attempt_at } = (await db('call_queue').where({ campaign_id: campaignId }).first('next_attempt_at')) as { next_attempt_at: Date };
    expect(Math.abs(next_attempt_at.getTime() - wanted)).toBeLessThan(10_000);
  });

  test('is seen in the history of its own manager’s login alone', async () => {
    const { rung, page, customer } = await scene();
    const { transfer } = await rung();
    await page.ask('POST', transferPath(transfer, '/decline'), { reason: 'busy' });
    const colleague = await exchange.signedIn('manager', { customerId: customer.customerId ?? '' });
    expect((await colleague.ask('GET', '/api/v1/manager/history')).body).toEqual({ transfers: [] });
    expect((await colleague.ask('PUT', transferPath(transfer, '/outcome'), { outcome: 'no' })).status).toBe(404);
  });
});

describe('a manager’s page', () => {
  test('counts as open while it stands open, and not after', async () => {
    const { db, managerId, page, token } = await scene();
    const isOpen = async () => ((await db('campaign_managers').where({ id: managerId }).first('page_seen_at')) as { page_seen_at: Date | null }).page_seen_at !== null;
    expect(await isOpen()).toBe(false);
    await page.ask('POST', '/api/v1/manager/sessions', { token });
    const socket = connect(page);
    await once(socket, 'ringing');
    expect(await isOpen()).toBe(true);
    socket.close();
    await expect.poll(isOpen).toBe(false);
  });

  test('is told when its link is taken back', async () => {
    const { customer, linkPath, page, token } = await scene();
    await page.ask('POST', '/api/v1/manager/sessions', { token });
    const socket = connect(page);
    await once(socket, 'ringing');
    await customer.ask('DELETE', linkPath);
    const over = once(socket, 'linkOver');
    socket.emit('present');
    await over;
  });

  test('needs a link: a login alone opens none', async () => {
    const { manager } = await scene();
    expect((await once<Error>(connect(manager), 'connect_error')).message).toBe('linkOver');
  });
});
