import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { redisUrl } from '../support/redis.ts';
import { secretKey, switchPassword } from './exchange.ts';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
async function run(env: Record<string, string>, entry = main): Promise<{ child: ChildProcess; said: () => string; ended: Promise<number | null> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  return { child, said: () => output, ended: once(child, 'close').then(([code]) => code as number | null) };
}
const environment = async () => ({ PORT: '0', DIRECTORY_LISTEN: '127.0.0.1:0', SECRET_KEY: secretKey, DATABASE_URL: database.url, REDIS_URL: await redisUrl(), FREESWITCH_URL: `esl://:${switchPassword}@127.0.0.1:8021` });

test('a bad environment stops the start and names the variable', async () => {
  const { said, ended } = await run({ ...(await environment()), DATABASE_URL: 'mysql://x', FREESWITCH_URL: 'esl://:ClueCon@127.0.0.1:8021' });
  expect(await ended).toBe(1);
  expect(said()).toMatch(/^DATABASE_URL must look like postgres/m);
  expect(said()).toMatch(/^FREESWITCH_URL /m);
  expect(said()).not.toMatch(/at .*\.ts/);
});

test.each([main, main.replace(/server(?=.main\.ts$)/, 'calls-controller')])('addresses that are none stop the start, each told in a line of its own (%s)', async (entry) => {
  const { said, ended } = await run({ FREESWITCH_URL: 'bad', DATABASE_URL: 'bad', REDIS_URL: 'bad', PUBLIC_URL: 'bad' }, entry);
  expect(await ended).toBeGreaterThan(0);
  expect(said().trim().split('\n').sort()).toEqual(['DATABASE_URL', 'FREESWITCH_URL', 'PUBLIC_URL', 'REDIS_URL'].map((name) => expect.stringMatching(new RegExp(`^${name} must look like `))));
});

test.each([
  ['a port in use', async (port: number) => ({ ...(await environment()), PORT: String(port) }), (port: number) => `Port ${port} is in use. End the program that holds it, or set PORT to another one.\n`],
  ['a database that is away', async () => ({ ...(await environment()), DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' }), () => /^PostgreSQL does not answer at 127\.0\.0\.1:1 .*DATABASE_URL to another one\.\n$/],
])('%s is told in a line with its remedy', async (_what, of, line) => {
  const taken = createServer().listen(0);
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { said, ended } = await run({ ...(await of(port)), LOG_LEVEL: 'silent' });
  expect(await ended).toBe(1);
  taken.close();
  const expected = line(port);
  if (typeof expected === 'string') expect(said()).toBe(expected);
  else expect(said()).toMatch(expected);
});

test('SIGTERM drains and ends it, with a kept-alive connection open', async () => {
  const { child, said, ended } = await run(await environment());
  await expect.poll(said, { timeout: 15_000 }).toMatch(/"listening"/);
  const port = /"port":(\d+)/.exec(said())?.[1] ?? '';
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
