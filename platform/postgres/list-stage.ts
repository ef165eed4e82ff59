import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { rowReasonText } from '../../domain/spreadsheet/problems.ts';

/** The temporary tables where rows of a file are compared with the campaign and the do-not-call lists. */

/** Rows in COPY's text format; the columns stand in `stages`. */
export interface ListBatch { readonly contacts: Uint8Array; readonly numbers: Uint8Array; readonly problems: Uint8Array }

/** Where a batch lands before it is compared. A contact has its id from the start, so that nothing is joined back. */
const stages = {
  contacts: 'list_contacts (row_number, name, company, city, time_zone, fields, next_attempt_at, cells)',
  numbers: 'list_numbers (row_number, position, e164, extension)',
  problems: 'list_refusals (row_number, kind, reason, cells)',
} as const;

/** For the transaction that is open. */
export async function createStages(client: PoolClient): Promise<void> {
  await client.query(`
set local statement_timeout = '5min';
set local idle_in_transaction_session_timeout = '5min';
create temp table list_contacts (
  contact_id bigint not null default nextval(pg_get_serial_sequence('contacts', 'id')), row_number integer, name text, company text, city text,
  time_zone text, fields jsonb, next_attempt_at timestamptz, cells text) on commit drop;
create temp table list_numbers (row_number integer, position smallint, e164 text, extension text, refusal text) on commit drop;
create temp table list_refusals (row_number integer, kind text, reason text, cells text) on commit drop;`);
}

export async function copyBatch(client: PoolClient, batch: ListBatch): Promise<void> {
  await copyIn(client, stages.contacts, batch.contacts);
  await copyIn(client, stages.numbers, batch.numbers);
  await copyIn(client, stages.problems, batch.problems);
}

/** Large writes are cut, so that the loop takes a breath between them. */
const pieceBytes = 256 * 1024;

async function copyIn(client: PoolClient, target: string, rows: Uint8Array): Promise<void> {
  if (rows.byteLength === 0) return;
  const whole = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
  const pieces = Array.from({ length: Math.ceil(whole.length / pieceBytes) }, (_, index) => whole.subarray(index * pieceBytes, (index + 1) * pieceBytes));
  await pipeline(Readable.from(pieces), client.query(copyFrom(`copy ${target} from stdin`)));
}

/**
 * `offset 0` keeps each look an index look-up a number: a campaign that grows inside this transaction has no statistics,
 * and the planner would walk the stage once for each of its numbers.
 * @returns whether any was refused
 */
export async function refuseNumbers(client: PoolClient, customerId: string, campaignId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `update list_numbers n set refusal = looked.refusal
     from (
       select l.ctid as place, case
         when exists (select from dnc_numbers d where d.customer_id = $1 and d.e164 = l.e164 offset 0)
           or exists (select from dnc_numbers d where d.customer_id is null and d.e164 = l.e164 offset 0) then 'doNotCall'
         when exists (select from contact_numbers c where c.campaign_id = $2 and c.e164 = l.e164 offset 0) then 'alreadyInCampaign' end as refusal
       from list_numbers l) looked
     where n.ctid = looked.place and looked.refusal is not null`,
    [customerId, campaignId],
  );
  return (rowCount ?? 0) > 0;
}

/** A contact without a number left becomes a problem. */
export async function refuseContacts(client: PoolClient): Promise<void> {
  await client.query(
    `with refused as (
       delete from list_contacts where row_number not in (select row_number from list_numbers where refusal is null)
       returning row_number, cells)
     insert into list_refusals
     select r.row_number, case when bool_or(n.refusal = 'doNotCall') then 'rejected' else 'duplicate' end,
       case when bool_or(n.refusal = 'doNotCall') then $1 else $2 end, r.cells
     from refused r join list_numbers n using (row_number) group by r.row_number, r.cells`,
    [rowReasonText('doNotCall'), rowReasonText('alreadyInCampaign')],
  );
}
