import type { Nudge } from '../platform/nudges.ts';
import type { Db } from '../platform/postgres/database.ts';
import { insertRequest, NoSuchCall, readRequestResult, type NewRequest, type RequestResult } from '../platform/postgres/requests.ts';
import type { Nudges } from '../platform/nudges.ts';

const pollMs = 500;
const patienceMs = 2_000;

/** Hands people's requests to the switch's controller and waits for its word. */
export interface Requests {
  /** The controller's result, or undefined when it gave none in 2 s. `noSuchCall`: the call is not one of this operator's. */
  ask(request: NewRequest): Promise<RequestResult | undefined>;
  /** A nudge of topic `request` came. */
  answered(nudge: Extract<Nudge, { topic: 'request' }>): void;
}

export function createRequests(db: Db, nudges: Nudges): Requests {
  const waiting = new Map<string, (result?: RequestResult) => void>();
  return {
    async ask(request) {
      const written = await insertRequest(db, request).catch(noCall);
      if (written === undefined) return { ok: false, code: 'noSuchCall' };
      const { id, switchId } = written;
      const deadline = performance.now() + patienceMs;
      // Heard from now on; the nudge brings the result along, and what it brings not is read.
      let woken = nextWake(waiting, id);
      nudges.publish({ topic: 'switch', id: switchId });
      try {
        for (;;) {
          const told = await woken;
          if (told) return told;
          woken = nextWake(waiting, id);
          const result = await readRequestResult(db, { id });
          if (result) return result;
          if (performance.now() >= deadline) return undefined;
        }
      } finally {
        waiting.get(id)?.();
        waiting.delete(id);
      }
    },
    answered({ id, result }) {
      waiting.get(id)?.(result);
    },
  };
}

function noCall(error: unknown): undefined {
  if (!(error instanceof NoSuchCall)) throw error;
}

/** The request's nudge, with the result that it brings, or the next poll, whichever comes first. */
function nextWake(waiting: Map<string, (result?: RequestResult) => void>, id: string): Promise<RequestResult | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), pollMs);
    waiting.set(id, (result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
