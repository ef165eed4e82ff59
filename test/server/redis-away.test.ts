import { Redis } from 'ioredis';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cockpit } from '../../domain/api.ts';
import { startTestRedis } from '../support/redis.ts';
import { aCampaign } from '../support/rows.ts';
import { putOnLine } from './call.ts';
import { startExchange, type Client, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
let redis: Awaited<ReturnType<typeof startTestRedis>>;
beforeAll(async () => {
  redis = await startTestRedis();
  exchange = await startExchange({ env: { REDIS_URL: redis.url } });
});
afterAll(() => exchange.stop());

async function withPage<T>(use: (operator: Awaited<ReturnType<TestExchange['signedIn']>>, socket: Socket) => Promise<T>): Promise<T> {
  const operator = await exchange.signedIn('operator');
  await putOnLine(exchange.database.db, operator.userId, `page-${operator.userId}`);
  const socket = io(exchange.url, { transports: ['websocket'], extraHeaders: { cookie: operator.cookie } });
  try {
    await new Promise((resolve) => { socket.once('cockpit', resolve); });
    return await use(operator, socket);
  } finally {
    socket.disconnect();
  }
}
async function flush(): Promise<void> {
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
}
const status = async (client: Pick<Client, 'ask'>) => (await client.ask('GET', '/api/v1/operator/cockpit')).status;

/** A customer's page with a campaign's results, and how often it was told to read them. */
async function watchedResults(): Promise<{ told: () => number; close: () => void }> {
  const customer = await exchange.signedIn('customer');
  const id = await aCampaign(exchange.database.db, { customer_id: customer.customerId! });
  const socket = io(exchange.url, { transports: ['websocket'], extraHeaders: { cookie: customer.cookie } });
  let told = 0;
  socket.on('results', () => (told += 1));
  await new Promise((resolve) => { socket.once('connect', () => resolve(undefined)); });
  socket.emit('campaign', { id });
  return { told: () => told, close: () => void socket.disconnect() };
}

describe('an emptied Redis', () => {
  test('signs nobody out whose page is open', () =>
    withPage(async (operator) => {
      await flush();
      expect(await status(operator)).toBe(200);
      expect(await status(operator)).toBe(200);
    }));

  test('brings nobody back who signed out before', () =>
    withPage(async (operator) => {
      const { cookie } = operator;
      await operator.ask('DELETE', '/api/v1/session');
      await flush();
      operator.cookie = cookie;
      expect(await status(operator)).toBe(401);
    }));

  test('forgets those without an open page', async () => {
    const operator = await exchange.signedIn('operator');
    await flush();
    expect(await status(operator)).toBe(401);
  });
});

describe('a Redis that is away', () => {
  test('the open page works on, its screen is refreshed by the slow tick; others are told to wait', () =>
    withPage(async (operator, socket) => {
      const { db } = exchange.database;
      const stranger = await exchange.signedIn('operator');
      const results = await watchedResults();
      await redis.stop();
      expect(await status(operator)).toBe(200);
      const refused = await stranger.ask('GET', '/api/v1/operator/cockpit');
      expect(refused.body).toMatchObject({ status: 503, code: 'sessionsAway' });
      expect((await exchange.client().ask('GET', '/readyz')).body).toMatchObject({ status: 'notReady', redis: 'down', database: 'up' });
      const healed = new Promise<void>((resolve) => { socket.on('cockpit', ({ operator: { pauseReason } }: Cockpit) => { if (pauseReason === 'tea') resolve(); }); });
      await db('operators').where({ operator_id: operator.userId }).update({ pause_reason: 'tea' });
      await healed;
      const before = results.told();
      await expect.poll(results.told, { timeout: 5_000 }).toBeGreaterThan(before);
      results.close();
    }));
});
