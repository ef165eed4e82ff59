import { performance } from 'node:perf_hooks';
import { FRAME_MS } from './sounds.ts';

/** Beats that a stalled process still makes up for; what is older is not heard any more. */
const MAX_LATE_BEATS = 10;

/** One beat every 20 ms on average, however late a single timer comes. */
export class Metronome {
  readonly #beat: () => void;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;

  constructor(beat: () => void) {
    this.#beat = beat;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#due = performance.now() + FRAME_MS;
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#run(), Math.max(1, this.#due - performance.now()));
  }

  #run(): void {
    const now = performance.now();
    this.#due = Math.max(this.#due, now - MAX_LATE_BEATS * FRAME_MS);
    for (; this.#due <= now && this.#timer !== undefined; this.#due += FRAME_MS) this.#beat();
    if (this.#timer !== undefined) this.#wait();
  }
}
