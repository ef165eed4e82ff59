import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { password, startExchange, type Client, type TestExchange } from './exchange.ts';
import { actionsOf, once, session, signIn } from './sign-ins.ts';

let exchange: TestExchange;
let other: Awaited<ReturnType<TestExchange['startSecond']>>;
beforeAll(async () => {
  exchange = await startExchange();
  other = await exchange.startSecond();
});
beforeEach(async () => { await exchange.database.db('rate_limits').delete(); });
afterAll(() => exchange.stop());

const actions = (userId: string) => actionsOf(exchange.database.db, userId);
/** The same person at another place: a cookie jar of its own. */
async function elsewhere(email: string): Promise<Client> {
  const client = exchange.client();
  expect((await signIn(client, email)).status).toBe(201);
  return client;
}

describe('a forgotten password', () => {
  const mail = () => join(exchange.config.dataDir, 'mail');
  const letters = async (): Promise<string[]> => (await readdir(mail()).catch(() => [])).sort();
  /** The newest letter to this address; quoted-printable is undone. */
  async function letterTo(email: string): Promise<string> {
    let found: string | undefined;
    await expect.poll(async () => {
      const texts = await Promise.all((await letters()).map((name) => readFile(join(mail(), name), 'utf8')));
      found = texts.reverse().find((text) => text.includes(`To: ${email}`) && text.includes('new-password'));
      return found !== undefined;
    }).toBe(true);
    return (found ?? '').replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  const tokenIn = (letter: string): string => /\/new-password#([A-Za-z0-9_-]{43})/.exec(letter)?.[1] ?? '';
  const ask = (email: string, client = exchange.client()) => client.ask('POST', '/api/v1/passwords/forgotten', { email, language: 'en' });
  const reset = (token: string, next: string) => exchange.client().ask('POST', '/api/v1/passwords/reset', { token, password: next });
  const fresh = 'a bicycle in the rain';

  test('is set anew by the link of a letter: once, every session ends at once on every server, open sockets too', async () => {
    const customer = await exchange.signedIn('customer');
    const third = await elsewhere(customer.email);
    const sockets = [exchange.url, other.url].map((url) => io(url, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: { cookie: customer.cookie } }));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    expect((await ask(customer.email)).body).toEqual({ delivery: 'folder' });
    const letter = await letterTo(customer.email);
    expect(letter).toContain('30 minutes');
    const token = tokenIn(letter);
    const kept = await exchange.database.db('password_resets').select();
    expect(JSON.stringify(kept)).not.toContain(token);
    const cut = Promise.all(sockets.map((socket) => once<string>(socket, 'disconnect')));
    expect((await reset(token, fresh)).status).toBe(204);
    expect(await cut).toEqual(['io server disconnect', 'io server disconnect']);
    expect([(await session(customer)).status, (await session(third)).status]).toEqual([401, 401]);
    expect((await reset(token, 'another bicycle in the rain')).body).toMatchObject({ status: 404, code: 'linkOver' });
    expect((await signIn(exchange.client(), customer.email)).status).toBe(401);
    expect((await signIn(exchange.client(), customer.email, fresh)).status).toBe(201);
    expect(await actions(customer.userId)).toEqual(expect.arrayContaining(['passwordResetAsked', 'passwordReset']));
  });

  test('a letter is the owner’s alone, on disk as well, and no log has its link', async () => {
    const { email } = await exchange.signedIn('customer');
    await ask(email);
    await letterTo(email);
    for (const name of await letters()) expect((await stat(join(mail(), name))).mode & 0o077).toBe(0);
  });

  test('the answer is the same for nobody’s address, and no letter is written', async () => {
    const before = (await letters()).length;
    const known = await exchange.signedIn('customer');
    const replies = [await ask('nobody@example.org'), await ask(known.email)];
    expect(replies[1]).toMatchObject({ status: replies[0]!.status, body: replies[0]!.body });
    await letterTo(known.email);
    expect((await letters()).length).toBe(before + 1);
  });

  test('a link is over after half an hour, and when a newer one was asked for', async () => {
    const { db } = exchange.database;
    const { email, userId } = await exchange.signedIn('customer');
    await ask(email);
    const first = tokenIn(await letterTo(email));
    const row = (await db('password_resets').where({ user_id: userId }).first('created_at', 'expires_at')) as { created_at: Date; expires_at: Date };
    expect(row.expires_at.getTime() - row.created_at.getTime()).toBe(30 * 60_000);
    await db('password_resets').where({ user_id: userId }).update({ expires_at: new Date(Date.now() - 1) });
    expect((await reset(first, fresh)).status).toBe(404);
    await ask(email);
    await expect.poll(async () => tokenIn(await letterTo(email)) !== first).toBe(true);
    expect((await reset(first, fresh)).status).toBe(404);
  });

  test('a weak password is refused with its reason, and the link still works', async () => {
    const { email } = await exchange.signedIn('customer', { name: 'Karina Petrova' });
    await ask(email);
    const token = tokenIn(await letterTo(email));
    const codes = [];
    for (const weak of ['short', 'Password2026!', 'aaaaaaaaaaaa', 'karina.petrova']) codes.push((await reset(token, weak)).body.code);
    expect(codes).toEqual(['password.tooShort', 'password.known', 'password.known', 'password.aboutYou']);
    expect((await reset(token, fresh)).status).toBe(204);
  });

  test('asked for too often: nobody’s mailbox is filled, and the answer does not tell', async () => {
    const { email } = await exchange.signedIn('customer');
    const before = (await letters()).length;
    for (let i = 0; i < 6; i += 1) expect((await ask(email)).status).toBe(202);
    await expect.poll(async () => (await letters()).length).toBe(before + 3);
    for (let i = 0; i < 14; i += 1) await ask('somebody@example.org');
    expect((await ask(email)).status).toBe(429);
  });
});

