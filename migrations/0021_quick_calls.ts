import type { Knex } from 'knex';
import { up as lockFunctions } from './0017_quick_dials.ts';

/**
 * A call's first and last steps in fewer round trips. `read_claim` reads what a dial needs without a lock; `begin_call` locks
 * operator, claim and, where anything is counted, the way out, looks again at what may have changed, and writes the call: one
 * statement, one transaction, so that attempts wait for one another only for as long as one takes to write. `claim_next`
 * is the claim of an operator who is ready. Each statement in them sees what was committed before it began.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`drop function lock_claim(bigint, bigint, text)`);
  await knex.raw(`drop function lock_outgoing(bigint, text, text, bigint, text, text[])`);
  await knex.raw(readClaim);
  await knex.raw(beginCall);
  await knex.raw(`
create function claim_next(in_operator bigint, in_campaign bigint, lease_ms integer, after_at timestamptz[], after_id bigint[])
returns table (contact bigint, of_priority smallint, due_at timestamptz, time_zone text, window_from text, window_to text, window_days smallint[], number_position smallint, now_ms double precision) language plpgsql as $$
declare
  claimed record;
begin
  -- Locked, so that server and controller do not claim two at once and a pause that came first wins.
  perform from operators o join campaigns p on p.id = o.campaign_id
    where o.operator_id = in_operator and o.campaign_id = in_campaign and o.state = 'ready' and p.state = 'running' for update of o for share of p;
  if not found then return; end if;
  select q.contact_id as contact, null::smallint as of_priority, null::timestamptz as due_at into claimed
    from call_queue q where q.claimed_by = in_operator and q.campaign_id = in_campaign and q.lease_until > now() limit 1;
  if not found then
    select f.contact, f.of_priority, f.due_at into claimed from claim_contact(in_campaign, in_operator, lease_ms, after_at, after_id) f;
  end if;
  return query select claimed.contact, claimed.of_priority, claimed.due_at, c.time_zone, p.window_from::text, p.window_to::text, p.window_days, q.number_position, extract(epoch from now())::float8 * 1000
    from call_queue q join contacts c on c.id = q.contact_id join campaigns p on p.id = q.campaign_id where q.contact_id = claimed.contact;
end $$`);
  // A call's row is written anew with each step: there is room for it beside the one before.
  await knex.raw(`alter table calls set (fillfactor = 60)`);
}

/** Limits are counted under the lock that attempts wait at, so that two dials at once do not both take the last place. */
export const beginCall = `
create function begin_call(a jsonb, deadlines jsonb, commands jsonb, lock bigint) returns jsonb language plpgsql as $$
declare
  in_operator bigint := a->>'operatorId';
  in_contact bigint := a->>'contactId';
  in_campaign bigint := a->>'campaignId';
  in_switch text := a->>'switchId';
  in_trunk text := a->>'limitsOf';
  in_most bigint := a->>'most';
  in_id uuid := a->>'id';
  in_at timestamptz := to_timestamp((a->>'createdAt')::double precision);
  refused text;
  ids jsonb;
begin
  -- The operator first, as everywhere: a pause and a call at once must not lock each other out.
  perform from operators o where o.operator_id = in_operator and o.state = 'ready' and o.switch_id = in_switch and o.leg = (a->>'operatorLeg')::uuid for update;
  if not found then return '{"refused": "changed"}'; end if;
  perform from call_queue q join contacts c on c.id = q.contact_id
    where q.contact_id = in_contact and q.claimed_by = in_operator and q.lease_until > now() and c.attempts = (a->>'attempt')::int - 1 for update of q, c;
  if not found then return '{"refused": "changed"}'; end if;
  if in_trunk is not null then
    perform pg_advisory_xact_lock(lock);
    select case
      when in_most > 0 and u.spent + u.live_most + in_most > h.daily_spend_cap then 'spendCapReached'
      when u.of_trunk_live >= t.concurrency then 'trunkBusy'
      when u.of_campaign_live >= p.max_live_calls then 'campaignBusy'
      when u.of_trunk_rate >= t.calls_per_second then 'trunkRate'
      when u.of_campaign_rate >= p.max_calls_per_second then 'campaignRate' end
    into refused from trunks t, campaigns p, house_limits h, lateral (select
      case when t.calls_per_second is not null then (select count(*) from calls k where k.trunk_id = in_trunk and k.created_at > clock_timestamp() - interval '1 s') end as of_trunk_rate,
      case when t.concurrency is not null then (select count(*) + count(k.manager_leg) from calls k where k.trunk_id = in_trunk and k.ended_at is null) end as of_trunk_live,
      case when p.max_calls_per_second is not null then (select count(*) from calls k where k.campaign_id = in_campaign and k.created_at > clock_timestamp() - interval '1 s' and k.ended_at is null) end as of_campaign_rate,
      case when p.max_live_calls is not null then (select count(*) from calls k where k.campaign_id = in_campaign and k.ended_at is null) end as of_campaign_live,
      case when in_most > 0 then (select coalesce(sum(s.spent), 0) from spend_days s where s.day = (now() at time zone h.time_zone)::date) end as spent,
      case when in_most > 0 then (select coalesce(sum(k.most_minor), 0) from calls k where k.ended_at is null and k.trunk_id is not null) + (select coalesce(sum(o.line_most), 0) from operators o where o.line_most > 0) end as live_most) u
    where t.id = in_trunk and p.id = in_campaign;
    if refused is not null then return jsonb_build_object('refused', refused); end if;
  end if;
  perform from switches s where s.id = in_switch and s.epoch = (a->>'epoch')::bigint for share;
  if not found then return '{"refused": "stale"}'; end if;
  delete from call_queue where contact_id = in_contact;
  update contacts set attempts = attempts + 1 where id = in_contact;
  update operators set state = 'onCall', since = now(), version = version + 1 where operator_id = in_operator;
  insert into calls (id, customer_id, campaign_id, contact_id, operator_id, switch_id, epoch, attempt, script_version, e164, state, machine, operator_leg, contact_leg, created_at, trunk_id, trunk_price, manager_price, most_minor)
    values (in_id, (a->>'customerId')::bigint, in_campaign, in_contact, in_operator, in_switch, (a->>'epoch')::bigint, (a->>'attempt')::smallint, (a->>'scriptVersion')::int, a->>'e164', a->'machine'->>'state', a->'machine',
      (a->>'operatorLeg')::uuid, (a->>'contactLeg')::uuid, in_at, a->>'trunkId', (a->>'trunkPrice')::bigint, (a->>'managerPrice')::bigint, (a->>'mostMinor')::bigint);
  insert into call_transitions (call_id, version, at, event, from_state, to_state) values (in_id, 0, in_at, '{"type":"CallStarted"}', 'none', a->'machine'->>'state');
  insert into call_deadlines (call_id, name, switch_id, at) select in_id, x.name, in_switch, to_timestamp(x.at / 1000) from jsonb_to_recordset(deadlines) as x(name text, at double precision);
  with written as (
    insert into call_commands (call_id, switch_id, epoch, command)
    select in_id, in_switch, (a->>'epoch')::bigint, x.value from jsonb_array_elements(commands) with ordinality as x(value, n) order by x.n returning id)
  select jsonb_agg(id::text order by id) into ids from written;
  -- The request that this call answers: carried out and answered in one, so that it is never carried out twice.
  update requests r set handled_at = now(), result = jsonb_build_object('ok', true, 'callId', in_id) where r.id = (a->>'requestId')::bigint and r.handled_at is null;
  -- Last, when nothing is waited for any more: a key pressed long ago is never carried out late.
  if exists (select from requests r where r.id = (a->>'requestId')::bigint and r.created_at < clock_timestamp() - (a->>'staleAfterMs')::int * interval '1 ms') then
    raise exception 'the request waited too long' using errcode = 'XL001';
  end if;
  return jsonb_build_object('commandIds', coalesce(ids, '[]'));
end $$`;

