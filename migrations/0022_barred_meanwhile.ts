import type { Knex } from 'knex';
import { beginCall as withoutBarred } from './0021_quick_calls.ts';

/** `begin_call` looks at the numbers that nobody may call once more, behind the locks that it waits for; the attempt is judged anew then. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(beginCall);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(withoutBarred.replace('create function', 'create or replace function'));
}

const beginCall = `
create or replace function begin_call(a jsonb, deadlines jsonb, commands jsonb, lock bigint) returns jsonb language plpgsql as $$
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
  -- Nothing but the switch's row is waited for from here on: a number that was barred since the claim was read is not rung.
  if exists (select from dnc_numbers d where d.e164 = a->>'e164' and (d.customer_id is null or d.customer_id = (a->>'customerId')::bigint)) then return '{"refused": "changed"}'; end if;
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
