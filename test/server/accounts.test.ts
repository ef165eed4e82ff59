import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, enrol, password, startExchange, type Client, type TestExchange } from './exchange.ts';
import { aUser } from '../support/rows.ts';
import { hashPassword } from '../../server/routes/sessions/password.ts';

let exchange: TestExchange;
let other: Awaited<ReturnType<TestExchange['startSecond']>>;
beforeAll(async () => {
  exchange = await startExchange();
  other = await exchange.startSecond();
});
beforeEach(async () => { await exchange.database.db('rate_limits').delete(); });
afterAll(() => exchange.stop());

const signIn = (client: Client, email: string, given = password) => client.ask('POST', '/api/v1/sessions', { email, password: given });
const session = (client: Client) => client.ask('GET', '/api/v1/session');
/** The same person at another place: a cookie jar of its own. */
async function elsewhere(email: string): Promise<Client> {
  const client = exchange.client();
  expect((await signIn(client, email)).status).toBe(201);
  return client;
}
const once = <T = unknown>(socket: Socket, event: string): Promise<T> => new Promise((resolve) => { socket.once(event, resolve); });
const actions = async (userId: string): Promise<string[]> => (await exchange.database.db('audit_entries').where({ subject_id: userId, subject: 'user' }).orderBy('id').select('action')).map(({ action }: { action: string }) => action);

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

