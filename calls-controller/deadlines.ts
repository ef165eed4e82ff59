import type { DeadlineName } from '../domain/call/event.ts';

/** setTimeout counts at most this far (2^31 - 1 ms); longer deadlines are looked at again. */
const longestTimeoutMs = 2_147_483_647;

/** The timers of stored deadlines. The database has the truth; after a restart they are set again from it. */
export class Deadlines {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #overdue = new Map<string, () => void>();
  /** From the start: what passed while nobody was there waits until the switch has been looked at. */
  #held = true;

  constructor(readonly onPassed: (callId: string, name: DeadlineName, at: number) => void) {}

  /** @param at ms since the epoch; one that has passed already fires at once. */
  set(callId: string, name: DeadlineName, at: number): void {
    this.clear(callId, name);
    const timer = setTimeout(
      () => {
        this.#timers.delete(`${callId}/${name}`);
        const now = Date.now();
        if (now < at) this.set(callId, name, at);
        else if (this.#held) this.#overdue.set(`${callId}/${name}`, () => this.onPassed(callId, name, Date.now()));
        else this.onPassed(callId, name, now);
      },
      Math.min(Math.max(0, at - Date.now()), longestTimeoutMs),
    );
    this.#timers.set(`${callId}/${name}`, timer);
  }

  /** What passes from now on waits: the switch may have told something meanwhile that nobody has heard yet. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    const overdue = [...this.#overdue.values()];
    this.#overdue.clear();
    for (const pass of overdue) pass();
  }

  clear(callId: string, name: DeadlineName): void {
    clearTimeout(this.#timers.get(`${callId}/${name}`));
    this.#timers.delete(`${callId}/${name}`);
    this.#overdue.delete(`${callId}/${name}`);
  }

  clearAll(callId: string): void {
    for (const [key, timer] of this.#timers)
      if (key.startsWith(`${callId}/`)) {
        clearTimeout(timer);
        this.#timers.delete(key);
      }
    for (const key of this.#overdue.keys()) if (key.startsWith(`${callId}/`)) this.#overdue.delete(key);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#overdue.clear();
  }
}
