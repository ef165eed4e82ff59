import { describe, expect, it } from 'vitest';
import { CallAgain } from '../../web/screens/operator/call-again.ts';

/** Seconds at which a line that is cut off for so long is called. */
function callsIn(seconds: number, again: CallAgain, fromS = 0): number[] {
  const calls: number[] = [];
  for (let at = fromS; at < fromS + seconds; at += 0.5) if (again.isDue(at * 1_000, 'cutOff')) calls.push(at);
  return calls;
}

describe('a line whose switch is away', () => {
  it.each([0, 0.5, 0.999])('is called again by itself, ever less often and never given up (chance %d)', (chance) => {
    const calls = callsIn(600, new CallAgain(() => chance));
    expect(calls[0]).toBeLessThan(2);
    const pauses = calls.slice(1).map((at, index) => at - calls[index]!);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(20);
    expect(Math.min(...pauses.slice(4))).toBeGreaterThanOrEqual(11);
    expect(calls.at(-1)).toBeGreaterThan(575);
  });

  it('begins with short pauses again once it was up', () => {
    const again = new CallAgain();
    callsIn(120, again);
    expect(callsIn(3, again, 120).length).toBeLessThan(2);
    expect(again.isDue(123_000, 'up')).toBe(false);
    expect(callsIn(5, again, 124).length).toBeGreaterThan(1);
  });

  it('is left alone while it is not cut off', () => {
    const again = new CallAgain();
    for (let at = 0; at < 60_000; at += 500) expect(again.isDue(at, 'other')).toBe(false);
  });
});
