import { setTimeout as later } from 'node:timers/promises';

/** Too many files wait to be read on this server; becomes 503 with Retry-After. */
export class TooManyReadings extends Error {
  override readonly name = 'TooManyReadings';
  readonly retryAfterS = 30;
}

interface Waiting { readonly customerId: string; readonly begin: () => void }

/**
 * How many files are read at once on this server, whoever sent them: each reader may take 200 MB and a core. The others
 * wait in their order, but a customer who has no file being read comes before one who has.
 */
export class ReadingPlaces {
  private readonly running: string[] = [];
  private readonly waiting: Waiting[] = [];
  private readonly options: { readonly places: number; readonly waitingMost: number; readonly waitingMostOfOne: number; readonly patienceMs: number };

  constructor(options: Partial<ReadingPlaces['options']> = {}) {
    this.options = { places: 2, waitingMost: 20, waitingMostOfOne: 4, patienceMs: 90_000, ...options };
  }

  /** @throws TooManyReadings when too many wait already, or the wait was too long */
  async during<T>(customerId: string, read: () => Promise<T>): Promise<T> {
    await this.place(customerId);
    try {
      return await read();
    } finally {
      this.running.splice(this.running.indexOf(customerId), 1);
      this.next();
    }
  }

  private async place(customerId: string): Promise<void> {
    const { places, waitingMost, waitingMostOfOne, patienceMs } = this.options;
    if (this.running.length < places) return void this.running.push(customerId);
    if (this.waiting.length >= waitingMost || this.waiting.filter((each) => each.customerId === customerId).length >= waitingMostOfOne) throw new TooManyReadings();
    const patience = new AbortController();
    let waiting: Waiting | undefined;
    const begun = new Promise<'begun'>((resolve) => {
      waiting = { customerId, begin: () => resolve('begun') };
      this.waiting.push(waiting);
    });
    const tired = later(patienceMs, 'tired' as const, { signal: patience.signal, ref: false }).catch(() => 'begun' as const);
    const how = await Promise.race([begun, tired]);
    patience.abort();
    const index = this.waiting.indexOf(waiting as Waiting);
    if (index >= 0) this.waiting.splice(index, 1);
    // Given the place in the same moment: it is taken all the same.
    if (how === 'tired' && index >= 0) throw new TooManyReadings();
  }

  private next(): void {
    if (this.running.length >= this.options.places) return;
    const fair = this.waiting.findIndex(({ customerId }) => !this.running.includes(customerId));
    const [chosen] = this.waiting.splice(Math.max(fair, 0), 1);
    if (!chosen) return;
    this.running.push(chosen.customerId);
    chosen.begin();
  }
}
