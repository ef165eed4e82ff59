import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hashPassword } from '../../server/routes/sessions/password.ts';
import { aUser } from '../support/rows.ts';
import { codeOf, enrol, password, startExchange, type Client, type TestExchange } from './exchange.ts';
import { actionsOf, session, signIn } from './sign-ins.ts';

let exchange: TestExchange;
beforeAll(async () => { exchange = await startExchange(); });
beforeEach(async () => { await exchange.database.db('rate_limits').delete(); });
afterAll(() => exchange.stop());

const actions = (userId: string) => actionsOf(exchange.database.db, userId);

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
