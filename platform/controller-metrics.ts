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

/** Several programs' texts as one: each figure is explained once, its samples stand together, as the format wants it. */
export function mergeMetrics(texts: readonly string[]): string {
  const figures = new Map<string, { head: string[]; samples: string[] }>();
  for (const text of texts) {
    let current: { head: string[]; samples: string[] } | undefined;
    for (const line of text.split('\n')) {
      const [, kind, name] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (name !== undefined) {
        const known = figures.get(name);
        current = known ?? { head: [], samples: [] };
        figures.set(name, current);
        if (!current.head.some((each) => each.startsWith(`# ${kind} `))) current.head.push(line);
      } else if (line.trim() !== '') current?.samples.push(line);
    }
  }
  return [...figures.values()].flatMap(({ head, samples }) => [...head, ...samples, '']).join('\n');
}
