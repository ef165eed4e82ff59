import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aUser } from '../support/rows.ts';
import { password, startExchange, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
beforeAll(async () => { exchange = await startExchange(); });
afterAll(() => exchange.stop());

describe('signing in', () => {
  test('gives a session cookie that no script can read, and says who one is', async () => {
    const customer = await exchange.signedIn('customer', { name: 'Anna' });
    const again = await customer.ask('POST', '/api/v1/sessions', { email: customer.email.toUpperCase(), password });
    expect(again.status).toBe(201);
    expect(again.body).toEqual({ user: { id: customer.userId, name: 'Anna', email: customer.email, role: 'customer' } });
    const cookie = again.headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/^exchange=/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect((await customer.ask('GET', '/api/v1/session')).body.user.name).toBe('Anna');
  });

  test('makes a new session id, so that one planted beforehand is worth nothing', async () => {
    const customer = await exchange.signedIn('customer');
    const before = customer.cookie;
    await customer.ask('POST', '/api/v1/sessions', { email: customer.email, password });
    expect(customer.cookie).not.toBe(before);
    expect((await exchange.client().ask('GET', '/api/v1/session', undefined, { cookie: before })).status).toBe(401);
  });

  test('refuses a wrong password and an unknown e-mail in the same words', async () => {
    const { email } = await exchange.signedIn('customer');
    const wrong = await exchange.client().ask('POST', '/api/v1/sessions', { email, password: 'wrong' });
    const unknown = await exchange.client().ask('POST', '/api/v1/sessions', { email: 'nobody@example.org', password: 'wrong' });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('content-type')).toMatch('application/problem+json');
    expect(wrong.body).toMatchObject({ status: 401, code: 'wrongCredentials' });
    expect(unknown.body).toEqual(wrong.body);
  });

  test('counts guesses that come all at once, too', async () => {
    const { email } = await exchange.signedIn('customer');
    const client = exchange.client();
    const statuses = (await Promise.all(Array.from({ length: 25 }, (_, i) => client.ask('POST', '/api/v1/sessions', { email, password: `wrong ${i}` })))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });

  test('is refused after ten failures, the right password too, until the time is over', async () => {
    const { email } = await exchange.signedIn('customer');
    const client = exchange.client();
    for (let i = 0; i < 10; i += 1) expect((await client.ask('POST', '/api/v1/sessions', { email, password: `wrong ${i}` })).status).toBe(401);
    const refused = await client.ask('POST', '/api/v1/sessions', { email, password });
    expect(refused.status).toBe(429);
    expect(refused.body.code).toBe('tooManyAttempts');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await exchange.database.db('rate_limits').update({ expire: Date.now() - 1 });
    expect((await client.ask('POST', '/api/v1/sessions', { email, password })).status).toBe(201);
  });

  test('a success forgets the failures before it', async () => {
    const { email } = await exchange.signedIn('customer');
    const client = exchange.client();
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 9; i += 1) await client.ask('POST', '/api/v1/sessions', { email, password: 'wrong' });
      expect((await client.ask('POST', '/api/v1/sessions', { email, password })).status).toBe(201);
    }
    await exchange.database.db('rate_limits').delete();
  });

  test('names each bad field', async () => {
    const refused = await exchange.client().ask('POST', '/api/v1/sessions', { email: 'a@example.org' });
    expect(refused.status).toBe(422);
    expect(refused.body.fields).toEqual([{ field: 'password', message: 'give your password' }]);
  });

  test('an account whose hash is no hash refuses, without a fault', async () => {
    const id = await aUser(exchange.database.db, { email: 'nohash@example.org' });
    expect(id).toBeTruthy();
    expect((await exchange.client().ask('POST', '/api/v1/sessions', { email: 'nohash@example.org', password: '!' })).status).toBe(401);
  });

  test('signing out ends the session', async () => {
    const customer = await exchange.signedIn('customer');
    const { cookie } = customer;
    expect((await customer.ask('DELETE', '/api/v1/session')).status).toBe(204);
    expect((await exchange.client().ask('GET', '/api/v1/session', undefined, { cookie })).status).toBe(401);
  });

  test('nothing is looked at before signing in', async () => {
    const refused = await exchange.client().ask('GET', '/api/v1/session');
    expect(refused.status).toBe(401);
    expect(refused.body.code).toBe('notSignedIn');
  });
});

describe('pages of other sites', () => {
  test('are refused by their Origin', async () => {
    const customer = await exchange.signedIn('customer');
    const refused = await customer.ask('POST', '/api/v1/campaigns', { name: 'x' }, { origin: 'https://evil.example.org' });
    expect(refused.status).toBe(403);
    expect(refused.body.code).toBe('foreignOrigin');
    expect((await customer.ask('POST', '/api/v1/campaigns', { name: 'x' }, { origin: 'null' })).status).toBe(403);
  });
  test('are refused by Sec-Fetch-Site', async () => {
    const customer = await exchange.signedIn('customer');
    expect((await customer.ask('POST', '/api/v1/campaigns', { name: 'x' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });
  test('our own pages and clients without a page are let in', async () => {
    const customer = await exchange.signedIn('customer');
    expect((await customer.ask('POST', '/api/v1/campaigns', { name: 'x' }, { origin: exchange.url })).status).toBe(201);
    expect((await customer.ask('POST', '/api/v1/campaigns', { name: 'x' })).status).toBe(201);
  });
  test('a form’s encoding is refused', async () => {
    const customer = await exchange.signedIn('customer');
    const refused = await customer.ask('POST', '/api/v1/campaigns', '{"name":"x"}', { 'content-type': 'text/plain' });
    expect(refused.status).toBe(415);
  });
});

describe('over https', () => {
  test('the cookie is Secure and bound to the host', async () => {
    const secure = await startExchange({ env: { PUBLIC_URL: 'https://exchange.example.org' } });
    try {
      const { db } = secure.database;
      const { hashPassword } = await import('../../server/routes/sessions/password.ts');
      await aUser(db, { email: 'secure@example.org', password_hash: await hashPassword(password) });
      const reply = await secure.client().ask('POST', '/api/v1/sessions', { email: 'secure@example.org', password }, { 'x-forwarded-proto': 'https', origin: 'https://exchange.example.org' });
      expect(reply.status).toBe(201);
      expect(reply.headers.getSetCookie()[0]).toMatch(/^__Host-exchange=.*; Secure/);
      expect(reply.headers.get('strict-transport-security')).toMatch(/max-age/);
    } finally {
      await secure.stop();
    }
  });
});
