import { stat } from 'node:fs/promises';
import type { Logger } from '../../platform/log.ts';
import { failure, importLimits, type ImportFailure, type ReadingOrder } from './outcome.ts';
import { ReadingFailed, readInThread, type Reading } from './read-in-thread.ts';

export type RowsRead = (progress: { readonly rowsRead: number }) => void;
export type FileRefused = { readonly ok: false } & ImportFailure;

/**
 * Reads a file in a thread while `use` takes what comes; the thread ends with it. A file that fails as a whole is a
 * typed refusal; what the database throws is thrown on.
 */
export async function withReading<T>(order: ReadingOrder, { log, campaignId }: { log: Logger; campaignId: string }, use: (reading: Reading) => Promise<T>): Promise<T | FileRefused> {
  const { size } = await stat(order.filePath);
  if (size === 0) return { ok: false, ...failure('emptyFile') };
  if (size > importLimits.fileBytes) return { ok: false, ...failure('fileTooLarge') };
  try {
    const reading = await readInThread(order);
    try {
      return await use(reading);
    } finally {
      await reading.close();
    }
  } catch (error) {
    if (!(error instanceof ReadingFailed)) throw error;
    log.info({ campaignId, code: error.code, cause: String(error.cause ?? '') }, 'list refused');
    return { ok: false, ...failure(error.code) };
  }
}