describe('the own account', () => {
  test('changes its password: the other sessions end, this one goes on under a new id', async () => {
    const customer = await exchange.signedIn('customer');
    const third = await elsewhere(customer.email);
    const before = customer.cookie;
    expect((await customer.ask('POST', '/api/v1/account/password', { current: 'wrong', next: 'a bicycle in the rain' })).body).toMatchObject({ code: 'wrongPassword', fields: [{ field: 'current' }] });
    expect((await customer.ask('POST', '/api/v1/account/password', { current: password, next: 'Password2026' })).body).toMatchObject({ code: 'password.known', fields: [{ field: 'next' }] });
    expect((await customer.ask('POST', '/api/v1/account/password', { current: password, next: 'a bicycle in the rain' })).status).toBe(204);
    expect((await session(third)).status).toBe(401);
    expect(customer.cookie).not.toBe(before);
    expect((await session(customer)).status).toBe(200);
    expect((await exchange.client().ask('GET', '/api/v1/session', undefined, { cookie: before })).status).toBe(401);
  });

  test('guesses at the present password are counted', async () => {
    const customer = await exchange.signedIn('customer');
    const statuses = [];
    for (let i = 0; i < 11; i += 1) statuses.push((await customer.ask('POST', '/api/v1/account/password', { current: `wrong ${i}`, next: 'a bicycle in the rain' })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 422), 429]);
  });

  test('lists its sessions, ends one of them, ends all of them', async () => {
    const customer = await exchange.signedIn('customer');
    const third = exchange.client();
    await third.ask('POST', '/api/v1/sessions', { email: customer.email, password }, { 'user-agent': 'Somebody’s telephone'.normalize('NFKD').replace(/[^\x20-\x7e]/g, '') });
    const { body } = await customer.ask('GET', '/api/v1/account');
    expect(body.sessions).toHaveLength(2);
    expect(body.sessions.find(({ current }: { current: boolean }) => !current)).toMatchObject({ address: '127.0.0.1', userAgent: 'Somebodys telephone' });
    const { id } = body.sessions.find(({ current }: { current: boolean }) => !current);
    expect((await customer.ask('DELETE', `/api/v1/account/sessions/${id}`)).status).toBe(204);
    expect((await session(third)).status).toBe(401);
    expect((await customer.ask('DELETE', `/api/v1/account/sessions/${id}`)).status).toBe(404);
    const again = await elsewhere(customer.email);
    expect((await customer.ask('DELETE', '/api/v1/account/sessions')).status).toBe(204);
    expect([(await session(customer)).status, (await session(again)).status]).toEqual([401, 401]);
  });

  test('a login ends with its time, whatever Redis says', async () => {
    const { db } = exchange.database;
    const admin = await exchange.signedIn('admin');
    const row = (await db('user_sessions').where({ user_id: admin.userId }).first('created_at', 'expires_at')) as { created_at: Date; expires_at: Date };
    expect(Math.round((row.expires_at.getTime() - row.created_at.getTime()) / 3_600_000)).toBe(12);
    await db('user_sessions').where({ user_id: admin.userId }).update({ expires_at: new Date() });
    expect((await session(admin)).status).toBe(401);
  });
});
