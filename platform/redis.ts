import { Redis } from 'ioredis';
import type { Logger } from './log.ts';

export type { Redis };

/** Opens one connection. It reconnects by itself for ever; while it is away commands fail after `commandTimeout` and callers go on without. */
export function openRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 1,
    commandTimeout: 2_000,
    connectTimeout: 2_000,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    enableReadyCheck: false,
  });
  redis.on('error', (error) => log.warn({ error: error.message }, 'redis'));
  return redis;
}
