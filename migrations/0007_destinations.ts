import type { Knex } from 'knex';

/**
 * Where the house may telephone to, over which trunks, how many calls at once and what a day may cost. A trunk without a
 * gateway is the practice line: nothing leaves the switch, nothing is counted.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table trunks (
  id text primary key,
  -- null: every switch has it
  switch_id text references switches,
  gateway text,
  -- null: no limit
  calls_per_second smallint check (calls_per_second > 0),
  concurrency integer check (concurrency > 0),
  -- of a started minute, in minor units, where no prefix of trunk_rates fits
  price_per_minute bigint not null default 0 check (price_per_minute >= 0),
  caller_id text check (caller_id ~ '^\\+[1-9][0-9]{6,14}$'),
  -- ISO 3166-1 alpha-2; null: every country
  countries text[],
  types text[] not null default '{mobile,fixed,tollFree}' check (types <@ '{mobile,fixed,tollFree,other}'),
  created_at timestamptz not null default now()
);
insert into trunks (id, types) values ('robots', '{mobile,fixed,tollFree,other}');

-- Longest prefix wins; digits of E.164 without the plus.
create table trunk_rates (
  trunk_id text not null references trunks on delete cascade,
  prefix text not null check (prefix ~ '^[1-9][0-9]{0,14}$'),
  price_per_minute bigint not null check (price_per_minute >= 0),
  primary key (trunk_id, prefix)
);
create function trunk_price(of_trunk text, of_number text) returns bigint language sql stable as $$
  select coalesce(
    (select r.price_per_minute from trunk_rates r where r.trunk_id = of_trunk and ltrim(of_number, '+') like r.prefix || '%' order by length(r.prefix) desc limit 1),
    (select t.price_per_minute from trunks t where t.id = of_trunk), 0)
$$;

-- One row: the house's own limits.
create table house_limits (
  id boolean primary key default true check (id),
  -- minor units; a day is one of this zone's
  daily_spend_cap bigint not null default 500000 check (daily_spend_cap >= 0),
  time_zone text not null default 'Europe/Moscow'
);
insert into house_limits default values;

-- What ended calls have cost, a row a day and trunk.
create table spend_days (
  day date not null,
  trunk_id text not null references trunks,
  spent bigint not null default 0,
  primary key (day, trunk_id)
);

alter table campaigns
  add column caller_id text check (caller_id ~ '^\\+[1-9][0-9]{6,14}$'),
  add column allowed_countries text[],
  add column allowed_types text[] check (allowed_types <@ '{mobile,fixed,tollFree,other}'),
  add column max_live_calls integer check (max_live_calls > 0),
  add column max_calls_per_second smallint check (max_calls_per_second > 0);

alter table calls
  -- null: by no trunk that is counted
  add column trunk_id text references trunks,
  add column trunk_price bigint not null default 0,
  add column manager_price bigint not null default 0,
  -- the most that the call can cost, while it lives
  add column most_minor bigint not null default 0;
create index calls_trunk_live on calls (trunk_id) include (most_minor) where ended_at is null and trunk_id is not null;
create index calls_trunk_at on calls (trunk_id, created_at) where trunk_id is not null;
create index calls_campaign_live on calls (campaign_id, created_at) where ended_at is null;

-- What a call has cost: each leg by started minutes, the contact's from its answer, a manager's telephone from its ringing.
create function call_cost(k calls) returns bigint language sql stable as $$
  select k.trunk_price * ceil(coalesce(extract(epoch from k.ended_at - k.answered_at), 0) / 60)::bigint
    + k.manager_price * coalesce((
      select sum(ceil(greatest(extract(epoch from case when t.state = 'handedOver' then k.ended_at else least(coalesce(t.settled_at, k.ended_at), k.ended_at) end - t.created_at), 0) / 60))
      from transfers t where t.call_id = k.id and t.kind = 'phone' and t.state not in ('busy','failed','declined')), 0)::bigint
$$;
create function count_call_cost() returns trigger language plpgsql as $$
begin
  insert into spend_days (day, trunk_id, spent)
  select (new.ended_at at time zone h.time_zone)::date, new.trunk_id, call_cost(new) from house_limits h
  on conflict (day, trunk_id) do update set spent = spend_days.spent + excluded.spent;
  return null;
end $$;
-- At the end of the transaction: how the managers' transfers ended stands by then.
create constraint trigger calls_cost after update of ended_at on calls deferrable initially deferred
  for each row when (old.ended_at is null and new.ended_at is not null and new.trunk_id is not null) execute function count_call_cost();

-- What an administrator must know of. One open alarm of a kind and subject at a time.
create table alarms (
  id bigint generated always as identity primary key,
  kind text not null,
  subject text not null,
  detail jsonb not null default '{}',
  raised_at timestamptz not null default now(),
  cleared_at timestamptz
);
create unique index alarms_open on alarms (kind, subject) where cleared_at is null;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop table alarms;
drop trigger calls_cost on calls;
drop function count_call_cost();
drop function call_cost(calls);
alter table calls drop column trunk_id, drop column trunk_price, drop column manager_price, drop column most_minor;
drop index calls_campaign_live;
alter table campaigns drop column caller_id, drop column allowed_countries, drop column allowed_types, drop column max_live_calls, drop column max_calls_per_second;
drop table spend_days, house_limits, trunk_rates;
drop function trunk_price(text, text);
drop table trunks;
`);
}
