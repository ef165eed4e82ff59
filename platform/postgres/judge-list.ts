import type { PoolClient } from 'pg';
import type { Db } from './database.ts';
import { findKnownNumbers, whatToCompare, type Compared, type KnownNumbers, type ListOwner } from './list-numbers.ts';

export interface ProblemRow { readonly row: number; readonly kind: 'duplicate' | 'rejected'; readonly reason: string; readonly cells: readonly string[] }

/** Compares numbers as `storeList` does; stores nothing. */
export interface NumberJudge {
  readonly compared: Compared;
  /** @param numbers E.164, as an array's text: `{+7…,+7…}` */
  find(numbers: string): Promise<KnownNumbers>;
}

/** What would become of a file's rows if it were taken now: `judge` asks on one connection of its own. */
export async function judgeList<T>(db: Db, owner: ListOwner, judge: (numbers: NumberJudge) => Promise<T>): Promise<T> {
  return db.transaction(async (transaction) => {
    const client = (await transaction.client.acquireConnection()) as PoolClient;
    await client.query(`set local statement_timeout = '5min'; set local idle_in_transaction_session_timeout = '5min'`);
    const compared = await whatToCompare(client, owner);
    return judge({ compared, find: (numbers) => findKnownNumbers(client, owner, compared, numbers) });
  });
}
