import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { escapeXml } from '../../server/switch/directory-xml.ts';
import { attachOperatorLeg } from '../../platform/postgres/operator-legs.ts';
import { derivedDirectorySecret } from '../../platform/directory-secret.ts';
import { startExchange, switchPassword, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
beforeAll(async () => { exchange = await startExchange(); });
afterAll(() => exchange.stop());

const basic = (password: string) => `Basic ${Buffer.from(`switch:${password}`).toString('base64')}`;
async function lookUp(fields: Record<string, string>, authorization = basic(derivedDirectorySecret(switchPassword))): Promise<{ status: number; text: string }> {
  const body = new URLSearchParams({ section: 'directory', tag_name: 'domain', key_name: 'name', key_value: 'exchange', action: 'sip_auth', domain: 'exchange', ...fields });
  const response = await fetch(exchange.directoryUrl, { method: 'POST', body, headers: { authorization } });
  return { status: response.status, text: await response.text() };
}
const counting = { sip_auth_qop: 'auth', sip_auth_nc: '00000001', sip_auth_cnonce: 'x' };
const forUser = (user: string) => ({ user, sip_auth_username: user, ...counting });
const notFound = /<result status="not found"\/>/;

async function onLine() {
  const operator = await exchange.signedIn('operator');
  const { body } = await operator.ask('POST', '/api/v1/operator/phone', { pageId: 'page-1' });
  return { operator, credentials: body as { username: string; password: string; domain: string; target: string; wsUrl: string } };
}

describe('the switch asks who may call in', () => {
  test('a page’s fresh user is answered with the hash of its digest, never with the password', async () => {
    const { credentials } = await onLine();
    const { status, text } = await lookUp(forUser(credentials.username));
    expect(status).toBe(200);
    const hash = createHash('md5').update(`${credentials.username}:exchange:${credentials.password}`).digest('hex');
    expect(text).toContain(`<user id="${credentials.username}"><params><param name="a1-hash" value="${hash}"/></params></user>`);
    expect(text).not.toContain(credentials.password);
    expect(credentials).toMatchObject({ domain: 'exchange', target: 'sip:exchange@exchange', wsUrl: 'ws://127.0.0.1:5066' });
  });

  test('after the leg is up, the user is refused', async () => {
    const { credentials, operator } = await onLine();
    const leg = crypto.randomUUID();
    const attached = await attachOperatorLeg(exchange.database.db, { username: credentials.username, leg, switchId: 'switch-1' });
    expect(attached?.operatorId).toBe(operator.userId);
    expect((await lookUp(forUser(credentials.username))).text).toMatch(notFound);
  });

  test('after two minutes the user is refused', async () => {
    const { credentials } = await onLine();
    await exchange.database.db('leg_credentials').where({ username: credentials.username }).update({ expires_at: new Date(Date.now() - 1) });
    expect((await lookUp(forUser(credentials.username))).text).toMatch(notFound);
  });

  test('a second page’s credentials take the first one’s back', async () => {
    const { credentials, operator } = await onLine();
    await operator.ask('POST', '/api/v1/operator/phone', { pageId: 'page-2' });
    expect((await lookUp(forUser(credentials.username))).text).toMatch(notFound);
  });

  test.each([
    ['an unknown user', forUser('op-1-0123456789abcdef')],
    ['another digest user than the one it says', { user: 'op-1-0123456789abcdef', sip_auth_username: 'op-2-0123456789abcdef' }],
    ['a user with XML in it', forUser('"/><user id="x')],
    ['a user with quotes', forUser(`op-1-' or 1=1 --`)],
    ['no user', {}],
    ['another domain', { ...forUser('op-1-0123456789abcdef'), domain: 'elsewhere' }],
    ['another action', { ...forUser('op-1-0123456789abcdef'), action: 'user_call' }],
    ['a start-up question', { purpose: 'network-list' }],
  ])('%s is not found, and never an empty user', async (_what, fields) => {
    const { status, text } = await lookUp(fields as Record<string, string>);
    expect(status).toBe(200);
    expect(text).toMatch(notFound);
    expect(text).not.toContain('<user');
  });

  test.each([['qop', { sip_auth_qop: '' }], ['a count', { sip_auth_nc: '' }], ['a number for a count', { sip_auth_nc: 'x' }], ['a nonce of its own', { sip_auth_cnonce: '' }]])('a digest without %s is nobody’s: the switch would take it again and again', async (_what, without) => {
    const { credentials } = await onLine();
    expect((await lookUp({ ...forUser(credentials.username), ...without })).text).toMatch(notFound);
    expect((await lookUp(forUser(credentials.username))).text).not.toMatch(notFound);
  });

  test('nobody but the switch finds anything, not even with the Event Socket’s password', async () => {
    const { credentials } = await onLine();
    for (const authorization of [basic(switchPassword), basic('wrong'), basic(''), 'Bearer x', '']) {
      const { status, text } = await lookUp(forUser(credentials.username), authorization);
      expect(status).toBe(404);
      expect(text).not.toContain('user');
    }
  });

  test('it has a listener of its own on loopback; the site’s port knows nothing of it', async () => {
    const { credentials } = await onLine();
    expect(new URL(exchange.directoryUrl).host).not.toBe(new URL(exchange.url).host);
    const authorization = basic(derivedDirectorySecret(switchPassword));
    const body = new URLSearchParams({ section: 'directory', action: 'sip_auth', domain: 'exchange', ...forUser(credentials.username) });
    for (const path of ['/switch/directory', '/api/v1/switch/directory']) {
      const response = await fetch(exchange.url + path, { method: 'POST', body, headers: { authorization } });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toContain('a1-hash');
    }
    expect((await fetch(exchange.directoryUrl.replace('/switch/directory', '/'), { headers: { authorization } })).status).toBe(404);
    expect((await fetch(exchange.directoryUrl, { headers: { authorization } })).status).toBe(404);
    const elsewhere = Object.values(networkInterfaces()).flat().find((each) => each?.family === 'IPv4' && !each.internal)?.address;
    if (elsewhere !== undefined) await expect(fetch(exchange.directoryUrl.replace('127.0.0.1', elsewhere), { method: 'POST', body, headers: { authorization } })).rejects.toThrow();
  });

  test('what people may have typed is escaped', () => {
    expect(escapeXml(`<a href="x">&'`)).toBe('&#60;a href=&#34;x&#34;&#62;&#38;&#39;');
  });
});
