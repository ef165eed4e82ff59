import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../../domain/api.ts';
import { everyRole } from '../../server/http/route.ts';
import { routes } from '../../server/routes/index.ts';
import { aCampaign, aContact } from '../support/rows.ts';
import { dial, putOnLine } from './call.ts';
import { startExchange, type Client, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
const people = new Map<Role, Client & { userId: string; customerId: string | null }>();
/** Somebody else's campaign and call. */
let foreign: { campaignId: string; callId: string };
beforeAll(async () => {
  exchange = await startExchange();
  for (const role of everyRole) people.set(role, await exchange.signedIn(role));
  const { db } = exchange.database;
  const campaignId = await aCampaign(db, { script: 'foreign script' });
  const operator = await exchange.signedIn('operator');
  await putOnLine(db, operator.userId, 'foreign-page');
  await aContact(db, campaignId, { numbers: ['+79160009988'] });
  const { body } = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
  foreign = { campaignId, callId: await dial(db, operator.userId, body.contact.id) };
});
afterAll(() => exchange.stop());

const bodies: Readonly<Record<string, unknown>> = {
  '/campaigns': { name: 'x' }, '/campaigns/{id}': { name: 'mine now' }, '/operator/campaign': { campaignId: null }, '/operator/phone': { pageId: 'page' },
  '/operator/pause': { paused: true }, '/switches/{id}': { draining: true }, '/operator/calls': { contactId: '1' }, '/operator/calls/{id}/requests': { kind: 'hangUp' }, '/operator/calls/{id}/notes': { notes: 'x' },
  '/operator/calls/{id}/disposition': { key: 'refused' }, '/operator/calls/{id}/wrap-up': { extend: true }, '/operator/calls/{id}/contacts': { phone: '+79161112233', name: 'x' },
};
const bodyOf = (method: string, path: string) => (method === 'GET' ? undefined : bodies[path]);
const filledIn = (path: string) => `/api/v1${path.replace('{id}', path.startsWith('/operator') ? foreign.callId : foreign.campaignId)}`;
const guarded = routes.filter(({ roles }) => roles !== 'anyone').map((route) => [route.method.toUpperCase(), route.path, route] as const);

describe.each(guarded)('%s %s', (method, path, route) => {
  test('is refused to who is not signed in', async () => {
    const reply = await exchange.client().ask(method, filledIn(path), bodyOf(method, path));
    expect(reply.status).toBe(401);
    expect(reply.headers.get('content-type')).toMatch('application/problem+json');
  });

  test.each(everyRole.filter((role) => !(route.roles as readonly Role[]).includes(role)))('is refused to the role %s', async (role) => {
    const reply = await people.get(role)?.ask(method, filledIn(path), bodyOf(method, path));
    expect(reply?.status).toBe(403);
    expect(reply?.body.code).toBe('notYourRole');
  });

  if (path.includes('{id}'))
    test('tells nobody about what belongs to somebody else', async () => {
      const role = (route.roles as readonly Role[])[0] ?? 'customer';
      const person = people.get(role);
      const reply = route.upload ? await person?.upload(filledIn(path), 'x.csv', 'Phone\n+79160009911\n') : await person?.ask(method, filledIn(path), bodyOf(method, path));
      expect(reply?.status).toBe(404);
      expect(reply?.text).not.toMatch(/foreign|9988/);
      // The same as for what does not exist at all.
      const nothing = path.startsWith('/operator') ? crypto.randomUUID() : '987654321';
      const absent = `/api/v1${path.replace('{id}', nothing)}`;
      const other = route.upload ? await person?.upload(absent, 'x.csv', 'Phone\n+79160009911\n') : await person?.ask(method, absent, bodyOf(method, path));
      expect(other?.body).toEqual(reply?.body);
    });
});

test('afterwards nothing of somebody else’s has changed', async () => {
  const { db } = exchange.database;
  expect(await db('campaigns').where({ id: foreign.campaignId }).first('state', 'script_version')).toEqual({ state: 'running', script_version: 1 });
  expect(await db('lists').where({ campaign_id: foreign.campaignId })).toEqual([]);
  expect(await db('calls').where({ id: foreign.callId }).first('notes', 'disposition')).toEqual({ notes: '', disposition: null });
  expect(await db('requests').where({ call_id: foreign.callId })).toEqual([]);
});

test('a customer’s list of campaigns holds their own only', async () => {
  const { body } = (await people.get('customer')?.ask('GET', '/api/v1/campaigns')) ?? { body: undefined };
  expect(body.campaigns.some(({ id }: { id: string }) => id === foreign.campaignId)).toBe(false);
});

test('an operator never sees a whole number', async () => {
  const { db } = exchange.database;
  const operator = await exchange.signedIn('operator');
  const campaignId = await aCampaign(db);
  await aContact(db, campaignId, { numbers: ['+79160001122'] });
  await putOnLine(db, operator.userId, 'mine');
  const taken = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
  expect(taken.body.contact.phoneMasked).not.toBe('');
  for (const { text } of [taken, await operator.ask('GET', '/api/v1/operator/tasks'), await operator.ask('GET', '/api/v1/operator/cockpit')]) expect(text.replace(/\D/g, '')).not.toContain('9160001122');
});

test('what nobody declared does not exist, and says so in the same shape', async () => {
  const customer = people.get('customer');
  expect((await customer?.ask('GET', '/api/v1/nothing'))?.body).toMatchObject({ status: 404, code: 'notFound' });
  const wrongMethod = await customer?.ask('DELETE', '/api/v1/campaigns');
  expect(wrongMethod?.body).toMatchObject({ status: 405, code: 'methodNotAllowed' });
  expect(wrongMethod?.headers.get('allow')).toBe('GET, POST');
});
