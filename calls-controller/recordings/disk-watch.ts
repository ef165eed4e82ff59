import { mkdir } from 'node:fs/promises';
import type { Logger } from '../../platform/log.ts';
import type { Nudges } from '../../platform/nudges.ts';
import { clearAlarm, raiseAlarm } from '../../platform/postgres/alarms.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { recordDiskProblem } from '../../platform/postgres/recordings.ts';
import { recordingDiskLow } from '../metrics.ts';
import type { Spool } from './spool.ts';

export interface DiskWatchOptions { readonly db: Db; readonly nudges: Nudges; readonly spool: Spool; readonly log: Logger; readonly switchId: string; readonly minFreeBytes: number }

const megabytes = (bytes: number): number => Math.floor(bytes / 1024 / 1024);

/** Whether there is room for a recording. A full disk would stop the switch's database and log, and with them the calls. */
export class DiskWatch {
  #problem: string | null | undefined;

  constructor(readonly options: DiskWatchOptions) {}

  /** Looks, and says it where the answer is a new one: in the log, the metrics, the switch's row (/readyz) and an alarm. */
  async hasRoom(): Promise<boolean> {
    const problem = await this.#look();
    const before = this.#problem;
    this.#problem = problem;
    recordingDiskLow.set(problem === null ? 0 : 1);
    if (problem === before) return problem === null;
    if (problem !== null) this.options.log.error({ problem }, 'no new recordings are started; calls go on');
    else if (before !== undefined) this.options.log.info({}, 'recordings are started again');
    await this.#tell(problem).catch((error: Error) => {
      this.#problem = undefined;
      this.options.log.warn({ error: error.message }, 'state of the recordings’ disk not written; the next look does');
    });
    return problem === null;
  }

  async #tell(problem: string | null): Promise<void> {
    const { db, switchId, nudges } = this.options;
    await recordDiskProblem(db, { switchId, problem });
    const kind = 'recordingsStopped';
    const isNews = problem === null ? await clearAlarm(db, { kind, subject: switchId }) : await raiseAlarm(db, { kind, subject: switchId, detail: { problem } });
    if (isNews) nudges.publish({ topic: 'alarm', id: kind });
  }

  async #look(): Promise<string | null> {
    const { spool, minFreeBytes } = this.options;
    if (!spool.isSafe) return `spool: ${spool.directory} has characters that a command to the switch may not have; name another in RECORDINGS_SPOOL`;
    try {
      await mkdir(spool.directory, { recursive: true, mode: 0o700 });
      const free = await spool.freeBytes();
      return free >= minFreeBytes ? null : `diskFull: less than ${megabytes(minFreeBytes)} MB free in ${spool.directory}`;
    } catch (error) {
      return `spool: ${(error as Error).message}`;
    }
  }
}
