import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { Server } from 'socket.io';
import { build } from 'vite';
import type { Cockpit, ManagerRinging, SessionUser } from '../../domain/api.ts';
import * as adminGiven from './admin-fixtures.ts';
import * as given from './fixtures.ts';

export interface Seen { readonly method: string; readonly path: string; readonly body: unknown }
type Answer = readonly [status: number, body?: unknown, headers?: Readonly<Record<string, string>>];

/** The built pages behind the strictest policy, an API that answers from memory and a real socket. */
export interface StubExchange {
  readonly url: string;
  readonly seen: Seen[];
  user: SessionUser | null;
  cockpit: Cockpit;
  /** Tried before the usual answers. */
  answers: Map<string, Answer | (() => Answer | Promise<Answer>)>;
  push(cockpit: Cockpit): void;
  /** What the socket tells a manager's page; kept for one that connects later. */
  ring(told: ManagerRinging): void;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

export async function startStubExchange(): Promise<StubExchange> {
  const site = mkdtempSync(join(tmpdir(), 'exchange-web-'));
  await build({ configFile: resolve(import.meta.dirname, '../../web/vite.config.ts'), logLevel: 'error', build: { outDir: site } });
  const http = createServer((request, response) => void serve(request, response));
  const sockets = new Server(http);
  let ringing: ManagerRinging | null = null;
  sockets.on('connection', (socket) => { if (ringing !== null) socket.emit('ringing', ringing); });
  const stub: StubExchange = {
    url: '', seen: [], user: given.operator, cockpit: given.cockpit(), answers: new Map(),
    push(cockpit) { stub.cockpit = cockpit; sockets.emit('cockpit', cockpit); },
    ring(told) { ringing = told; sockets.emit('ringing', told); },
    async close() {
      await sockets.close();
      http.closeAllConnections();
      rmSync(site, { recursive: true, force: true });
    },
  };
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://stub').pathname;
    response.setHeader('content-security-policy', "default-src 'self'; base-uri 'none'; object-src 'none'; connect-src 'self' ws:");
    if (path.startsWith('/api/v1/')) {
      let text = '';
      for await (const part of request) text += String(part);
      const body: unknown = text.startsWith('{') ? JSON.parse(text) : null;
      const seen = { method: request.method ?? 'GET', path: path.slice('/api/v1'.length), body };
      stub.seen.push(seen);
      // As at the exchange: what was declined does not ring a page that connects anew.
      if (seen.path.endsWith('/decline') && ringing !== null) ringing = { ...ringing, transfer: null, token: null };
      if (seen.path.endsWith('/audio')) return void response.writeHead(200, { 'content-type': 'audio/wav' }).end(readFileSync(resolve(import.meta.dirname, '../../freeswitch-conf/sounds/robots/hello.wav')));
      const [status, answer, headers = {}] = await answerTo(stub, seen);
      response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers }).end(answer === undefined ? '' : JSON.stringify(answer));
      return;
    }
    const wanted = join(site, path);
    const file = wanted.startsWith(site) && statSync(wanted, { throwIfNoEntry: false })?.isFile() ? wanted : join(site, 'index.html');
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
  }
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  return Object.assign(stub, { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
}

function answerTo(stub: StubExchange, { method, path, body }: Seen): Answer | Promise<Answer> {
  const own = stub.answers.get(`${method} ${path}`);
  if (own) return typeof own === 'function' ? own() : own;
  if (path === '/session') return stub.user && method === 'GET' ? [200, { user: stub.user }] : [method === 'DELETE' ? 204 : 401];
  switch (`${method} ${path}`) {
    case 'POST /sessions': return [401, { type: 'about:blank', title: 'Wrong', status: 401, code: 'wrongCredentials' }];
    case 'GET /operator/cockpit': return [200, { ...stub.cockpit, now: new Date().toISOString() }];
    case 'GET /operator/tasks': return [200, { tasks: given.tasks }];
    case 'GET /switches': return [200, { switches: adminGiven.switches() }];
    case 'GET /admin/lines': return [200, adminGiven.lines()];
    case 'GET /campaigns': return [200, { campaigns: [given.campaign, given.draftCampaign], lineRecords: true }];
    case 'POST /campaigns': return [201, { id: 'c2' }];
    case 'GET /campaigns/c1': return [200, given.campaign];
    case 'GET /campaigns/c2': return [200, given.draftCampaign];
    case 'PATCH /campaigns/c1': return [200, { ...given.campaign, ...(body as object) }];
    case 'GET /campaigns/c1/results': return [200, { now: new Date().toISOString(), results: given.results, next: null, counts: given.counts }];
    case 'GET /calls/r1/recordings': return [200, given.recordings];
    case 'GET /campaigns/c2/results': return [200, { now: new Date().toISOString(), results: [], next: null, counts: given.noCounts }];
    case 'GET /campaigns/c1/export/counts': return [200, { calls: 7, contacts: 1_860 }];
    case 'GET /campaigns/c1/operators': return [200, { operators: [{ id: '7', name: 'Olga' }, { id: '8', name: 'Irina' }] }];
    case 'GET /campaigns/c1/lists': case 'GET /campaigns/c2/lists': return [200, { lists: [] }];
    case 'POST /campaigns/c1/lists': case 'POST /campaigns/c2/lists': return [201, given.listResult];
    case 'POST /campaigns/c1/lists/preview': return [200, given.listPreview];
    case 'POST /campaigns/c2/lists/preview': return [200, given.unclearPreview];
    default:
      if (path.endsWith('/take')) return [201, given.listResult];
      if (path.includes('/lists/preview/')) return [method === 'DELETE' ? 204 : 200, method === 'DELETE' ? undefined : previewAs(body)];
      if (path.includes('/lists/progress/')) return [200, { rowsRead: null }];
      if (path.endsWith('/notes')) return [200, { savedAt: new Date().toISOString() }];
      if (path.endsWith('/contacts')) return [201, { id: 'x1' }];
      return [200, {}];
  }
}

/** The preview with the columns that were chosen. */
function previewAs(body: unknown): unknown {
  const mapping = (body as { mapping?: string[] } | null)?.mapping;
  return { ...given.listPreview, columns: given.listPreview.columns.map((column) => ({ ...column, use: mapping?.[column.index] ?? column.guess })) };
}

/** None of these flags is about the pages: they keep the browser quiet and make the microphone a tone. */
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', headless: true, args: flags });
}
