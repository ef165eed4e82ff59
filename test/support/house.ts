import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startController, type Controller } from '../../calls-controller/controller.ts';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import type { EslTimings } from '../../calls-controller/esl/link.ts';
import { findFreeswitch, freePort, startFreeswitch } from '../../local/freeswitch.ts';
import { startStandIn, type RunningStandIn } from '../../local/switch/stand-in.ts';
import { readConfig } from '../../platform/config.ts';
import { createLog } from '../../platform/log.ts';
import { openNudges } from '../../platform/nudges.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { redisUrl } from './redis.ts';
import { anOperator, aSwitch } from './rows.ts';

/** Says in one clear line why tests that need a FreeSWITCH do not run. */
export const noFreeswitch: string | undefined = findFreeswitch() === undefined ? 'skipped: no FreeSWITCH' : undefined;
if (noFreeswitch) process.stderr.write(`${noFreeswitch}\n`);

export type SwitchName = 'freeswitch' | 'stand-in';

/** What calls are tested on: both switches where there is a FreeSWITCH, else the stand-in alone. The first one is the realest. */
export const testSwitches: readonly [SwitchName, ...SwitchName[]] = noFreeswitch === undefined ? ['freeswitch', 'stand-in'] : ['stand-in'];

export interface TestSwitch extends RunningStandIn {
  readonly password: string;
  /** Where people's own SIP phones register; the stand-in has none. */
  readonly devicesPort: number | undefined;
  /** Ends it as a crash would, without a word to anybody. */
  kill(): Promise<void>;
  /** A new one where the former was. */
  startAgain(): Promise<void>;
  remove(): Promise<void>;
}

