import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { freePort, startFreeswitch, type RunningFreeswitch } from '../../local/freeswitch.ts';
import { createLog } from '../../platform/log.ts';
import { startExchange, switchPassword, type TestExchange } from '../server/exchange.ts';
import { noFreeswitch, startTestController, until, type TestController } from '../support/house.ts';
import { connectRaw, type RawEventSocket } from '../switch-contract/raw-event-socket.ts';
import { startBaresip } from './baresip.ts';
import { startFakeTrunk, type FakeTrunk } from './fake-trunk.ts';
import { noBaresip, noSipp, scan } from './sipp.ts';

const missing = noFreeswitch ?? noSipp ?? noBaresip;
if (missing !== undefined) process.stderr.write(`attacks on the switch: ${missing}\n`);

/** Premium, emergency, international, the trunk by name, guessed extensions, words that FreeSWITCH could read as its own. */
const targets = [
  '+79161234567', '89161234567', '+78095555555', '88095551234', '112', '101', '911', '0118811234567', '+881612345678', '+9791234567', '+4915123456789', '0015551234567',
  '100', '101', '200', '1000', '1001', '9196', '5000', '9999', 'admin', 'operator', 'park', 'robots', 'accept-ru', 'no-key', 'counted', 'exchange1', 'xexchange',
  'sofia%2Fgateway%2Fcounted%2F79161234567', 'loopback%2F79161234567%2Frobots', '%24%7Bsystem(id)%7D', 'exchange%2C79161234567', 'exchange%0D%0A', '*98', '%23',
];

