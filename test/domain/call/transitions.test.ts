import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callStates, type Call, type CallManager, type CallState } from '../../../domain/call/call.ts';
import type { CallCommand } from '../../../domain/call/command.ts';
import { deadlineNames, type CallEvent } from '../../../domain/call/event.ts';
import { startCall, transition, type NewCall } from '../../../domain/call/transition.ts';

const O = 'aaaaaaaa-0000-4000-8000-000000000001';
const O2 = 'aaaaaaaa-0000-4000-8000-000000000002';
const C = 'cccccccc-0000-4000-8000-000000000001';
const M = 'bbbbbbbb-0000-4000-8000-000000000001';
const M2 = 'bbbbbbbb-0000-4000-8000-000000000002';
const M3 = 'bbbbbbbb-0000-4000-8000-000000000003';
/** What a manager's page accepts, and the leg with which it calls in. */
const P = 'ffffffff-0000-4000-8000-000000000001';
const PL = 'ffffffff-0000-4000-8000-000000000002';

const phone: CallManager = { id: '1', place: { kind: 'phone', e164: '+79000000099' }, acceptKey: false };
const withKey: CallManager = { id: '2', place: { kind: 'sip', user: '99', host: 'robots' }, acceptKey: true };
const page: CallManager = { id: '3', place: { kind: 'page' }, acceptKey: false };

type House = Pick<NewCall, 'managers' | 'managerRing' | 'recording'>;
const one: House = { managers: [phone], managerRing: 'inTurn', recording: null };
const inTurn: House = { managers: [phone, withKey, page], managerRing: 'inTurn', recording: { announce: true, afterHandOver: false } };
const together: House = { ...inTurn, managerRing: 'together', recording: { announce: false, afterHandOver: true } };
const recorded: House = { ...one, recording: { announce: false, afterHandOver: false } };
const houses = [one, inTurn, together];

const fresh = (house: House) =>
  startCall(
    {
      id: 'dddddddd-0000-4000-8000-000000000001', operatorLeg: O, contactLeg: C, callerId: null,
      destination: { kind: 'phone', e164: '+79000000001' }, ...house, language: 'en',
      ringTimeoutMs: 30_000, maxDurationMs: 600_000,
    },
    1_000,
  );

type Untimed<E> = E extends { at: number } ? Omit<E, 'at'> : never;
type Fact = Untimed<CallEvent>;

const facts: Fact[] = [
  ...[O, C, M, M2, M3, PL, 'eeeeeeee-0000-4000-8000-000000000001'].flatMap((leg): Fact[] => [
    { type: 'LegCreated', leg },
    { type: 'LegProgressed', leg, earlyMedia: true },
    { type: 'LegAnswered', leg },
    { type: 'LegParked', leg },
    { type: 'LegHungUp', leg, cause: 'USER_BUSY' },
    { type: 'LegHungUp', leg, cause: 'NORMAL_CLEARING' },
    { type: 'LegLost', leg },
    { type: 'OriginateFailed', leg, fate: 'refused', reason: 'x' },
    { type: 'OriginateFailed', leg, fate: 'unknown', reason: 'x' },
  ]),
  { type: 'LegsBridged', leg: O, other: C },
  { type: 'LegsBridged', leg: C, other: O },
  { type: 'LegsBridged', leg: O, other: M },
  { type: 'LegsBridged', leg: C, other: M },
  { type: 'LegsBridged', leg: O2, other: C },
  { type: 'MoveFailed', reason: 'x' },
  { type: 'AnnouncementFailed', reason: 'x' },
  { type: 'OperatorLegReplaced', leg: O2 },
  { type: 'OperatorSilent', leg: O },
  { type: 'OperatorHeard', leg: O },
  { type: 'HangupRequested', by: 'operator' },
  { type: 'LegsBridged', leg: O, other: PL },
  { type: 'LegsBridged', leg: C, other: PL },
  { type: 'LegsBridged', leg: O, other: M2 },
  { type: 'TransferRequested', managerLegs: [M, M2, P], absent: [] },
  { type: 'TransferRequested', managerLegs: [M3], absent: [] },
  { type: 'TransferRequested', managerLegs: [M, M2, P], absent: ['3'] },
  ...[M, P, 'eeeeeeee-0000-4000-8000-000000000002'].flatMap((transfer): Fact[] => [
    { type: 'ManagerAccepting', transfer },
    { type: 'ManagerDeclined', transfer, reason: 'busy' },
    { type: 'ManagerDeclined', transfer, reason: 'later' },
    { type: 'ManagerArrived', transfer, leg: PL },
  ]),
  { type: 'HandOverRequested' },
  { type: 'ReturnRequested' },
  ...deadlineNames.map((name): Fact => ({ type: 'DeadlinePassed', name })),
];

