import type { Knex } from 'knex';

/**
 * Operators without WebRTC: SIP phones of their own, each with a credential that can be taken back, or a telephone number
 * that the exchange rings. A standing leg to a telephone costs, so it counts against the day's cap like a call.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table operator_devices (
  id bigint generated always as identity primary key,
  operator_id bigint not null references users on delete cascade,
  name text not null,
  username text not null unique,
  a1_hash text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index operator_devices_operator on operator_devices (operator_id);

alter table operators
  add column line_kind text not null default 'browser' check (line_kind in ('browser','device','phone')),
  add column line_trunk_id text references trunks,
  add column line_price bigint not null default 0,
  -- the most that the standing leg can cost, while it rings or is up
  add column line_most bigint not null default 0,
  add column line_since timestamptz;

create function count_line_cost() returns trigger language plpgsql as $$
begin
  if old.line_trunk_id is null then
    return new;
  end if;
  if old.leg is null and new.leg is not null then
    new.line_since := now();
  elsif (old.leg is not null and new.leg is distinct from old.leg) or (new.leg is null and new.state = 'offline') then
    insert into spend_days (day, trunk_id, spent)
    select (now() at time zone h.time_zone)::date, old.line_trunk_id, old.line_price * ceil(extract(epoch from now() - old.line_since) / 60)::bigint
    from house_limits h where old.line_since is not null
    on conflict (day, trunk_id) do update set spent = spend_days.spent + excluded.spent;
    new.line_trunk_id := null;
    new.line_price := 0;
    new.line_most := 0;
    new.line_since := null;
  end if;
  return new;
end $$;
create trigger operators_line_cost before update on operators for each row when (old.line_trunk_id is not null) execute function count_line_cost();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop trigger operators_line_cost on operators;
drop function count_line_cost();
alter table operators drop column line_kind, drop column line_trunk_id, drop column line_price, drop column line_most, drop column line_since;
drop table operator_devices;
`);
}