const readClaim = `
create function read_claim(in_operator bigint, in_contact bigint, in_switch text, in_trunk text) returns setof jsonb language sql stable as $$
  select to_jsonb(x) from (
    select q.campaign_id::text, q.customer_id::text, p.state as campaign_state, p.language, p.country, p.manager_ring, p.script_version,
      coalesce((select jsonb_agg(jsonb_build_object('id', m.id::text, 'kind', m.kind, 'address', m.address, 'acceptKey', m.accept_key, 'price', trunk_price(in_trunk, m.address)::text) order by m.position)
        from campaign_managers m where m.campaign_id = p.id), '[]') as managers,
      p.ring_timeout_ms, p.max_duration_ms, p.max_attempts, p.window_from::text, p.window_to::text, p.window_days, p.record_calls, p.announce_recording, p.record_after_hand_over,
      c.time_zone as contact_time_zone, c.attempts, n.e164, n.extension, n.position,
      case when o.switch_id = in_switch then o.leg end as operator_leg, o.state as operator_state,
      exists (select from switches s where s.id = in_switch and s.draining_at is not null) as draining,
      exists (select from dnc_numbers d where d.e164 = n.e164 and (d.customer_id is null or d.customer_id = q.customer_id)) as dnc,
      exists (select from operator_entered_numbers e where e.operator_id = in_operator and e.e164 = n.e164) as entered,
      (select to_jsonb(l) from (select t.gateway, t.calls_per_second, t.concurrency, t.caller_id as trunk_caller, t.countries, t.types,
        p.caller_id as campaign_caller, p.allowed_countries, p.allowed_types, p.max_live_calls, p.max_calls_per_second, trunk_price(t.id, n.e164)::text as price
        from trunks t where t.id = in_trunk and (t.switch_id is null or t.switch_id = in_switch)) l) as limits
    from call_queue q
      join contacts c on c.id = q.contact_id
      join campaigns p on p.id = q.campaign_id
      join lateral (select * from contact_numbers n where n.contact_id = c.id order by n.position = q.number_position desc, n.position limit 1) n on true
      join operators o on o.operator_id = in_operator
    where q.contact_id = in_contact and q.claimed_by = in_operator and q.lease_until > now()) x
$$`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table calls reset (fillfactor)`);
  await knex.raw(`drop function claim_next(bigint, bigint, integer, timestamptz[], bigint[])`);
  await knex.raw(`drop function begin_call(jsonb, jsonb, jsonb, bigint)`);
  await knex.raw(`drop function read_claim(bigint, bigint, text, text)`);
  await lockFunctions(knex);
}
