export interface Refresher {
  /** Reads again for this id: at once, or once more after the read that is running. */
  refresh(id: string): void;
  /** Resolves when no read is running. */
  idle(): Promise<void>;
}

/** At most one read an id at a time; whatever is asked meanwhile becomes one more read at its end, so that the last word is never older than the last nudge. */
export function createRefresher(read: (id: string) => Promise<void>, onError: (error: Error) => void): Refresher {
  const running = new Map<string, { again: boolean; done: Promise<void> }>();
  const run = async (id: string, state: { again: boolean }): Promise<void> => {
    do {
      state.again = false;
      await read(id).catch(onError);
    } while (state.again);
    running.delete(id);
  };
  return {
    refresh(id) {
      const current = running.get(id);
      if (current) {
        current.again = true;
        return;
      }
      const state = { again: false, done: Promise.resolve() };
      running.set(id, state);
      state.done = run(id, state);
    },
    async idle() {
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
