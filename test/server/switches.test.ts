import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SwitchState } from '../../domain/api.ts';
import { switches } from '../../local/switches.ts';
import { directoryHash } from '../../platform/switch-description.ts';
import { startExchange, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
  const { db } = exchange.database;
  await db('switches').insert({ id: 'switch-2', ws_url: 'wss://two.example.org:7443', directory_hash: directoryHash('the second secret'), link_up: true, lease_until: new Date(Date.now() + 600_000), max_sessions: 500 });
});
afterAll(() => exchange.stop());

describe('an administrator', () => {
  test('sees the switches, takes one out of service and back into it; the audit log knows who', async () => {
    const admin = await exchange.signedIn('admin');
    const { body } = await admin.ask('GET', '/api/v1/switches');
    expect(body.switches.map(({ id, up }: SwitchState) => [id, up])).toEqual([['switch-1', false], ['switch-2', true]]);
    for (const draining of [true, false]) {
      const changed = await admin.ask('PUT', '/api/v1/switches/switch-2', { draining });
      expect(changed.status).toBe(200);
      expect(changed.body.switches[1].drainingSince === null).toBe(!draining);
      expect((await exchange.client().ask('GET', '/readyz')).body.switches).toContainEqual(expect.objectContaining({ id: 'switch-2', up: true, draining }));
      expect((await exchange.client().ask('GET', '/metrics')).text).toMatch(new RegExp(`exchange_switch_draining\\{switch="switch-2"\\} ${draining ? 1 : 0}`));
    }
    const entries = await exchange.database.db('audit_entries').where({ subject: 'switch', user_id: admin.userId }).orderBy('id').select('action', 'subject_id');
    expect(entries).toEqual([{ action: 'switchDrained', subject_id: 'switch-2' }, { action: 'switchResumed', subject_id: 'switch-2' }]);
    expect((await admin.ask('PUT', '/api/v1/switches/nowhere', { draining: true })).status).toBe(404);
    expect((await admin.ask('PUT', '/api/v1/switches/switch-2', { draining: 'yes' })).body.fields[0].field).toBe('draining');
  });
  test('declares one lost: drained and confirmed, or left alone; the audit log knows who, and it stays out until it is up', async () => {
    const { db } = exchange.database;
    const admin = await exchange.signedIn('admin');
    const lose = (body: object) => admin.ask('POST', '/api/v1/switches/switch-2/lost', body);
    expect((await lose({ confirm: true })).body).toMatchObject({ status: 409, code: 'switchHeld' });
    await admin.ask('PUT', '/api/v1/switches/switch-2', { draining: true });
    expect((await lose({})).body).toMatchObject({ status: 409, code: 'switchNotConfirmed' });
    expect((await lose({ confirm: 'yes' })).body.fields[0].field).toBe('confirm');
    const lost = await lose({ confirm: true });
    expect(lost.body).toMatchObject({ callsClosed: 0, operatorsFreed: 0 });
    expect(lost.body.switches[1]).toMatchObject({ id: 'switch-2', up: false, lostSince: expect.any(String) as string, mayBeDeclaredLost: false });
    expect((await exchange.client().ask('GET', '/readyz')).body.switches).toContainEqual(expect.objectContaining({ id: 'switch-2', up: false, lost: true }));
    expect((await exchange.client().ask('GET', '/metrics')).text).toContain('exchange_switch_lost{switch="switch-2"} 1');
    const resume = () => admin.ask('PUT', '/api/v1/switches/switch-2', { draining: false });
    expect((await resume()).body).toMatchObject({ status: 409, code: 'switchStillLost' });
    await db('switches').where({ id: 'switch-2' }).update({ link_up: true, lease_until: new Date(Date.now() + 600_000) });
    expect((await resume()).body.switches[1]).toMatchObject({ up: true, lostSince: null, drainingSince: null });
    expect(await db('audit_entries').where({ action: 'switchDeclaredLost', user_id: admin.userId }).first('subject_id', 'details')).toEqual({ subject_id: 'switch-2', details: { calls: 0, operators: 0 } });
    expect((await admin.ask('POST', '/api/v1/switches/nowhere/lost', { confirm: true })).status).toBe(404);
  });
  test('does the same from a shell', async () => {
    const said: string[] = [];
    const run = (...args: string[]) => switches(args, { DATABASE_URL: exchange.database.url }, (line) => said.push(line));
    expect(await run('drain', 'switch-2')).toBe(0);
    expect(said.splice(0).join('\n')).toMatch(/switch-2 +drained, may be taken out +0 +0 +0\/500 +wss:\/\/two.example.org:7443/);
    expect(await run('resume', 'switch-2')).toBe(0);
    expect(said.splice(0).join('\n')).toMatch(/switch-2 +up/);
    expect(await run('lost', 'switch-2', '--confirm')).toBe(2);
    expect(said.splice(0).join('\n')).toMatch(/A controller holds "switch-2"[^]*drain it first/);
    await exchange.database.db('switches').where({ id: 'switch-2' }).update({ lease_until: new Date(Date.now() - 120_000) });
    expect(await run('lost', 'switch-2')).toBe(0);
    expect(said.splice(0).join('\n')).toMatch(/switch-2 +lost +0 +0 +/);
    expect(await run('resume', 'switch-2')).toBe(2);
    expect(said.splice(0).join('\n')).toMatch(/was declared lost and is not up/);
    await exchange.database.db('switches').where({ id: 'switch-2' }).update({ link_up: true, lease_until: new Date(Date.now() + 600_000) });
    expect(await run('resume', 'switch-2')).toBe(0);
    said.splice(0);
    expect(await run('drain', 'switch-2', '--confirm')).toBe(2);
    said.splice(0);
    expect(await run('drain', 'nowhere')).toBe(2);
    expect(await run('drain')).toBe(2);
    expect(await switches(['list'], {}, (line) => said.push(line))).toBe(2);
    expect(said.join('\n')).toMatch(/no switch "nowhere"[^]*npm run switches --[^]*DATABASE_URL is not set/);
  });
});

test('a page is told where its own switch is, and may reach all of them', async () => {
  const operator = await exchange.signedIn('operator');
  const { body } = await operator.ask('POST', '/api/v1/operator/phone', { pageId: 'page-1' });
  expect(body.wsUrl).toBe('wss://two.example.org:7443');
  const policy = async () => (await fetch(exchange.url)).headers.get('content-security-policy') ?? '';
  await expect.poll(policy, { timeout: 10_000 }).toMatch(/connect-src [^;]*ws:\/\/127.0.0.1:5066 wss:\/\/two.example.org:7443/);
  const ask = async (secret: string) => {
    const form = new URLSearchParams({ section: 'directory', action: 'sip_auth', domain: 'exchange', user: body.username, sip_auth_username: body.username, sip_auth_qop: 'auth', sip_auth_nc: '00000001', sip_auth_cnonce: 'x' });
    const response = await fetch(exchange.directoryUrl, { method: 'POST', body: form, headers: { authorization: `Basic ${Buffer.from(`switch:${secret}`).toString('base64')}` } });
    return `${response.status} ${/<user id/.test(await response.text()) ? 'found' : 'not found'}`;
  };
  expect([await ask('the second secret'), await ask(exchange.config.switch.directorySecret), await ask('another secret')]).toEqual(['200 found', '200 not found', '404 not found']);
});
