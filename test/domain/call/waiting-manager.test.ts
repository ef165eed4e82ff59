import { describe, expect, it } from 'vitest';
import { transition } from '../../../domain/call/transition.ts';
import { apply, begin, C, holds, inTurn, P, PL, PL2, roads, together } from './histories.ts';

describe('a manager’s page that left the contact without hanging up', () => {
  const left = (house = inTurn) => apply(begin(house), ...roads.waitingManager);

  it('is waited for with music, and joined with the contact again when it calls in by the same transfer', () => {
    const history = left();
    expect(history.call).toMatchObject({ state: 'waitingManager', handedOverAt: expect.any(Number), endedAt: null });
    expect(history.commands.slice(-4)).toMatchObject([{ type: 'ArmLeg', leg: C }, { type: 'PlayToLeg', leg: C, sound: 'music' }, { type: 'SetDeadline', name: 'managerAway', at: history.at + 25_000 }, { type: 'AnnounceCall' }]);
    expect(transition(history.call, { type: 'ManagerAccepting', transfer: P, at: history.at }).kind).toBe('moved');
    apply(history, { type: 'ManagerArrived', transfer: P, leg: PL2 });
    expect(history.commands).toContainEqual({ type: 'BridgeLegs', leg: C, other: PL2 });
    const { limitAt } = history.call;
    apply(history, { type: 'LegsBridged', leg: C, other: PL2 });
    expect(history.call).toMatchObject({ state: 'handedOver', managerLeg: PL2, limitAt });
    holds(history);
    // Once more, and then a real hang-up.
    apply(history, { type: 'LegHungUp', leg: PL2, cause: 'MEDIA_TIMEOUT' });
    expect(history.call.state).toBe('waitingManager');
    apply(history, { type: 'ManagerArrived', transfer: P, leg: 'ffffffff-0000-4000-8000-000000000004' }, { type: 'LegsBridged', leg: C, other: 'ffffffff-0000-4000-8000-000000000004' });
    apply(history, { type: 'LegHungUp', leg: 'ffffffff-0000-4000-8000-000000000004', cause: 'NORMAL_CLEARING' }, { type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' });
    expect(history.call).toMatchObject({ state: 'ended', outcome: 'handedOver', endedBy: 'manager' });
    holds(history);
  });

  it('is not waited for when it hung up', () => {
    const history = apply(begin(inTurn), ...roads.waitingManager.slice(0, -1), { type: 'LegHungUp', leg: PL, cause: 'NORMAL_CLEARING' });
    expect(history.call).toMatchObject({ state: 'ending', endedBy: 'manager' });
  });

  it('and does not come back in time: the call ends, as when the contact hangs up', () => {
    expect(apply(left(), { type: 'DeadlinePassed', name: 'managerAway' }, { type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }).call).toMatchObject({ state: 'ended', outcome: 'handedOver', endedBy: 'manager' });
    expect(apply(left(), { type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }).call).toMatchObject({ state: 'ended', outcome: 'handedOver', endedBy: 'contact' });
    expect(apply(left(), { type: 'DeadlinePassed', name: 'limit' }).call).toMatchObject({ state: 'ending', endedBy: 'limit' });
  });

  it('calls in twice: the second leg is nobody’s', () => {
    const history = apply(left(), { type: 'ManagerArrived', transfer: P, leg: PL2 }, { type: 'ManagerArrived', transfer: P, leg: 'ffffffff-0000-4000-8000-000000000004' });
    expect(history.commands).toContainEqual({ type: 'HangupLeg', leg: 'ffffffff-0000-4000-8000-000000000004', cause: 'NORMAL_CLEARING' });
    expect(transition(history.call, { type: 'ManagerAccepting', transfer: P, at: history.at })).toMatchObject({ kind: 'refused', code: 'transferOver' });
    holds(history);
  });

  it('interrupts the recording: each stretch of talk is a segment', () => {
    const history = apply(left(together), { type: 'ManagerArrived', transfer: P, leg: PL2 }, { type: 'LegsBridged', leg: C, other: PL2 });
    expect(history.commands.flatMap((command) => (command.type === 'StartRecording' ? [command.what] : []))).toEqual(['conversation', 'briefing', 'handedOver', 'handedOver']);
    holds(history);
  });

  it('is tried three times to be joined with', () => {
    const history = apply(left(), { type: 'ManagerArrived', transfer: P, leg: PL2 }, { type: 'DeadlinePassed', name: 'move' }, { type: 'MoveFailed', legs: [C, PL2], reason: 'x' });
    expect(history.call.state).toBe('waitingManager');
    expect(apply(history, { type: 'DeadlinePassed', name: 'move' }).call).toMatchObject({ state: 'ending', endedBy: 'network' });
  });
});
