import type { PoolClient } from 'pg';
import type { Db } from './database.ts';
import { copyBatch, createStages, refuseContacts, refuseNumbers, type ListBatch } from './list-stage.ts';

export interface ProblemRow { readonly row: number; readonly kind: 'duplicate' | 'rejected'; readonly reason: string; readonly cells: readonly string[] }
export interface Judgement {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** The first `problemsKept` of them, in the file's order. */
  readonly problems: readonly ProblemRow[];
}

const problemsKept = 10_000;

/** What would become of a file's rows if it were taken now; nothing is stored. */
export async function judgeList(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }, batches: AsyncIterable<ListBatch>): Promise<Judgement> {
  return db.transaction(async (transaction) => {
    const client = (await transaction.client.acquireConnection()) as PoolClient;
    await createStages(client);
    let accepted = 0;
    for await (const batch of batches) {
      await copyBatch(client, batch);
      if (await refuseNumbers(client, customerId, campaignId)) await refuseContacts(client);
      const { rows } = await client.query<{ count: string }>('select count(*) from list_contacts');
      accepted += Number(rows[0]?.count);
      await client.query('truncate list_contacts, list_numbers');
    }
    const { rows: counted } = await client.query<{ duplicates: string; rejected: string }>(
      `select count(*) filter (where kind = 'duplicate') as duplicates, count(*) filter (where kind = 'rejected') as rejected from list_refusals`,
    );
    const { rows: problems } = await client.query<ProblemRow>(
      'select row_number as row, kind, reason, cells::jsonb as cells from list_refusals order by row_number limit $1',
      [problemsKept],
    );
    return { accepted, duplicates: Number(counted[0]?.duplicates), rejected: Number(counted[0]?.rejected), problems };
  });
}
