import type { PoolClient } from 'pg';
import type { ListProblem, ListResult } from '../../domain/api.ts';
import type { Column } from '../../domain/spreadsheet/columns.ts';
import type { Db } from './database.ts';
import { copyBatch, createStages, refuseContacts, refuseNumbers, type ListBatch } from './list-stage.ts';

export interface NewList {
  readonly customerId: string;
  readonly campaignId: string;
  readonly priority: number;
  readonly userId: string;
  readonly fileName: string;
  readonly format: string;
  readonly columns: readonly Column[];
}

const problemsShown = 1000;
/** Someone else stored one of our numbers between our look and our write; the second look sees it. */
const looksAtMost = 5;

/**
 * One transaction: the list, its contacts with numbers and places in the queue, its problems. Nothing of it is seen
 * before all of it is, and nothing stays when `batches` throws. Two imports into one campaign take turns.
 * A number on the do-not-call list or already in the campaign is left out; a contact with no number left is a problem.
 */
export async function storeList(db: Db, list: NewList, batches: AsyncIterable<ListBatch>): Promise<ListResult> {
  return db.transaction(async (transaction) => {
    const client = (await transaction.client.acquireConnection()) as PoolClient;
    await begin(client, list.campaignId);
    const id = await insertList(client, list);
    let accepted = 0;
    for await (const batch of batches) {
      await copyBatch(client, batch);
      accepted += await insertBatch(client, list, id);
    }
    return finish(client, id, accepted, list.fileName);
  });
}

async function begin(client: PoolClient, campaignId: string): Promise<void> {
  await createStages(client);
  await client.query(`select pg_advisory_xact_lock(hashtextextended('import-list', $1))`, [campaignId]);
}

async function insertList(client: PoolClient, { campaignId, customerId, fileName, format, columns, userId }: NewList): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into lists (campaign_id, customer_id, file_name, format, columns, created_by) values ($1, $2, $3, $4, $5, $6) returning id`,
    [campaignId, customerId, fileName, format, JSON.stringify(columns), userId],
  );
  return String(rows[0]?.id);
}

/** Moves the staged batch to its places and empties the stage. @returns how many contacts were accepted */
async function insertBatch(client: PoolClient, list: NewList, listId: string): Promise<number> {
  for (let look = 1; ; look++) {
    await client.query('savepoint batch');
    const accepted = await insertStaged(client, list, listId);
    if (accepted !== undefined) {
      await client.query('release savepoint batch; truncate list_contacts, list_numbers, list_refusals');
      return accepted;
    }
    await client.query('rollback to savepoint batch');
    if (look >= looksAtMost) throw new Error('the campaign’s numbers change faster than they can be compared');
  }
}

/** Undefined when somebody stored one of the numbers meanwhile. */
async function insertStaged(client: PoolClient, { customerId, campaignId, priority }: NewList, listId: string): Promise<number | undefined> {
  const refused = await refuseNumbers(client, customerId, campaignId);
  if (refused) await refuseContacts(client);
  await client.query(
    `insert into list_problems (list_id, customer_id, row_number, kind, reason, cells)
     select $1, $2, row_number, kind, reason, cells::jsonb from list_refusals`,
    [listId, customerId],
  );
  const { rowCount: accepted } = await client.query(
    `insert into contacts (id, customer_id, campaign_id, list_id, row_number, name, company, city, time_zone, fields)
     overriding system value
     select contact_id, $1, $2, $3, row_number, name, company, city, time_zone, fields from list_contacts`,
    [customerId, campaignId, listId],
  );
  const { rows: wanted } = await client.query<{ count: string }>('select count(*) from list_numbers where refusal is null');
  const { rowCount: stored } = await client.query(
    `insert into contact_numbers (contact_id, position, campaign_id, customer_id, e164, extension)
     select c.contact_id, ${refused ? 'row_number() over (partition by n.row_number order by n.position) - 1' : 'n.position'}, $1, $2, n.e164, n.extension
     from list_numbers n join list_contacts c using (row_number) where n.refusal is null
     on conflict (campaign_id, e164) do nothing`,
    [campaignId, customerId],
  );
  if (stored !== Number(wanted[0]?.count)) return undefined;
  await client.query(
    `insert into call_queue (contact_id, campaign_id, customer_id, priority, next_attempt_at)
     select contact_id, $1, $2, $3, next_attempt_at from list_contacts`,
    [campaignId, customerId, priority],
  );
  return accepted ?? 0;
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
