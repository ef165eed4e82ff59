import type { Call } from '../../domain/call/call.ts';
import type { CallCommand } from '../../domain/call/command.ts';
import type { RecordingsConfig } from '../../platform/config.ts';
import type { Logger } from '../../platform/log.ts';
import type { Nudges } from '../../platform/nudges.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { failRecording, moveRecordingStart, type RecordingFailure } from '../../platform/postgres/recordings.ts';
import { openStore } from '../../platform/recordings/store.ts';
import type { OrderResult, Switch } from '../esl/switch.ts';
import { recordingsEnded } from '../metrics.ts';
import { DiskWatch } from './disk-watch.ts';
import { Keeper } from './keeper.ts';
import { Retention } from './retention.ts';
import { Spool } from './spool.ts';

export interface RecorderOptions {
  readonly db: Db; readonly target: Switch; readonly nudges: Nudges; readonly log: Logger; readonly config: RecordingsConfig;
  readonly switchId: string;
  /** The stand-in switch records nothing: the record says so. */
  readonly standIn: boolean;
}

type RecordingOrder = Extract<CallCommand, { type: 'AnnounceRecording' | 'StartRecording' | 'StopRecording' }>;

/** No recording runs longer, whatever becomes of its leg and of us: contact and manager may talk two hours. */
const longestRecordingMs = 7_500_000;
const diskEveryMs = 60_000;

/** Carries the calls' orders about recordings out, and sees to it that every file comes into the store. A call never waits for the store nor fails by it. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #spool: Spool;
  readonly #disk: DiskWatch;
  readonly #keeper: Keeper;
  readonly #retention: Retention;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RecorderOptions) {
    const { db, target, nudges, log, switchId, standIn, config } = options;
    const store = openStore(config);
    this.#options = options;
    this.#spool = new Spool(config.spoolDir);
    this.#disk = new DiskWatch({ db, nudges, spool: this.#spool, log, switchId, minFreeBytes: config.minFreeBytes });
    this.#keeper = new Keeper({ db, target, nudges, log, spool: this.#spool, store, switchId, standIn });
    this.#retention = new Retention({ db, store, log });
  }

  start(): void {
    const look = () => void this.#disk.hasRoom();
    look();
    this.#timer = setInterval(look, diskEveryMs);
    this.#keeper.start();
    this.#retention.start();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#keeper.stop(), this.#retention.stop()]);
  }

  /** Never throws. What a recording comes to stands in its own row; only an announcement that failed is the call's business. */
  async carryOut(callId: string, order: RecordingOrder): Promise<OrderResult> {
    const { target, standIn } = this.#options;
    switch (order.type) {
      case 'AnnounceRecording': {
        const result = await target.announceRecording(order.leg, order.language);
        return standIn && !result.ok ? { ok: true, reply: 'practice line: nothing is announced, since nothing is recorded' } : result;
      }
      case 'StartRecording': return { ok: true, reply: await this.#begin(callId, order.segment, order.leg) };
      case 'StopRecording': {
        const { reply } = await target.stopRecording(order.leg, this.#spool.wav(callId, order.segment));
        this.#keeper.soon();
        return { ok: true, reply };
      }
      default: return order satisfies never;
    }
  }

  /** An order to start may have been lost with the controller that gave it: where there is no file yet, it is given again. */
  async resume(calls: Iterable<Call>): Promise<void> {
    const { db, target, log } = this.#options;
    for (const { id: callId, recording } of calls) {
      if (!recording?.running) continue;
      const { segment, leg } = recording.running;
      const file = this.#spool.wav(callId, segment);
      if ((await this.#spool.idleMs(file)) !== undefined || !(await this.#disk.hasRoom())) continue;
      const { ok } = await target.startRecording(leg, file, longestRecordingMs);
      log.info({ callId, segment, started: ok }, 'recording taken up again');
      if (ok) await moveRecordingStart(db, { callId, segment });
    }
  }

  async #begin(callId: string, segment: number, leg: string): Promise<string> {
    if (!(await this.#disk.hasRoom())) return this.#fail(callId, segment, 'diskFull');
    const result = await this.#options.target.startRecording(leg, this.#spool.wav(callId, segment), longestRecordingMs);
    // A leg that is gone already, or no answer: the keeper finds a file or none.
    if (result.ok || result.reason !== 'refused') return result.reply;
    if (!this.#options.standIn) this.#options.log.error({ callId, segment, reply: result.reply }, 'the switch refuses to record');
    return this.#fail(callId, segment, this.#options.standIn ? 'practiceLine' : 'refused');
  }

  #fail(callId: string, segment: number, reason: RecordingFailure): string {
    recordingsEnded.inc({ state: reason });
    failRecording(this.#options.db, { callId, segment, reason }).catch((error: Error) => this.#options.log.warn({ callId, segment, reason, error: error.message }, 'not written that a call is not recorded; the keeper finds no file'));
    return `not recorded: ${reason}`;
  }
}
