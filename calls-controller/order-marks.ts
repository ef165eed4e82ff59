import type { Logger } from '../platform/log.ts';
import { markCommandsDone } from '../platform/postgres/call-store.ts';
import type { Db } from '../platform/postgres/database.ts';

/** Marks are gathered for this long, ms. */
const gatherMs = 50;

export interface CarriedOut { readonly id: string; readonly result: string }

/** Marks orders as carried out, those of many calls in one statement. An order found unmarked after a crash is looked at, never repeated blindly. */
export class OrderMarks {
  readonly #done: CarriedOut[] = [];
  #marking: Promise<void> | undefined;

  constructor(readonly options: { readonly db: Db; readonly epoch: bigint; readonly log: Logger }) {}

  add(done: readonly CarriedOut[]): void {
    this.#done.push(...done);
    if (this.#done.length > 0) this.#marking ??= this.#mark();
  }

  /** What was added so far is written, or told as not written. */
  async settled(): Promise<void> {
    await this.#marking;
  }

  async #mark(): Promise<void> {
    const { db, epoch, log } = this.options;
    while (this.#done.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, gatherMs));
      await markCommandsDone(db, { done: this.#done.splice(0), epoch }).catch((error: Error) => log.warn({ error: error.message }, 'orders not marked as done'));
    }
    // In the same breath as the look at an empty list: what is added later begins anew.
    this.#marking = undefined;
  }
}
