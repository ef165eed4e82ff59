import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { EslSwitch } from '../../../calls-controller/esl/esl-switch.ts';
import type { EslTimings } from '../../../calls-controller/esl/link.ts';
import type { SwitchFact } from '../../../calls-controller/esl/switch.ts';
import { api, CORE_UUID, event, fakePeer, nextLink, reply, silentLog, type Answers, type FakePeer } from './fake-peer.ts';

const LEG = '0b6f7a3e-9d0a-4c55-8e0f-2b6a0d7c1a01';
const OTHER = '0b6f7a3e-9d0a-4c55-8e0f-2b6a0d7c1a02';
const phone = { kind: 'phone', e164: '+79001234567' } as const;
const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.stop();
});

async function pair(answers?: Answers, timings: Partial<EslTimings> = {}): Promise<{ peer: FakePeer; target: EslSwitch; facts: SwitchFact[] }> {
  const peer = await fakePeer(answers);
  open.push({ stop: () => peer.close() });
  const target = new EslSwitch({ url: `esl://:a-password@127.0.0.1:${peer.port}`, log: silentLog, timings: { firstRetryMs: 10, longestRetryMs: 40, ...timings } });
  open.push(target);
  const facts: SwitchFact[] = [];
  target.onFact((fact) => facts.push(fact));
  // The first heartbeat follows `up`: nothing of the link's own is under way afterwards.
  const heartbeat = nextLink(target, 'heartbeat');
  target.start();
  await heartbeat;
  return { peer, target, facts };
}

const park = (fields: Record<string, string> = {}): string => event({
  'Event-Name': 'CHANNEL_PARK', 'Unique-ID': LEG, 'Event-Date-Timestamp': `${Date.now()}456`, variable_exchange_leg: LEG, variable_name: 'Привет', ...fields,
});

describe('the link to the switch', () => {
  test('is up only after the subscription, with the Core-UUID, and asks for at most seven kinds', async () => {
    const { peer } = await pair();
    expect(peer.commands.slice(0, 3).map((command) => command.split(' ')[0])).toEqual(['auth', 'event', 'api']);
    expect(peer.commands[1]!.split(' ').slice(2).length).toBeLessThanOrEqual(7);
    expect(CORE_UUID).toMatch(/^1{8}/);
  });

  test('tells sessions and their limit', async () => {
    const peer = await fakePeer();
    open.push({ stop: () => peer.close() });
    const target = new EslSwitch({ url: `esl://:a-password@127.0.0.1:${peer.port}`, log: silentLog });
    open.push(target);
    const heartbeat = nextLink(target, 'heartbeat');
    target.start();
    expect(await heartbeat).toMatchObject({ sessions: 1, maxSessions: 500 });
  });

  test.each([['FIN', (socket: net.Socket) => socket.end()], ['RST', (socket: net.Socket) => socket.resetAndDestroy()]])('a %s ends every waiting command as unknown, and the link comes back', async (_name, cut) => {
    const { target } = await pair((command, socket) => {
      if (command.startsWith('api uuid_kill')) cut(socket);
      return undefined;
    });
    const down = nextLink(target, 'down');
    const up = nextLink(target, 'up');
    const results = await Promise.all([target.bridge(LEG, OTHER), target.hangup(LEG, 'NORMAL_CLEARING')]);
    expect(results.map((result) => !result.ok && result.reason)).toEqual(['unknown', 'unknown']);
    await down;
    await up;
  });

  test('a frozen peer is noticed by the missing heartbeat', async () => {
    let frozen = false;
    const { target } = await pair((command) => (frozen && command === 'api status' ? '' : undefined), { heartbeatEveryMs: 30, heartbeatDeadlineMs: 60 });
    frozen = true;
    expect(await nextLink(target, 'down')).toMatchObject({ reason: expect.stringContaining('no heartbeat') as string });
  });

  test('a command without an answer is unknown in time, and a late answer is not taken for the next one', async () => {
    let held: net.Socket | undefined;
    const { target } = await pair((command, socket) => {
      if (command.startsWith('api uuid_exists')) { held = socket; return ''; }
      if (command === 'api status') { held?.write(api('true')); return undefined; }
      if (command.startsWith('api sched_del')) return api('+OK Deleted: 1');
      return undefined;
    }, { commandDeadlineMs: 40 });
    expect(await target.exists(LEG)).toBeUndefined();
    expect(await target.cancelScheduledHangup(LEG)).toEqual({ ok: true, reply: '+OK Deleted: 1' });
  });

  test('a wrong password is named as the reason', async () => {
    const peer = await fakePeer((command) => (command.startsWith('auth') ? reply('-ERR invalid') : undefined));
    open.push({ stop: () => peer.close() });
    const target = new EslSwitch({ url: `esl://:wrong@127.0.0.1:${peer.port}`, log: silentLog });
    open.push(target);
    const down = nextLink(target, 'down');
    target.start();
    expect(await down).toMatchObject({ reason: 'the event socket refused the password' });
  });

  test('a refused port is told once and tried again until the switch is there', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const target = new EslSwitch({ url: `esl://:x@127.0.0.1:${port}`, log: silentLog, timings: { firstRetryMs: 5, longestRetryMs: 5 } });
    open.push(target);
    const reasons: string[] = [];
    let attempts = 0;
    target.onLink((fact) => { if (fact.kind === 'down') reasons.push(fact.reason); });
    const down = nextLink(target, 'down');
    target.start();
    await down;
    // From here on somebody answers and hangs up: attempts are counted, not timed.
    const late = net.createServer((socket) => { attempts += 1; socket.on('error', () => undefined); socket.end(); });
    await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve));
    await expect.poll(() => attempts, { interval: 5 }).toBeGreaterThan(3);
    late.close();
    expect(new Set(reasons).size).toBe(reasons.length);
    expect(await target.exists(LEG)).toBeUndefined();
  });
});

