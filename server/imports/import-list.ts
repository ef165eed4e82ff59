import type { ListResult } from '../../domain/api.ts';
import type { CallingWindow } from '../../domain/calling-window.ts';
import type { Logger } from '../../platform/log.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { storeList } from '../../platform/postgres/import-list.ts';
import { failure, type ImportFailure, type LayoutChoice } from './outcome.ts';
import { watched, withReading, type RowsRead } from './with-reading.ts';

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

/**
 * Reads an uploaded spreadsheet and stores its contacts, all or nothing. Reading and phones happen in a thread of their
 * own; the database takes the batches as they come, in one transaction. A file that fails as a whole is a typed
 * refusal; what the database throws is thrown on.
 */
export async function importList({ db, customerId, campaign, filePath, fileName, userId, choice = {}, log, onProgress, nowMs = Date.now() }: ListImport): Promise<ImportOutcome> {
  const startedMs = performance.now();
  return withReading({ filePath, country: campaign.country, timeZone: campaign.timeZone, window: campaign.window, nowMs, ...choice }, { log, campaignId: campaign.id }, async ({ layout, batches }) => {
    if (choice.mapping === undefined && layout.phones !== 'clear') return { ok: false, ...failure('columnsUnclear') };
    const list = await storeList(
      db,
      { customerId, campaignId: campaign.id, priority: campaign.priority, userId, fileName, format: layout.format, columns: layout.columns },
      watched(batches, onProgress),
    );
    log.info({ campaignId: campaign.id, listId: list.id, accepted: list.accepted, duplicates: list.duplicates, rejected: list.rejected, tookMs: Math.round(performance.now() - startedMs) }, 'list imported');
    return { ok: true, list };
  });
}
