import type { Logger } from '../../platform/log.ts';
import type { Nudges } from '../../platform/nudges.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { failRecording, isRunningRecording, listFinishedRecordings, postponeRecording, storeRecording, type FinishedRecording, type RecordingFailure } from '../../platform/postgres/recordings.ts';
import { storageKey, type RecordingStore } from '../../platform/recordings/store.ts';
import type { Switch } from '../esl/switch.ts';
import { recordingsEnded, recordingsWaiting } from '../metrics.ts';
import { Converter } from './converter.ts';
import { opusFormat } from './format.ts';
import type { Spool } from './spool.ts';
import { UnreadableWav } from './wav.ts';

export interface KeeperOptions {
  readonly db: Db; readonly target: Pick<Switch, 'stopRecording'>; readonly nudges: Nudges; readonly log: Logger; readonly spool: Spool; readonly store: RecordingStore;
  readonly switchId: string; readonly standIn: boolean;
}

const tickMs = 5_000;
/** After a stop: both its commit and the hang-ups behind it are done. */
const soonMs = 300;
const atOnce = 20;
/** A switch that gives no answer writes no more to a file that has been still for so long (it writes every 4 s at least). */
const stillMs = 60_000;
/** A file may be looked for before the switch's order to make it has come through. */
const missingMs = 5_000;
const sweepEveryMs = 3_600_000;
/** Files that belong to no running segment are removed once they are this old. */
const orphanMs = 600_000;
/** Somebody waits for the end of this program. */
const leaveMs = 1_000;
/** Shorter than one packet of Opus: nothing was said. */
const shortestMs = 60;

/**
 * Brings finished files from the spool into the store. The database says what is to be done, so that a controller that
 * was killed at any point is followed by one that goes on there; the wav goes only when the store holds its sound.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #converter = new Converter();
  readonly #timers: NodeJS.Timeout[] = [];
  #soon: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timers.push(setInterval(() => void this.run(), tickMs), setInterval(() => void this.sweep(), sweepEveryMs));
    void this.run();
    void this.sweep();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#soon);
    // What is under way is given up, wherever it waits; the next start finds it.
    await this.#converter.stop();
    await Promise.race([this.#running, new Promise((resolve) => setTimeout(resolve, leaveMs))]);
  }

  soon(): void {
    if (this.#stopped) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.run();
    }, soonMs);
  }

  run(): Promise<void> {
    this.#running ??= this.#work().catch((error: Error) => this.#options.log.warn({ error: error.message }, 'recordings not looked at; the next look does')).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #work(): Promise<void> {
    const { db, switchId, log } = this.#options;
    for (;;) {
      const finished = await listFinishedRecordings(db, { switchId, limit: atOnce });
      recordingsWaiting.set(finished.length);
      let done = 0;
      for (const recording of finished) {
        if (this.#stopped) return;
        try {
          if (await this.#keep(recording)) done += 1;
        } catch (error) {
          if (this.#stopped) return;
          log.warn({ callId: recording.callId, segment: recording.segment, tries: recording.tries, error: (error as Error).message }, 'recording not stored; tried again later');
          await postponeRecording(db, { id: recording.id });
        }
      }
      if (done < atOnce) return;
    }
  }

  /** @returns false when it is too early. */
  async #keep(recording: FinishedRecording): Promise<boolean> {
    const { db, spool, store, target, nudges, log } = this.#options;
    const { id, callId, segment, customerId } = recording;
    const wavFile = spool.wav(callId, segment);
    // Once more, whoever gave the order before: where nothing is recorded any more it changes nothing.
    const stop = await target.stopRecording(recording.leg, wavFile);
    const idleMs = await spool.idleMs(wavFile);
    if (!stop.ok && stop.reason === 'unknown' && (idleMs ?? 0) < stillMs && Date.now() - recording.stoppedAt.getTime() < stillMs) return false;
    if (idleMs === undefined) {
      if (Date.now() - recording.stoppedAt.getTime() < missingMs) return false;
      return this.#giveUp(recording, this.#options.standIn ? 'practiceLine' : 'lost');
    }
    const oggFile = spool.newOgg(callId, segment);
    try {
      const converted = await this.#converter.convert({ wavFile, oggFile });
      if (converted.durationMs < shortestMs) {
        await spool.remove(wavFile);
        return await this.#giveUp(recording, 'empty');
      }
      const key = storageKey({ customerId, callId, segment });
      await store.put(key, oggFile);
      await storeRecording(db, { id, storageKey: key, format: opusFormat, ...converted });
      await spool.remove(wavFile);
      recordingsEnded.inc({ state: 'stored' });
      log.info({ callId, segment, durationMs: converted.durationMs, bytes: converted.bytes }, 'recording stored');
      nudges.publish({ topic: 'campaign', id: recording.campaignId });
      return true;
    } catch (error) {
      if (!(error instanceof UnreadableWav)) throw error;
      log.error({ callId, segment, error: error.message }, 'recording is unreadable; its file stays in the spool until the sweep');
      return await this.#giveUp(recording, 'unreadable');
    } finally {
      await spool.remove(oggFile);
    }
  }

  async #giveUp(recording: FinishedRecording, reason: RecordingFailure): Promise<boolean> {
    const { db, nudges, log } = this.#options;
    await failRecording(db, { callId: recording.callId, segment: recording.segment, reason });
    recordingsEnded.inc({ state: reason });
    log.warn({ callId: recording.callId, segment: recording.segment, reason }, 'segment without sound');
    nudges.publish({ topic: 'campaign', id: recording.campaignId });
    return true;
  }

  /** What a controller left behind that was killed after the store had it, or whose row is gone. */
  async sweep(): Promise<void> {
    const { db, spool, log } = this.#options;
    try {
      for (const { name, callId, segment, idleMs } of await spool.list()) {
        if (idleMs < orphanMs || (await isRunningRecording(db, { callId, segment }))) continue;
        await spool.remove(name);
        log.info({ file: name }, 'left-over file removed from the spool');
      }
    } catch (error) {
      log.debug({ error: (error as Error).message }, 'spool not swept');
    }
  }
}