interface History { call: Call; at: number; commands: CallCommand[]; states: CallState[] }

const begin = (house: House = one): History => {
  const { call, commands } = fresh(house);
  return { call, at: 1_000, commands: [...commands], states: [call.state] };
};

function apply(history: History, ...steps: Fact[]): History {
  for (const fact of steps) {
    history.at += 100;
    const step = transition(history.call, { ...fact, at: history.at } as CallEvent);
    history.call = step.call;
    history.commands.push(...step.commands);
    if (step.kind === 'moved' && step.call.state !== history.states.at(-1)) history.states.push(step.call.state);
  }
  return history;
}

/** The shortest way into each state, by facts as a real switch gives them. */
const roads: Record<CallState, Fact[]> = (() => {
  const answered: Fact[] = [{ type: 'LegCreated', leg: C }, { type: 'LegAnswered', leg: C }, { type: 'LegsBridged', leg: O, other: C }];
  const moving: Fact[] = [...answered, { type: 'TransferRequested', managerLegs: [M, M2, P], absent: [] }];
  const ringingManager: Fact[] = [...moving, { type: 'LegParked', leg: O }];
  const joining: Fact[] = [...ringingManager, { type: 'LegCreated', leg: M }, { type: 'LegAnswered', leg: M }, { type: 'LegParked', leg: M }];
  const briefing: Fact[] = [...joining, { type: 'LegsBridged', leg: O, other: M }];
  const handingOver: Fact[] = [...briefing, { type: 'HandOverRequested' }];
  return {
    dialling: [],
    talking: answered,
    moving, ringingManager, joining, briefing, handingOver,
    handedOver: [...handingOver, { type: 'LegsBridged', leg: C, other: M }],
    returning: [...briefing, { type: 'ReturnRequested' }],
    waitingOperator: [...answered, { type: 'LegHungUp', leg: O, cause: 'NORMAL_CLEARING' }],
    farewell: [...briefing, { type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }],
    ending: [...answered, { type: 'HangupRequested', by: 'operator' }],
    ended: [...answered, { type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }],
  };
})();

/** Segments are numbered from 1, one at a time, each stopped once and before its leg is moved or hung up. */
function holdsRecording(call: Call, commands: readonly CallCommand[]): void {
  let running: { leg: string; segment: number } | null = null;
  let last = 0;
  for (const command of commands) {
    if (command.type === 'StartRecording') {
      expect(running).toBeNull();
      expect(command.segment).toBe((last += 1));
      running = { leg: command.leg, segment: command.segment };
    } else if (command.type === 'StopRecording') {
      expect(running).toEqual({ leg: command.leg, segment: command.segment });
      running = null;
    } else if (command.type === 'HangupLeg' || command.type === 'PlayToLeg' || (command.type === 'BridgeLegs' && command.leg !== running?.leg)) {
      expect(running?.leg).not.toBe(command.leg);
    }
  }
  expect(call.recording?.running ?? null).toEqual(running);
  if (call.state === 'ended') expect(running).toBeNull();
}

