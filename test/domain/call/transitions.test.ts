import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callStates } from '../../../domain/call/call.ts';
import type { CallEvent } from '../../../domain/call/event.ts';
import { transition } from '../../../domain/call/transition.ts';
import { apply, begin, C, facts, holds, housesOf, O, roads, type Fact } from './histories.ts';

describe('a call', () => {
  for (const state of callStates) {
    it(`answers every event in ${state} without throwing, changing what it was given or breaking an invariant`, () => {
      for (const house of housesOf(state)) {
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
      fc.property(fc.constantFrom(...callStates.flatMap((state) => housesOf(state).map((house) => [house, state] as const))), fc.array(fc.constantFrom(...facts), { maxLength: 40 }), ([house, state], random) => {
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
        const [house] = housesOf(state);
        const once = apply(begin(house), ...roads[state]).call;
        const twice = begin(house);
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
