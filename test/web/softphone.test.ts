import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { downReasons, idle, type LineStats, microphoneFailure, phoneNext, qualityOf, type PhoneEvent, type PhoneState } from '../../web/softphone/state.ts';

const after = (...events: PhoneEvent[]) => events.reduce(phoneNext, idle);
const up: PhoneEvent[] = [{ kind: 'goOnLine' }, { kind: 'microphoneAllowed' }, { kind: 'answered' }];
const stats: LineStats = { bytesReceived: 0, bytesSent: 0, audioLevel: 0, packetsReceived: 0, packetsLost: 0, jitterMs: 5, roundTripMs: 40 };

describe('the softphone', () => {
  it('asks for the microphone, connects and is up', () => {
    expect(up.map((_, index) => after(...up.slice(0, index + 1)).name)).toEqual(['askingMicrophone', 'connecting', 'up']);
  });

  it('says why it is down and can go on line again', () => {
    for (const reason of downReasons) {
      const down = after(...up, { kind: 'failed', reason });
      expect(down).toEqual({ name: 'down', reason });
      expect(phoneNext(down, { kind: 'goOnLine' }).name).toBe('askingMicrophone');
    }
  });

  it('names what was lost while it reconnects', () => {
    expect(after(...up, { kind: 'lost', lost: 'media' })).toEqual({ name: 'reconnecting', lost: 'media' });
    expect(after(...up, { kind: 'lost', lost: 'media' }, { kind: 'restored' }).name).toBe('up');
    expect(after(...up, { kind: 'lost', lost: 'signalling' }, { kind: 'answered' }).name).toBe('up');
  });

  it('comes up by no other way than a microphone and an answer, whatever is told late', () => {
    const event = fc.oneof<fc.Arbitrary<PhoneEvent>[]>(
      fc.constantFrom('goOnLine', 'microphoneAllowed', 'answered', 'restored', 'wentOffLine').map((kind) => ({ kind }) as PhoneEvent),
      fc.constantFrom<PhoneEvent>({ kind: 'lost', lost: 'media' }, { kind: 'failed', reason: 'closed' }),
    );
    fc.assert(fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      let state: PhoneState = idle;
      let allowed = false;
      for (const each of events) {
        if (each.kind === 'microphoneAllowed' && state.name === 'askingMicrophone') allowed = true;
        const next = phoneNext(state, each);
        if (next.name === 'idle' || next.name === 'down' || (next.name === 'askingMicrophone' && state.name !== 'askingMicrophone')) allowed = false;
        if (next.name === 'up') expect(allowed).toBe(true);
        state = next;
      }
    }));
  });

  it('tells quality from what happened since the last reading', () => {
    expect(qualityOf(stats, { ...stats, packetsReceived: 100 })).toBe('good');
    expect(qualityOf(stats, { ...stats, packetsReceived: 97, packetsLost: 3 })).toBe('fair');
    expect(qualityOf(stats, { ...stats, packetsReceived: 90, packetsLost: 10 })).toBe('poor');
    expect(qualityOf(stats, stats)).toBe('silent');
    expect(qualityOf({ ...stats, packetsLost: 50 }, { ...stats, packetsReceived: 100, packetsLost: 50 })).toBe('good');
  });

  it('tells a refused microphone from a missing and a busy one', () => {
    expect(['NotAllowedError', 'NotFoundError', 'NotReadableError'].map(microphoneFailure)).toEqual(['microphoneDenied', 'microphoneMissing', 'microphoneBusy']);
  });
});
