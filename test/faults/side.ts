import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import type { EslTimings } from '../../calls-controller/esl/link.ts';
import type { Switch } from '../../calls-controller/esl/switch.ts';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createLog } from '../../platform/log.ts';
import { createTestDatabase } from '../support/database.ts';
import { anOperatorOnLine, callIn, dialNext, startTestController, startTestSwitch, until, type CallRow, type SwitchName, type TestController } from '../support/house.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';
import { openEventSocketProxy, type EventSocketProxy } from './event-socket-proxy.ts';

/** The patience of these tests; people's own is measured with the time put forward. */
export const timings: EslTimings = { connectDeadlineMs: 700, commandDeadlineMs: 700, heartbeatEveryMs: 500, heartbeatDeadlineMs: 700, firstRetryMs: 50, longestRetryMs: 200, wakeUpEveryMs: 2 };

/** One switch with a controller behind a proxy that injects faults, and an operator on line. */
export interface Side {
  readonly name: SwitchName;
  readonly db: Db;
  readonly proxy: EventSocketProxy;
  readonly controller: TestController;
  /** Looks at the switch itself, beside the faults. */
  readonly hand: EslSwitch;
  /** The controller's own way to the switch. */
  readonly target: Switch;
  readonly operatorId: string;
  readonly operatorLeg: string;
  ready(is?: boolean): Promise<boolean>;
  /** Dials a robot by its last two digits. @returns the call's id */
  dial(digits: string): Promise<string>;
  /** A conversation that nobody ends. */
  talk(): Promise<CallRow>;
  areTalking(call: Pick<CallRow, 'operator_leg' | 'contact_leg'>): Promise<boolean>;
  close(): Promise<void>;
}

export async function openSide(name: SwitchName): Promise<Side> {
  const [database, phones] = await Promise.all([createTestDatabase(), startTestSwitch(name)]);
  const { db } = database;
  const proxy = await openEventSocketProxy(phones.url);
  const hand = new EslSwitch({ url: phones.url, sipHosts: [], log: createLog('test', 'silent') });
  const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
  hand.start();
  await up;
  const controller = await startTestController(db, proxy.url, { timings });
  const campaignId = await aCampaign(db);
  const { operatorId, leg: operatorLeg } = await anOperatorOnLine(db, hand, campaignId);
  const areTalking: Side['areTalking'] = async ({ operator_leg, contact_leg }) => (await hand.channels())?.find(({ leg }) => leg === contact_leg)?.bridgedTo === operator_leg;
  const dial = async (digits: string): Promise<string> => {
    await db('operators').where({ operator_id: operatorId }).update({ state: 'ready', wrap_up_until: null });
    await aContact(db, campaignId, { numbers: [aNumber(digits)] });
    return (await dialNext(db, operatorId, campaignId)).callId;
  };
  return {
    name, db, proxy, controller, hand, operatorId, operatorLeg, dial, areTalking,
    target: controller.runner.options.target,
    ready: (is = true) => until(() => Promise.resolve(controller.ready() === is), `the link to be ${is ? 'up' : 'down'}`),
    async talk() {
      const call = await callIn(db, await dial('97'), 'talking');
      await until(() => areTalking(call), 'the talk');
      return call;
    },
    async close() {
      await controller.stop();
      await hand.stop();
      await proxy.close();
      await phones.remove();
      await database.drop();
    },
  };
}

/** Does the same on all sides at once: most of it is waiting. What fails says where. */
export async function onAll<S extends { readonly name: string }>(sides: readonly S[], act: (side: S) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(sides.map(act));
  const failed = results.flatMap((result, index) => (result.status === 'rejected' ? [{ name: sides[index]?.name, error: result.reason as Error }] : []));
  const [first] = failed;
  if (first) throw new Error(`on ${failed.map(({ name }) => name).join(' and ')}: ${first.error.message}`, { cause: first.error });
}

/**
 * A place for each name, for all tests of a suite: what each one leaves is what the next one finds. Who is tried again
 * begins in places that are opened anew, not where the first try broke off.
 */
export function inPlaces<P extends { readonly name: string }>(names: readonly P['name'][], open: (name: P['name']) => Promise<P>, close: (place: P) => Promise<void>): readonly P[] {
  const places: P[] = [];
  const openAll = () => onAll(names.map((name) => ({ name })), async ({ name }) => void places.push(await open(name)));
  const closeAll = () => onAll(places.splice(0), close);
  beforeAll(openAll, 240_000);
  beforeEach(async ({ task }) => {
    if ((task.result?.retryCount ?? 0) === 0) return;
    await closeAll();
    await openAll();
  }, 240_000);
  afterAll(closeAll);
  return places;
}
