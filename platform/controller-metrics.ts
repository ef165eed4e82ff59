import type { Redis } from './redis.ts';

/**
 * The controller has no port of its own: every few seconds it leaves its metrics in Redis, and the server's /metrics
 * gives them out with its own. They expire, so that a dead controller's are not read as a living one's.
 */
const key = (switchId: string) => `exchange:metrics:${switchId}`;
const liveSeconds = 15;

export async function leaveMetrics(redis: Redis, switchId: string, text: string): Promise<void> {
  await redis.set(key(switchId), text, 'EX', liveSeconds);
}

/** Prometheus text, empty when no controller left any. */
export async function readMetrics(redis: Redis, switchId: string): Promise<string> {
  return (await redis.get(key(switchId))) ?? '';
}
