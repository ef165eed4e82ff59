import { describe, expect, it } from 'vitest';
import { apply, begin, C, holds, M, O, one, recorded, roads, type History, type House } from './histories.ts';

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
