import { describe, expect, it } from 'vitest';
import { transition } from '../../../domain/call/transition.ts';
import { apply, begin, C, holds, inTurn, M, M2, O, one, P, page, PL, roads, together, withKey, type Fact, type History, type House } from './histories.ts';

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

  it('whose number may not be telephoned any more are passed over; alone, the contact comes back from the music', () => {
    const refused = (leg: string): Fact => ({ type: 'OriginateFailed', leg, fate: 'notAllowed', reason: 'typeNotAllowed' });
    const history = apply(begin(inTurn), ...roads.ringingManager, refused(M));
    expect(ordered(history)).toEqual([M, M2]);
    expect(history.call.state).toBe('ringingManager');
    const alone = apply(begin(one), ...roads.ringingManager, refused(M));
    expect(alone.call).toMatchObject({ state: 'returning', transferEnded: { reason: 'notAllowed' } });
    expect(alone.commands).toContainEqual({ type: 'BridgeLegs', leg: O, other: C });
    apply(alone, { type: 'LegsBridged', leg: O, other: C });
    expect(alone.call.state).toBe('talking');
    holds(alone);
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
    expect(history.call).toMatchObject({ state: 'returning', transferEnded: { reason: 'notOpen' } });
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
