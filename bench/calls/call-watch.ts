/** What the record says of calls: looked at after their operators' nudges, one look for all calls that are waited for. */
import { openNudges, type Nudges } from '../../platform/nudges.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { within } from './bounded.ts';

const patienceMs = 10_000;
/** At most this often. */
const lookEveryMs = 10;
/** For a nudge that was lost. */
const tickMs = 250;
const log = { info: () => undefined, warn: () => undefined } as never;

export interface CallRecord { readonly id: string; readonly contact_leg: string; readonly answered: boolean; readonly released: boolean; readonly ended: boolean; readonly outcome: string | null; readonly hangup_cause: string | null }

export class CallWatch {
  readonly #nudges: Nudges;
  readonly #waiting = new Map<string, { operatorId: string; look: (record: CallRecord) => void }>();
  readonly #tick = setInterval(() => this.#soon(), tickMs);
  #next: NodeJS.Timeout | undefined;

  constructor(readonly db: Db, redisUrl: string) {
    this.#nudges = openNudges(redisUrl, log);
    this.#nudges.subscribe((nudge) => {
      if (nudge.topic === 'operator' && [...this.#waiting.values()].some(({ operatorId }) => operatorId === nudge.id)) this.#soon();
    }, () => this.#soon());
  }

  /** What `read` makes of the call's record, as soon as it makes something of it. Rejects when `read` throws. */
  async until<T>(what: string, { callId, operatorId }: { callId: string; operatorId: string }, read: (record: CallRecord) => T | undefined): Promise<T> {
    try {
      return await within(what, patienceMs, new Promise<T>((resolve, reject) => {
        this.#waiting.set(callId, { operatorId, look: (record) => {
          try {
            const result = read(record);
            if (result !== undefined) resolve(result);
          } catch (error) {
            reject(error as Error);
          }
        } });
        this.#soon();
      }));
    } finally {
      this.#waiting.delete(callId);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#tick);
    clearTimeout(this.#next);
    await this.#nudges.stop();
  }

  #soon(): void {
    if (this.#waiting.size > 0) this.#next ??= setTimeout(() => void this.#look().finally(() => (this.#next = undefined)), lookEveryMs);
  }

  async #look(): Promise<void> {
    const { rows } = await this.db.raw<{ rows: CallRecord[] }>(
      `select id, contact_leg, answered_at is not null as answered, released_at is not null as released, ended_at is not null as ended, outcome, hangup_cause from calls where id = any(?::uuid[])`, [[...this.#waiting.keys()]],
    ).options({ name: 'calls_watched' });
    for (const record of rows) this.#waiting.get(record.id)?.look(record);
  }
}