function holds({ call, commands }: History): void {
  const count = (type: CallCommand['type']) => commands.filter((command) => command.type === type).length;
  expect(count('DialContact')).toBe(1);
  expect(count('ReleaseOperator')).toBe(call.releasedAt === null ? 0 : 1);
  const originated = commands.flatMap((command) => (command.type === 'OriginateLeg' ? [command.leg] : []));
  expect(new Set(originated).size).toBe(originated.length);
  // Each transfer to a manager is opened once, and closed for good once: never two managers for one contact.
  const invited = commands.flatMap((command) => (command.type === 'InviteManager' ? [command.transfer] : []));
  expect(new Set(invited).size).toBe(invited.length);
  const lasting = commands.flatMap((command) => (command.type === 'RecordInvitation' && command.state !== 'accepted' ? [command] : []));
  expect(new Set(lasting.map(({ transfer }) => transfer)).size).toBe(lasting.length);
  expect(lasting.filter(({ state }) => state === 'handedOver').length).toBe(call.handedOverAt === null ? 0 : 1);
  expect(lasting.every(({ transfer }) => invited.includes(transfer))).toBe(true);
  expect(call.asked.filter(({ state }) => state === 'chosen').length).toBeLessThanOrEqual(1);
  if (!['moving', 'ringingManager'].includes(call.state)) expect(call.asked.filter(({ state }) => state === 'waiting' || state === 'ringing')).toEqual([]);
  // Only one manager may live once somebody was chosen.
  if (['joining', 'briefing', 'handingOver', 'handedOver', 'farewell'].includes(call.state))
    for (const [id, leg] of Object.entries(call.legs)) if (leg.role === 'manager' && leg.status !== 'gone' && id !== call.managerLeg) expect(leg.unwanted).toBe(true);
  holdsRecording(call, commands);
  expect(call.talkMs).toBeGreaterThanOrEqual(0);
  if (call.answeredAt === null) expect(call.talkMs + call.holdMs).toBe(0);
  if (call.talkingSince !== null) expect(call.holdSince).toBeNull();
  if (call.state === 'ended') {
    expect(call.endedAt).not.toBeNull();
    expect(call.outcome).not.toBeNull();
    expect(call.releasedAt).not.toBeNull();
    expect(lasting.map(({ transfer }) => transfer).toSorted()).toEqual(invited.toSorted());
    for (const leg of Object.values(call.legs)) if (leg.role !== 'operator') expect(leg.status).toBe('gone');
    expect(call.talkingSince ?? call.holdSince ?? call.transfer).toBeNull();
    if (call.answeredAt !== null) expect(call.talkMs + call.holdMs).toBeLessThanOrEqual(call.endedAt! - call.answeredAt);
    // Nothing is left that could fire later.
    const open = new Set<string>();
    for (const command of commands) {
      if (command.type === 'SetDeadline') open.add(command.name);
      if (command.type === 'ClearDeadline') open.delete(command.name);
    }
    expect([...open]).toEqual([]);
  } else {
    expect(call.endedAt).toBeNull();
  }
  // A leg that nobody wants any more was told so, as soon as it existed.
  for (const [id, leg] of Object.entries(call.legs))
    if (leg.unwanted && leg.status !== 'gone' && leg.status !== 'ordered')
      expect(commands.some((command) => command.type === 'HangupLeg' && command.leg === id)).toBe(true);
}

describe('a call', () => {
  for (const state of callStates) {
    it(`answers every event in ${state} without throwing, changing what it was given or breaking an invariant`, () => {
      for (const house of houses) {
        const there = apply(begin(house), ...roads[state]);
        expect(there.call.state).toBe(state);
        for (const fact of facts) {
          const before = structuredClone(there.call);
          const after = apply({ ...there, commands: [...there.commands], states: [...there.states] }, fact);
          expect(there.call).toEqual(before);
          holds(after);
        }
      }
    });
  }

  it('holds its invariants over 10,000 random histories, and ends once its legs are gone', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...houses), fc.constantFrom(...callStates), fc.array(fc.constantFrom(...facts), { maxLength: 40 }), (house, state, random) => {
        const history = apply(begin(house), ...roads[state], ...random);
        holds(history);
        // The switch tells the end of each leg sooner or later, or the reconciler does.
        apply(history, ...Object.keys(history.call.legs).map((leg): Fact => ({ type: 'LegLost', leg })));
        apply(history, { type: 'DeadlinePassed', name: 'farewell' });
        expect(history.call.state).toBe('ended');
        holds(history);
      }),
      { numRuns: 10_000 },
    );
  });

  it('gives the same record when every event comes twice', () => {
    fc.assert(
      fc.property(fc.constantFrom(...callStates), (state) => {
        const once = apply(begin(), ...roads[state]).call;
        const twice = begin();
        for (const fact of roads[state]) {
          // A request asked twice is a person's second key press, not a duplicate of the network.
          apply(twice, fact);
          if (!fact.type.endsWith('Requested')) {
            const again = transition(twice.call, { ...fact, at: twice.at } as CallEvent);
            twice.call = again.call;
          }
        }
        expect({ ...twice.call, lateEvents: 0 }).toEqual({ ...once, lateEvents: 0 });
      }),
    );
  });
});