describe('what the peer sends', () => {
  test('is read whole however it is split, at every single byte', async () => {
    const { peer, facts } = await pair();
    const at = Date.now();
    const bytes = Buffer.from(park({ 'Event-Date-Timestamp': `${at}456` }));
    for (let cut = 1; cut < bytes.length; cut += 1) {
      peer.send(bytes.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      peer.send(bytes.subarray(cut));
    }
    await expect.poll(() => facts.length).toBe(bytes.length - 1);
    expect(facts.every((fact) => fact.kind === 'parked' && fact.at === at && fact.variables['name'] === 'Привет')).toBe(true);
  });

  test('may be an unreadable event: it is dropped, the next one is read', async () => {
    const { peer, facts } = await pair();
    peer.send('Content-Type: text/event-json\nContent-Length: 9\n\n{not json');
    peer.send(park());
    await expect.poll(() => facts.length).toBe(1);
  });

  test.each(['complete nonsense\n\n', '\u0000\u0001: %zz\n\n', reply('+OK nobody asked')])('may be out of step: the link begins anew before a reply is taken for another’s (%j)', async (bytes) => {
    const { peer, target, facts } = await pair();
    const down = nextLink(target, 'down');
    const up = nextLink(target, 'up');
    peer.send(bytes);
    await down;
    await up;
    peer.send(park());
    await expect.poll(() => facts.length).toBe(1);
  });

  test('-ERR is a refusal, and a missing channel is told apart', async () => {
    const { target } = await pair((command) => {
      if (command.startsWith('api uuid_kill')) return api('-ERR No such channel!\n');
      if (command.startsWith('api uuid_bridge')) return api('-ERR Invalid uuid\n');
      if (command.startsWith('sendmsg')) return reply(`-ERR invalid session id [${LEG}]`);
      if (command.startsWith('bgapi')) return reply('-ERR 100% of it is %zz wrong');
      return command.startsWith('api uuid_setvar_multi ') ? api('+OK') : undefined;
    });
    expect(await target.hangup(LEG, 'NORMAL_CLEARING')).toMatchObject({ reason: 'noSuchChannel' });
    expect(await target.bridge(LEG, OTHER)).toMatchObject({ reason: 'noSuchChannel' });
    expect(await target.dialContact({ operatorLeg: LEG, contactLeg: OTHER, destination: phone, ringTimeoutMs: 1000 })).toMatchObject({ reason: 'noSuchChannel' });
    expect(await target.originateParked({ leg: LEG, destination: phone, ringTimeoutMs: 1000 })).toEqual({ ok: false, reason: 'refused', reply: '-ERR 100% of it is %zz wrong' });
  });

  test('an 8 MB reply is skipped: that command is unknown, the next one is answered', async () => {
    const { target } = await pair((command) => {
      if (command.startsWith('api show channels')) return api('x'.repeat(8 * 1024 * 1024));
      return command.startsWith('api uuid_exists') ? api('true') : undefined;
    });
    expect(await target.channels()).toBeUndefined();
    expect(await target.exists(LEG)).toBe(true);
  });

  test('a cut snapshot is no snapshot', async () => {
    let body = '{"row_count":2,"rows":[{"uuid":"a","state":"CS_PARK","callstate":"ACTIVE","created_epoch":"1","call_uuid":"a"}]}';
    const { target } = await pair((command) => (command.startsWith('api show') ? api(body) : undefined));
    expect(await target.channels()).toBeUndefined();
    body = '{"row_count": 0}';
    expect(await target.channels()).toEqual([]);
    body = '-ERR busy';
    expect(await target.channels()).toBeUndefined();
  });

  test('an endless header ends the link instead of filling the memory', async () => {
    const { peer, target } = await pair();
    const down = nextLink(target, 'down');
    peer.send('x'.repeat(200_000));
    expect(await down).toMatchObject({ reason: expect.stringContaining('unreadable stream') as string });
  });

  test('an event that comes twice is one fact', async () => {
    const { peer, facts } = await pair();
    peer.send(park({ 'Event-Sequence': '7' }) + park({ 'Event-Sequence': '7' }) + park({ 'Event-Sequence': '8' }) + park({ 'Event-Sequence': '7' }));
    await expect.poll(() => facts.length).toBe(2);
  });

  test('events of legs that are not ours are no facts', async () => {
    const { peer, facts } = await pair();
    peer.send(park({ variable_exchange_leg: OTHER }) + event({ 'Event-Name': 'CHANNEL_PARK', 'Unique-ID': OTHER, 'Event-Date-Timestamp': '1' }) + park());
    await expect.poll(() => facts.length).toBe(1);
  });
});

describe('what is sent', () => {
  test.each(['\r', '\n', '\n\napi shutdown', '\0'])('never bears a line break or NUL (%j)', async (text) => {
    const { peer, target } = await pair();
    const before = peer.commands.length;
    const results = await Promise.all([
      target.hangup(LEG + text, 'NORMAL_CLEARING'), target.hangup(LEG, `NORMAL_CLEARING${text}` as 'NORMAL_CLEARING'), target.bridge(LEG, text), target.playMusic(text),
      target.originateParked({ leg: LEG, destination: { kind: 'phone', e164: `+79001234567${text}` }, ringTimeoutMs: 1000 }),
      target.dialContact({ operatorLeg: LEG, contactLeg: randomUUID(), destination: phone, ringTimeoutMs: 1000, callerId: `+7900${text}` }),
    ]);
    expect(results.every((result) => !result.ok && result.reason === 'refused')).toBe(true);
    expect(await target.exists(`${LEG}${text}`)).toBeUndefined();
    expect(peer.commands.slice(before).filter((command) => command !== 'api status')).toEqual([]);
  });

  test('a wake-up tick runs only while calls are live', async () => {
    const { peer, target } = await pair((command) => (command.startsWith('api uuid_exists') ? api('true') : undefined));
    const [socket] = peer.sockets;
    let ticks = 0;
    socket!.on('data', (chunk) => { ticks += chunk.toString().match(/^\n+$/) === null ? 0 : 1; });
    target.setBusy(true);
    await expect.poll(() => ticks, { interval: 5 }).toBeGreaterThan(5);
    target.setBusy(false);
    await target.exists(LEG);
    const afterwards = ticks;
    await target.exists(LEG);
    expect(ticks).toBe(afterwards);
  });

  test('an order that leaves no channel ends as a hang-up with its cause', async () => {
    const { target, facts } = await pair((command) => {
      if (command.startsWith('api uuid_exists')) return api('false');
      if (command.startsWith('api uuid_getvar')) return api('INVALID_GATEWAY');
      if (command.startsWith('api uuid_setvar_multi ') || command.startsWith('sendmsg')) return command.startsWith('api') ? api('+OK') : reply('+OK');
      return undefined;
    });
    expect(await target.dialContact({ operatorLeg: LEG, contactLeg: OTHER, destination: phone, ringTimeoutMs: 1000 })).toMatchObject({ ok: true });
    await expect.poll(() => facts, { timeout: 4_000 }).toMatchObject([{ kind: 'hungUp', leg: OTHER, cause: 'INVALID_GATEWAY' }]);
  });
});
