import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resultFilterNames } from '../../domain/results-filter.ts';
import { routes } from '../../server/routes/index.ts';
import { startExchange, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'exchange-site-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Exchange</title>');
  await writeFile(join(directory, 'assets', 'main-abc123.js'), 'export {};');
  exchange = await startExchange({ site: directory, env: { FREESWITCH_URL: 'esl://:a-long-switch-password@127.0.0.1:8021?ws=wss://pbx.example.org:7443' } });
});
afterAll(async () => {
  await exchange.stop();
  await rm(directory, { recursive: true, force: true });
});
const get = (path: string, headers: Record<string, string> = {}) => exchange.client().ask('GET', path, undefined, headers);
const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the site', () => {
  test('any address that a page may have gets the page, never from a cache', async () => {
    for (const path of ['/', '/operator/call', '/customer/campaigns/5']) {
      const reply = await get(path, page);
      expect(reply.status, path).toBe(200);
      expect(reply.text).toMatch('<title>Exchange</title>');
      expect(reply.headers.get('cache-control')).toBe('no-cache');
    }
  });
  test('hashed assets are kept for ever; one that is gone is not the page', async () => {
    expect((await get('/assets/main-abc123.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await get('/assets/main-gone.js', page)).status).toBe(404);
  });
  test('who does not ask for a page gets a problem', async () => {
    expect((await get('/nothing', { accept: 'application/json' })).body).toMatchObject({ status: 404, code: 'notFound' });
  });
  test('nothing inline and nothing foreign runs, but the switch may be reached; the microphone is ours alone', async () => {
    const { headers } = await get('/', page);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'self'/);
    expect(policy).toMatch(/script-src 'self'(;|$)/);
    expect(policy).toMatch(/style-src 'self'(;|$)/);
    expect(policy).toMatch(/connect-src 'self' ws:\/\/[^;]* wss:\/\/pbx.example.org:7443/);
    expect(policy).not.toMatch(/unsafe/);
    expect(headers.get('permissions-policy')).toMatch(/microphone=\(self\)/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('for whoever watches over the house', () => {
  test('it is alive and ready; a switch that is away does not make it unready', async () => {
    expect((await get('/livez')).body).toEqual({ status: 'ok' });
    const ready = await get('/readyz');
    expect(ready.status).toBe(200);
    expect(ready.body).toEqual({ status: 'ready', database: 'up', redis: 'up', switch: 'down', switches: [{ id: 'switch-1', up: false, draining: false, lost: false, recordings: 'on' }] });
    await exchange.database.db('switches').update({ link_up: true, lease_until: new Date(Date.now() + 60_000) });
    expect((await get('/readyz')).body.switch).toBe('up');
  });
  test('figures carry declared paths, not ids', async () => {
    await get('/api/v1/campaigns/4711');
    const { text } = await get('/metrics');
    expect(text).toMatch(/exchange_http_request_ms_count\{method="GET",route="\/campaigns\/\{id\}",status="401"\} [1-9]/);
    expect(text).not.toMatch(/="[^"]*4711/);
  });
});

describe('OpenAPI', () => {
  test('describes every route, with its roles and its input', async () => {
    const { body } = await get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    for (const route of routes) expect(body.paths[route.path]?.[route.method], `${route.method} ${route.path}`).toBeDefined();
    expect(body.paths['/campaigns'].post.requestBody.content['application/json'].schema.properties.name.maxLength).toBe(120);
    expect(body.paths['/campaigns/{id}/lists'].post.requestBody.content['multipart/form-data'].schema.properties.file.format).toBe('binary');
    expect(body.paths['/campaigns/{id}/results'].get.parameters.map(({ name }: { name: string }) => name)).toEqual(['id', ...resultFilterNames, 'cursor', 'limit']);
    expect(body.paths['/campaigns/{id}/export'].get.parameters.find(({ name }: { name: string }) => name === 'format').schema.enum).toEqual(['xlsx', 'csv']);
    expect((await get('/api/v1/openapi.json')).body).toEqual(body);
  });
});
