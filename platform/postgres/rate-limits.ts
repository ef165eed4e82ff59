import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Db } from './database.ts';

export interface RateLimit {
  /** How long a caller with this key must still wait; 0 when it may go on. */
  waitMs(key: string): Promise<number>;
  count(key: string): Promise<void>;
  forget(key: string): Promise<void>;
}

export interface RateLimitOptions { readonly name: string; readonly points: number; readonly durationMs: number }

/** Counts in PostgreSQL, so that a limit holds over all servers and outlives Redis. */
export function openRateLimit(db: Db, { name, points, durationMs }: RateLimitOptions): RateLimit {
  const limiter = new RateLimiterPostgres({
    storeClient: db,
    storeType: 'knex',
    tableName: 'rate_limits',
    tableCreated: true,
    keyPrefix: name,
    points,
    duration: durationMs / 1_000,
  });
  return {
    async waitMs(key) {
      const now = await limiter.get(key);
      return now && now.consumedPoints >= points ? Math.max(now.msBeforeNext, 1) : 0;
    },
    async count(key) {
      await limiter.penalty(key);
    },
    async forget(key) {
      await limiter.delete(key);
    },
  };
}
