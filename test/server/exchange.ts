import { TOTP, Secret } from 'otpauth';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '../../server/routes/sessions/password.ts';
import { createExchangeServer, type ExchangeServer } from '../../server/app.ts';
import { readConfig, type Config } from '../../platform/config.ts';
import { createLog } from '../../platform/log.ts';
import { openNudges, type Nudges } from '../../platform/nudges.ts';
import { insertRequest } from '../../platform/postgres/requests.ts';
import { answerRequest, listPendingRequests, type PendingRequest } from '../../platform/postgres/request-queue.ts';
import type { Role } from '../../domain/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { redisUrl } from '../support/redis.ts';
import { aCustomer, anOperator, aUser } from '../support/rows.ts';

export { insertRequest };
export const password = 'correct horse battery';
export const secretKey = 'a secret key of the tests, 32 characters and more';
export const switchPassword = 'a-long-switch-password';
let hash: Promise<string> | undefined;

export interface Reply { readonly status: number; readonly body: Body; readonly headers: Headers; readonly text: string }
// A test looks into whatever came back.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;

/** Somebody with a cookie jar. */
export interface Client {
  cookie: string;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  upload(path: string, fileName: string, content: string | Uint8Array<ArrayBuffer>, field?: string): Promise<Reply>;
}

export interface TestExchange {
  readonly url: string;
  /** Where the switch asks who may call in. */
  readonly directoryUrl: string;
  readonly config: Config;
  readonly database: TestDatabase;
  readonly nudges: Nudges;
  readonly server: ExchangeServer;
  client(): Client;
  /** Somebody signed in. */
  signedIn(role: Role, of?: { customerId?: string; name?: string }): Promise<Client & { userId: string; customerId: string | null; email: string }>;
  /** Another server of the same house, on a port of its own; stopped with the first one. */
  startSecond(): Promise<{ url: string; server: ExchangeServer; client(): Client }>;
  stop(): Promise<void>;
}

/** A server on a port of its own, with a database and a Redis of the file's own; no controller, no switch. */
export async function startExchange({ env = {}, site }: { env?: Record<string, string>; site?: string } = {}): Promise<TestExchange> {
  const database = await createTestDatabase();
  const redis = await redisUrl();
  const config = readConfig({ PORT: '0', DIRECTORY_LISTEN: '127.0.0.1:0', DATA_DIR: join(tmpdir(), 'data'), SECRET_KEY: secretKey, DATABASE_URL: database.url, REDIS_URL: redis, FREESWITCH_URL: `esl://:${switchPassword}@127.0.0.1:8021`, ...env });
  const log = createLog('test-server', process.env['LOG_LEVEL'] ?? 'silent');
  const server = await createExchangeServer(config, log, site);
  const url = `http://127.0.0.1:${await server.start()}`;
  const nudges = openNudges(redis, log);
  const more: ExchangeServer[] = [];
  return {
    url, directoryUrl: server.directoryUrl(), config, database, nudges, server,
    client: () => createClient(url),
    async signedIn(role, { customerId, name } = {}) {
      const client = createClient(url);
      hash ??= hashPassword(password);
      const password_hash = await hash;
      const email = `${role}-${crypto.randomUUID()}@example.org`;
      const named = name === undefined ? {} : { name };
      const tenant = customerId ?? (role === 'customer' || role === 'manager' ? await aCustomer(database.db) : null);
      const userId = role === 'operator' ? await anOperator(database.db, {}, { email, password_hash, ...named }) : await aUser(database.db, { role, customer_id: tenant, email, password_hash, ...named });
      const reply = await client.ask('POST', '/api/v1/sessions', { email, password });
      if (reply.status !== 201) throw new Error(`not signed in: ${reply.text}`);
      if (reply.body.secondStep === 'enrol') await enrol(client);
      return Object.assign(client, { userId, customerId: tenant, email });
    },
    async startSecond() {
      const second = await createExchangeServer(config, log, site);
      more.push(second);
      const secondUrl = `http://127.0.0.1:${await second.start()}`;
      return { url: secondUrl, server: second, client: () => createClient(secondUrl) };
    },
    async stop() {
      await nudges.stop();
      await Promise.all([server, ...more].map((each) => each.stop()));
      await database.drop();
    },
  };
}

/** The code of an authenticator app now, or so many steps later. */
export const codeOf = (secret: string, steps = 0): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

/** The first sign-in of a moderator or administrator. @returns the app's secret and the recovery codes */
export async function enrol(client: Client): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { secret } = (await client.ask('POST', '/api/v1/sessions/totp/enrolment', {})).body;
  const reply = await client.ask('POST', '/api/v1/sessions/totp', { code: codeOf(secret) });
  if (reply.status !== 201) throw new Error(`not enrolled: ${reply.text}`);
  return { secret, recoveryCodes: reply.body.recoveryCodes };
}

function createClient(url: string): Client {
  const client: Client = {
    cookie: '',
    async ask(method, path, body, headers = {}) {
      return read(client, await fetch(url + path, {
        method, redirect: 'manual',
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(client.cookie ? { cookie: client.cookie } : {}), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }));
    },
    async upload(path, fileName, content, field = 'file') {
      const form = new FormData();
      form.append(field, new Blob([content]), fileName);
      return read(client, await fetch(url + path, { method: 'POST', body: form, headers: client.cookie ? { cookie: client.cookie } : {} }));
    },
  };
  return client;
}

async function read(client: Client, response: Response): Promise<Reply> {
  const jar = new Map(client.cookie.split('; ').filter(Boolean).map((each) => [each.split('=')[0] ?? '', each]));
  for (const set of response.headers.getSetCookie()) jar.set(set.split('=')[0] ?? '', set.split(';')[0] ?? '');
  client.cookie = [...jar.values()].join('; ');
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isJson && text ? (JSON.parse(text) as unknown) : undefined };
}

/** Answers requests as a controller would, until stopped. */
export function playController({ database: { db }, nudges, config }: TestExchange, decide: (request: PendingRequest) => Promise<unknown> | unknown): void {
  let tail = Promise.resolve();
  const drain = async () => {
    for (const request of await listPendingRequests(db, { switchId: config.switch.id })) {
      const result = await decide(request);
      if (result === undefined) continue;
      await answerRequest(db, { id: request.id, result, epoch: 0n });
      nudges.publish({ topic: 'request', id: request.id });
    }
  };
  nudges.subscribe((nudge) => { if (nudge.topic === 'switch') tail = tail.then(drain); }, () => undefined);
}
