import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, callIn, readCall, testSwitches, until, type CallRow } from '../support/house.ts';
import { apiReply, commandReply, type EventSocketProxy, type Said, type Spoil } from './event-socket-proxy.ts';
import { figure } from './figures.ts';
import { onAll, openSide, timings, type Side } from './side.ts';

const sides: Side[] = [];
beforeAll(() => onAll(testSwitches.map((name) => ({ name })), async ({ name }) => void sides.push(await openSide(name))));
afterAll(() => onAll(sides, (side) => side.close()));

const instead = ({ head }: Said, text: string): string => (/command\/reply/.test(head) ? commandReply(text) : apiReply(text));
const isAnswer = ({ command }: Said): boolean => command !== undefined;
const halfOf = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2));

/** The first answer stops in its middle, the rest of it never comes. */
function halfAFrame(): Spoil {
  let isDone = false;
  return (said) => {
    if (isDone || !isAnswer(said)) return undefined;
    isDone = true;
    return halfOf(Buffer.concat([Buffer.from(`${said.head}\n\n`), said.body]));
  };
}

interface Fault { readonly name: string; begin(proxy: EventSocketProxy): Promise<void> | void; end?(proxy: EventSocketProxy): Promise<void> | void; readonly linkHolds?: boolean }
const faults: readonly Fault[] = [
  { name: 'FIN', begin: (proxy) => proxy.cut('FIN') },
  { name: 'RST', begin: (proxy) => proxy.cut('RST') },
  { name: 'frozen peer', begin: (proxy) => proxy.freeze(), end: (proxy) => proxy.thaw() },
  { name: 'half a frame', begin: (proxy) => { proxy.spoil = halfAFrame(); } },
  { name: 'garbage', begin: (proxy) => proxy.inject(Buffer.concat([randomBytes(5_000), Buffer.from('\n\n'), randomBytes(5_000), Buffer.from('\n\n')])) },
  { name: '-ERR to everything', begin: (proxy) => { proxy.spoil = (said) => (isAnswer(said) ? instead(said, '-ERR no reason given') : undefined); } },
  { name: '% in every reply', begin: (proxy) => { proxy.spoil = (said) => (isAnswer(said) ? instead(said, '+OK 100 % of %zz %') : undefined); } },
  { name: 'replies of 8 MB', begin: (proxy) => { proxy.spoil = ({ command }) => (command?.startsWith('api uuid_exists') ? apiReply('x'.repeat(8 * 1024 * 1024)) : undefined); }, linkHolds: true },
  { name: 'closed port', begin: (proxy) => proxy.refuse(), end: (proxy) => proxy.accept() },
];

describe('a fault of the Event Socket in mid-call', () => {
  const calls = new Map<Side, CallRow>();
  beforeAll(() => onAll(sides, async (side) => void calls.set(side, await side.talk())));

  it.each(faults)('$name: every command is answered, the talk goes on, the record is in step afterwards', ({ name, begin, end, linkHolds }) =>
    onAll(sides, async (side) => {
      const { proxy, target, controller, db } = side;
      const call = calls.get(side)!;
      const since = performance.now();
      const before = proxy.connects;
      await begin(proxy);
      const commands = [target.exists(call.contact_leg), target.exists(call.operator_leg), target.channels(), target.scheduleHangup(call.contact_leg, 3_600_000), target.cancelScheduledHangup(call.operator_leg)];
      if (!linkHolds) {
        await side.ready(false);
        figure(name, `${side.name}: noticed`, performance.now() - since);
      }
      await Promise.all(commands);
      // Heard or not, both sides talk, and the record does not say otherwise.
      expect(await side.areTalking(call)).toBe(true);
      if (end || proxy.spoil) await new Promise((resolve) => setTimeout(resolve, 600));
      expect(controller.runner.live.get(call.id)?.call.state).toBe('talking');
      proxy.spoil = null;
      await end?.(proxy);
      const healedAt = performance.now();
      await side.ready();
      await controller.reconciler.look();
      figure(name, `${side.name}: in step after`, performance.now() - healedAt);
      expect(await target.exists(call.contact_leg)).toBe(true);
      expect(await readCall(db, call.id)).toMatchObject({ state: 'talking', operator_leg: call.operator_leg, contact_leg: call.contact_leg });
      expect(await side.areTalking(call)).toBe(true);
      // One connection at a time, no more often than the pause between two attempts lets.
      expect(proxy.open).toBe(1);
      expect(proxy.connects - before).toBeLessThanOrEqual(3 + (performance.now() - since) / timings.longestRetryMs);
    }));

  it('leaves a call that a key ends', () =>
    onAll(sides, async ({ db, operatorId, ...side }) => {
      const { id } = [...calls].find(([{ name }]) => name === side.name)![1];
      expect(await ask(db, operatorId, 'hangUp', id)).toEqual({ ok: true });
      expect(await callIn(db, id, 'ended')).toMatchObject({ outcome: 'talked', ended_by: 'operator' });
    }));
});

