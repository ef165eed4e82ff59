import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Chance } from '../../../bench/chaos/random.ts';
import type { Call } from '../../../domain/call/call.ts';
import type { CallEvent } from '../../../domain/call/event.ts';
import { startCall, transition } from '../../../domain/call/transition.ts';

const O = 'aaaaaaaa-0000-4000-8000-000000000001';
const C = 'cccccccc-0000-4000-8000-000000000001';
const managerLegs = ['bbbbbbbb-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'] as const;

type Untimed<E> = E extends { at: number } ? Omit<E, 'at'> : never;
type Fact = Untimed<CallEvent>;

/**
 * What the switch tells at one moment. Each lane is told by one thread of the switch, in its order; the lanes come mixed
 * in any order, since different threads tell them. A person's request is a moment of its own.
 */
type Moment = readonly (readonly Fact[])[];

const parted = (leg: string, other: string): Fact[] => [{ type: 'LegParked', leg }, { type: 'LegParked', leg: other }];
const joined = (leg: string, other: string): Fact => ({ type: 'LegsBridged', leg, other });

/** A call as switches tell them, from the dial to the last leg's end. */
function story(chance: Chance): Moment[] {
  const told: Moment[] = [[[{ type: 'LegCreated', leg: C }]]];
  const tell = (...lanes: Fact[][]) => void told.push(lanes);
  const isEarly = chance.next() < 0.3;
  if (chance.next() < 0.8) tell([{ type: 'LegProgressed', leg: C, earlyMedia: isEarly }], ...(isEarly ? [[joined(O, C)]] : []));
  const unanswered = chance.pick<string | undefined>([[6, undefined], [1, 'USER_BUSY'], [1, 'NO_ANSWER'], [1, 'SUBSCRIBER_ABSENT']]);
  if (unanswered !== undefined) {
    tell([{ type: 'LegHungUp', leg: C, cause: unanswered }], [{ type: 'LegParked', leg: O }]);
    return told;
  }
  tell([{ type: 'LegAnswered', leg: C }], ...(isEarly ? [] : [[joined(O, C)]]));
  for (let round = 0; round < managerLegs.length && chance.next() < 0.6; round += 1) if (transfer(chance, tell, managerLegs[round]!)) return told;
  if (chance.next() < 0.5) tell([{ type: 'HangupRequested', by: 'operator' }]);
  tell([{ type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }], [{ type: 'LegParked', leg: O }]);
  return told;
}

/** One transfer. @returns whether the call ends with it */
function transfer(chance: Chance, tell: (...lanes: Fact[][]) => void, M: string): boolean {
  const contactGoes = (...others: string[]) => {
    tell([{ type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }]);
    for (const leg of others) tell([{ type: 'LegHungUp', leg, cause: 'NORMAL_CLEARING' }], [{ type: 'LegParked', leg: O }]);
    return true;
  };
  const back = () => {
    tell([joined(O, C)]);
    return false;
  };
  tell([{ type: 'TransferRequested', managerLegs: [M], absent: [] }]);
  tell([{ type: 'LegParked', leg: O }], [{ type: 'LegParked', leg: C }]);
  tell([{ type: 'LegCreated', leg: M }], ...(chance.next() < 0.5 ? [] : [[{ type: 'LegParked', leg: C } as Fact]]));
  if (chance.next() < 0.1) return contactGoes(M);
  if (chance.next() < 0.3) {
    tell([{ type: 'LegHungUp', leg: M, cause: chance.pick([[1, 'USER_BUSY'], [1, 'CALL_REJECTED'], [1, 'NO_ANSWER']]) }]);
    return back();
  }
  tell([{ type: 'LegProgressed', leg: M, earlyMedia: false }]);
  tell([{ type: 'LegAnswered', leg: M }, { type: 'LegParked', leg: M }]);
  tell([joined(O, M)]);
  switch (chance.pick<'handOver' | 'return' | 'managerGoes' | 'contactGoes'>([[4, 'handOver'], [2, 'return'], [1, 'managerGoes'], [1, 'contactGoes']])) {
    case 'handOver':
      tell([{ type: 'HandOverRequested' }]);
      tell(parted(O, M).slice(0, 1), [joined(C, M)]);
      if (chance.next() < 0.5) tell([{ type: 'LegHungUp', leg: M, cause: 'NORMAL_CLEARING' }], [{ type: 'LegParked', leg: C }]);
      tell([{ type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }]);
      tell([{ type: 'LegHungUp', leg: M, cause: 'NORMAL_CLEARING' }]);
      return true;
    case 'return':
      tell([{ type: 'ReturnRequested' }]);
      tell([{ type: 'LegHungUp', leg: M, cause: 'NORMAL_CLEARING' }], [{ type: 'LegParked', leg: O }]);
      return back();
    case 'managerGoes':
      tell([{ type: 'LegHungUp', leg: M, cause: 'NORMAL_CLEARING' }], parted(O, M));
      return back();
    case 'contactGoes':
      tell([{ type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }]);
      tell([{ type: 'HangupRequested', by: 'operator' }]);
      tell([{ type: 'LegHungUp', leg: M, cause: 'NORMAL_CLEARING' }], [{ type: 'LegParked', leg: O }]);
      return true;
  }
}