describe('answering', () => {
  it('is CHANNEL_ANSWER of the contact alone: an early bridge is none', () => {
    const history = apply(begin(), { type: 'LegCreated', leg: C }, { type: 'LegProgressed', leg: C, earlyMedia: true }, { type: 'LegsBridged', leg: O, other: C });
    expect(history.call.state).toBe('dialling');
    expect(history.call.answeredAt).toBeNull();
    apply(history, { type: 'LegHungUp', leg: C, cause: 'USER_BUSY' });
    expect(history.call).toMatchObject({ state: 'ended', outcome: 'busy', talkMs: 0 });
    expect(history.commands).toContainEqual({ type: 'ReleaseOperator', wrapUp: false });
  });

  it('starts talk and the limit', () => {
    const { call } = apply(begin(), ...roads.talking);
    expect(call.limitAt).toBe(call.answeredAt! + 600_000);
  });
});

describe('hanging up', () => {
  it('asked before the leg exists is done when it is created', () => {
    const history = apply(begin(), { type: 'HangupRequested', by: 'operator' });
    expect(history.commands.some((command) => command.type === 'HangupLeg')).toBe(false);
    apply(history, { type: 'LegCreated', leg: C });
    expect(history.commands).toContainEqual({ type: 'HangupLeg', leg: C, cause: 'ORIGINATOR_CANCEL' });
    apply(history, { type: 'LegHungUp', leg: C, cause: 'ORIGINATOR_CANCEL' });
    expect(history.call).toMatchObject({ state: 'ended', outcome: 'cancelled', endedBy: 'operator' });
  });

  it('is refused while the manager rings or is briefed', () => {
    for (const state of ['moving', 'ringingManager', 'joining', 'briefing'] as const) {
      const { call } = apply(begin(), ...roads[state]);
      expect(transition(call, { type: 'HangupRequested', by: 'operator', at: 9_999 })).toMatchObject({ kind: 'refused', code: 'returnFirst' });
    }
  });
});

describe('a transfer', () => {
  const causes = [['USER_BUSY', 'busy'], ['CALL_REJECTED', 'declined'], ['NO_ANSWER', 'noAnswer'], ['NETWORK_OUT_OF_ORDER', 'failed']] as const;
  for (const [cause, reason] of causes) {
    it(`comes back by itself when the manager's leg ends with ${cause}`, () => {
      const history = apply(begin(), ...roads.ringingManager, { type: 'LegCreated', leg: M }, { type: 'LegHungUp', leg: M, cause });
      expect(history.call).toMatchObject({ state: 'returning', transferEnded: { reason } });
      apply(history, { type: 'LegsBridged', leg: O, other: C });
      expect(history.call).toMatchObject({ state: 'talking', transfer: null });
      holds(history);
    });
  }

  it('frees the operator and lifts the old limit at the hand-over', () => {
    const history = apply(begin(), ...roads.handedOver);
    expect(history.commands).toContainEqual({ type: 'CancelScheduledHangup', leg: C });
    expect(history.commands).toContainEqual({ type: 'ReleaseOperator', wrapUp: true });
    expect(history.call.handedOverAt).not.toBeNull();
    apply(history, { type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }, { type: 'LegHungUp', leg: M, cause: 'NORMAL_CLEARING' });
    expect(history.call).toMatchObject({ state: 'ended', outcome: 'handedOver' });
  });

  it('hangs a manager up who is created after the operator came back', () => {
    const history = apply(begin(), ...roads.ringingManager, { type: 'ReturnRequested' }, { type: 'LegsBridged', leg: O, other: C }, { type: 'LegCreated', leg: M });
    expect(history.commands).toContainEqual({ type: 'HangupLeg', leg: M, cause: 'ORIGINATOR_CANCEL' });
    expect(history.call.state).toBe('talking');
  });

  it('gives the contact the manager when the operator’s leg dies in the briefing', () => {
    const history = apply(begin(), ...roads.briefing, { type: 'LegHungUp', leg: O, cause: 'NORMAL_CLEARING' });
    expect(history.call.state).toBe('handingOver');
    apply(history, { type: 'LegsBridged', leg: C, other: M });
    expect(history.call.state).toBe('handedOver');
  });

  it('keeps the contact on music for an operator whose page calls in again', () => {
    const history = apply(begin(), ...roads.waitingOperator, { type: 'OperatorLegReplaced', leg: O2 }, { type: 'LegsBridged', leg: O2, other: C });
    expect(history.call).toMatchObject({ state: 'talking', operatorLeg: O2 });
  });

  it('keeps the contact on music while no sound comes from the operator’s leg, and joins them again when it does', () => {
    const history = apply(begin(), ...roads.talking, { type: 'OperatorSilent', leg: O });
    expect(history.call.state).toBe('waitingOperator');
    expect(history.commands).toContainEqual({ type: 'PlayToLeg', leg: C, sound: 'music' });
    apply(history, { type: 'LegParked', leg: O }, { type: 'OperatorHeard', leg: O });
    expect(history.commands).toContainEqual({ type: 'BridgeLegs', leg: O, other: C });
    expect(apply(history, { type: 'LegsBridged', leg: O, other: C }).call).toMatchObject({ state: 'talking', operatorLeg: O });
  });

  it('counts neither hold nor the manager’s talk as talk', () => {
    const { call } = apply(begin(), ...roads.handedOver);
    expect(call.talkMs).toBe(200);
    expect(call.holdMs).toBeGreaterThan(0);
  });
});

