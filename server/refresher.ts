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

/**
 * The slow tick: reads again where the mark is another one than at the tick before, where it is seen for the first time,
 * and where it is null. A thousand open pages cost one statement.
 */
export function createHealer(readMarks: (ids: readonly string[]) => Promise<ReadonlyMap<string, string | null>>, refresh: (id: string) => void): (ids: readonly string[]) => Promise<void> {
  let before: ReadonlyMap<string, string | null> = new Map();
  let looking = false;
  return async (ids) => {
    if (looking || ids.length === 0) return;
    looking = true;
    try {
      const marks = await readMarks(ids);
      for (const id of ids) {
        const mark = marks.get(id) ?? null;
        if (mark === null || before.get(id) !== mark) refresh(id);
      }
      before = marks;
    } finally {
      looking = false;
    }
  };
}
