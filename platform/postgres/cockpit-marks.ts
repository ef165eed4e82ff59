import type { Db } from './database.ts';

/** As in readCockpit: how long an operator is shown what became of an attempt that nobody answered. */
const lastCallMs = 60_000;

/**
 * A mark of each operator's cockpit, which is another one when what it shows has changed; null for an operator who waits
 * for a contact. One statement for all of them: what a lost nudge leaves is found without reading a thousand cockpits.
 */
export async function readCockpitMarks(db: Db, { operatorIds }: { operatorIds: readonly string[] }): Promise<Map<string, string | null>> {
  const { rows } = await db.raw<{ rows: { operator_id: string; mark: string | null }[] }>(
    `select o.operator_id::text, case when o.state = 'ready' and o.leg is not null and p.state = 'running' and k.id is null and q.contact_id is null then null
       else md5(concat_ws('|', o.state, o.pause_reason, o.since, o.campaign_id, o.leg, o.page_id, o.wrap_up_until, o.wrap_up_extensions, o.version,
         s.link_up and s.lease_until > now(), s.draining_at, p.state, p.script_version, p.updated_at, k.id, k.version, q.contact_id, z.ended_at)) end as mark
     from operators o
       left join switches s on s.id = o.switch_id
       left join campaigns p on p.id = o.campaign_id
       left join calls k on k.operator_id = o.operator_id and k.operator_bound
       left join lateral (select q.contact_id from call_queue q where q.claimed_by = o.operator_id and q.lease_until > now() limit 1) q on true
       left join lateral (
         select x.ended_at from calls x where x.operator_id = o.operator_id and x.created_at > now() - interval '1 hour' and x.answered_at is null
           and x.ended_at > now() - :lastCallMs * interval '1 ms' order by x.created_at desc limit 1) z on true
     where o.operator_id = any(:operatorIds::bigint[])`,
    { operatorIds, lastCallMs } as never,
  );
  return new Map(rows.map((row) => [row.operator_id, row.mark]));
}
