import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { importLimits, RefusedFile, type FileLayout, type ReadingMessage, type ReadingOrder } from './outcome.ts';
import { chooseSheet } from './choose-sheet.ts';
import { RowWriter } from './row-writer.ts';
import { openBook } from './sheet-rows.ts';

/**
 * The worker thread that reads one file: everything slow of an import that is not the database's. Batches go out as
 * transferred buffers, at most `batchesAhead` of them before the other side has taken the first.
 */
const port = parentPort;
const batchCharacters = 1_000_000;
const batchesAhead = 3;

let credit = batchesAhead;
let wake: (() => void) | undefined;
port?.on('message', () => {
  credit += 1;
  wake?.();
});

const send = (message: ReadingMessage, transfer: ArrayBuffer[] = []): void => port?.postMessage(message, transfer);

async function sendBatch(writer: RowWriter): Promise<void> {
  while (credit === 0) await new Promise<void>((resolve) => (wake = resolve));
  credit -= 1;
  const batch = writer.take();
  send({ kind: 'batch', ...batch }, [batch.contacts, batch.numbers, batch.problems].map((bytes) => bytes.buffer as ArrayBuffer));
}

async function readList(order: ReadingOrder): Promise<void> {
  const { layout, rows } = await chooseSheet(await openBook(await readFile(order.filePath)), order);
  if (layout.columns.length > importLimits.columns) throw new RefusedFile('tooManyColumns');
  send({ kind: 'layout', ...layout });
  if (hasPhones(layout)) {
    const writer = new RowWriter(order, layout.columns);
    for await (const row of rows) {
      writer.add(row);
      if (writer.size >= batchCharacters) await sendBatch(writer);
    }
    await sendBatch(writer);
  }
  send({ kind: 'done' });
}

const hasPhones = ({ columns }: FileLayout): boolean => columns.some(({ role }) => role === 'phone');

readList(workerData as ReadingOrder).catch((error: unknown) => {
  if (!(error instanceof RefusedFile)) throw error;
  send(error.cause === undefined ? { kind: 'failed', code: error.code } : { kind: 'failed', code: error.code, cause: String(error.cause) });
});
