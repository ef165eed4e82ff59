import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './processes.ts';

export interface KeptService {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface KeepUpOptions<Service extends KeptService> {
  readonly name: string;
  readonly first: Service;
  /** Brings it up again, where its users will find it. */
  readonly again: (before: Service) => Promise<Service>;
  readonly say: (line: string) => void;
  readonly lookEveryMs?: number;
}

const lastPauseMs = 30_000;

/** Brings PostgreSQL or FreeSWITCH up again when it dies. @returns how to stop it for good. */
export function keepUp<Service extends KeptService>({ name, first, again, say, lookEveryMs = 1_000 }: KeepUpOptions<Service>): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let service = first;
  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  const watch = async () => {
    for (let pauseMs = 500; !signal.aborted; ) {
      await pause(lookEveryMs);
      if (signal.aborted || isAlive(service.pid)) continue;
      say(`${name} ended; starting it again`);
      try {
        await service.stop();
        service = await again(service);
        pauseMs = 500;
        say(`${name} is back`);
      } catch (error) {
        say(`${name} does not come back: ${(error as Error).message}; trying again in ${pauseMs / 1000} s`);
        await pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, lastPauseMs);
      }
    }
  };
  const watching = watch();
  return async () => {
    stopping.abort();
    await watching;
    await service.stop();
  };
}