it('what happened while nothing was heard is in the record afterwards; meanwhile a new call is refused', () =>
  onAll(sides, async (side) => {
    const { db, proxy, hand, operatorId } = side;
    const callId = await side.dial('99');
    const ringing = await until(async () => { const row = await readCall(db, callId); return (await hand.exists(row.contact_leg)) ? row : undefined; }, 'the contact’s leg');
    await proxy.refuse();
    await side.ready(false);
    await until(() => side.areTalking(ringing), 'the contact to answer');
    const answeredAt = Date.now();
    expect(await ask(db, operatorId, 'dial', null, { contactId: '1' })).toEqual({ ok: false, code: 'lineDown' });
    await proxy.accept();
    const talking = await callIn(db, callId, 'talking');
    expect(Math.abs(talking.answered_at!.getTime() - answeredAt)).toBeLessThan(2_000);

    await proxy.refuse();
    await side.ready(false);
    await hand.hangup(ringing.contact_leg, 'NORMAL_CLEARING');
    const goneAt = Date.now();
    await until(async () => (await hand.exists(ringing.contact_leg)) === false, 'the contact to be gone');
    await proxy.accept();
    const ended = await callIn(db, callId, 'ended');
    expect(ended).toMatchObject({ outcome: 'talked', operator_bound: false, number_live: false });
    expect(Math.abs(ended.talk_ms - (goneAt - talking.answered_at!.getTime()))).toBeLessThan(2_000);
  }));

it('that the switch is up again is written down though PostgreSQL refuses it at first', () =>
  onAll(sides, async (side) => {
    const { db, proxy } = side;
    const isUp = async (is: boolean) => until(async () => ((await db('switches').where({ id: 'switch-1' }).first('link_up')) as { link_up: boolean }).link_up === is, `the link to be written as ${is ? 'up' : 'down'}`);
    await proxy.refuse();
    await isUp(false);
    await db.raw(`create function refuse_link() returns trigger language plpgsql as $$ begin raise exception 'away' using errcode = '57P03'; end $$`);
    await db.raw(`create trigger refuse_link before update of link_up on switches for each row execute function refuse_link()`);
    await proxy.accept();
    await side.ready();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await db.raw('drop function refuse_link cascade');
    await isUp(true);
  }));

