/**
 * Events of the switch: how many kinds are subscribed, how old an event is when the listener sees it with calls live
 * (reference: the same load without the wake-up tick), and how fast the wrapped client reads (reference: bare modesl in
 * JSON on the same bytes). One JSON line a figure.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import modesl from 'modesl';
import { EslLink } from '../calls-controller/esl/link.ts';
import { EslSwitch } from '../calls-controller/esl/esl-switch.ts';
import { SUBSCRIBED_KINDS } from '../calls-controller/esl/facts.ts';
import { findFreeswitch, freePort, startFreeswitch } from '../local/freeswitch.ts';

const callsPerSecond = 10;
const phaseMs = 8_000;
const replayedEvents = 20_000;
const rounds = 5;
const log = { info: () => undefined, warn: () => undefined };

const say = (figure: string, value: number, unit: string, more: object) =>
  console.log(JSON.stringify({ bench: 'events', figure, value: Math.round(value * 100) / 100, unit, ...more }));
const percentile = (values: number[], p: number) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? 0;
const nowMs = () => performance.timeOrigin + performance.now();

/** Ages of all events while calls come and go: each rings, is answered, parks and hangs up after 2 s. */
async function ages(url: string, busy: boolean): Promise<{ p50: number; p95: number; events: number; samples: Record<string, unknown>[] }> {
  const { hostname, port, password } = new URL(url);
  const seen: number[] = [];
  const samples: Record<string, unknown>[] = [];
  const link = new EslLink({
    host: hostname, port: Number(port), password, log, onLink: () => undefined,
    onEvent: (event) => {
      seen.push(nowMs() - Number(event.getHeader('Event-Date-Timestamp')) / 1000);
      if (samples.length < 200) samples.push(Object.fromEntries(event.headers.map(({ name, value }) => [name, value])));
    },
  });
  const driver = new EslSwitch({ url, log });
  const ready = new Promise<void>((resolve) => driver.onLink((fact) => { if (fact.kind === 'up') resolve(); }));
  driver.start();
  link.start();
  await ready;
  link.setBusy(busy);
  const end = performance.now() + phaseMs;
  while (performance.now() < end) {
    void driver.originateParked({ leg: randomUUID(), destination: { kind: 'phone', e164: '+79001234595' }, ringTimeoutMs: 10_000 });
    await delay(1_000 / callsPerSecond);
  }
  await delay(3_500);
  await Promise.all([link.stop(), driver.stop()]);
  return { p50: percentile(seen, 0.5), p95: percentile(seen, 0.95), events: seen.length, samples };
}

