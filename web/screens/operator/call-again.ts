/** A switch that is away is called again by itself, ever less often, and never given up. */
const afterMs = [1_000, 2_000, 4_000, 8_000, 15_000];

export class CallAgain {
  private tries = 0;
  private dueMs: number | null = null;
  private readonly chance: () => number;

  /** @param chance 0–1, of each page's own, so that not all come at once */
  constructor(chance: () => number = Math.random) {
    this.chance = chance;
  }

  /** Asked on each tick. @returns whether to call now */
  isDue(nowMs: number, state: 'up' | 'cutOff' | 'other'): boolean {
    if (state === 'up') this.tries = 0;
    if (state !== 'cutOff') {
      this.dueMs = null;
      return false;
    }
    const waitMs = afterMs[Math.min(this.tries, afterMs.length - 1)] ?? 0;
    this.dueMs ??= nowMs + waitMs * (0.75 + this.chance() / 2);
    if (nowMs < this.dueMs) return false;
    this.dueMs = null;
    this.tries += 1;
    return true;
  }
}
