import { Worker } from 'node:worker_threads';
import type { Converted } from './opus.ts';
import { UnreadableWav } from './wav.ts';

export interface ConvertOrder { readonly wavFile: string; readonly oggFile: string }
export type ConvertAnswer = ({ readonly kind: 'done' } & Converted) | { readonly kind: 'failed'; readonly unreadable: boolean; readonly message: string };

/** MB; WebAssembly's own memory comes on top, about 30 MB. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
/** Two hours of speech take about a minute and a half. */
const deadlineMs = 600_000;
/** The thread is kept this long for the next file. */
const idleMs = 20_000;

/** Converts in a thread of its own, one file at a time: the main loop drives calls. */
export class Converter {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  /** @throws UnreadableWav for a file that is no sound; any other error may pass */
  convert(order: ConvertOrder): Promise<Converted> {
    const next = this.#tail.then(() => this.#run(order));
    this.#tail = next.catch(() => undefined);
    return next;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #run(order: ConvertOrder): Promise<Converted> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= new Worker(new URL('./opus-thread.mjs', import.meta.url), { execArgv: [], resourceLimits }));
    try {
      const answer = await ask(worker, order);
      if (answer.kind === 'done') return answer;
      throw answer.unreadable ? new UnreadableWav(answer.message) : new Error(answer.message);
    } catch (error) {
      // A thread that failed otherwise may hold anything: the next file gets a new one.
      if (!(error instanceof UnreadableWav)) await this.stop();
      throw error;
    } finally {
      this.#idle = setTimeout(() => void this.stop(), idleMs).unref();
    }
  }
}

function ask(worker: Worker, order: ConvertOrder): Promise<ConvertAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => over(() => reject(new Error('the conversion took too long'))), deadlineMs);
    const onMessage = (answer: ConvertAnswer) => over(() => resolve(answer));
    const onError = (error: Error) => over(() => reject(error));
    const onExit = (code: number) => over(() => reject(new Error(`the converting thread ended (${code})`)));
    const over = (settle: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(order);
  });
}
