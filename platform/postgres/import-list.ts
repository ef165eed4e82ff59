import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ListProblem, ListResult } from '../../domain/api.ts';
import type { Column } from '../../domain/spreadsheet/columns.ts';
import type { Db } from './database.ts';
import { findKnownNumbers, takeContactIds, whatToCompare, type Compared, type IdRanges, type KnownNumbers } from './list-numbers.ts';

export interface NewList {
  readonly customerId: string;
  readonly campaignId: string;
  readonly priority: number;
  readonly userId: string;
  readonly fileName: string;
  readonly format: string;
  readonly columns: readonly Column[];
}

/** What every row of a list bears. */
export interface ListTarget { readonly listId: string; readonly customerId: string; readonly campaignId: string; readonly priority: number }

/** Rows ready to be stored, in COPY's text format; their columns stand in `targets`. */
export interface ListRows { readonly contacts: Uint8Array; readonly numbers: Uint8Array; readonly queue: Uint8Array; readonly problems: Uint8Array }

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

/** Somebody stored one of our numbers between our look and our write; nothing is stored, and the next look sees it. */
export class NumbersTakenMeanwhile extends Error {
  override readonly name = 'NumbersTakenMeanwhile';
}

const problemsShown = 1000;

const targets = {
  contacts: 'contacts (id, customer_id, campaign_id, list_id, row_number, name, company, city, time_zone, fields)',
  numbers: 'contact_numbers (contact_id, campaign_id, customer_id, position, e164, extension)',
  queue: 'call_queue (contact_id, campaign_id, customer_id, priority, next_attempt_at)',
  problems: 'list_problems (list_id, customer_id, row_number, kind, reason, cells)',
} as const;

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
    const id = await insertList(client, list);
    const compared = await whatToCompare(client, list);
    let accepted = 0;
    for await (const step of source.rows({ listId: id, customerId: list.customerId, campaignId: list.campaignId, priority: list.priority }, compared)) {
      if (step.kind === 'rows') accepted += await storeRows(client, step);
      else source.answer({ ids: await takeContactIds(client, step.contacts), ...(await findKnownNumbers(client, list, compared, step.numbers)) });
    }
    return finish(client, id, accepted, list.fileName);
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

/** @returns how many contacts there were */
async function storeRows(client: PoolClient, rows: ListRows): Promise<number> {
  const contacts = await copyIn(client, targets.contacts, rows.contacts);
  try {
    await copyIn(client, targets.numbers, rows.numbers);
  } catch (error) {
    throw (error as { constraint?: string }).constraint === 'contact_numbers_unique_in_campaign' ? new NumbersTakenMeanwhile('the campaign has a number of this file since it was compared', { cause: error }) : error;
  }
  await copyIn(client, targets.queue, rows.queue);
  await copyIn(client, targets.problems, rows.problems);
  return contacts;
}

/** Large writes are cut, so that the loop takes a breath between them. */
const pieceBytes = 256 * 1024;

/** @returns how many rows */
async function copyIn(client: PoolClient, target: string, rows: Uint8Array): Promise<number> {
  if (rows.byteLength === 0) return 0;
  const whole = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
  const pieces = Array.from({ length: Math.ceil(whole.length / pieceBytes) }, (_, index) => whole.subarray(index * pieceBytes, (index + 1) * pieceBytes));
  const copy = client.query(copyFrom(`copy ${target} from stdin`));
  await pipeline(Readable.from(pieces), copy);
  return copy.rowCount;
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