describe('several managers', () => {
  const ordered = (history: History) => history.commands.flatMap((command) => (command.type === 'OriginateLeg' ? [command.leg] : []));
  const recorded = (history: History) => history.commands.flatMap((command) => (command.type === 'RecordInvitation' ? [`${command.manager} ${command.state}`] : []));
  const gone = (leg: string, cause: string): Fact[] => [{ type: 'LegCreated', leg }, { type: 'LegHungUp', leg, cause }];
  const accepts = (leg: string): Fact[] => [{ type: 'LegCreated', leg }, { type: 'LegAnswered', leg }, { type: 'LegParked', leg }];

  it('are rung in turn: busy, then no key, then the page declines; the operator is back with the last reason', () => {
    const history = apply(begin(inTurn), ...roads.ringingManager);
    expect(ordered(history)).toEqual([M]);
    apply(history, ...gone(M, 'USER_BUSY'));
    expect(ordered(history)).toEqual([M, M2]);
    apply(history, { type: 'LegCreated', leg: M2 }, { type: 'LegAnswered', leg: M2 });
    expect(history.call.state).toBe('ringingManager');
    apply(history, { type: 'LegHungUp', leg: M2, cause: 'NO_ANSWER' });
    expect(history.commands).toContainEqual({ type: 'InviteManager', transfer: P, manager: '3', kind: 'page' });
    apply(history, { type: 'ManagerDeclined', transfer: P, reason: 'later' });
    expect(history.call).toMatchObject({ state: 'returning', transferEnded: { reason: 'later' } });
    expect(recorded(history)).toEqual(['1 busy', '2 noAnswer', '3 later']);
    holds(history);
  });

  it('are asked no further once one accepts', () => {
    const history = apply(begin(inTurn), ...roads.ringingManager, ...gone(M, 'CALL_REJECTED'), ...accepts(M2));
    expect(history.call).toMatchObject({ state: 'joining', managerLeg: M2 });
    expect(history.commands.some((command) => command.type === 'InviteManager' && command.transfer === P)).toBe(false);
  });

  it('ring no longer than their time, one after the other', () => {
    const history = apply(begin(inTurn), ...roads.ringingManager, { type: 'LegCreated', leg: M }, { type: 'DeadlinePassed', name: 'managerRinging' });
    expect(history.commands).toContainEqual({ type: 'HangupLeg', leg: M, cause: 'ORIGINATOR_CANCEL' });
    expect(ordered(history)).toEqual([M, M2]);
  });

  it('rung together: the first who accepts wins, the others are hung up, late ones too', () => {
    const history = apply(begin(together), ...roads.ringingManager.slice(0, -1), { type: 'LegParked', leg: O });
    expect(ordered(history)).toEqual([M, M2]);
    apply(history, { type: 'LegCreated', leg: M }, { type: 'ManagerArrived', transfer: P, leg: PL });
    expect(history.call).toMatchObject({ state: 'joining', managerLeg: PL });
    expect(history.commands).toContainEqual({ type: 'HangupLeg', leg: M, cause: 'ORIGINATOR_CANCEL' });
    // Not created yet when the page was first: hung up as soon as it is.
    apply(history, { type: 'LegCreated', leg: M2 });
    expect(history.commands).toContainEqual({ type: 'HangupLeg', leg: M2, cause: 'ORIGINATOR_CANCEL' });
    expect(recorded(history)).toEqual(['3 accepted', '1 taken', '2 taken']);
    apply(history, { type: 'LegsBridged', leg: O, other: PL }, { type: 'HandOverRequested' }, { type: 'LegsBridged', leg: C, other: PL });
    expect(history.call.state).toBe('handedOver');
    expect(recorded(history)).toContain('3 handedOver');
    holds(history);
  });

  it('rung together: the others go on ringing when one is busy; only the last one ends it', () => {
    const history = apply(begin(together), ...roads.ringingManager, ...gone(M, 'USER_BUSY'));
    expect(history.call.state).toBe('ringingManager');
    apply(history, { type: 'ManagerDeclined', transfer: P, reason: 'busy' });
    expect(history.call.state).toBe('ringingManager');
    apply(history, ...gone(M2, 'CALL_REJECTED'));
    expect(history.call).toMatchObject({ state: 'returning', transferEnded: { reason: 'declined' } });
  });

  it('with an accept key count as there only when the leg parks, and get time for it', () => {
    const keyed: House = { ...one, managers: [withKey] };
    const history = apply(begin(keyed), ...roads.ringingManager, { type: 'LegCreated', leg: M });
    expect(history.commands).toContainEqual(expect.objectContaining({ type: 'OriginateLeg', acceptKey: 'en' }));
    history.at += 20_000;
    apply(history, { type: 'LegAnswered', leg: M });
    expect(history.call.state).toBe('ringingManager');
    expect(history.commands.at(-1)).toEqual({ type: 'SetDeadline', name: 'managerRinging', at: history.at + 15_000 });
    apply(history, { type: 'LegParked', leg: M });
    expect(history.call.state).toBe('joining');
  });

  it('whose page is not open are not waited for, but find the transfer among the missed ones', () => {
    const alone: House = { ...one, managers: [page] };
    const history = apply(begin(alone), ...roads.talking, { type: 'TransferRequested', managerLegs: [P], absent: ['3'] }, { type: 'LegParked', leg: O });
    expect(history.call).toMatchObject({ state: 'returning', transferEnded: { reason: 'noAnswer' } });
    expect(history.commands).toContainEqual({ type: 'InviteManager', transfer: P, manager: '3', kind: 'page' });
    expect(recorded(history)).toEqual(['3 noAnswer']);
  });

  it('who accept or call in too late are told so and hung up', () => {
    const alone: House = { ...one, managers: [page] };
    const asked: Fact[] = [...roads.talking, { type: 'TransferRequested', managerLegs: [P], absent: [] }, { type: 'LegParked', leg: O }];
    const history = apply(begin(alone), ...asked, { type: 'DeadlinePassed', name: 'managerRinging' });
    expect(transition(history.call, { type: 'ManagerAccepting', transfer: P, at: 9_999 })).toMatchObject({ kind: 'refused', code: 'transferOver' });
    apply(history, { type: 'ManagerArrived', transfer: P, leg: PL });
    expect(history.commands).toContainEqual({ type: 'HangupLeg', leg: PL, cause: 'NORMAL_CLEARING' });
    expect(history.call.state).toBe('returning');
    holds(history);
  });

  it('are all told when the contact hangs up or the operator comes back', () => {
    const left = apply(begin(together), ...roads.ringingManager, { type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' });
    expect(recorded(left)).toEqual(['1 contactHungUp', '2 contactHungUp', '3 contactHungUp']);
    const back = apply(begin(together), ...roads.ringingManager, { type: 'ReturnRequested' });
    expect(recorded(back)).toEqual(['1 cancelled', '2 cancelled', '3 cancelled']);
  });
});

describe('a transfer asked between the answer and the bridge', () => {
  it('is refused: the contact could not be taken out of a bridge that is not there', () => {
    const { call } = apply(begin(), { type: 'LegCreated', leg: C }, { type: 'LegAnswered', leg: C });
    expect(call.state).toBe('talking');
    expect(transition(call, { type: 'TransferRequested', managerLegs: [M], absent: [], at: 9_999 })).toMatchObject({ kind: 'refused', code: 'notTalking' });
  });
});

describe('the limit', () => {
  it('ends a conversation', () => {
    const history = apply(begin(), ...roads.talking, { type: 'DeadlinePassed', name: 'limit' }, { type: 'LegHungUp', leg: C, cause: 'ALLOTTED_TIMEOUT' });
    expect(history.call).toMatchObject({ state: 'ended', endedBy: 'limit', outcome: 'talked' });
  });

  it('waits once for a transfer that is under way', () => {
    const history = apply(begin(), ...roads.briefing, { type: 'DeadlinePassed', name: 'limit' });
    expect(history.call.state).toBe('briefing');
    apply(history, { type: 'DeadlinePassed', name: 'limit' });
    expect(history.call.state).toBe('ending');
  });
});

describe('a recording', () => {
  const orders = ({ commands }: History) => commands.flatMap((command) => {
    if (command.type === 'StartRecording') return [`start ${command.segment} ${command.what} on ${command.leg === M ? 'M' : 'C'}`];
    if (command.type === 'StopRecording') return [`stop ${command.segment}`];
    return command.type === 'PlayToLeg' || command.type === 'HangupLeg' || command.type === 'BridgeLegs' || command.type === 'AnnounceRecording' ? [command.type] : [];
  });
  const told: House = { ...one, recording: { announce: true, afterHandOver: false } };

  it('is interrupted by the music, has the briefing apart and goes on after the return; each is stopped before its leg moves', () => {
    const history = apply(begin(recorded), ...roads.returning, { type: 'LegHungUp', leg: M, cause: 'NORMAL_CLEARING' }, { type: 'LegParked', leg: O }, { type: 'LegsBridged', leg: O, other: C }, { type: 'HangupRequested', by: 'operator' });
    expect(orders(history)).toEqual([
      'start 1 conversation on C', 'stop 1', 'PlayToLeg', 'BridgeLegs', 'start 2 briefing on M', 'stop 2', 'HangupLeg', 'BridgeLegs', 'start 3 conversation on C', 'stop 3', 'HangupLeg',
    ]);
    holds(history);
  });

  it('says how long after the answer each segment began', () => {
    const history = apply(begin(recorded), ...roads.briefing);
    const starts = history.commands.flatMap((command) => (command.type === 'StartRecording' ? [command.offsetMs] : []));
    expect(starts).toEqual([0, history.at - history.call.answeredAt!]);
  });

  it('ends with the hand-over, and goes on after it only where the campaign says so', () => {
    expect(orders(apply(begin(recorded), ...roads.handedOver)).at(-1)).toBe('BridgeLegs');
    const on = { ...one, recording: { announce: false, afterHandOver: true } };
    expect(orders(apply(begin(on), ...roads.handedOver)).at(-1)).toBe('start 3 handedOver on C');
  });

  it('begins after the announcement', () => {
    const history = apply(begin(told), ...roads.talking);
    expect(orders(history)).toEqual(['AnnounceRecording']);
    expect(history.commands).toContainEqual({ type: 'SetDeadline', name: 'announced', at: history.call.answeredAt! + 2_500 });
    apply(history, { type: 'DeadlinePassed', name: 'announced' });
    expect(orders(history)).toEqual(['AnnounceRecording', 'start 1 conversation on C']);
  });

  it('whose announcement ends while the contact hears music begins with the next conversation', () => {
    const history = apply(begin(told), ...roads.moving, { type: 'DeadlinePassed', name: 'announced' }, { type: 'ReturnRequested' }, { type: 'LegParked', leg: O }, { type: 'LegsBridged', leg: O, other: C });
    expect(orders(history)).toEqual(['AnnounceRecording', 'PlayToLeg', 'BridgeLegs', 'start 1 conversation on C']);
  });

  it('is not made of a contact who may not have been told, and the record says so', () => {
    const history = apply(begin(told), ...roads.talking, { type: 'AnnouncementFailed', reason: 'x' }, { type: 'DeadlinePassed', name: 'announced' });
    expect(orders(history)).toEqual(['AnnounceRecording']);
    expect(history.commands).toContainEqual({ type: 'NoteUnrecorded', leg: C, segment: 1 });
    expect(history.call.recording).toBeNull();
  });

  it('is not made where the campaign does not ask for it', () => {
    expect(orders(apply(begin(), ...roads.handedOver))).not.toContain('start 1 conversation on C');
  });
});
