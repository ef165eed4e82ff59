import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { handleErrors } from '../../server/http/errors.ts';

test('an unexpected error is logged with its cause, but without the row it was about', async () => {
  const lines: string[] = [];
  const app = express();
  app.get('/', () => {
    throw Object.assign(new Error('duplicate key value violates unique constraint'), { code: '23505', constraint: 'numbers_unique', detail: 'Key (e164)=(+79161234567) already exists.' });
  });
  app.use(handleErrors(pino({ level: 'error' }, { write: (line: string) => void lines.push(line) })));
  const server = createServer((request, response) => void app(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: { connection: 'close' } });
  expect(reply.status).toBe(500);
  const { detail } = (await reply.json()) as { detail: string };
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('numbers_unique');
  expect(lines[0]).not.toContain('9161234567');
  expect(detail).toContain((JSON.parse(lines[0]!) as { id: string }).id);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