/** A switch of the file's own. `directoryUrl` answers for browsers' credentials; a test without browsers needs none. */
export async function startTestSwitch(name: SwitchName = testSwitches[0], directoryUrl = 'http://127.0.0.1:9/', password = randomBytes(12).toString('hex')): Promise<TestSwitch> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'exchange-switch-'));
  const options = { password, eslPort: await freePort(), wsPort: await freePort(), directoryUrl, dataDir, log: () => undefined };
  const sipPorts = [await freePort(), await freePort(), await freePort()] as const;
  const start = (): Promise<RunningStandIn> => (name === 'freeswitch' ? startFreeswitch({ ...options, sps: 200, sipPorts }) : startStandIn(options));
  let running = await start();
  return {
    ...running,
    password,
    devicesPort: name === 'freeswitch' ? sipPorts[2] : undefined,
    async kill() {
      process.kill(running.pid, 'SIGKILL');
      await running.stop();
    },
    async startAgain() { running = await start(); },
    async remove() {
      await running.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface TestController extends Controller {
  /** Ends the process's part as `kill -9` would: nothing is said to anybody, nothing is given back. */
  crash(): Promise<void>;
}

/** What wakes the controllers of this file. */
let wake: ReturnType<typeof openNudges> | undefined;

/** A controller on the given switch, ready to dial. `timings` shorten the Event Socket's patience. */
export async function startTestController(db: Db, freeswitchUrl: string, { timings = {}, env = {} }: { timings?: Partial<EslTimings>; env?: Readonly<Record<string, string>> } = {}): Promise<TestController> {
  const redis = await redisUrl();
  const log = createLog('test-controller', process.env['LOG_LEVEL'] ?? 'silent');
  const config = readConfig({ DATABASE_URL: 'postgres://test@127.0.0.1/test', REDIS_URL: redis, FREESWITCH_URL: freeswitchUrl, DATA_DIR: path.join(tmpdir(), 'data'), ...env });
  const nudges = openNudges(redis, log);
  wake = nudges;
  const target = new EslSwitch({ url: config.switch.eslUrl, sipHosts: [], log, timings });
  const controller = await startController({ db, target, nudges, log, switchConfig: config.switch, recordings: config.recordings, onLost: () => undefined });
  await until(() => Promise.resolve(controller.ready()), 'the controller to be ready');
  return {
    ...controller,
    async stop() {
      await controller.stop();
      await nudges.stop();
    },
    async crash() {
      controller.runner.stop();
      await target.stop();
      await controller.stop();
      await nudges.stop();
    },
  };
}

/** Asks again every 20 ms until it is so; a test's only way to wait for what another program writes. */
export async function until<T>(question: () => Promise<T>, what: string, timeoutMs = 20_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** An operator on line: their standing leg is a robot's that answers at once and is silent, since a test without a browser has no page. */
export async function anOperatorOnLine(db: Db, target: Pick<EslSwitch, 'originateParked' | 'onFact'>, campaignId: string, switchId = 'switch-1'): Promise<{ operatorId: string; leg: string }> {
  await aSwitch(db, { id: switchId });
  const leg = randomUUID();
  const parked = new Promise<void>((resolve) => target.onFact((fact) => fact.kind === 'parked' && fact.leg === leg && resolve()));
  await target.originateParked({ leg, destination: { kind: 'phone', e164: '+79000000098' }, ringTimeoutMs: 10_000 });
  await parked;
  const operatorId = await anOperator(db, { state: 'ready', campaign_id: campaignId, switch_id: switchId, leg, page_seen_at: new Date(Date.now() + 3_600_000) });
  return { operatorId, leg };
}

/** The request that the server writes for a key press; gives the controller's result. */
export async function ask(db: Db, operatorId: string, kind: string, callId: string | null = null, payload: object = {}, switchId = 'switch-1'): Promise<{ ok: boolean; code?: string; callId?: string }> {
  const [row] = (await db('requests').insert({ switch_id: switchId, operator_id: operatorId, call_id: callId, kind, payload: JSON.stringify(payload) }).returning('id')) as { id: string }[];
  wake?.publish({ topic: 'switch', id: switchId });
  const handled = await until(async () => (await db('requests').where({ id: row!.id }).whereNotNull('handled_at').first('result')) as { result: { ok: boolean; code?: string } } | undefined, `the request ${kind}`);
  return handled.result;
}

/** `C`: claims the next contact and dials it. */
export async function dialNext(db: Db, operatorId: string, campaignId: string): Promise<{ callId: string; contactId: string }> {
  const claim = await until(() => claimNextContact(db, { operatorId, campaignId }), 'a contact to claim');
  const result = await ask(db, operatorId, 'dial', null, { contactId: claim.contactId });
  if (!result.ok || result.callId === undefined) throw new Error(`not dialled: ${result.code}`);
  return { callId: result.callId, contactId: claim.contactId };
}

export interface CallRow {
  id: string; state: string; outcome: string | null; hangup_cause: string | null; ended_by: string | null; talk_ms: number; hold_ms: number;
  answered_at: Date | null; ended_at: Date | null; released_at: Date | null; handed_over_at: Date | null; operator_bound: boolean; number_live: boolean;
  contact_leg: string; manager_leg: string | null; operator_leg: string; disposition: string | null; machine: { transferEnded: { reason: string } | null; transfer: { state: string } | null };
}
export const readCall = (db: Db, callId: string): Promise<CallRow> => db('calls').where({ id: callId }).first() as unknown as Promise<CallRow>;

export async function callIn(db: Db, callId: string, state: string, timeoutMs = 20_000): Promise<CallRow> {
  try {
    return await until(async () => {
      const call = await readCall(db, callId);
      return call.state === state ? call : undefined;
    }, `the call to be ${state}`, timeoutMs);
  } catch (error) {
    const way = (await db('call_transitions').where({ call_id: callId }).orderBy('version')) as { event: { type: string }; to_state: string }[];
    throw new Error(`${(error as Error).message}; it went ${way.map((step) => `${step.event.type} → ${step.to_state}`).join(', ')}`, { cause: error });
  }
}
