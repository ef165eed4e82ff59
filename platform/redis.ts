import { once } from 'node:events';
import { Redis } from 'ioredis';
import type { Logger } from './log.ts';

export type { Redis };

/**
 * Opens one connection. It reconnects by itself for ever; while it is away commands fail after `commandTimeout` and callers
 * go on without. `waits: false`: they fail at once then, for callers who have somebody waiting.
 */
export function openRedis(url: string, log: Logger, { waits = true } = {}): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: waits,
    maxRetriesPerRequest: 1,
    commandTimeout: 2_000,
    connectTimeout: 2_000,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    enableReadyCheck: false,
  });
  redis.on('error', (error) => log.warn({ error: error.message }, 'redis'));
  return redis;
}

/** Resolves when the connection is up, or after 2 s without. */
export async function redisUp(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await once(redis, 'ready', { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
}

export interface SocketBus {
  readonly publisher: Redis;
  readonly subscriber: Redis;
  stop(): void;
}

/**
 * Two connections for socket.io's Redis adapter, by which the servers reach each other's pages. The adapter leaves the
 * promises of its commands alone: what fails while Redis is away is logged here and lost, like any nudge. The subscriber
 * waits for Redis as long as it takes, and has its subscriptions again after each reconnect.
 */
export function openSocketBus(url: string, log: Logger): SocketBus {
  const publisher = openRedis(url, log);
  const subscriber = new Redis(url, { maxRetriesPerRequest: null, connectTimeout: 2_000, retryStrategy: (times) => Math.min(times * 100, 2_000), enableReadyCheck: false });
  subscriber.on('error', (error) => log.warn({ error: error.message }, 'redis'));
  let stopped = false;
  const heard = (client: Redis, name: 'publish' | 'subscribe' | 'psubscribe' | 'unsubscribe' | 'punsubscribe') => {
    const send = client[name].bind(client) as (...given: unknown[]) => Promise<unknown>;
    Object.assign(client, {
      [name]: (...given: unknown[]) => send(...given).catch((error: Error) => {
        if (!stopped) log.warn({ command: name, error: error.message }, 'not told to the other servers');
        return 0;
      }),
    });
  };
  heard(publisher, 'publish');
  for (const name of ['subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'] as const) heard(subscriber, name);
  return {
    publisher, subscriber,
    stop() {
      stopped = true;
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
