import type { ListAnswer, ListQuestion } from '../../platform/postgres/import-list.ts';
import type { RowBatch, WritingOrder, FileLayout, ImportFailureCode, ReadingCommand, ReadingMessage, ReadingOrder } from './outcome.ts';
import { importLimits } from './outcome.ts';
import { takeThread } from './spare-thread.ts';

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
  /** Can be walked once; a question must be answered before the rows behind it come. The thread waits while nobody takes the next. @throws ReadingFailed */
  rows(order: WritingOrder): AsyncIterable<ListQuestion | ({ readonly kind: 'batch' } & RowBatch)>;
  answer(answer: ListAnswer): void;
  /** Ends the thread, whatever it is doing. */
  close(): Promise<void>;
}

/**
 * Gives a thread the file to read, and waits until it knows the columns.
 * @throws ReadingFailed when the file is refused
 */
export async function readInThread(order: ReadingOrder): Promise<Reading> {
  const messages = startReading(order);
  try {
    const { value: first } = await messages.next();
    if (first?.kind !== 'layout') throw new Error('the reading thread announced no layout');
    return { layout: first, rows: (writing) => rowsOf(messages, writing), answer: (answer) => messages.say({ kind: 'answer', ...answer }), close: () => messages.close() };
  } catch (error) {
    await messages.close();
    throw error;
  }
}

async function* rowsOf(messages: Messages, writing: WritingOrder): ReturnType<Reading['rows']> & AsyncGenerator<ListQuestion | ({ readonly kind: 'batch' } & RowBatch), void, undefined> {
  messages.say({ kind: 'write', ...writing });
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    if (next.value.kind === 'question') yield next.value;
    else if (next.value.kind === 'batch') {
      yield next.value;
      messages.say({ kind: 'taken' });
    }
  }
}

interface Messages {
  next(): Promise<{ done: true; value?: undefined } | { done: false; value: ReadingMessage }>;
  say(command: ReadingCommand): void;
  close(): Promise<void>;
}

function startReading(order: ReadingOrder): Messages {
  const worker = takeThread();
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
    if (message.kind === 'ready') return;
    if (message.kind === 'done') end('done');
    else if (message.kind === 'failed') end(new ReadingFailed(message.code, message.cause));
    else {
      waiting.push(message);
      wake?.();
    }
  });
  worker.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new ReadingFailed('tooComplex', error.code) : error));
  worker.on('exit', (code) => end(new Error(`the reading thread ended early (${String(code)})`)));
  const say = (command: ReadingCommand): void => worker.postMessage(command);
  say({ kind: 'read', ...order });

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
    say,
    async close() {
      clearTimeout(deadline);
      await worker.terminate();
    },
  };
}