describe.skipIf(missing !== undefined)('a stranger with a SIP scanner', () => {
  let exchange: TestExchange;
  let freeswitch: RunningFreeswitch;
  let controller: TestController;
  let trunk: FakeTrunk;
  let observer: RawEventSocket;
  let hand: EslSwitch;
  let dataDir = '';
  let ports: [operators: number, trunks: number];

  beforeAll(async () => {
    [exchange, trunk, dataDir] = await Promise.all([startExchange(), startFakeTrunk(), mkdtemp(path.join(tmpdir(), 'attacked-'))]);
    ports = [await freePort(), await freePort()];
    freeswitch = await startFreeswitch({
      password: switchPassword, eslPort: await freePort(), wsPort: await freePort(), directoryUrl: exchange.directoryUrl, dataDir, sps: 400, sipPorts: ports, trunksDir: trunk.trunksDir, log: () => undefined,
    });
    observer = await connectRaw(freeswitch.url);
    controller = await startTestController(exchange.database.db, freeswitch.url);
    hand = new EslSwitch({ url: freeswitch.url, gateway: trunk.gateway, log: createLog('test', 'silent') });
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await up;
  });
  afterAll(async () => {
    observer?.close();
    await hand?.stop();
    await controller?.stop();
    await freeswitch?.stop();
    await trunk?.stop();
    await exchange?.stop();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });

  /** Calls that left, as the switch itself counts them. */
  const callsOut = async (): Promise<number> => {
    let out = 0;
    for (const profile of ['operators', 'trunks']) out += Number(/^CALLS-OUT\s+(\d+)/m.exec(await observer.ask(`api sofia status profile ${profile}`))?.[1] ?? Number.NaN);
    return out;
  };
  const nothingLeft = async () => {
    expect(trunk.seen).toEqual([]);
    expect(await callsOut()).toBe(0);
  };
  const credentials = async () => {
    const operator = await exchange.signedIn('operator');
    const { body } = await operator.ask('POST', '/api/v1/operator/phone', { pageId: 'page-1' });
    return { operatorId: operator.userId, ...(body as { username: string; password: string }) };
  };
  const legOf = async (operatorId: string) => ((await exchange.database.db('operators').where({ operator_id: operatorId }).first('leg')) as { leg: string | null } | undefined)?.leg;

  it('without authentication gets no call, no registration, no message and no subscription, on either profile', async () => {
    for (const port of ports) {
      for (const [method, expected, headers] of [
        ['INVITE', 407, []], ['MESSAGE', 407, []], ['REGISTER', 405, ['Expires: 60']], ['SUBSCRIBE', 405, ['Event: presence', 'Expires: 60']], ['PUBLISH', 405, ['Event: presence']],
        ['REFER', 405, ['Refer-To: <sip:+79161234567@127.0.0.1>']],
      ] as const) {
        const { asExpected, said } = await scan(port, { method, expected, headers, targets, perSecond: 100 });
        expect(asExpected, `${method}: ${said}`).toBe(true);
      }
    }
    await nothingLeft();
  });

  it('with a guessed or a foreign password, with users that do not exist, is refused', async () => {
    const one = await credentials();
    const other = await credentials();
    for (const [username, password] of [[one.username, 'guessed'], [one.username, other.password], ['op-1-0123456789abcdef', 'x'], ['100', '100'], ['switch', switchPassword], ['house', 'of-the-provider']] as const)
      for (const port of ports) {
        const { asExpected, said } = await scan(port, { method: 'INVITE', targets: ['exchange', '+79161234567'], expected: 403, credentials: { username, password } });
        expect(asExpected, `${username}: ${said}`).toBe(true);
      }
    await nothingLeft();
  });

  it('with an operator’s credentials reaches the one extension and nothing else', async () => {
    const own = await credentials();
    const { asExpected, said } = await scan(ports[0], { method: 'INVITE', targets, expected: 404, credentials: own });
    expect(asExpected, said).toBe(true);
    const onTrunks = await scan(ports[1], { method: 'INVITE', targets: ['exchange', ...targets], expected: 404, credentials: own });
    expect(onTrunks.asExpected, onTrunks.said).toBe(true);
    expect(await legOf(own.operatorId)).toBeFalsy();
    await nothingLeft();
  });

  it('with credentials that ran out is refused, and with those of a leg that is up; a transfer by the client itself goes nowhere', async () => {
    const late = await credentials();
    await exchange.database.db('leg_credentials').where({ username: late.username }).update({ expires_at: new Date(Date.now() - 1) });
    expect((await scan(ports[0], { method: 'INVITE', targets: ['exchange'], expected: 403, credentials: late })).asExpected).toBe(true);

    const own = await credentials();
    const phone = await startBaresip({ ...own, sipPort: ports[0] });
    const second = await startBaresip({ ...own, sipPort: ports[0] });
    try {
      phone.command('dial', 'sip:exchange@exchange');
      await phone.event(/^CALL_ESTABLISHED$/);
      const leg = await until(() => legOf(own.operatorId), 'the operator’s leg');
      second.command('dial', 'sip:exchange@exchange');
      expect((await second.event(/^CALL_CLOSED$/)).param).toMatch(/403|Forbidden/);
      expect(await legOf(own.operatorId)).toBe(leg);
      // `show channels` lags behind the events.
      await expect.poll(async () => (await hand.channels())?.map((channel) => channel.leg), { timeout: 10_000 }).toEqual([leg]);
      // REFER inside the call is refused; a client takes its 405 for the end of the call (RFC 5057), which harms nobody else.
      phone.command('transfer', 'sip:+79161234567@exchange');
      expect((await phone.event(/^TRANSFER_FAILED$/)).param).toMatch(/^405/);
      await nothingLeft();
    } finally {
      await second.stop();
      await phone.stop();
    }
    await until(async () => (await legOf(own.operatorId)) === null, 'the leg to end');
    await nothingLeft();
  });

  it('floods it with OPTIONS and INVITEs without keeping an operator out', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => String(1_000 + index));
    const floods = Promise.all([scan(ports[0], { method: 'OPTIONS', targets: many(1_000), expected: 200, perSecond: 300 }), scan(ports[0], { method: 'INVITE', targets: many(600), expected: 407, perSecond: 150 })]);
    const own = await credentials();
    const phone = await startBaresip({ ...own, sipPort: ports[0] });
    try {
      phone.command('dial', 'sip:exchange@exchange');
      await until(() => legOf(own.operatorId), 'the operator’s leg during the flood');
      // On a busy machine some answers of a flood come late; that it was one is what counts here.
      for (const { said } of await floods) expect(said).not.toMatch(/No such file|Unable|command not found/i);
      expect(await legOf(own.operatorId)).toBeTruthy();
    } finally {
      await phone.stop();
    }
    await nothingLeft();
  });

  it('and what the exchange itself orders does leave, with its caller ID: the counters count', async () => {
    const before = await callsOut();
    const leg = randomUUID();
    const over = new Promise<string>((resolve) => hand.onFact((fact) => fact.leg === leg && fact.kind === 'hungUp' && resolve(fact.cause)));
    expect(await hand.originateParked({ leg, destination: { kind: 'phone', e164: '+79161234567' }, ringTimeoutMs: 5_000, callerId: '+74951234567' })).toMatchObject({ ok: true });
    await over;
    expect(trunk.invites).toHaveLength(1);
    expect(trunk.invites[0]).toMatch(/^INVITE sip:79161234567@/);
    expect(trunk.invites[0]).toMatch(/^From: .*\+?74951234567.*$/m);
    expect(await callsOut()).toBe(before + 1);
    for (const e164 of ['+7112', '+78095555555', '+881612345678']) expect(await hand.originateParked({ leg: randomUUID(), destination: { kind: 'phone', e164 }, ringTimeoutMs: 5_000 })).toMatchObject({ ok: false });
    expect(trunk.invites).toHaveLength(1);
  });
});
