import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import type { ListAnswer } from '../../platform/postgres/import-list.ts';
import { chooseSheet } from './choose-sheet.ts';
import { importLimits, RefusedFile, type FileLayout, type ReadingCommand, type ReadingMessage, type ReadingOrder, type WritingOrder } from './outcome.ts';
import { RowGatherer, type RowGroup } from './row-group.ts';
import { RowWriter } from './row-writer.ts';
import { openBook } from './sheet-rows.ts';

/**
 * The worker thread that reads one file: everything slow of an import that is not the database's. While the database is
 * asked about one group of rows the next is read. Batches go out as transferred buffers, at most `batchesAhead` of them
 * before the other side has taken the first.
 */
const port = parentPort;
/** The first groups are small, so that the database begins at once. */
const [firstGroupRows, groupRows] = [500, 4_000];
const groupCharacters = 2_000_000;
const batchesAhead = 3;

let credit = batchesAhead;
const said: { [K in ReadingCommand['kind']]?: Extract<ReadingCommand, { kind: K }> } = {};
let wake: (() => void) | undefined;
port?.on('message', (command: ReadingCommand) => {
  if (command.kind === 'taken') credit += 1;
  else said[command.kind] = command as never;
  wake?.();
});

async function hear<K extends 'read' | 'write' | 'answer'>(kind: K): Promise<Extract<ReadingCommand, { kind: K }>> {
  for (;;) {
    const command = said[kind];
    if (command !== undefined) {
      delete said[kind];
      return command;
    }
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

const send = (message: ReadingMessage, transfer: ArrayBuffer[] = []): void => port?.postMessage(message, transfer);

/** Sends rows as soon as the database has answered for them. */
class RowSender {
  private readonly writer: RowWriter;
  private readonly order: WritingOrder;
  private asked: { readonly group: RowGroup; readonly answered: boolean } | undefined;

  constructor(order: WritingOrder) {
    this.order = order;
    this.writer = new RowWriter(order);
  }

  /** Asks about a group, when the one before has been sent. */
  async send(group: RowGroup): Promise<void> {
    await this.finish();
    const { target } = this.order;
    const comparing = isCompared(this.order);
    const answered = group.contacts.length === 0 || (target === 'none' && !comparing);
    if (!answered) send({ kind: 'question', contacts: target === 'none' ? 0 : group.contacts.length, numbers: comparing ? `{${group.contacts.flatMap(({ numbers }) => numbers.map(({ e164 }) => e164)).join(',')}}` : '' });
    this.asked = { group, answered };
  }

  async finish(): Promise<void> {
    if (this.asked === undefined) return;
    const { group, answered } = this.asked;
    const answer: ListAnswer = answered ? { ids: [], doNotCall: [], inCampaign: [] } : await hear('answer');
    this.asked = undefined;
    while (credit === 0) await new Promise<void>((resolve) => (wake = resolve));
    credit -= 1;
    const batch = this.writer.write(group, answer);
    send({ kind: 'batch', ...batch }, Object.values(batch.rows).map((bytes: Uint8Array) => bytes.buffer as ArrayBuffer));
  }
}

async function readList(order: ReadingOrder): Promise<void> {
  const { layout, rows } = await chooseSheet(await openBook(await readFile(order.filePath)), order);
  if (layout.columns.length > importLimits.columns) throw new RefusedFile('tooManyColumns');
  send({ kind: 'layout', ...layout });
  if (hasPhones(layout)) {
    const writing = await hear('write');
    const sender = new RowSender(writing);
    const gatherer = new RowGatherer(order, layout.columns, isCompared(writing));
    let most = firstGroupRows;
    for await (const row of rows) {
      gatherer.add(row);
      if (gatherer.rows < most && gatherer.size < groupCharacters) continue;
      most = Math.min(most * 2, groupRows);
      await sender.send(gatherer.take());
    }
    await sender.send(gatherer.take());
    await sender.finish();
  }
  send({ kind: 'done' });
}

const isCompared = ({ compared }: WritingOrder): boolean => compared.doNotCall || compared.inCampaign;
const hasPhones = ({ columns }: FileLayout): boolean => columns.some(({ role }) => role === 'phone');

send({ kind: 'ready' });
readList(await hear('read')).catch((error: unknown) => {
  if (!(error instanceof RefusedFile)) throw error;
  send(error.cause === undefined ? { kind: 'failed', code: error.code } : { kind: 'failed', code: error.code, cause: String(error.cause) });
});
