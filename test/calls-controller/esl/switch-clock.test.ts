import { describe, expect, it } from 'vitest';
import { SwitchClock } from '../../../calls-controller/esl/switch-clock.ts';

const start = 1_800_000_000_000;
/** Events of a switch whose clock is `offMs` ahead of ours, each so long on its way. */
function heard(clock: SwitchClock, offMs: number, wayMs: readonly number[], from = start, everyMs = 1_000): void {
  wayMs.forEach((way, index) => clock.note(from + index * everyMs + offMs, from + index * everyMs + way));
}

describe('the switch’s clock', () => {
  it('is believed to the millisecond where it is ours', () => {
    const clock = new SwitchClock();
    heard(clock, 0, [3, 1, 18, 400]);
    expect(clock.ours(start + 1_234)).toBe(start + 1_234);
  });

  it.each([-3_600_000, -700, 700, 3_600_000])('that is %i ms off does not lengthen or shorten a talk', (offMs) => {
    const clock = new SwitchClock();
    heard(clock, offMs, [12, 2, 9]);
    const answeredAt = clock.ours(start + 2_000 + offMs);
    expect(Math.abs(answeredAt - (start + 2_000))).toBeLessThanOrEqual(2);
    // Hung up by a key, ten seconds later by our clock.
    expect(Math.abs(start + 12_000 - answeredAt - 10_000)).toBeLessThanOrEqual(2);
  });

  it('is not blamed for events that came late', () => {
    const clock = new SwitchClock();
    heard(clock, 0, [2, 5_000, 5_000, 5_000]);
    expect(clock.ours(start)).toBe(start);
  });

  it('is followed when it is put right', () => {
    const clock = new SwitchClock();
    heard(clock, 60_000, Array<number>(10).fill(2));
    heard(clock, 0, Array<number>(70).fill(2), start + 10_000);
    expect(clock.ours(start + 80_000)).toBe(start + 80_000);
  });
});
