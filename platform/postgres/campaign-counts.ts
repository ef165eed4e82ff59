import type { CampaignCounts, CampaignSummary } from '../../domain/api.ts';
import type { CampaignState } from '../../domain/campaign.ts';
import type { Db } from './database.ts';

export const noCounts: CampaignCounts = { contacts: 0, queued: 0, inHand: 0, finished: 0, calls: 0, dialled: 0, reached: 0, talked: 0, interested: 0, handedOver: 0, operatorsCalling: 0 };

/** A shorter exchange of which nothing came is "hello, no" or a machine, not a talk. */
const talkFromMs = 10_000;

/**
 * The funnel, counted in contacts: dialled at least once → reached (answered) → talked → interested → handed over.
 * Each step holds everybody of the steps after it: whoever was handed over was interested and talked, however shortly.
 * Of all campaigns of a customer, or of one.
 */
export async function countCampaigns(db: Db, { customerId, campaignId = null }: { customerId: string; campaignId?: string | null }): Promise<Map<string, CampaignCounts>> {
  const { rows } = await db.raw<{ rows: ({ id: string } & CampaignCounts)[] }>(
    `select p.id, coalesce(c.contacts, 0) as contacts, coalesce(c.queued, 0) - coalesce(h.in_hand, 0) as queued, coalesce(h.in_hand, 0) as "inHand", coalesce(c.finished, 0) as finished, coalesce(c.calls, 0) as calls, coalesce(c.dialled, 0) as dialled,
       coalesce(k.reached, 0) as reached, coalesce(k.talked, 0) as talked, coalesce(k.interested, 0) as interested, coalesce(k.handed_over, 0) as "handedOver",
       (select count(*)::int from operators o where o.campaign_id = p.id and o.leg is not null) as "operatorsCalling"
     from campaigns p
       left join lateral (
         select count(*)::int as contacts, count(*) filter (where state = 'queued')::int as queued, count(*) filter (where state = 'finished')::int as finished,
           coalesce(sum(attempts), 0)::int as calls, count(*) filter (where attempts > 0)::int as dialled
         from contacts where campaign_id = p.id) c on true
       left join lateral (
         select count(*)::int as in_hand from contacts w where w.state = 'queued' and w.id in (
           select l.contact_id from calls l where l.campaign_id = p.id and l.ended_at is null
           union select u.contact_id from calls u where u.campaign_id = p.id and u.answered_at is not null and u.disposition is null and u.abandoned_at is null)) h on true
       left join lateral (
         select count(distinct contact_id)::int as reached,
           count(distinct contact_id) filter (where talk_ms >= :talkFromMs or handed_over_at is not null or meaning in ('success','interested'))::int as talked,
           count(distinct contact_id) filter (where handed_over_at is not null or meaning in ('success','interested'))::int as interested,
           count(distinct contact_id) filter (where handed_over_at is not null)::int as handed_over
         from calls k
           left join lateral (
             select d->>'meaning' as meaning from script_versions v, jsonb_array_elements(v.dispositions) d
             where k.disposition is not null and v.campaign_id = k.campaign_id and v.version = k.script_version and d->>'key' = k.disposition limit 1) m on true
         where k.campaign_id = p.id and k.answered_at is not null) k on true
     where p.customer_id = :customerId and (:campaignId::bigint is null or p.id = :campaignId::bigint)`,
    { customerId, campaignId, talkFromMs },
  );
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

/** A customer's campaigns, newest first. */
export async function listCampaigns(db: Db, { customerId }: { customerId: string }): Promise<CampaignSummary[]> {
  const rows = (await db('campaigns').where({ customer_id: customerId }).orderBy('id', 'desc').select('id', 'name', 'state', 'created_at')) as
    { id: string; name: string; state: CampaignState; created_at: Date }[];
  const counts = await countCampaigns(db, { customerId });
  return rows.map((row) => ({ id: row.id, name: row.name, state: row.state, createdAt: row.created_at.toISOString(), counts: counts.get(row.id) ?? noCounts }));
}
