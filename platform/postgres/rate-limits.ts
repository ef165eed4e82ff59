import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Db } from './database.ts';

export interface RateLimit {
  /** Counts one more and says how long this caller must wait; 0 when it may go on. Counted first, so that many at once do not all pass. */
  take(key: string): Promise<number>;
  /** Takes one back: it was no failure. */
  giveBack(key: string): Promise<void>;
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
    async take(key) {
      const now = await limiter.penalty(key);
      return now.consumedPoints > points ? Math.max(now.msBeforeNext, 1) : 0;
    },
    async giveBack(key) {
      await limiter.reward(key);
    },
    async forget(key) {
      await limiter.delete(key);
    },
  };
}
