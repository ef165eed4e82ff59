import type { Logger } from '../platform/log.ts';
import type { Db } from '../platform/postgres/database.ts';
import { purgeOldRecords } from '../platform/postgres/purge.ts';

/** Hours of the machine's clock in which old records are deleted. */
const night = { from: 2, to: 5 } as const;
/** Each run deletes a bounded number; a night has eighteen. */
export const nightWorkEveryMs = 10 * 60_000;

/** Deletes old records while it is night. @returns whether it was */
export async function workAtNight(db: Db, log: Logger, now: Date): Promise<boolean> {
  if (now.getHours() < night.from || now.getHours() >= night.to) return false;
  const gone = await purgeOldRecords(db);
  if (Object.values(gone).some((count) => count > 0)) log.info(gone, 'old records deleted');
  return true;
}
