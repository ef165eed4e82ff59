import type { PoolClient } from 'pg';

/** What the database says of the rows of a file before they are written: which numbers it has already, and the contacts' ids. */

export interface ListOwner { readonly customerId: string; readonly campaignId: string }
/** Where a number of the file may be found; what is empty need not be asked. */
export interface Compared { readonly doNotCall: boolean; readonly inCampaign: boolean }
/** Places (from 0) in the numbers that were asked about. A number in both stands under `doNotCall` alone. */
export interface KnownNumbers { readonly doNotCall: readonly number[]; readonly inCampaign: readonly number[] }
/** Ids from the first to the last of each. */
export type IdRanges = readonly (readonly [first: number, last: number])[];

/** @returns where the campaign's and the do-not-call lists' numbers are to be compared with: not where there are none */
export async function whatToCompare(client: PoolClient, { customerId, campaignId }: ListOwner): Promise<Compared> {
  const { rows } = await client.query<Compared>(
    `select exists (select from dnc_numbers where customer_id = $1) or exists (select from dnc_numbers where customer_id is null) as "doNotCall",
       exists (select from contact_numbers where campaign_id = $2) as "inCampaign"`,
    [customerId, campaignId],
  );
  return rows[0] ?? { doNotCall: true, inCampaign: true };
}

/**
 * `offset 0` keeps each look an index look-up a number: a campaign that grows inside this transaction has no statistics,
 * and the planner would walk the array once for each of its numbers.
 * @param numbers E.164, as an array's text: `{+7…,+7…}`
 */
export async function findKnownNumbers(client: PoolClient, { customerId, campaignId }: ListOwner, { doNotCall, inCampaign }: Compared, numbers: string): Promise<KnownNumbers> {
  if (!doNotCall && !inCampaign) return { doNotCall: [], inCampaign: [] };
  const barred = `exists (select from dnc_numbers d where d.customer_id = $2 and d.e164 = l.e164 offset 0) or exists (select from dnc_numbers d where d.customer_id is null and d.e164 = l.e164 offset 0)`;
  const { rows } = await client.query<{ doNotCall: number[] | null; inCampaign: number[] | null }>(
    `select array_agg(place::int - 1) filter (where refusal = 1) as "doNotCall", array_agg(place::int - 1) filter (where refusal = 2) as "inCampaign"
     from (
       select l.place, case when ${doNotCall ? barred : '$2::bigint is null'} then 1
         when ${inCampaign ? 'exists (select from contact_numbers c where c.campaign_id = $3 and c.e164 = l.e164 offset 0)' : '$3::bigint is null'} then 2 end as refusal
       from unnest($1::text[]) with ordinality l(e164, place)) looked
     where refusal is not null`,
    [numbers, customerId, campaignId],
  );
  return { doNotCall: rows[0]?.doNotCall ?? [], inCampaign: rows[0]?.inCampaign ?? [] };
}

/** Takes so many ids of contacts; others may take theirs between them. */
export async function takeContactIds(client: PoolClient, count: number): Promise<IdRanges> {
  if (count === 0) return [];
  const { rows } = await client.query<{ first: string; last: string }>(
    `select min(id) as first, max(id) as last
     from (
       select id, id - row_number() over (order by id) as run
       from (select nextval(s.ids) as id from (select pg_get_serial_sequence('contacts', 'id')::regclass as ids offset 0) s, generate_series(1, $1::int)) taken) numbered
     group by run order by min(id)`,
    [count],
  );
  return rows.map(({ first, last }) => [Number(first), Number(last)]);
}
