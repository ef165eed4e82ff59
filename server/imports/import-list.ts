import type { ListResult } from '../../domain/api.ts';
import type { CallingWindow } from '../../domain/calling-window.ts';
import type { Logger } from '../../platform/log.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { storeList, type ListSource } from '../../platform/postgres/import-list.ts';
import { NumbersTakenMeanwhile } from '../../platform/postgres/list-rows.ts';
import { failure, type ImportFailure, type LayoutChoice } from './outcome.ts';
import type { Reading } from './read-in-thread.ts';
import { withReading, type RowsRead } from './with-reading.ts';

export interface ListImport {
  readonly db: Db;
  readonly customerId: string;
  readonly campaign: {
    readonly id: string;
    /** ISO 3166-1 alpha-2: what numbers without a country code are read as. */
    readonly country: string;
    /** IANA: for contacts whose own zone is not known. */
    readonly timeZone: string;
    readonly language: string;
    readonly window: CallingWindow;
    readonly priority: number;
  };
  /** The upload, already on disk; stays there. */
  readonly filePath: string;
  /** As the customer named it. */
  readonly fileName: string;
  readonly userId: string;
  /** With a mapping nothing is asked; without one the columns must be clear. */
  readonly choice?: LayoutChoice;
  readonly log: Logger;
  readonly onProgress?: RowsRead;
  /** Milliseconds since 1970 UTC; the clock's when left out. */
  readonly nowMs?: number;
}

export type ImportOutcome = { readonly ok: true; readonly list: ListResult } | ({ readonly ok: false } & ImportFailure);

/** Somebody stored one of the file's numbers between our look and our write; the next look sees it. */
const looksAtMost = 5;

/**
 * Reads an uploaded spreadsheet and stores its contacts, all or nothing. Reading and phones happen in a thread of their
 * own; the database takes the batches as they come, in one transaction. A file that fails as a whole is a typed
 * refusal; what the database throws is thrown on.
 */
export async function importList(order: ListImport): Promise<ImportOutcome> {
  for (let look = 1; ; look++) {
    try {
      return await importOnce(order);
    } catch (error) {
      if (!(error instanceof NumbersTakenMeanwhile) || look >= looksAtMost) throw error;
      order.log.info({ campaignId: order.campaign.id }, 'a number of the list was stored meanwhile; compared anew');
    }
  }
}

async function importOnce({ db, customerId, campaign, filePath, fileName, userId, choice = {}, log, onProgress, nowMs = Date.now() }: ListImport): Promise<ImportOutcome> {
  const startedMs = performance.now();
  return withReading({ filePath, country: campaign.country, timeZone: campaign.timeZone, window: campaign.window, nowMs, ...choice }, { log, campaignId: campaign.id }, async (reading) => {
    const { layout } = reading;
    if (choice.mapping === undefined && layout.phones !== 'clear') return { ok: false, ...failure('columnsUnclear') };
    const list = await storeList(
      db,
      { customerId, campaignId: campaign.id, priority: campaign.priority, userId, fileName, format: layout.format, columns: layout.columns },
      sourceOf(reading, onProgress),
    );
    log.info({ campaignId: campaign.id, listId: list.id, accepted: list.accepted, duplicates: list.duplicates, rejected: list.rejected, tookMs: Math.round(performance.now() - startedMs) }, 'list imported');
    return { ok: true, list };
  });
}

/** Says how far the reading is, each time rows were stored. */
const sourceOf = (reading: Reading, onProgress: RowsRead | undefined): ListSource => ({
  async *rows(target, compared) {
    for await (const step of reading.rows({ target, compared })) {
      if (step.kind === 'question') yield step;
      else {
        yield { kind: 'rows', ...step.rows };
        onProgress?.({ rowsRead: step.rowsRead });
      }
    }
  },
  answer: (answer) => reading.answer(answer),
});
