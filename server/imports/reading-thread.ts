import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { guessLayout, rowsToGuessFrom } from '../../domain/spreadsheet/columns.ts';
import { importLimits, RefusedFile, type ReadingMessage, type ReadingOrder } from './outcome.ts';
import { RowWriter } from './row-writer.ts';
import { openSheet, type Sheet, type SheetRow } from './sheet-rows.ts';

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
  const sheet = openSheet(await readFile(order.filePath));
  const head: SheetRow[] = [];
  let writer: RowWriter | undefined;
  for await (const row of sheet.rows) {
    if (writer !== undefined) {
      writer.add(row);
      if (writer.size >= batchCharacters) await sendBatch(writer);
      continue;
    }
    head.push(row);
    if (head.length >= rowsToGuessFrom) writer = begin(order, sheet, head);
  }
  writer ??= begin(order, sheet, head);
  await sendBatch(writer);
  send({ kind: 'done' });
}

/** Guesses the layout from the first rows, announces it and writes those rows. */
function begin(order: ReadingOrder, { format }: Sheet, head: readonly SheetRow[]): RowWriter {
  if (head.every(({ cells }) => cells.every((cell) => cell === ''))) throw new RefusedFile('emptyFile');
  const layout = guessLayout(head.filter(({ problem }) => problem === undefined).map(({ cells }) => cells), order.country);
  if (layout === undefined) throw new RefusedFile('noPhoneColumn');
  if (layout.columns.length > importLimits.columns) throw new RefusedFile('tooManyColumns');
  send({ kind: 'layout', format, columns: layout.columns });
  const writer = new RowWriter(order, layout.columns);
  const header = head.filter(({ problem }) => problem === undefined)[layout.headerIndex];
  for (const row of head) if (header === undefined || row.row > header.row) writer.add(row);
  return writer;
}

readList(workerData as ReadingOrder).catch((error: unknown) => {
  if (!(error instanceof RefusedFile)) throw error;
  send(error.cause === undefined ? { kind: 'failed', code: error.code } : { kind: 'failed', code: error.code, cause: String(error.cause) });
});
