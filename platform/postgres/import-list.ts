import type { PoolClient } from 'pg';
import type { ListProblem, ListResult } from '../../domain/api.ts';
import type { Column } from '../../domain/spreadsheet/columns.ts';
import type { Db } from './database.ts';
import { findKnownNumbers, takeContactIds, whatToCompare, type Compared, type IdRanges, type KnownNumbers } from './list-numbers.ts';
import { ListRowStore, type ListRows, type ListTarget } from './list-rows.ts';

export interface NewList {
  readonly customerId: string;
  readonly campaignId: string;
  readonly priority: number;
  readonly userId: string;
  readonly fileName: string;
  readonly format: string;
  readonly columns: readonly Column[];
}

/** What a reader of rows wants to know before it can write them. */
export interface ListQuestion {
  readonly kind: 'question';
  /** So many ids. */
  readonly contacts: number;
  /** E.164, as an array's text. */
  readonly numbers: string;
}
export interface ListAnswer extends KnownNumbers { readonly ids: IdRanges }

/** The file's side of an import. */
export interface ListSource {
  /** Starts it. A question is answered before the rows that wait for it come. */
  rows(target: ListTarget, compared: Compared): AsyncIterable<ListQuestion | ({ readonly kind: 'rows' } & ListRows)>;
  answer(answer: ListAnswer): void;
}

const problemsShown = 1000;

/**
 * One transaction: the list, its contacts with numbers and places in the queue, its problems, each copied straight into
 * its table. Nothing of it is seen before all of it is, and nothing stays when `source` throws. Two imports into one
 * campaign take turns. A number on the do-not-call list or already in the campaign is for the source to leave out; what
 * it overlooks the unique index finds.
 * @throws NumbersTakenMeanwhile
 */
export async function storeList(db: Db, list: NewList, source: ListSource): Promise<ListResult> {
  return db.transaction(async (transaction) => {
    const client = (await transaction.client.acquireConnection()) as PoolClient;
    await begin(client, list.campaignId);
    const target: ListTarget = { listId: await insertList(client, list), customerId: list.customerId, campaignId: list.campaignId, priority: list.priority };
    const compared = await whatToCompare(client, list);
    const rows = await ListRowStore.open(client, target);
    for await (const step of source.rows(target, compared)) {
      if (step.kind === 'rows') await rows.store(step);
      else {
        const ids = await takeContactIds(client, step.contacts);
        rows.expect(ids);
        source.answer({ ids, ...(await findKnownNumbers(client, list, compared, step.numbers)) });
      }
    }
    const accepted = await rows.finish();
    return finish(client, target.listId, accepted, list.fileName);
  });
}

async function begin(client: PoolClient, campaignId: string): Promise<void> {
  await client.query(`set local statement_timeout = '5min'; set local idle_in_transaction_session_timeout = '5min'`);
  await client.query(`select pg_advisory_xact_lock(hashtextextended('import-list', $1))`, [campaignId]);
}

async function insertList(client: PoolClient, { campaignId, customerId, fileName, format, columns, userId }: NewList): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into lists (campaign_id, customer_id, file_name, format, columns, created_by) values ($1, $2, $3, $4, $5, $6) returning id`,
    [campaignId, customerId, fileName, format, JSON.stringify(columns), userId],
  );
  return String(rows[0]?.id);
}

async function finish(client: PoolClient, id: string, accepted: number, fileName: string): Promise<ListResult> {
  const { rows: counted } = await client.query<{ duplicates: number; rejected: number }>(
    `update lists set accepted = $2, duplicates = p.duplicates, rejected = p.rejected
     from (select count(*) filter (where kind = 'duplicate') as duplicates, count(*) filter (where kind = 'rejected') as rejected from list_problems where list_id = $1) p
     where id = $1 returning lists.duplicates, lists.rejected`,
    [id, accepted],
  );
  const { rows: problems } = await client.query<ListProblem>(
    `select row_number as row, kind, reason from list_problems where list_id = $1 order by row_number limit $2`,
    [id, problemsShown],
  );
  return { id, fileName, accepted, duplicates: counted[0]?.duplicates ?? 0, rejected: counted[0]?.rejected ?? 0, problems };
}
