import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { IdRanges } from './list-numbers.ts';

/** What every row of a list bears. */
export interface ListTarget { readonly listId: string; readonly customerId: string; readonly campaignId: string; readonly priority: number }

/** Rows ready to be stored, in COPY's text format; their columns stand in `targets`. */
export interface ListRows { readonly contacts: Uint8Array; readonly numbers: Uint8Array; readonly queue: Uint8Array; readonly problems: Uint8Array }

/** Somebody stored one of our numbers between our look and our write; nothing is stored, and the next look sees it. */
export class NumbersTakenMeanwhile extends Error {
  override readonly name = 'NumbersTakenMeanwhile';
}

const targets = {
  contacts: 'contacts (id, customer_id, campaign_id, list_id, row_number, name, company, city, time_zone, fields)',
  numbers: 'contact_numbers (contact_id, campaign_id, customer_id, position, e164, extension)',
  queue: 'call_queue (contact_id, campaign_id, customer_id, priority, next_attempt_at)',
  problems: 'list_problems (list_id, customer_id, row_number, kind, reason, cells)',
} as const;
type Target = keyof typeof targets;

/**
 * Copies a list's rows straight into their tables. PostgreSQL looks foreign keys up one row after another, three for a
 * contact, which takes longer than to store it. Where the database's user may leave that out
 * (`session_replication_role`, a superuser's by default; a triggers' setting, so that unique and check constraints hold
 * all the same), it is left out while rows are copied, and `finish` looks all of them up together: nobody else can see
 * or delete what they point at, since this transaction has stored it itself. Where the user may not, each row is looked
 * up by its keys as ever, and `finish` looks again.
 */
export class ListRowStore {
  private readonly copied: Record<Target, number> = { contacts: 0, numbers: 0, queue: 0, problems: 0 };
  /** The least and the greatest id of its contacts; none yet. */
  private ids: readonly [first: number, last: number] = [Infinity, 0];

  private constructor(private readonly client: PoolClient, private readonly target: ListTarget) {}

  /** Within the transaction that has stored the list itself, and until `finish` stores nothing else. */
  static async open(client: PoolClient, target: ListTarget): Promise<ListRowStore> {
    await client.query(`select set_config('session_replication_role', 'replica', true) where has_parameter_privilege('session_replication_role', 'set')`);
    return new ListRowStore(client, target);
  }

  /** Ids that the rows will bear. */
  expect(ids: IdRanges): void {
    for (const [first, last] of ids) this.ids = [Math.min(this.ids[0], first), Math.max(this.ids[1], last)];
  }

  /** @throws NumbersTakenMeanwhile */
  async store(rows: ListRows): Promise<void> {
    await this.copy('contacts', rows.contacts);
    try {
      await this.copy('numbers', rows.numbers);
    } catch (error) {
      throw (error as { constraint?: string }).constraint === 'contact_numbers_unique_in_campaign' ? new NumbersTakenMeanwhile('the campaign has a number of this file since it was compared', { cause: error }) : error;
    }
    await this.copy('queue', rows.queue);
    await this.copy('problems', rows.problems);
  }

  /**
   * From here on keys are looked up row by row again. @returns how many contacts were stored
   * @throws Error when not all rows are this list's own: what was copied, counted against what can be reached from it
   */
  async finish(): Promise<number> {
    await this.client.query(`select set_config('session_replication_role', 'origin', true) where has_parameter_privilege('session_replication_role', 'set')`);
    const { copied, target } = this;
    const [first, last] = this.ids;
    if (copied.contacts + copied.numbers + copied.queue + copied.problems === 0) return 0;
    const own = `contacts c where c.id between $1 and $2 and c.list_id = $3 and c.campaign_id = $4 and c.customer_id = $5`;
    // Where each id of the range is a contact of this list, what lies in the range belongs to one: no need to join.
    const isDense = copied.contacts === last - first + 1;
    const ofOwn = isDense ? 'contact_id between $1 and $2 and campaign_id = $4 and customer_id = $5' : `contact_id in (select c.id from ${own})`;
    const { rows } = await this.client.query<Record<Target, string>>(
      `select (select count(*) from ${own}) as contacts,
         (select count(*) from contact_numbers where ${ofOwn}) as numbers,
         (select count(*) from call_queue where ${ofOwn}) as queue,
         (select count(*) from list_problems p where p.list_id = $3) as problems`,
      [Math.min(first, last), last, target.listId, target.campaignId, target.customerId],
    );
    for (const name of Object.keys(targets) as Target[])
      if (Number(rows[0]?.[name]) !== copied[name]) throw new Error(`a list's ${name} belong elsewhere: ${copied[name]} were copied, ${rows[0]?.[name]} are its own`);
    return copied.contacts;
  }

  private async copy(name: Target, rows: Uint8Array): Promise<void> {
    if (rows.byteLength === 0) return;
    const whole = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
    const pieces = Array.from({ length: Math.ceil(whole.length / pieceBytes) }, (_, index) => whole.subarray(index * pieceBytes, (index + 1) * pieceBytes));
    const copy = this.client.query(copyFrom(`copy ${targets[name]} from stdin`));
    await pipeline(Readable.from(pieces), copy);
    this.copied[name] += copy.rowCount;
  }
}

/** Large writes are cut, so that the loop takes a breath between them. */
const pieceBytes = 256 * 1024;
