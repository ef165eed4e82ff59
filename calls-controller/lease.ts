import type { Logger } from '../platform/log.ts';
import { OwnerMark, releaseSwitch, renewSwitch, takeSwitch } from '../platform/postgres/switches.ts';
import type { Db } from '../platform/postgres/database.ts';

/** A controller that is frozen is followed after at most this long; one that is killed at once (OwnerMark). */
const leaseMs = 4_000;
const renewEveryMs = 1_000;
/** A lease that was not renewed for this long may be another's soon: no order goes out before it is confirmed. */
const freshMs = leaseMs - 500;
const lookEveryMs = 100;

/** Whether this process owns the switch. */
export interface Owner {
  /** True while nobody else can have taken the switch. */
  fresh(): boolean;
  /** Asks the database. False when the switch has another owner, or the database gives no answer. */
  confirm(): Promise<boolean>;
}

export interface Lease extends Owner {
  readonly epoch: bigint;
  /** Until when a former owner heard the switch, ms since the epoch; null when there was none. */
  readonly heardUntil: number | null;
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly switchId: string; readonly ownerId: string; readonly log: Logger;
  /** Called once, when another owner took the switch: this process must stop writing. */
  readonly onLost: () => void;
  readonly signal: AbortSignal;
}

/** Waits until the switch is ours. */
export async function acquireLease(db: Db, options: LeaseOptions): Promise<Lease> {
  const { switchId, ownerId, log, signal } = options;
  const mark = new OwnerMark(db, switchId);
  const take = async () => ({ askedAt: performance.now(), ownership: await takeSwitch(db, { switchId, ownerId, leaseMs, marked: await mark.take() }) });
  try {
    let taken = await take();
    if (taken.ownership === undefined) log.info({ switchId }, 'the switch has another owner; waiting for its lease to end');
    while (taken.ownership === undefined) {
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      signal.throwIfAborted();
      taken = await take();
    }
    return held(db, options, mark, taken.ownership, taken.askedAt);
  } catch (error) {
    await mark.release();
    throw error;
  }
}

function held(db: Db, { switchId, log, onLost }: LeaseOptions, mark: OwnerMark, { epoch, heardUntil }: { epoch: bigint; heardUntil: number | null }, takenAt: number): Lease {
  let renewedAt = takenAt;
  let lost = false;
  let asking: Promise<boolean> | undefined;
  const renew = async (): Promise<boolean> => {
    // Monotonic, and taken before the question: what the answer says was so at this moment.
    const askedAt = performance.now();
    const ours = await renewSwitch(db, { switchId, epoch, leaseMs, marked: await mark.take() });
    if (ours) renewedAt = askedAt;
    else if (!lost) {
      lost = true;
      clearInterval(timer);
      onLost();
    }
    return ours;
  };
  const confirm = (): Promise<boolean> => {
    if (lost) return Promise.resolve(false);
    asking ??= renew()
      .catch((error: Error) => {
        // The database is away: every write fails as well, so nothing stale can be written.
        log.warn({ error: error.message }, 'lease not renewed');
        return false;
      })
      .finally(() => (asking = undefined));
    return asking;
  };
  const timer = setInterval(() => void confirm(), renewEveryMs);
  return {
    epoch, heardUntil, confirm,
    fresh: () => !lost && performance.now() - renewedAt < freshMs,
    async release() {
      clearInterval(timer);
      await asking;
      await releaseSwitch(db, { switchId, epoch }).finally(() => mark.release());
    },
  };
}