/** A leg's life comes again at any later time (a second event, a look at the switch); where it stands only at once. */
const isLasting = ({ type }: CallEvent) => type === 'LegCreated' || type === 'LegProgressed' || type === 'LegAnswered' || type === 'LegHungUp';
const isRequest = ({ type }: CallEvent) => type.endsWith('Requested');

/** The same facts, each with its own time, in an order in which a switch may tell them, with duplicates. */
function retold(moments: readonly Moment[], chance: Chance | undefined): CallEvent[] {
  const events: CallEvent[] = [];
  for (const [index, moment] of moments.entries()) {
    let at = 2_000 + index * 1_000;
    const lanes = moment.map((lane) => lane.map((fact) => ({ ...fact, at: (at += 1) }) as CallEvent));
    while (lanes.some((lane) => lane.length > 0)) {
      const open = lanes.filter((lane) => lane.length > 0);
      const event = open[chance === undefined ? 0 : Math.floor(chance.next() * open.length)]!.shift()!;
      events.push(event);
      if (chance === undefined || isRequest(event)) continue;
      if (chance.next() < 0.3) events.push(event);
      const late = events.filter(isLasting);
      if (late.length > 0 && chance.next() < 0.3) events.push(late[Math.floor(chance.next() * late.length)]!);
      if (event.type === 'LegHungUp' && chance.next() < 0.3) events.push({ type: 'LegLost', leg: event.leg, at: event.at + 500 });
    }
  }
  return events;
}

function lived(events: readonly CallEvent[]): Call {
  let { call } = startCall(
    {
      id: 'dddddddd-0000-4000-8000-000000000001', operatorLeg: O, contactLeg: C, callerId: null, destination: { kind: 'phone', e164: '+79000000001' },
      managers: [{ id: '1', place: { kind: 'phone', e164: '+79000000099' }, acceptKey: false }], managerRing: 'inTurn', language: 'en', ringTimeoutMs: 30_000, maxDurationMs: 600_000, recording: null,
    },
    1_000,
  );
  for (const event of events) call = transition(call, event).call;
  return call;
}

/** All but the count of late events, and whether a leg that is gone was parked last. */
const record = ({ lateEvents: _late, legs, ...call }: Call) => ({ ...call, legs: Object.fromEntries(Object.entries(legs).map(([id, { parked: _parked, ...leg }]) => [id, leg])) });

it('ends with the same record however the switch mixes, repeats and belates what it tells: 10,000 histories', { timeout: 120_000 }, () => {
  const ends = new Map<string, number>();
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (storySeed, orderSeed) => {
      const moments = story(new Chance(storySeed));
      const straight = lived(retold(moments, undefined));
      expect(straight.state).toBe('ended');
      expect(record(lived(retold(moments, new Chance(orderSeed))))).toEqual(record(straight));
      const end = `${straight.outcome} ${straight.endedBy}`;
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }),
    { numRuns: 10_000 },
  );
  // The stories differ: conversations, hand-overs and those that nobody answered.
  for (const outcome of ['talked operator', 'talked contact', 'handedOver contact', 'handedOver manager', 'busy network', 'noAnswer network']) expect(ends.get(outcome) ?? 0, outcome).toBeGreaterThan(50);
});