describe('the second step', () => {
  /** Somebody whose role needs it, who has a password and has never signed in. */
  async function newcomer(role: 'admin' | 'moderator' = 'admin') {
    const email = `${role}-${crypto.randomUUID()}@example.org`;
    const id = await aUser(exchange.database.db, { role, email, password_hash: await hashPassword(password) });
    return { email, id };
  }

  test('a moderator enrols at the first sign-in, and is nobody before', async () => {
    const { email, id } = await newcomer('moderator');
    const client = exchange.client();
    expect((await signIn(client, email)).body).toEqual({ user: null, secondStep: 'enrol' });
    expect((await session(client)).status).toBe(401);
    const offer = (await client.ask('POST', '/api/v1/sessions/totp/enrolment', {})).body;
    expect(offer.uri).toMatch(/^otpauth:\/\/totp\/Exchange:/);
    expect(JSON.stringify(await exchange.database.db('user_totp').where({ user_id: id }).first())).not.toContain(offer.secret);
    expect((await client.ask('POST', '/api/v1/sessions/totp', { code: '000000' })).body).toMatchObject({ status: 422, code: 'wrongCode' });
    const done = await client.ask('POST', '/api/v1/sessions/totp', { code: codeOf(offer.secret) });
    expect(done.body.user).toMatchObject({ email, role: 'moderator' });
    expect(done.body.recoveryCodes).toHaveLength(10);
    expect((await session(client)).status).toBe(200);
    expect(await actions(id)).toEqual(['totpFailed', 'totpEnrolled', 'signedIn']);
    const kept = JSON.stringify(await exchange.database.db('recovery_codes').where({ user_id: id }));
    for (const code of done.body.recoveryCodes) expect(kept).not.toContain(code);
  });

  test('is asked for at each sign-in; a code is good once, and a recovery code once', async () => {
    const { email } = await newcomer();
    const first = exchange.client();
    await signIn(first, email);
    const { secret, recoveryCodes } = await enrol(first);
    const client = exchange.client();
    expect((await signIn(client, email)).body).toEqual({ user: null, secondStep: 'code' });
    expect((await client.ask('POST', '/api/v1/sessions/totp/enrolment', {})).status).toBe(409);
    // The one that confirmed the enrolment is used up.
    expect((await client.ask('POST', '/api/v1/sessions/totp', { code: codeOf(secret) })).status).toBe(422);
    expect((await client.ask('POST', '/api/v1/sessions/totp', { code: codeOf(secret, 1) })).status).toBe(201);
    const replay = exchange.client();
    await signIn(replay, email);
    expect((await replay.ask('POST', '/api/v1/sessions/totp', { code: codeOf(secret, 1) })).status).toBe(422);
    expect((await replay.ask('POST', '/api/v1/sessions/totp', { code: String(recoveryCodes[0]).toLowerCase().replaceAll('-', ' ') })).status).toBe(201);
    expect((await replay.ask('GET', '/api/v1/account')).body.secondFactor).toMatchObject({ recoveryCodesLeft: 9, obligatory: true });
    const again = exchange.client();
    await signIn(again, email);
    expect((await again.ask('POST', '/api/v1/sessions/totp', { code: recoveryCodes[0] })).status).toBe(422);
  });

  test('two requests with one code at once: one of them is let in', async () => {
    const { email } = await newcomer();
    const first = exchange.client();
    await signIn(first, email);
    const { secret } = await enrol(first);
    const rivals = [exchange.client(), exchange.client(), exchange.client()];
    for (const rival of rivals) await signIn(rival, email);
    const code = codeOf(secret, 1);
    const statuses = await Promise.all(rivals.map(async (rival) => (await rival.ask('POST', '/api/v1/sessions/totp', { code })).status));
    expect(statuses.sort()).toEqual([201, 422, 422]);
  });

  test('guesses at codes end soon; the password alone is not enough for more', async () => {
    const { email } = await newcomer();
    const first = exchange.client();
    await signIn(first, email);
    const { secret } = await enrol(first);
    const thief = exchange.client();
    await signIn(thief, email);
    const statuses = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await thief.ask('POST', '/api/v1/sessions/totp', { code: '000000' })).status);
    expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);
    // The owner's own browser is known and counted by itself.
    await signIn(first, email);
    expect((await first.ask('POST', '/api/v1/sessions/totp', { code: codeOf(secret, 1) })).status).toBe(201);
  });

  test('comes after a password by letter, too, and is not taken off by those whose role needs it', async () => {
    const admin = await exchange.signedIn('admin');
    expect((await admin.ask('POST', '/api/v1/account/totp/remove', { password, code: '000000' })).body.code).toBe('secondFactorObligatory');
  });

  test('anybody may have one: turned on with password and code, off with password and code', async () => {
    const customer = await exchange.signedIn('customer');
    expect((await customer.ask('POST', '/api/v1/account/totp', { password: 'wrong' })).status).toBe(422);
    const { secret } = (await customer.ask('POST', '/api/v1/account/totp', { password })).body;
    expect((await customer.ask('POST', '/api/v1/account/totp/confirm', { code: codeOf(secret, -1) })).body.recoveryCodes).toHaveLength(10);
    expect((await signIn(exchange.client(), customer.email)).body).toEqual({ user: null, secondStep: 'code' });
    expect((await customer.ask('POST', '/api/v1/account/totp', { password })).body.code).toBe('enrolledAlready');
    const renewed = await customer.ask('POST', '/api/v1/account/recovery-codes', { password, code: codeOf(secret) });
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    expect((await customer.ask('POST', '/api/v1/account/totp/remove', { password, code: codeOf(secret) })).status).toBe(422);
    expect((await customer.ask('POST', '/api/v1/account/totp/remove', { password, code: codeOf(secret, 1) })).status).toBe(204);
    expect((await signIn(exchange.client(), customer.email)).body.user.email).toBe(customer.email);
    expect(await actions(customer.userId)).toEqual(expect.arrayContaining(['totpEnrolled', 'recoveryCodesMade', 'totpRemoved']));
  });
});

