import type { LegId } from '../../domain/leg.ts';
import type { CommandOutcome } from './command-queue.ts';
import { isLegId } from './dial-string.ts';
import { EslLink, type EslLinkOptions } from './link.ts';

/** An absolute path of plain letters, digits, spaces and `._-`: it stands between quotes in a command. */
const WAV_FILE = /^\/[\p{L}\p{N} ._/-]{1,400}\.wav$/u;
/** Telephones' band; a leg with a wider one is resampled by the switch. */
const SAMPLE_RATE = 8_000;

/**
 * uuid_record and uuid_displace on an Event Socket of their own, opened with the first of them: the switch answers
 * `uuid_record … start` only after its writing thread runs, 10 to 20 ms, in which that socket tells and takes nothing else.
 */
export class RecordingCommands {
  readonly #options: EslLinkOptions;
  readonly #main: EslLink;
  #own: EslLink | undefined;

  constructor(options: EslLinkOptions, main: EslLink) {
    this.#options = options;
    this.#main = main;
  }

  /**
   * Both sides mixed, 16-bit PCM, from the leg's next packet on. Given again it changes nothing ("Already recording").
   * @param limitMs whole seconds, counted from the switch's last full second; it only ends the recording
   */
  start(leg: LegId, file: string, limitMs: number): Promise<CommandOutcome> {
    // The variables are never left out beside a limit: FreeSWITCH reads them without looking whether they are there.
    return this.#send(`uuid_record ${leg} start '${file}' ${Math.ceil(limitMs / 1000)} {record_sample_rate=${SAMPLE_RATE}}`, leg, file);
  }

  /** When it answers `+OK` the file is complete; `-ERR` where nothing is recorded (any more). */
  stop(leg: LegId, file: string): Promise<CommandOutcome> {
    return this.#send(`uuid_record ${leg} stop '${file}'`, leg, file);
  }

  /** Both sides of the leg's bridge hear it and, meanwhile, not each other; the bridge is not touched. The sound is found by the switch's `sound_prefix`. */
  announce(leg: LegId, language: 'ru' | 'en'): Promise<CommandOutcome> {
    return this.#send(`uuid_displace ${leg} start announce/recording-${language === 'ru' ? 'ru' : 'en'}.wav 0 rw`, leg);
  }

  stopLink(): Promise<void> {
    const own = this.#own;
    this.#own = undefined;
    return own?.stop() ?? Promise.resolve();
  }

  #send(command: string, leg: LegId, file?: string): Promise<CommandOutcome> {
    if (!isLegId(leg) || (file !== undefined && (!WAV_FILE.test(file) || file.includes('/../')))) return Promise.resolve({ kind: 'reply', text: '-ERR not a leg, or not a file that may be written' });
    if (this.#own === undefined) {
      this.#own = new EslLink({ ...this.#options, subscribe: false, onEvent: () => undefined, onLink: () => undefined });
      this.#own.start();
    }
    return (this.#own.isUp ? this.#own : this.#main).command([`api ${command}`]);
  }
}
