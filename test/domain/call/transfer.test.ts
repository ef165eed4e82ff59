import { describe, expect, it } from 'vitest';
import { transition } from '../../../domain/call/transition.ts';
import { apply, begin, C, holds, M, O, O2, roads } from './histories.ts';

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

  it('does not take the refusal of an earlier move for one of its own', () => {
    const history = apply(begin(), ...roads.joining, { type: 'LegHungUp', leg: O, cause: 'NORMAL_CLEARING' }, { type: 'MoveFailed', legs: [O, M], reason: '-ERR' });
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

describe('a transfer asked between the answer and the bridge', () => {
  it('is refused: the contact could not be taken out of a bridge that is not there', () => {
    const { call } = apply(begin(), { type: 'LegCreated', leg: C }, { type: 'LegAnswered', leg: C });
    expect(call.state).toBe('talking');
    expect(transition(call, { type: 'TransferRequested', managerLegs: [M], absent: [], at: 9_999 })).toMatchObject({ kind: 'refused', code: 'notTalking' });
  });
});
