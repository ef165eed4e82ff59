import type Event from 'modesl/lib/esl/Event.js';
import { expect, it } from 'vitest';
import { FactReader } from '../../../calls-controller/esl/facts.ts';
import { SwitchClock } from '../../../calls-controller/esl/switch-clock.ts';

const leg = (number: number) => `leg-${number}`;
const event = (type: string, id: string, more: Record<string, string> = {}): Event => {
  const headers: Record<string, string> = { 'Unique-ID': id, 'Event-Date-Timestamp': '1800000000000000', variable_exchange_leg: id, ...more };
  return { type, headers: [], body: '', getHeader: (name: string) => headers[name] ?? null, getBody: () => '' } as unknown as Event;
};

it('legs whose hang-up was never told are forgotten in the end, one that is heard of is not', () => {
  const reader = new FactReader(new SwitchClock());
  const tells = (id: string) => reader.read(event('CHANNEL_CALLSTATE', id, { 'Channel-Call-State': 'RINGING' }), 1_800_000_000_001)?.kind;
  reader.read(event('CHANNEL_CREATE', leg(0)), 1_800_000_000_001);
  reader.read(event('CHANNEL_CREATE', leg(1)), 1_800_000_000_001);
  for (let number = 2; number < 20_000; number += 1) {
    reader.read(event('CHANNEL_CREATE', leg(number)), 1_800_000_000_001);
    if (number % 1_000 === 0) reader.read(event('CHANNEL_ANSWER', leg(1)), 1_800_000_000_001);
  }
  expect(reader.size).toBeLessThanOrEqual(5_000);
  expect(tells(leg(0))).toBeUndefined();
  expect(tells(leg(1))).toBe('progressed');
  reader.read(event('CHANNEL_HANGUP_COMPLETE', leg(1)), 1_800_000_000_001);
  expect(tells(leg(1))).toBeUndefined();
});
