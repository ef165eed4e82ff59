import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { freePort, startFreeswitch } from '../../local/freeswitch.ts';
import { createLog } from '../../platform/log.ts';
import { startExchange, switchPassword, type TestExchange } from '../server/exchange.ts';
import { startTestController } from '../support/house.ts';
import { connectRaw, type RawEventSocket } from '../switch-contract/raw-event-socket.ts';
import { startFakeTrunk, type FakeTrunk } from './fake-trunk.ts';

/** Premium, emergency, international, the trunk by name, guessed extensions, words that FreeSWITCH could read as its own. */
export const targets = [
  '+79161234567', '89161234567', '+78095555555', '88095551234', '112', '101', '911', '0118811234567', '+881612345678', '+9791234567', '+4915123456789', '0015551234567',
  '100', '101', '200', '1000', '1001', '9196', '5000', '9999', 'admin', 'operator', 'park', 'robots', 'accept-ru', 'no-key', 'counted', 'exchange1', 'xexchange',
  'sofia%2Fgateway%2Fcounted%2F79161234567', 'loopback%2F79161234567%2Frobots', '%24%7Bsystem(id)%7D', 'exchange%2C79161234567', 'exchange%0D%0A', '*98', '%23',
];

/** Messages to these would be commands of the switch where it took any: a call out by the trunk, a question, another phone. */
export const commands = ['api+originate%20sofia%2Fgateway%2Fcounted%2F79161234567%20%26park()', 'api+global_getvar', 'event+x', 'sip+x', '+79161234567', 'x'];

/** A house with everything real but the provider of telephony, who counts what reaches him. */
export interface AttackedHouse {
  readonly exchange: TestExchange;
  readonly trunk: FakeTrunk;
  readonly observer: RawEventSocket;
  readonly hand: EslSwitch;
  readonly wsUrl: string;
  readonly ports: Readonly<Record<'operators' | 'trunks' | 'devices', number>>;
  /** Calls that left, as the switch itself counts them; phones that the exchange rang are none. */
  callsOut(): Promise<number>;
  /** No request reached the provider, no call left. */
  nothingLeft(): Promise<void>;
  /** An operator's page, about to call in. */
  credentials(): Promise<{ operatorId: string; username: string; password: string }>;
  legOf(operatorId: string): Promise<string | null | undefined>;
  /** Sessions that the switch began since its start. */
  sessions(): Promise<number>;
  /** Resident memory of the switch. */
  memoryMb(): number;
  stop(): Promise<void>;
}

export async function startAttackedHouse(): Promise<AttackedHouse> {
  const [exchange, trunk, dataDir] = await Promise.all([startExchange(), startFakeTrunk(), mkdtemp(path.join(tmpdir(), 'attacked-'))]);
  const ports = { operators: await freePort(), trunks: await freePort(), devices: await freePort() };
  const freeswitch = await startFreeswitch({
    password: switchPassword, eslPort: await freePort(), wsPort: await freePort(), directoryUrl: exchange.directoryUrl, dataDir,
    sipPorts: [ports.operators, ports.trunks, ports.devices], trunksDir: trunk.trunksDir, log: () => undefined,
  });
  const observer = await connectRaw(freeswitch.url);
  const controller = await startTestController(exchange.database.db, freeswitch.url);
  const hand = new EslSwitch({ url: freeswitch.url, gateway: trunk.gateway, log: createLog('test', 'silent') });
  const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
  hand.start();
  await up;
  const callsOut = async (): Promise<number> => {
    let out = 0;
    for (const profile of ['operators', 'trunks']) out += Number(/^CALLS-OUT\s+(\d+)/m.exec(await observer.ask(`api sofia status profile ${profile}`))?.[1] ?? Number.NaN);
    return out;
  };
  return {
    exchange, trunk, observer, hand, ports, callsOut, wsUrl: freeswitch.wsUrl,
    async nothingLeft() {
      expect(trunk.seen).toEqual([]);
      expect(await callsOut()).toBe(0);
    },
    async credentials() {
      const operator = await exchange.signedIn('operator');
      const { body } = await operator.ask('POST', '/api/v1/operator/phone', { pageId: 'page-1' });
      return { operatorId: operator.userId, ...(body as { username: string; password: string }) };
    },
    legOf: async (operatorId) => ((await exchange.database.db('operators').where({ operator_id: operatorId }).first('leg')) as { leg: string | null } | undefined)?.leg,
    sessions: async () => Number(/(\d+) session\(s\) since startup/.exec(await observer.ask('api status'))?.[1] ?? Number.NaN),
    memoryMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${freeswitch.pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1_024,
    async stop() {
      observer.close();
      await hand.stop();
      await controller.stop();
      await freeswitch.stop();
      await trunk.stop();
      await exchange.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
