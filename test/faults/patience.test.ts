import net from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import type { LinkFact } from '../../calls-controller/esl/switch.ts';
import { fakePeer, type FakePeer, nextLink, silentLog } from '../calls-controller/esl/fake-peer.ts';
import { openEventSocketProxy, type EventSocketProxy } from './event-socket-proxy.ts';
import { figure } from './figures.ts';

/** The patience that people get, its time put forward; the sockets are real and take their own moment at each step. */
const mostMs = 45_000;
const leg = '0b6f7a3e-9d0a-4c55-8e0f-2b6a0d7c1a01';
let peer: FakePeer;
let proxy: EventSocketProxy;
let target: EslSwitch;
const links: LinkFact[] = [];

beforeEach(async () => {
  links.length = 0;
  peer = await fakePeer();
  proxy = await openEventSocketProxy(`esl://:a-password@127.0.0.1:${peer.port}`);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  target = new EslSwitch({ url: proxy.url, log: silentLog });
  target.onLink((fact) => links.push(fact));
});
afterEach(async () => {
  vi.useRealTimers();
  await target.stop();
  await proxy.close();
  await peer.close();
});

/** Real time for the sockets, without a timer. */
const breathe = async (turns = 30): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
async function forward(ms: number, stepMs = 1_000): Promise<void> {
  for (let gone = 0; gone < ms; gone += stepMs) {
    await vi.advanceTimersByTimeAsync(stepMs);
    await breathe();
  }
}
async function up(): Promise<void> {
  const heartbeat = nextLink(target, 'heartbeat');
  target.start();
  await heartbeat;
}
const isDown = (): boolean => links.at(-1)?.kind === 'down';
async function untilDown(): Promise<number> {
  let ms = 0;
  for (; !isDown() && ms < 120_000; ms += 500) await forward(500, 500);
  return ms;
}

it('a frozen peer is noticed within 45 s, sooner when something was asked of it', async () => {
  await up();
  proxy.freeze();
  const idle = await untilDown();
  expect(idle).toBeLessThanOrEqual(mostMs);
  figure('frozen peer', 'noticed at rest, default patience', idle);

  proxy.thaw();
  while (links.at(-1)?.kind !== 'heartbeat') await forward(500, 500);
  proxy.freeze();
  const asked = target.exists(leg);
  const busy = await untilDown();
  expect(busy).toBeLessThanOrEqual(idle);
  expect(await asked).toBeUndefined();
  figure('frozen peer', 'noticed with a command outstanding, default patience', busy);
});

it('a port that refuses at the start is told once and tried until it is there', async () => {
  await proxy.refuse();
  target.start();
  await forward(60_000);
  expect(links.map(({ kind }) => kind)).toEqual(['down']);
  expect(await target.exists(leg)).toBeUndefined();
  await proxy.accept();
  for (let second = 0; second < 20 && links.at(-1)?.kind !== 'heartbeat'; second += 1) await forward(1_000);
  expect(links.map(({ kind }) => kind)).toEqual(['down', 'up', 'heartbeat']);
});

it('half an hour of refusal: one attempt after another with one timer, told once, and up as soon as the port is', async () => {
  await up();
  await proxy.refuse();
  await breathe();
  const before = links.length;
  const connect = vi.spyOn(net, 'connect');
  await forward(1_800_000, 5_000);
  expect(links.slice(before).filter(({ kind }) => kind === 'down').length).toBeLessThanOrEqual(1);
  const attempts = connect.mock.calls.length;
  connect.mockRestore();
  figure('half an hour of refusal', 'attempts', attempts);
  expect(attempts).toBeGreaterThan(100);
  expect(attempts).toBeLessThanOrEqual(1_800_000 / 5_000 + 10);
  expect(vi.getTimerCount()).toBeLessThanOrEqual(2);
  expect(await target.exists(leg)).toBeUndefined();
  await proxy.accept();
  for (let second = 0; second < 20 && links.at(-1)?.kind !== 'heartbeat'; second += 1) await forward(1_000);
  expect(links.at(-1)?.kind).toBe('heartbeat');
  expect(proxy.open).toBe(1);
});
