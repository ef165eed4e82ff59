import { Worker } from 'node:worker_threads';
import { importLimits, type CopyBatch, type FileLayout, type ImportFailureCode, type ReadingMessage, type ReadingOrder } from './outcome.ts';

/** The file is refused; its transaction is rolled back on the way up. */
export class ReadingFailed extends Error {
  readonly code: ImportFailureCode;
  constructor(code: ImportFailureCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

export interface Reading {
  readonly layout: FileLayout;
  /** Can be walked once. The thread waits while nobody takes the next. @throws ReadingFailed */
  readonly batches: AsyncIterable<CopyBatch>;
  /** Ends the thread, whatever it is doing. */
  close(): Promise<void>;
}

/** Memory of the thread's heap, in MB; a file that needs more ends the thread, not the server. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/**
 * Starts a thread that reads the file, and waits until it knows the columns.
 * @throws ReadingFailed when the file is refused
 */
export async function readInThread(order: ReadingOrder): Promise<Reading> {
  const messages = startThread(order);
  try {
    const { value: first } = await messages.next();
    if (first?.kind !== 'layout') throw new Error('the reading thread announced no layout');
    return { layout: first, batches: batchesOf(messages), close: () => messages.close() };
  } catch (error) {
    await messages.close();
    throw error;
  }
}

async function* batchesOf(messages: Messages): AsyncGenerator<CopyBatch, void, undefined> {
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    if (next.value.kind !== 'batch') continue;
    yield next.value;
    messages.taken();
  }
}

interface Messages {
  next(): Promise<{ done: true; value?: undefined } | { done: false; value: ReadingMessage }>;
  taken(): void;
  close(): Promise<void>;
}

function startThread(order: ReadingOrder): Messages {
  const worker = new Worker(new URL('./reading-thread.mjs', import.meta.url), { workerData: order, execArgv: [], resourceLimits });
  const waiting: ReadingMessage[] = [];
  let ended: Error | 'done' | undefined;
  let wake: (() => void) | undefined;
  const end = (how: Error | 'done'): void => {
    ended ??= how;
    clearTimeout(deadline);
    wake?.();
  };
  const deadline = setTimeout(() => end(new ReadingFailed('tooComplex', 'the reading took too long')), importLimits.readingMs);
  worker.on('message', (message: ReadingMessage) => {
    if (message.kind === 'done') end('done');
    else if (message.kind === 'failed') end(new ReadingFailed(message.code, message.cause));
    else {
      waiting.push(message);
      wake?.();
    }
  });
  worker.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new ReadingFailed('tooComplex', error.code) : error));
  worker.on('exit', (code) => end(new Error(`the reading thread ended early (${String(code)})`)));

  return {
    async next() {
      for (;;) {
        if (ended instanceof Error) throw ended;
        const value = waiting.shift();
        if (value !== undefined) return { done: false, value };
        if (ended === 'done') return { done: true };
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    taken: () => worker.postMessage('taken'),
    async close() {
      clearTimeout(deadline);
      await worker.terminate();
    },
  };
}
