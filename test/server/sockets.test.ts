import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Cockpit } from '../../domain/api.ts';
import { aCampaign, aContact } from '../support/rows.ts';
import { answered, bridged, dial, happen, putOnLine } from './call.ts';
import { startExchange, type Client, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
const open: Socket[] = [];
beforeAll(async () => { exchange = await startExchange(); });
afterEach(() => open.splice(0).forEach((socket) => socket.disconnect()));
afterAll(() => exchange.stop());

function connect({ cookie }: { cookie: string }, headers: Record<string, string> = {}): Socket {
  const socket = io(exchange.url, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: { ...(cookie ? { cookie } : {}), ...headers } });
  open.push(socket);
  return socket;
}
const once = <T = unknown>(socket: Socket, event: string): Promise<T> => new Promise((resolve) => { socket.once(event, resolve); });
/** The next cockpit that is so. */
const cockpit = (socket: Socket, isSo: (cockpit: Cockpit) => boolean): Promise<Cockpit> =>
  new Promise((resolve) => {
    socket.on('cockpit', function look(read: Cockpit) {
      if (!isSo(read)) return;
      socket.off('cockpit', look);
      resolve(read);
    });
  });

async function atWork() {
  const { db } = exchange.database;
  const operator: Client & { userId: string } = await exchange.signedIn('operator');
  const campaignId = await aCampaign(db);
  const contactId = await aContact(db, campaignId);
  await putOnLine(db, operator.userId, 'page-1');
  return { operator, campaignId, contactId };
}

describe('an operator’s page', () => {
  test('is sent its cockpit on connecting, and again after each nudge', async () => {
    const { db } = exchange.database;
    const { operator, campaignId, contactId } = await atWork();
    const socket = connect(operator);
    expect((await once<Cockpit>(socket, 'cockpit')).operator.id).toBe(operator.userId);
    const taken = cockpit(socket, ({ contact }) => contact?.id === contactId);
    await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    await taken;
    const talking = cockpit(socket, ({ call }) => call?.state === 'talking');
    const callId = await dial(db, operator.userId, contactId);
    await happen(db, callId, answered, bridged);
    exchange.nudges.publish({ topic: 'operator', id: operator.userId });
    expect((await talking).call?.id).toBe(callId);
  });

  test('hears of nobody else', async () => {
    const { operator } = await atWork();
    const other = await atWork();
    const socket = connect(operator);
    await once(socket, 'cockpit');
    const seen: string[] = [];
    socket.on('cockpit', (read: Cockpit) => seen.push(read.operator.id));
    exchange.nudges.publish({ topic: 'operator', id: other.operator.userId });
    const own = once(socket, 'cockpit');
    exchange.nudges.publish({ topic: 'operator', id: operator.userId });
    await own;
    expect(new Set(seen)).toEqual(new Set([operator.userId]));
  });

  test('a burst of nudges ends with the newest state', async () => {
    const { db } = exchange.database;
    const { operator } = await atWork();
    const socket = connect(operator);
    await once(socket, 'cockpit');
    const newest = cockpit(socket, (read) => read.operator.pauseReason === 'last');
    for (let i = 0; i < 50; i += 1) exchange.nudges.publish({ topic: 'operator', id: operator.userId });
    await db('operators').where({ operator_id: operator.userId }).update({ pause_reason: 'last' });
    exchange.nudges.publish({ topic: 'operator', id: operator.userId });
    await newest;
  });

  test('its heartbeat keeps the leg and the contact; another page’s keeps nothing', async () => {
    const { db } = exchange.database;
    const { operator, campaignId, contactId } = await atWork();
    await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    const longAgo = new Date(Date.now() - 20_000);
    await db('operators').where({ operator_id: operator.userId }).update({ page_seen_at: longAgo });
    const soon = new Date(Date.now() + 30_000);
    await db('call_queue').where({ contact_id: contactId }).update({ lease_until: soon });
    const socket = connect(operator);
    await once(socket, 'connect');
    const seen = async () => (await db('operators').where({ operator_id: operator.userId }).first('page_seen_at')) as { page_seen_at: Date };
    socket.emit('heartbeat', { pageId: 'another' });
    socket.emit('heartbeat', 'nonsense');
    await operator.ask('GET', '/api/v1/operator/cockpit');
    expect((await seen()).page_seen_at).toEqual(longAgo);
    socket.emit('heartbeat', { pageId: 'page-1' });
    await expect.poll(async () => (await seen()).page_seen_at.getTime()).toBeGreaterThan(longAgo.getTime());
    await expect.poll(async () => ((await db('call_queue').where({ contact_id: contactId }).first('lease_until')) as { lease_until: Date }).lease_until.getTime()).toBeGreaterThan(soon.getTime());
  });

  test('is cut when its session is signed out', async () => {
    const { operator } = await atWork();
    const socket = connect(operator);
    await once(socket, 'cockpit');
    const cut = once<string>(socket, 'disconnect');
    await operator.ask('DELETE', '/api/v1/session');
    expect(await cut).toBe('io server disconnect');
  });

  test('nobody is let in without a session, nor from a page of another site', async () => {
    const { operator } = await atWork();
    expect((await once<Error>(connect({ cookie: '' }), 'connect_error')).message).toBe('notSignedIn');
    expect(await once<Error>(connect(operator, { origin: 'https://evil.example.org' }), 'connect_error')).toBeInstanceOf(Error);
  });
});

describe('a customer’s page', () => {
  test('is told of new results of its own campaign, and of no other', async () => {
    const { db } = exchange.database;
    const customer = await exchange.signedIn('customer');
    const own = await aCampaign(db, { customer_id: customer.customerId ?? '' });
    const foreign = await aCampaign(db);
    const socket = connect(customer);
    await once(socket, 'connect');
    socket.emit('campaign', { id: foreign });
    socket.emit('campaign', { id: own });
    const told: unknown[] = [];
    socket.on('results', (message) => told.push(message));
    await expect.poll(() => {
      exchange.nudges.publish({ topic: 'campaign', id: foreign });
      exchange.nudges.publish({ topic: 'campaign', id: own });
      return told.length;
    }).toBeGreaterThan(1);
    expect(new Set(told.map((message) => JSON.stringify(message)))).toEqual(new Set([JSON.stringify({ id: own })]));
  });
});
