import type { Logger } from '../../platform/log.ts';
import { recordAudit } from '../../platform/postgres/audit.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { eraseRecording, listDueRecordings } from '../../platform/postgres/recordings.ts';
import type { RecordingStore } from '../../platform/recordings/store.ts';

export interface RetentionOptions { readonly db: Db; readonly store: RecordingStore; readonly log: Logger }

const everyMs = 600_000;
const firstAfterMs = 30_000;
/** Of each campaign in one round; rounds follow each other until nothing is due. */
const limitPerCampaign = 50;
const mostRounds = 100;
/** Somebody waits for the end of this program; the next one goes on. */
const leaveMs = 1_000;

/** Erases sound that is older than its campaign keeps it. The row stays, with the time and an entry in the audit log. */
export class Retention {
  #timers: NodeJS.Timeout[] = [];
  #running: Promise<unknown> | undefined;
  #stopped = false;

  constructor(readonly options: RetentionOptions) {}

  start(): void {
    const run = () => void this.run();
    this.#timers = [setTimeout(run, firstAfterMs), setInterval(run, everyMs)];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.race([this.#running, new Promise((resolve) => setTimeout(resolve, leaveMs))]);
  }

  run(): Promise<unknown> {
    this.#running ??= this.#erase().catch((error: Error) => this.options.log.warn({ error: error.message }, 'retention failed; tried again')).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #erase(): Promise<void> {
    const { db, store, log } = this.options;
    for (let round = 0; round < mostRounds && !this.#stopped; round += 1) {
      const due = await listDueRecordings(db, { limitPerCampaign });
      let erased = 0;
      for (const { id, customerId, callId, segment, storageKey, days } of due) {
        if (this.#stopped) return;
        try {
          // The sound first: a row that says "erased" is never wrong.
          await store.remove(storageKey);
        } catch (error) {
          log.warn({ callId, segment, error: (error as Error).message }, 'sound not erased; tried again');
          continue;
        }
        const isOurs = await db.transaction(async (trx) => {
          if (!(await eraseRecording(trx, { id, reason: 'retention' }))) return false;
          await recordAudit(trx, { userId: null, role: null, customerId, address: null, action: 'recordingErased', subject: 'recording', subjectId: id, details: { callId, segment, reason: 'retention', days } });
          return true;
        });
        erased += 1;
        if (isOurs) log.info({ callId, segment, days }, 'recording erased, its time is over');
      }
      if (erased === 0) return;
    }
  }
}
