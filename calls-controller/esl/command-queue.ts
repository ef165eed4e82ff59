/**
 * Commands that wait for their reply. The Event Socket answers strictly in order, so a command whose deadline has passed
 * keeps its place: its late reply must not be taken for the next command's.
 */

/** What became of a command; never thrown. `unknown`: it may or may not have been carried out. */
export type CommandOutcome =
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'unknown'; readonly reason: string };

interface Waiting {
  settle: ((outcome: CommandOutcome) => void) | undefined;
  readonly timer: NodeJS.Timeout;
}

export class CommandQueue {
  #waiting: Waiting[] = [];
  readonly #onOverdue: () => void;

  /** `onOverdue` is called when a deadline passes: the peer may be frozen. */
  constructor(onOverdue: () => void) {
    this.#onOverdue = onOverdue;
  }

  add(deadlineMs: number): Promise<CommandOutcome> {
    return new Promise((resolve) => {
      const waiting: Waiting = {
        settle: resolve,
        timer: setTimeout(() => {
          waiting.settle = undefined;
          resolve({ kind: 'unknown', reason: `no answer within ${deadlineMs} ms` });
          this.#onOverdue();
        }, deadlineMs),
      };
      this.#waiting.push(waiting);
    });
  }

  /** Gives the oldest command its reply; false when nothing was asked. */
  settle(outcome: CommandOutcome): boolean {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return false;
    clearTimeout(oldest.timer);
    oldest.settle?.(outcome);
    return true;
  }

  settleAll(reason: string): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { timer, settle } of waiting) {
      clearTimeout(timer);
      settle?.({ kind: 'unknown', reason });
    }
  }
}
