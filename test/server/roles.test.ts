import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../../domain/api.ts';
import { everyRole, type Route } from '../../server/http/route.ts';
import { routes } from '../../server/routes/index.ts';
import { managerPageMessages, socketMessages } from '../../server/socket-messages.ts';
import { aCampaign, aContact } from '../support/rows.ts';
import { answered, bridged, dial, happen, putOnLine } from './call.ts';
import { startExchange, type Client, type Reply, type TestExchange } from './exchange.ts';
import { aForeignHouse, foreignMark, foreignNumber, rowsOf, type ForeignHouse } from './foreign-house.ts';
import { routeCases } from './route-cases.ts';

let exchange: TestExchange;
type Person = Client & { userId: string; customerId: string | null };
const people = new Map<Role | 'nobody', Person>();
let foreign: ForeignHouse;
let before: Record<string, unknown>;
beforeAll(async () => {
  exchange = await startExchange();
  for (const role of everyRole) people.set(role, await exchange.signedIn(role));
  people.set('nobody', Object.assign(exchange.client(), { userId: '', customerId: null }));
  foreign = await aForeignHouse(exchange);
  before = await rowsOf(exchange.database.db, foreign);
});
afterAll(() => exchange.stop());

const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;
const filledIn = ({ path }: Route, ids: readonly string[]): string => {
  let next = 0;
  return `/api/v1${path.replace(/\{\w+\}/g, () => ids[next++] ?? '1')}`;
};
const foreignIds = (route: Route): string[] => (routeCases[nameOf(route)]?.ids ?? []).map((key) => String(foreign[key]));

async function ask(who: Client, route: Route, ids: readonly string[]): Promise<Reply> {
  const { body, query = '', upload } = routeCases[nameOf(route)] ?? {};
  const path = filledIn(route, ids) + query;
  return upload ? who.upload(path, 'x.csv', 'Phone\n+79160009911\n') : who.ask(route.method.toUpperCase(), path, body?.(foreign));
}

/** Operators share one pool: what a running campaign offers to all of them is nobody's secret. */
const isOpen = ({ path }: Route) => path === '/operator/tasks';
function expectNothingForeign(reply: Reply, route: Route): void {
  if (!isOpen(route)) expect(reply.text).not.toMatch(foreignMark);
  expect(reply.text.replace(/\D/g, '')).not.toContain(foreignNumber.slice(2));
}

test('every route has a case, and every case a route', () => {
  expect(Object.keys(routeCases).sort()).toEqual(routes.map(nameOf).sort());
  for (const route of routes) expect(routeCases[nameOf(route)]?.ids?.length ?? 0, nameOf(route)).toBe(route.path.match(/\{/g)?.length ?? 0);
});

describe.each(routes.map((route) => [nameOf(route), route] as const))('%s', (name, route) => {
  const allowed = (role: Role | 'nobody') => route.roles === 'anyone' || (route.roles as readonly string[]).includes(role);
  test.each([...everyRole, 'nobody'] as const)('asked with somebody else’s ids by: %s', async (role) => {
    const { ends, statuses, absent = [] } = routeCases[name] ?? {};
    const person = ends && role !== 'nobody' && allowed(role) ? await exchange.signedIn(role) : (people.get(role) as Person);
    const reply = await ask(person, route, foreignIds(route));
    if (routeCases[name]?.wholeHouse?.some((each) => each === role)) return expect(reply.status).toBeLessThan(500);
    expectNothingForeign(reply, route);
    if (!allowed(role)) {
      expect(reply.headers.get('content-type')).toMatch('application/problem+json');
      expect([reply.status, reply.body.code]).toEqual(role === 'nobody' ? [401, 'notSignedIn'] : [403, 'notYourRole']);
    } else if (statuses) {
      expect(statuses).toContain(reply.status);
    } else if (foreignIds(route).length > 0) {
      expect([401, 404]).toContain(reply.status);
      // The same as for what does not exist at all.
      const nothing = await ask(person, route, absent);
      expect([nothing.status, nothing.body]).toEqual([reply.status, reply.body]);
    } else {
      expect(reply.status).toBeLessThan(500);
    }
  });
});

describe('sockets', () => {
  const cases: Readonly<Record<string, (of: ForeignHouse) => unknown>> = {
    heartbeat: () => ({ pageId: 'foreign-page' }),
    campaign: ({ campaignId }) => ({ id: campaignId }),
    present: () => ({}),
  };
  test('every message has a case', () => {
    expect(Object.keys(cases).sort()).toEqual([...Object.keys(socketMessages), ...managerPageMessages].sort());
  });

  test.each(everyRole)('a page of the role %s is told nothing of somebody else’s, whatever it says', async (role) => {
    const socket = io(exchange.url, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: { cookie: people.get(role)?.cookie ?? '' } });
    try {
      const told: unknown[] = [];
      socket.onAny((...message: unknown[]) => told.push(message));
      await once(socket, 'connect');
      for (const [name, message] of Object.entries(cases)) socket.emit(name, message(foreign));
      const own = await ownNews(role, socket);
      exchange.nudges.publish({ topic: 'campaign', id: foreign.campaignId });
      exchange.nudges.publish({ topic: 'operator', id: foreign.operatorId });
      exchange.nudges.publish({ topic: 'manager', id: foreign.managerId });
      exchange.nudges.publish({ topic: 'pool' });
      await own();
      const text = JSON.stringify(told);
      expect(text).not.toMatch(foreignMark);
      expect(told.filter((each) => JSON.stringify(each).includes(`"results",{"id":"${foreign.campaignId}"`))).toEqual([]);
      expect(text.replace(/\D/g, '')).not.toContain(foreignNumber.slice(2));
    } finally {
      socket.disconnect();
    }
  });

  test('without a session no socket opens', async () => {
    const socket = io(exchange.url, { transports: ['websocket'], reconnection: false, forceNew: true });
    const [error] = (await once(socket, 'connect_error')) as [Error];
    expect(error.message).toBe('notSignedIn');
    socket.disconnect();
  });
});

