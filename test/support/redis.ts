import { afterAll } from 'vitest';
import { startRedis, type EmbeddedRedis } from '../../local/redis/server.ts';

const started: EmbeddedRedis[] = [];
let own: Promise<EmbeddedRedis> | undefined;

// Registered when the file imports this, so it runs after the file's own hooks.
afterAll(async () => {
  await Promise.all(started.map((redis) => redis.stop()));
});

/** A small Redis of the file's own, ended after its tests: nothing that another file publishes is heard here. */
export async function startTestRedis(): Promise<EmbeddedRedis> {
  const redis = await startRedis();
  started.push(redis);
  return redis;
}

/** The address of the file's own Redis, started on first use. */
export async function redisUrl(): Promise<string> {
  own ??= startTestRedis();
  return (await own).url;
}