describe('strangers who guess', () => {
  test('keep nobody out of a browser that has signed in before, however many and from wherever they are', async () => {
    const customer = await exchange.signedIn('customer');
    const { db } = exchange.database;
    // A hundred failures from a hundred addresses: the account's own limit for browsers that nobody knows.
    const rows = (await db('rate_limits').select('key')) as { key: string }[];
    expect(rows.some(({ key }) => key.startsWith('sign-in-account:'))).toBe(true);
    await db('rate_limits').insert({ key: `sign-in-account:${customer.email}`, points: 100, expire: Date.now() + 600_000 }).onConflict('key').merge();
    await db('rate_limits').insert({ key: 'sign-in-address:127.0.0.1', points: 100, expire: Date.now() + 600_000 }).onConflict('key').merge();
    expect((await signIn(exchange.client(), customer.email)).status).toBe(429);
    expect((await signIn(customer, customer.email)).status).toBe(201);
  });

  test('with a device cookie of their own, or a forged one, are counted as anybody else; a stolen one is counted, too', async () => {
    const customer = await exchange.signedIn('customer');
    const stranger = await exchange.signedIn('customer');
    const statuses = async (client: Client, n: number) => { const all = []; for (let i = 0; i < n; i += 1) all.push((await signIn(client, customer.email, `wrong ${i}`)).status); return all; };
    const [own, ...rest] = stranger.cookie.split('; ').filter((each) => each.startsWith('exchange-device='));
    expect(rest).toEqual([]);
    const forged = Object.assign(exchange.client(), { cookie: (own ?? '').replace(/=\d+\./, `=${customer.userId}.`) });
    expect(await statuses(forged, 11)).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    expect((await statuses(stranger, 1))[0]).toBe(429);
    expect(await statuses(customer, 11)).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });

  test('an unknown e-mail takes as long as a wrong password', async () => {
    const { email } = await exchange.signedIn('customer');
    const timeOf = async (address: string) => {
      const startedAt = performance.now();
      await signIn(exchange.client(), address, 'wrong');
      return performance.now() - startedAt;
    };
    // By turns, and the quickest of each: other work on the machine only ever makes one slower.
    let [known, unknown] = [Infinity, Infinity];
    for (let i = 0; i < 8; i += 1) {
      known = Math.min(known, await timeOf(email));
      unknown = Math.min(unknown, await timeOf('nobody@example.org'));
    }
    // An answer without a look at a hash would take a tenth of it.
    expect(unknown).toBeGreaterThan(known / 3);
    expect(known).toBeGreaterThan(unknown / 3);
  });
});

describe('the audit log', () => {
  test('is read by administrators, in pages, newest first', async () => {
    const admin = await exchange.signedIn('admin');
    for (let i = 0; i < 55; i += 1) await exchange.database.db('audit_entries').insert({ action: 'campaignPaused', subject: 'campaign', subject_id: String(i) });
    const first = (await admin.ask('GET', '/api/v1/audit?action=campaignPaused')).body;
    expect(first.entries).toHaveLength(50);
    expect(first.entries[0].subjectId).toBe('54');
    const second = (await admin.ask('GET', `/api/v1/audit?action=campaignPaused&cursor=${first.next}`)).body;
    expect([second.entries.length, second.next]).toEqual([5, null]);
    expect((await admin.ask('GET', '/api/v1/audit?action=nonsense')).status).toBe(422);
  });

  test('tells who failed to sign in, from where, and never what was typed', async () => {
    await signIn(exchange.client(), 'nobody-at-all@example.org', 'a secret that somebody typed');
    const entry = await exchange.database.db('audit_entries').where({ action: 'signInFailed' }).orderBy('id', 'desc').first();
    expect(entry).toMatchObject({ user_id: null, address: '127.0.0.1' });
    expect(JSON.stringify(await exchange.database.db('audit_entries').select())).not.toMatch(/nobody-at-all|a secret that/);
  });

  test('tells what customers do to campaigns, lists, links and exports', async () => {
    const customer = await exchange.signedIn('customer');
    const id = String((await customer.ask('POST', '/api/v1/campaigns', { name: 'x', script: 'Hello', managers: [{ kind: 'page', address: '', name: 'Olga' }] })).body.id);
    const at = `/api/v1/campaigns/${id}`;
    expect((await customer.upload(`${at}/lists`, 'x.csv', 'Name;Phone\nAnna;+79160001122\nBad;1\n')).status).toBe(201);
    for (const what of ['start', 'pause']) expect((await customer.ask('POST', `${at}/${what}`)).status).toBe(200);
    expect((await customer.ask('GET', `${at}/export?format=csv`)).status).toBe(200);
    const { managers } = (await customer.ask('GET', at)).body;
    await customer.ask('POST', `${at}/managers/${managers[0].id}/link`);
    await customer.ask('DELETE', `${at}/managers/${managers[0].id}/link`);
    const done = (await exchange.database.db('audit_entries').where({ user_id: customer.userId }).orderBy('id').select('action', 'customer_id')) as { action: string; customer_id: string }[];
    expect(done.map(({ action }) => action)).toEqual(['signedIn', 'listUploaded', 'campaignStarted', 'campaignPaused', 'resultsExported', 'managerLinked', 'managerUnlinked']);
    expect(new Set(done.map(({ customer_id }) => customer_id))).toEqual(new Set([customer.customerId]));
  });
});
