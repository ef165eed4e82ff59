import type { Knex } from 'knex';

/**
 * A campaign has several managers, each by telephone, SIP address or a page of their own, rung in turn or together.
 * Every transfer to a manager is a row, missed ones too. Links are kept as SHA-256 of their tokens only.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table campaigns add column manager_ring text not null default 'inTurn' check (manager_ring in ('inTurn','together'));

create table campaign_managers (
  id bigint generated always as identity primary key,
  campaign_id bigint not null references campaigns on delete cascade,
  customer_id bigint not null references customers,
  position smallint not null,
  name text not null default '',
  kind text not null check (kind in ('phone','sip','page')),
  address text,
  -- on a telephone: the key 1 after a whisper, so that a voicemail never gets a contact
  accept_key boolean not null default true,
  -- whose login sees this manager's transfers
  user_id bigint references users,
  -- the personal link of a page: SHA-256 of its token, null while there is none
  link_hash text,
  link_made_at timestamptz,
  page_seen_at timestamptz,
  constraint campaign_managers_address check ((kind = 'page') = (address is null)),
  constraint campaign_managers_link check ((link_hash is null) = (link_made_at is null) and (link_hash is null or kind = 'page')),
  constraint campaign_managers_position unique (campaign_id, position) deferrable initially deferred
);
create unique index campaign_managers_link_hash on campaign_managers (link_hash) where link_hash is not null;
create index campaign_managers_user on campaign_managers (user_id) where user_id is not null;

insert into campaign_managers (campaign_id, customer_id, position, name, kind, address)
select id, customer_id, 0, coalesce(manager_name, ''), manager_kind, manager_address from campaigns where manager_kind is not null;
alter table campaigns drop constraint campaigns_manager, drop column manager_name, drop column manager_kind, drop column manager_address;

-- Calls that live through the change keep their manager.
update calls k set machine = (machine - 'manager') || jsonb_build_object('managerRing', 'inTurn', 'asked', '[]'::jsonb, 'language', p.language, 'managers',
  case when coalesce(k.machine->'manager', 'null') = 'null' then '[]'::jsonb
    else jsonb_build_array(jsonb_build_object('id', (select m.id::text from campaign_managers m where m.campaign_id = k.campaign_id limit 1), 'place', k.machine->'manager', 'acceptKey', false)) end)
from campaigns p where p.id = k.campaign_id;

alter table calls
  add column manager_outcome text check (manager_outcome in ('sold','interested','no')),
  add column manager_outcome_at timestamptz,
  -- a manager asked for a call at this time instead of taking the contact now
  add column manager_callback_at timestamptz;

-- One row for each manager who was asked in a transfer. The id is the machine's: the leg that is dialled, or what the page accepts.
create table transfers (
  id uuid primary key,
  customer_id bigint not null references customers,
  call_id uuid not null references calls on delete cascade,
  manager_id bigint references campaign_managers on delete set null,
  manager_name text not null,
  kind text not null check (kind in ('phone','sip','page')),
  state text not null default 'ringing'
    check (state in ('ringing','accepted','handedOver','taken','busy','noAnswer','declined','later','failed','hungUp','cancelled','contactHungUp','operatorLost')),
  created_at timestamptz not null,
  settled_at timestamptz
);
create index transfers_call on transfers (call_id);
create index transfers_manager on transfers (manager_id, created_at desc);

-- Links for one transfer, used once.
create table transfer_tokens (
  token_hash text primary key,
  transfer_id uuid not null references transfers on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index transfer_tokens_transfer on transfer_tokens (transfer_id);

-- A manager's page calls in like an operator's, for one transfer.
alter table leg_credentials alter column operator_id drop not null, alter column page_id drop not null,
  add column transfer_id uuid references transfers on delete cascade,
  add constraint leg_credentials_whose check ((operator_id is null) <> (transfer_id is null) and (operator_id is null) = (page_id is null));
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
delete from leg_credentials where transfer_id is not null;
alter table leg_credentials drop column transfer_id, alter column operator_id set not null, alter column page_id set not null;
drop table transfer_tokens, transfers;
alter table calls drop column manager_outcome, drop column manager_outcome_at, drop column manager_callback_at;
update calls k set machine = (machine - 'managers' - 'managerRing' - 'asked' - 'language') || jsonb_build_object('manager',
  case when machine->'managers'->0->'place'->>'kind' in ('phone','sip') then machine->'managers'->0->'place' else 'null' end);
alter table campaigns add column manager_name text, add column manager_kind text check (manager_kind in ('phone','sip')), add column manager_address text;
update campaigns p set manager_name = m.name, manager_kind = m.kind, manager_address = m.address
from campaign_managers m where m.campaign_id = p.id and m.kind <> 'page'
  and m.position = (select min(n.position) from campaign_managers n where n.campaign_id = p.id and n.kind <> 'page');
alter table campaigns add constraint campaigns_manager check ((manager_kind is null) = (manager_address is null));
drop table campaign_managers;
alter table campaigns drop column manager_ring;
`);
}
