import type { Logger } from './log.ts';
import type { RequestResult } from './postgres/requests.ts';
import { openRedis } from './redis.ts';

/**
 * Nudges say that something changed and who should read again; PostgreSQL is the truth. Whoever misses one
 * recovers by reading: subscribe, then read; read again on reconnect and on a slow tick.
 */
export type Nudge =
  /** An operator's cockpit changed. */
  | { readonly topic: 'operator'; readonly id: string }
  /** A campaign's results or counters changed. */
  | { readonly topic: 'campaign'; readonly id: string }
  /** A transfer to this manager of a campaign rings, or has changed. */
  | { readonly topic: 'manager'; readonly id: string }
  /** An alarm was raised or is over. */
  | { readonly topic: 'alarm'; readonly id: string }
  /** The pool of campaigns changed. */
  | { readonly topic: 'pool' }
  /** A request was written for this switch's controller. */
  | { readonly topic: 'switch'; readonly id: string }
  /** Logins of this account were ended. */
  | { readonly topic: 'account'; readonly id: string }
  /** A request has its result: as it was committed, so that whoever waits need not read it. */
  | { readonly topic: 'request'; readonly id: string; readonly result?: RequestResult };

const channel = 'exchange:nudges';

export interface Nudges {
  /** Never throws and never waits for long: a lost nudge is healed by the slow tick. */
  publish(nudge: Nudge): void;
  /** `onReset` is called after every (re)subscription: read everything again then. */
  subscribe(onNudge: (nudge: Nudge) => void, onReset: () => void): void;
  /** Redis is away: nothing is heard until the next reset. */
  deaf(): boolean;
  stop(): Promise<void>;
}

export function openNudges(redisUrl: string, log: Logger): Nudges {
  const publisher = openRedis(redisUrl, log);
  let subscriber: ReturnType<typeof openRedis> | undefined;
  return {
    publish(nudge) {
      publisher.publish(channel, JSON.stringify(nudge)).catch((error: Error) => log.warn({ nudge, error: error.message }, 'nudge lost'));
    },
    subscribe(onNudge, onReset) {
      const own = (subscriber ??= openRedis(redisUrl, log));
      own.on('message', (_channel, text) => {
        const nudge = parseNudge(text);
        if (nudge) onNudge(nudge);
      });
      // ioredis subscribes again by itself after a reconnect; `ready` tells us that it did.
      own.on('ready', onReset);
      own.subscribe(channel).catch((error: Error) => log.warn({ error: error.message }, 'subscribe failed; retried on reconnect'));
    },
    deaf: () => subscriber !== undefined && subscriber.status !== 'ready',
    async stop() {
      publisher.disconnect();
      subscriber?.disconnect();
      await Promise.resolve();
    },
  };
}

function parseNudge(text: string): Nudge | undefined {
  try {
    return JSON.parse(text) as Nudge;
  } catch {
    return undefined;
  }
}
