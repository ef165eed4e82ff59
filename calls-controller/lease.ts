import type { Logger } from '../platform/log.ts';
import type { Db } from '../platform/postgres/database.ts';
import { releaseSwitch, renewSwitch, takeSwitch } from '../platform/postgres/switches.ts';

/** A controller that is killed is followed after at most this long. */
const leaseMs = 4_000;
const renewEveryMs = 1_000;

export interface Lease {
  readonly epoch: bigint;
  release(): Promise<void>;
}

/** Waits until the switch is ours. `onLost` is called once, when another owner took it: this process must stop writing. */
export async function acquireLease(db: Db, { switchId, ownerId, log, onLost, signal }: { switchId: string; ownerId: string; log: Logger; onLost: () => void; signal: AbortSignal }): Promise<Lease> {
  let epoch = await takeSwitch(db, { switchId, ownerId, leaseMs });
  if (epoch === undefined) log.info({ switchId }, 'the switch has another owner; waiting for its lease to end');
  while (epoch === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    signal.throwIfAborted();
    epoch = await takeSwitch(db, { switchId, ownerId, leaseMs });
  }
  const held = epoch;
  const timer = setInterval(() => {
    renewSwitch(db, { switchId, epoch: held, leaseMs }).then(
      (ours) => {
        if (ours) return;
        clearInterval(timer);
        onLost();
      },
      // The database is away: every write fails as well, so nothing stale can be written.
      (error: Error) => log.warn({ error: error.message }, 'lease not renewed'),
    );
  }, renewEveryMs);
  return {
    epoch: held,
    async release() {
      clearInterval(timer);
      await releaseSwitch(db, { switchId, epoch: held });
    },
  };
}
