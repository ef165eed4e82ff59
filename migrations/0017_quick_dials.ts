import type { Knex } from 'knex';

/**
 * The way of a key in fewer round trips: what a dial needs is locked and read by two functions. Each statement in them sees
 * what was committed before it began, so what waited for a lock reads what the one before it wrote.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create function lock_claim(in_operator bigint, in_contact bigint, in_switch text) returns setof jsonb language plpgsql as $$
begin
  -- The operator first, as everywhere: a pause and a call at once must not lock each other out.
  perform from operators where operator_id = in_operator for update;
  return query select to_jsonb(x) from (
    select q.campaign_id::text, q.customer_id::text, p.state as campaign_state, p.language, p.country, p.manager_ring, p.script_version,
      coalesce((select jsonb_agg(jsonb_build_object('id', m.id::text, 'kind', m.kind, 'address', m.address, 'acceptKey', m.accept_key) order by m.position)
        from campaign_managers m where m.campaign_id = p.id), '[]') as managers,
      p.ring_timeout_ms, p.max_duration_ms, p.max_attempts, p.window_from::text, p.window_to::text, p.window_days, p.record_calls, p.announce_recording, p.record_after_hand_over,
      c.time_zone as contact_time_zone, c.attempts, n.e164, n.extension, n.position,
      case when o.switch_id = in_switch then o.leg end as operator_leg, o.state as operator_state,
      exists (select from switches s where s.id = in_switch and s.draining_at is not null) as draining,
      exists (select from dnc_numbers d where d.e164 = n.e164 and (d.customer_id is null or d.customer_id = q.customer_id)) as dnc,
      exists (select from operator_entered_numbers e where e.operator_id = in_operator and e.e164 = n.e164) as entered
    from call_queue q
      join contacts c on c.id = q.contact_id
      join campaigns p on p.id = q.campaign_id
      join lateral (select * from contact_numbers n where n.contact_id = c.id order by n.position = q.number_position desc, n.position limit 1) n on true
      join operators o on o.operator_id = in_operator
    where q.contact_id = in_contact and q.claimed_by = in_operator and q.lease_until > now()
    for update of q, c) x;
end $$;
`);
  await knex.raw(`
create function lock_outgoing(in_lock bigint, in_trunk text, in_switch text, in_campaign bigint, in_e164 text, in_managers text[]) returns setof jsonb language plpgsql as $$
declare
  limits record;
begin
  select t.gateway, t.calls_per_second, t.concurrency, t.caller_id as trunk_caller, t.countries, t.types,
    p.caller_id as campaign_caller, p.allowed_countries, p.allowed_types, p.max_live_calls, p.max_calls_per_second,
    trunk_price(t.id, in_e164)::text as price, (select array_agg(trunk_price(t.id, m)::text) from unnest(in_managers) m) as manager_prices
    into limits from trunks t, campaigns p where t.id = in_trunk and (t.switch_id is null or t.switch_id = in_switch) and p.id = in_campaign;
  if not found then return; end if;
  if limits.gateway is null and limits.calls_per_second is null and limits.concurrency is null and limits.price = '0'
    and limits.max_live_calls is null and limits.max_calls_per_second is null then
    return next to_jsonb(limits) || '{"used": null}';
    return;
  end if;
  perform pg_advisory_xact_lock(in_lock);
  return query select to_jsonb(limits) || jsonb_build_object('used', to_jsonb(u)) from (
    select
      (select count(*) from calls k where k.trunk_id = in_trunk and k.created_at > clock_timestamp() - interval '1 s')::int as of_trunk_rate,
      (select count(*) + count(k.manager_leg) from calls k where k.trunk_id = in_trunk and k.ended_at is null)::int as of_trunk_live,
      (select count(*) from calls k where k.campaign_id = in_campaign and k.created_at > clock_timestamp() - interval '1 s' and k.ended_at is null)::int as of_campaign_rate,
      (select count(*) from calls k where k.campaign_id = in_campaign and k.ended_at is null)::int as of_campaign_live,
      (select coalesce(sum(s.spent), 0) from spend_days s where s.day = (now() at time zone h.time_zone)::date)::text as spent,
      ((select coalesce(sum(k.most_minor), 0) from calls k where k.ended_at is null and k.trunk_id is not null) + (select coalesce(sum(o.line_most), 0) from operators o where o.line_most > 0))::text as live_most,
      h.daily_spend_cap::text as cap
    from house_limits h) u;
end $$;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop function lock_claim(bigint, bigint, text)`);
  await knex.raw(`drop function lock_outgoing(bigint, text, text, bigint, text, text[])`);
}