const once = (socket: Socket, event: string): Promise<unknown[]> => new Promise((resolve) => { socket.once(event, (...told: unknown[]) => resolve(told)); });

/** Waits for something that this role is told by rights, asked for last: by then it has heard all that came before. */
async function ownNews(role: Role, socket: Socket): Promise<() => Promise<unknown>> {
  const { db } = exchange.database;
  const person = people.get(role) as Person;
  if (role === 'customer') {
    const id = await aCampaign(db, { customer_id: person.customerId ?? '' });
    socket.emit('campaign', { id });
    return () => expect.poll(() => { exchange.nudges.publish({ topic: 'campaign', id }); return new Promise((resolve) => { const late = setTimeout(resolve, 100, false); socket.once('results', () => { clearTimeout(late); resolve(true); }); }); }).toBe(true);
  }
  if (role === 'operator') return () => { const heard = once(socket, 'cockpit'); exchange.nudges.publish({ topic: 'operator', id: person.userId }); return heard; };
  // These roles hear of nothing yet: another page's news shows that the nudges came through.
  return () => expect.poll(async () => (await person.ask('GET', '/api/v1/session')).status).toBe(200);
}

test('afterwards nothing of somebody else’s has changed', async () => {
  expect(await rowsOf(exchange.database.db, foreign)).toEqual(before);
  expect((await foreign.customer.ask('GET', '/api/v1/session')).status).toBe(200);
});

describe('an operator never sees a whole number of a campaign that masks', () => {
  const national = ['9160001122', '9160001133', '9160001144', '4951234567'];
  const digitsOf = (text: string) => text.replace(/\D/g, '');
  test('neither its own field nor the columns, on no route and on no socket', async () => {
    const { db } = exchange.database;
    const operator = await exchange.signedIn('operator');
    const campaignId = await aCampaign(db);
    const contactId = await aContact(db, campaignId, {
      name: 'Anna 8 916 000-11-33', company: 'OOO Okna, 79160001144', numbers: ['+79160001122', '+79160001133'],
      fields: { 'Тел. 2': '8 (916) 000-11-33', Заметка: 'звонить 916.000.11.44 после 18:00 или +7 495 123-45-67', Договор: '12/2026-456 от 14.03.2026', Долг: '1 250 000 руб.', id: 'x9160001122y' },
    });
    await putOnLine(db, operator.userId, 'mine');
    const socket = io(exchange.url, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: { cookie: operator.cookie } });
    const said: string[] = [];
    socket.onAny((...message: unknown[]) => said.push(JSON.stringify(message)));
    await once(socket, 'cockpit');
    const taken = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    expect(taken.body.contact.phoneMasked).toMatch('··');
    const callId = await dial(db, operator.userId, contactId);
    await happen(db, callId, answered, bridged);
    const replies = [taken];
    const own = routes.filter(({ roles, ...route }) => roles !== 'anyone' && roles.includes('operator') && !routeCases[nameOf({ roles, ...route })]?.ends);
    for (const route of own) {
      replies.push(await ask(operator, route, [callId]));
    }
    const heard = once(socket, 'cockpit');
    exchange.nudges.publish({ topic: 'operator', id: operator.userId });
    await heard;
    socket.disconnect();
    for (const text of [...replies.map((reply) => reply.text), ...said]) for (const number of national) expect(digitsOf(text)).not.toContain(number);
    const fields = Object.fromEntries(taken.body.contact.fields.map(({ label, value }: { label: string; value: string }) => [label, value]));
    expect(fields).toMatchObject({ Договор: '12/2026-456 от 14.03.2026', Долг: '1 250 000 руб.' });
  });

  test('a campaign that allows it shows them', async () => {
    const { db } = exchange.database;
    const operator = await exchange.signedIn('operator');
    const campaignId = await aCampaign(db, { mask_numbers: false });
    await aContact(db, campaignId, { numbers: ['+79160005511'], fields: { 'Тел. 2': '8 916 000-55-22' } });
    await putOnLine(db, operator.userId, 'mine');
    const { body } = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    expect(body.contact).toMatchObject({ phoneMasked: '+79160005511', fields: [{ label: 'Тел. 2', value: '8 916 000-55-22' }] });
  });
});

test('a manager’s link shows nothing of the contact but the first name before it is accepted', async () => {
  const link = exchange.client();
  expect((await link.ask('POST', '/api/v1/manager/sessions', { token: foreign.linkToken })).status).toBe(201);
  for (const { text } of [await link.ask('GET', `/api/v1/manager/transfers/${foreign.transferId}`)]) expect(text.replace(/\D/g, '')).not.toContain(foreignNumber.slice(2));
});

test('what nobody declared does not exist, and says so in the same shape', async () => {
  const customer = people.get('customer');
  expect((await customer?.ask('GET', '/api/v1/nothing'))?.body).toMatchObject({ status: 404, code: 'notFound' });
  const wrongMethod = await customer?.ask('DELETE', '/api/v1/campaigns');
  expect(wrongMethod?.body).toMatchObject({ status: 405, code: 'methodNotAllowed' });
  expect(wrongMethod?.headers.get('allow')).toBe('GET, POST');
});