/** The events as the switch would send them, each with its own number and a word that a wrong cut would garble. */
function stream(samples: readonly Record<string, unknown>[]): Buffer {
  const frames: Buffer[] = [];
  for (let number = 1; number <= replayedEvents; number += 1) {
    const sample = samples[number % samples.length] ?? {};
    const body = JSON.stringify({ ...sample, 'Event-Sequence': String(number), variable_word: `Привет ${number} 100% ☎` });
    frames.push(Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`));
  }
  return Buffer.concat(frames);
}

/** A peer that greets, accepts everything and then sends the stream when told to. */
async function replayer(bytes: Buffer): Promise<{ port: number; go(): void; close(): Promise<void> }> {
  let socket: net.Socket | undefined;
  const server = net.createServer({ noDelay: true }, (incoming) => {
    socket = incoming;
    incoming.on('error', () => undefined);
    incoming.write('Content-Type: auth/request\n\n');
    incoming.on('data', (chunk) => {
      for (const command of chunk.toString().split('\n\n').filter((text) => text.trim() !== '')) {
        const body = command.includes('core_uuid') ? '11111111-2222-4333-8444-555555555555' : 'x';
        incoming.write(command.startsWith('api ') ? `Content-Type: api/response\nContent-Length: ${body.length}\n\n${body}` : 'Content-Type: command/reply\nReply-Text: +OK accepted\n\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    go: () => { socket?.write(bytes); },
    close: () => new Promise((resolve) => {
      socket?.destroy();
      server.close(() => resolve());
    }),
  };
}

interface Counted { count: number; sum: number; garbled: number }
const note = (counted: Counted, event: { getHeader(name: string): string | null }): void => {
  const number = Number(event.getHeader('Event-Sequence'));
  counted.count += 1;
  counted.sum += number;
  if (event.getHeader('variable_word') !== `Привет ${number} 100% ☎`) counted.garbled += 1;
};

async function timed(bytes: Buffer, connect: (port: number, onEvent: (event: { getHeader(name: string): string | null }) => void) => Promise<() => unknown>): Promise<{ perSecond: number } & Counted> {
  const peer = await replayer(bytes);
  const counted: Counted = { count: 0, sum: 0, garbled: 0 };
  let finished: () => void = () => undefined;
  const done = new Promise<void>((resolve) => { finished = resolve; });
  const close = await connect(peer.port, (event) => {
    note(counted, event);
    if (counted.count === replayedEvents) finished();
  });
  const start = performance.now();
  peer.go();
  await Promise.race([done, delay(30_000)]);
  const perSecond = (counted.count * 1000) / (performance.now() - start);
  await close();
  await peer.close();
  return { perSecond, ...counted };
}

const wrapped = (bytes: Buffer) => timed(bytes, async (port, onEvent) => {
  let link: EslLink | undefined;
  await new Promise<void>((resolve) => {
    link = new EslLink({ host: '127.0.0.1', port, password: 'x', log, onEvent, onLink: () => resolve() });
    link.start();
  });
  return () => link?.stop();
});

const bare = (bytes: Buffer) => timed(bytes, async (port, onEvent) => {
  const connection = await new Promise<modesl.Connection>((resolve) => {
    const opened: modesl.Connection = new modesl.Connection('127.0.0.1', port, 'x', () => resolve(opened));
  });
  connection.on('error', () => undefined);
  connection.on('esl::event::**', (event) => { if (event.getHeader('Event-Sequence') !== null) onEvent(event); });
  await new Promise<void>((resolve) => connection.events('json', [...SUBSCRIBED_KINDS], () => resolve()));
  return () => connection.disconnect();
});

async function throughput(samples: readonly Record<string, unknown>[]): Promise<void> {
  const bytes = stream(samples);
  const ours: number[] = [];
  const theirs: number[] = [];
  let lost = 0;
  let garbled = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const own of round % 2 === 0 ? [true, false] : [false, true]) {
      const result = await (own ? wrapped(bytes) : bare(bytes));
      (own ? ours : theirs).push(result.perSecond);
      if (!own) continue;
      lost += replayedEvents - result.count;
      garbled += result.garbled + (result.sum === (replayedEvents * (replayedEvents + 1)) / 2 ? 0 : 1);
    }
  }
  const [value, reference] = [percentile(ours, 0.5), percentile(theirs, 0.5)];
  say('throughput', value, 'events/s', { reference, referenceIs: 'bare modesl, JSON, same bytes', ratio: Math.round((value / reference) * 100) / 100, lost, garbled, goal: 'ratio >= 1, nothing lost or garbled', ok: value >= reference && lost + garbled === 0 });
}

async function main(): Promise<void> {
  say('kinds', SUBSCRIBED_KINDS.length, 'kinds', { reference: 7, referenceIs: 'the most allowed', goal: '<= 7', ok: SUBSCRIBED_KINDS.length <= 7 });
  if (findFreeswitch() === undefined) {
    console.log(JSON.stringify({ bench: 'events', figure: 'age', skipped: 'no FreeSWITCH' }));
    const synthetic = Array.from({ length: 150 }, (_, index) => [`variable_number_${index}`, 'some value of a usual length'] as const);
    return throughput([{ 'Event-Name': 'CHANNEL_PARK', 'Unique-ID': randomUUID(), ...Object.fromEntries(synthetic) }]);
  }
  const dataDir = mkdtempSync(path.join(tmpdir(), 'bench-events-'));
  const freeswitch = await startFreeswitch({ password: randomUUID(), eslPort: await freePort(), wsPort: await freePort(), directoryUrl: 'http://127.0.0.1:9/directory', dataDir, sps: 200, rtpPortRange: [17_000, 17_399], log: () => undefined });
  try {
    const asleep = await ages(freeswitch.url, false);
    const awake = await ages(freeswitch.url, true);
    const more = { calls: `${callsPerSecond}/s`, events: awake.events, loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10, referenceIs: 'the same without the wake-up tick' };
    say('age p50', awake.p50, 'ms', { reference: Math.round(asleep.p50 * 100) / 100, ...more });
    say('age p95', awake.p95, 'ms', { reference: Math.round(asleep.p95 * 100) / 100, ...more, goal: '< 5 ms', ok: awake.p95 < 5 });
    await throughput(awake.samples);
  } finally {
    await freeswitch.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
process.exit();
