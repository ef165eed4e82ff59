import type { Knex } from 'knex';

/**
 * The exchange's spine. Every tenant's row carries `customer_id`; calls, commands and requests carry `switch_id`
 * and the fencing epoch of the controller that wrote them. Constraints and partial unique indexes hold what must never break.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table customers (
  id bigint generated always as identity primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table users (
  id bigint generated always as identity primary key,
  customer_id bigint references customers,
  role text not null check (role in ('customer','operator','manager','moderator','admin')),
  email text not null check (email = lower(email)),
  password_hash text not null,
  name text not null,
  created_at timestamptz not null default now(),
  constraint users_email_unique unique (email),
  constraint users_tenant check ((role in ('customer','manager')) = (customer_id is not null))
);

-- One row a FreeSWITCH. The owner's lease is fenced: whoever takes it over raises the epoch, and a write with an old epoch changes nothing.
create table switches (
  id text primary key,
  epoch bigint not null default 0,
  owner_id text,
  lease_until timestamptz,
  core_uuid text,
  link_up boolean not null default false,
  updated_at timestamptz not null default now()
);

create table campaigns (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  name text not null,
  country char(2) not null,
  language text not null default 'ru',
  time_zone text not null,
  state text not null default 'draft' check (state in ('draft','running','paused','finished')),
  manager_name text,
  manager_kind text check (manager_kind in ('phone','sip')),
  manager_address text,
  script_version integer not null default 1,
  priority smallint not null default 1 check (priority between 0 and 3),
  mask_numbers boolean not null default true,
  max_duration_ms integer not null default 600000 check (max_duration_ms between 10000 and 7200000),
  ring_timeout_ms integer not null default 30000 check (ring_timeout_ms between 5000 and 120000),
  wrap_up_ms integer not null default 30000 check (wrap_up_ms between 5000 and 600000),
  max_attempts smallint not null default 3 check (max_attempts between 1 and 20),
  busy_pause_ms integer not null default 900000 check (busy_pause_ms between 0 and 604800000),
  no_answer_pause_ms integer not null default 7200000 check (no_answer_pause_ms between 0 and 604800000),
  window_from time not null default '09:00',
  window_to time not null default '20:00',
  window_days smallint[] not null default '{1,2,3,4,5,6,7}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint campaigns_window check (window_from < window_to and cardinality(window_days) > 0),
  constraint campaigns_manager check ((manager_kind is null) = (manager_address is null))
);
create index campaigns_customer on campaigns (customer_id);
create index campaigns_running on campaigns (id) where state = 'running';

-- Script, questions and dispositions are one versioned thing: a result is read with the version it was spoken with.
create table script_versions (
  campaign_id bigint not null references campaigns on delete cascade,
  version integer not null,
  customer_id bigint not null references customers,
  script text not null,
  questions jsonb not null,
  dispositions jsonb not null,
  created_by bigint references users,
  created_at timestamptz not null default now(),
  primary key (campaign_id, version)
);

create table lists (
  id bigint generated always as identity primary key,
  campaign_id bigint not null references campaigns on delete cascade,
  customer_id bigint not null references customers,
  file_name text not null,
  format text not null,
  columns jsonb not null,
  accepted integer not null default 0,
  duplicates integer not null default 0,
  rejected integer not null default 0,
  created_by bigint references users,
  created_at timestamptz not null default now()
);
create index lists_campaign on lists (campaign_id);

create table list_problems (
  list_id bigint not null references lists on delete cascade,
  customer_id bigint not null references customers,
  row_number integer not null,
  kind text not null check (kind in ('duplicate','rejected')),
  reason text not null,
  cells jsonb not null,
  primary key (list_id, row_number)
);

create table contacts (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  campaign_id bigint not null references campaigns on delete cascade,
  list_id bigint references lists on delete cascade,
  row_number integer,
  name text not null default '',
  company text not null default '',
  city text not null default '',
  time_zone text not null,
  fields jsonb not null default '{}',
  entered_by bigint references users,
  state text not null default 'queued' check (state in ('queued','finished')),
  attempts smallint not null default 0,
  last_disposition text,
  created_at timestamptz not null default now()
);
create index contacts_campaign on contacts (campaign_id);
create index contacts_list on contacts (list_id);

-- A contact may have several numbers, in the order to try them; a number stands once in a campaign.
create table contact_numbers (
  contact_id bigint not null references contacts on delete cascade,
  position smallint not null,
  campaign_id bigint not null,
  customer_id bigint not null,
  e164 text not null check (e164 ~ '^\\+[1-9][0-9]{6,14}$'),
  extension text check (extension ~ '^[0-9]{1,8}$'),
  primary key (contact_id, position),
  constraint contact_numbers_unique_in_campaign unique (campaign_id, e164)
);

-- The narrow queue: what a claim reads and writes and nothing else. Small rows, eager vacuum.
create table call_queue (
  contact_id bigint primary key references contacts on delete cascade,
  campaign_id bigint not null,
  customer_id bigint not null,
  priority smallint not null default 1 check (priority between 0 and 3),
  next_attempt_at timestamptz not null,
  number_position smallint not null default 0,
  entered_by bigint,
  claimed_by bigint,
  lease_until timestamptz
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
create index call_queue_claimable on call_queue (campaign_id, priority, next_attempt_at, contact_id) where claimed_by is null;
create index call_queue_claims on call_queue (claimed_by, lease_until) where claimed_by is not null;

-- Claims the next due contact for an operator. A function, because its plan is kept by each connection: planning the
-- scans anew costs three times as much as running them. One scan a priority, since a scan over all of them would walk
-- over every contact of high priority that is not due yet. after_at and after_id, by priority 0 to 3, are where the
-- caller found the last one (-infinity, 0: at the head); only a hint against dead entries at the head of the index.
create function claim_contact(in_campaign bigint, in_operator bigint, lease_ms integer, after_at timestamptz[], after_id bigint[])
returns table (contact bigint, of_priority smallint, due_at timestamptz) language plpgsql as $$
declare
  has_entered boolean := exists (select from operator_entered_numbers e where e.operator_id = in_operator);
begin
  for p in reverse 3..0 loop
    return query
      update call_queue u set claimed_by = in_operator, lease_until = now() + lease_ms * interval '1 ms'
      where u.contact_id = (
        select q.contact_id from call_queue q
        where q.campaign_id = in_campaign and q.priority = p and q.claimed_by is null and q.next_attempt_at <= now()
          and (q.next_attempt_at, q.contact_id) > (after_at[p + 1], after_id[p + 1])
          and q.entered_by is distinct from in_operator
          and not (has_entered and exists (
            select from contact_numbers n join operator_entered_numbers e on e.operator_id = in_operator and e.e164 = n.e164
            where n.contact_id = q.contact_id))
        order by q.next_attempt_at, q.contact_id
        limit 1 for update skip locked)
      returning u.contact_id, u.priority, u.next_attempt_at;
    if found then return; end if;
  end loop;
end $$;

-- Numbers that an operator typed in: never offered to that operator, in whatever campaign or list they come back.
create table operator_entered_numbers (
  operator_id bigint not null references users,
  e164 text not null,
  created_at timestamptz not null default now(),
  primary key (operator_id, e164)
);

-- Do not call. A null customer is the house's own entry.
create table dnc_numbers (
  id bigint generated always as identity primary key,
  customer_id bigint references customers,
  e164 text not null,
  reason text not null default '',
  created_at timestamptz not null default now(),
  constraint dnc_numbers_unique unique nulls not distinct (customer_id, e164)
);

create table operators (
  operator_id bigint primary key references users,
  state text not null default 'offline' check (state in ('offline','connecting','ready','reserved','onCall','wrapUp','paused')),
  pause_reason text,
  since timestamptz not null default now(),
  campaign_id bigint references campaigns,
  switch_id text references switches,
  leg uuid,
  page_id text,
  page_seen_at timestamptz,
  wrap_up_until timestamptz,
  wrap_up_extensions smallint not null default 0,
  version bigint not null default 0
);
create unique index operators_leg on operators (leg) where leg is not null;
create index operators_on_line on operators (switch_id) where leg is not null;

-- One-use credentials of a page's leg. Only the digest's A1 hash is kept (RFC 7616); a username is used once.
create table leg_credentials (
  username text primary key,
  operator_id bigint not null references users,
  switch_id text not null references switches,
  page_id text not null,
  a1_hash text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table calls (
  id uuid primary key,
  customer_id bigint not null references customers,
  campaign_id bigint not null references campaigns,
  contact_id bigint not null references contacts on delete cascade,
  operator_id bigint not null references users,
  switch_id text not null references switches,
  epoch bigint not null,
  attempt smallint not null,
  script_version integer not null,
  e164 text not null,
  state text not null,
  machine jsonb not null,
  version integer not null default 0,
  -- partial unique indexes hang on these two: the operator is bound until released, the number until its leg is gone
  operator_bound boolean not null default true,
  number_live boolean not null default true,
  operator_leg uuid not null,
  contact_leg uuid not null,
  manager_leg uuid,
  created_at timestamptz not null,
  ringing_at timestamptz,
  answered_at timestamptz,
  released_at timestamptz,
  ended_at timestamptz,
  talk_ms integer not null default 0,
  hold_ms integer not null default 0,
  handed_over_at timestamptz,
  hangup_cause text,
  outcome text,
  ended_by text,
  disposition text,
  disposed_at timestamptz,
  callback_at timestamptz,
  notes text not null default '',
  notes_saved_at timestamptz,
  answers jsonb not null default '{}'
);
create unique index calls_one_live_per_operator on calls (operator_id) where operator_bound;
create unique index calls_one_live_per_number on calls (e164) where number_live;
create unique index calls_contact_leg on calls (contact_leg);
create index calls_live on calls (switch_id) where ended_at is null;
create index calls_results on calls (campaign_id, created_at desc, id);
create index calls_contact on calls (contact_id);
create index calls_undisposed on calls (operator_id, created_at desc) where disposition is null;
create index calls_operator on calls (operator_id, created_at desc);

create table call_transitions (
  call_id uuid not null references calls on delete cascade,
  version integer not null,
  at timestamptz not null,
  event jsonb not null,
  from_state text not null,
  to_state text not null,
  primary key (call_id, version)
);

-- Orders committed with the transition that gave them, executed afterwards; what stands here after a crash is looked at, never repeated blindly.
create table call_commands (
  id bigint generated always as identity primary key,
  call_id uuid not null references calls on delete cascade,
  switch_id text not null,
  epoch bigint not null,
  command jsonb not null,
  done_at timestamptz,
  result text
);
create index call_commands_pending on call_commands (switch_id, id) where done_at is null;

create table call_deadlines (
  call_id uuid not null references calls on delete cascade,
  name text not null,
  switch_id text not null,
  at timestamptz not null,
  primary key (call_id, name)
);
create index call_deadlines_due on call_deadlines (switch_id, at);

-- What people asked for. The server writes and nudges; the controller of that switch drains in order, each once.
create table requests (
  id bigint generated always as identity primary key,
  switch_id text not null references switches,
  operator_id bigint not null references users,
  call_id uuid references calls on delete cascade,
  kind text not null,
  payload jsonb not null default '{}',
  created_at timestamptz not null default now(),
  handled_at timestamptz,
  result jsonb
);
create index requests_pending on requests (switch_id, id) where handled_at is null;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop function claim_contact(bigint, bigint, integer, timestamptz[], bigint[]);
drop table requests, call_deadlines, call_commands, call_transitions, calls, leg_credentials, operators, dnc_numbers,
  operator_entered_numbers, call_queue, contact_numbers, contacts, list_problems, lists, script_versions, campaigns, switches, users, customers;
`);
}