it('a telephone that begins to ring for a call that was given up meanwhile is hung up at once', () =>
  onAll(sides, async (side) => {
    const { db, hand, operatorId } = side;
    const { id, contact_leg } = await side.talk();
    expect(await ask(db, operatorId, 'hangUp', id)).toEqual({ ok: true });
    await callIn(db, id, 'ended');
    await until(async () => (await hand.exists(contact_leg)) === false && (await hand.channels())?.every(({ leg }) => leg !== contact_leg), 'the former telephone to be gone');
    const since = performance.now();
    await hand.originateParked({ leg: contact_leg, destination: { kind: 'phone', e164: '+79000000098' }, ringTimeoutMs: 10_000 });
    await until(() => hand.exists(contact_leg), 'the telephone to ring');
    await until(async () => (await hand.exists(contact_leg)) === false, 'it to be hung up');
    // The slow tick would take up to 15 s.
    expect(performance.now() - since).toBeLessThan(6_000);
  }));

describe('what the switch says when it is asked for its channels', () => {
  const asks = { snapshot: 'api show channels as json', existence: 'api uuid_exists', dump: 'api uuid_dump' } as const;
  const stranger = JSON.stringify({ row_count: 1, rows: [{ uuid: randomUUID(), state: 'CS_EXECUTE', callstate: 'ACTIVE', created_epoch: '1', call_uuid: '', name: 'x' }] });
  type Lie = Record<keyof typeof asks, (said: Said) => ReturnType<Spoil>>;
  const lies: Readonly<Record<string, () => Lie>> = {
    wrong: () => ({
      snapshot: () => apiReply(stranger), existence: () => apiReply('-ERR no reply'),
      dump: () => apiReply(JSON.stringify({ 'Unique-ID': randomUUID(), 'Caller-Channel-Answered-Time': '1', variable_exchange_leg: 'x' })),
    }),
    empty: () => ({ snapshot: () => apiReply('{"row_count":0}'), existence: () => apiReply(''), dump: () => apiReply('') }),
    cut: () => ({ snapshot: ({ body }) => apiReply(halfOf(body).toString()), existence: ({ body }) => apiReply(halfOf(body).toString()), dump: ({ body }) => apiReply(halfOf(body).toString()) }),
    late: () => ({ snapshot: () => ({ afterMs: 1_000 }), existence: () => ({ afterMs: 1_000 }), dump: () => ({ afterMs: 1_000 }) }),
    'for one of two snapshots only': () => ({ snapshot: everySecond(apiReply('{"row_count":0}')), existence: () => apiReply(''), dump: () => apiReply('') }),
    'that a leg is not there, and lists it': () => ({ snapshot: () => undefined, existence: () => apiReply('false'), dump: () => apiReply('-ERR No such channel!') }),
    'that there are none, and knows each': () => ({ snapshot: () => apiReply('{"row_count":0}'), existence: () => undefined, dump: () => undefined }),
  };
  function everySecond(lie: string): () => string | undefined {
    let count = 0;
    return () => ((count += 1) % 2 === 0 ? lie : undefined);
  }

  const calls = new Map<Side, CallRow>();
  beforeAll(() => onAll(sides, async (side) => void calls.set(side, await side.talk())));

  it.each(Object.entries(lies))('%s: no call ends because of it, no operator loses the line', (_name, lieOf) =>
    onAll(sides, async (side) => {
      const { db, proxy, controller, operatorId, operatorLeg } = side;
      const call = calls.get(side)!;
      const lie = lieOf();
      let asked = 0;
      proxy.spoil = (said) => {
        const kind = (Object.keys(asks) as (keyof typeof asks)[]).find((each) => said.command?.startsWith(asks[each]));
        if (kind) asked += 1;
        return kind && lie[kind](said);
      };
      await controller.reconciler.look();
      await controller.reconciler.look();
      proxy.spoil = null;
      expect(asked).toBeGreaterThan(0);
      await side.ready();
      await controller.reconciler.look();
      expect(await readCall(db, call.id)).toMatchObject({ state: 'talking', ended_at: null, operator_leg: operatorLeg, contact_leg: call.contact_leg });
      expect(await db('operators').where({ operator_id: operatorId }).first('leg', 'state')).toEqual({ leg: operatorLeg, state: 'onCall' });
      expect(await side.areTalking(call)).toBe(true);
    }));
});
