import type { Nudge } from '../platform/nudges.ts';
import type { Db } from '../platform/postgres/database.ts';
import { insertRequest, readRequestResult, type NewRequest, type RequestResult } from '../platform/postgres/requests.ts';
import type { Nudges } from '../platform/nudges.ts';

const pollMs = 200;
const patienceMs = 2_000;

/** Hands people's requests to the switch's controller and waits for its word. */
export interface Requests {
  /** The controller's result, or undefined when it gave none in 2 s. */
  ask(request: NewRequest): Promise<RequestResult | undefined>;
  /** A nudge of topic `request` came. */
  answered(nudge: Extract<Nudge, { topic: 'request' }>): void;
}

export function createRequests(db: Db, nudges: Nudges): Requests {
  const waiting = new Map<string, () => void>();
  return {
    async ask(request) {
      const { id, switchId } = await insertRequest(db, request);
      nudges.publish({ topic: 'switch', id: switchId });
      const deadline = performance.now() + patienceMs;
      try {
        for (;;) {
          // Registered before reading: an answer between the two wakes at once.
          const woken = nextWake(waiting, id);
          const result = await readRequestResult(db, { id });
          if (result) return result;
          if (performance.now() >= deadline) return undefined;
          await woken;
        }
      } finally {
        waiting.delete(id);
      }
    },
    answered({ id }) {
      waiting.get(id)?.();
    },
  };
}

/** The request's nudge or the next poll, whichever comes first. */
function nextWake(waiting: Map<string, () => void>, id: string): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pollMs);
    waiting.set(id, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
