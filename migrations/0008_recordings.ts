import type { Knex } from 'knex';

/** What of a campaign's calls is recorded and how long it is kept; one row a segment, which stays when its sound is erased. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table campaigns
  add column record_calls boolean not null default false,
  add column announce_recording boolean not null default true,
  add column record_after_hand_over boolean not null default false,
  add column recording_days smallint not null default 30 check (recording_days between 1 and 1095);

-- Calls that live through the change are not recorded.
update calls set machine = machine || '{"recording": null}' where ended_at is null;

create table recordings (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  campaign_id bigint not null references campaigns,
  -- without cascade: a call with sound in the store is not deleted behind its back
  call_id uuid not null references calls,
  segment smallint not null,
  what text not null check (what in ('conversation','briefing','handedOver')),
  switch_id text not null references switches,
  leg uuid not null,
  state text not null default 'running' check (state in ('running','stored','failed','erased')),
  -- why there is no sound: the house's word
  reason text,
  started_at timestamptz not null,
  -- ordered to stop, or its leg is gone; the file is complete soon after
  stopped_at timestamptz,
  -- in the call, ms after the answer
  offset_ms integer not null,
  duration_ms integer,
  bytes integer,
  format text,
  storage_key text,
  tries smallint not null default 0,
  next_try_at timestamptz,
  stored_at timestamptz,
  erased_at timestamptz,
  constraint recordings_segment unique (call_id, segment),
  constraint recordings_stored check (state <> 'stored' or (storage_key is not null and bytes is not null and duration_ms is not null and format is not null)),
  constraint recordings_erased check ((state = 'erased') = (erased_at is not null))
);
create index recordings_running on recordings (switch_id, started_at) where state = 'running';
create index recordings_kept on recordings (campaign_id, started_at) where state = 'stored';

-- The disk on which a switch's recordings run: why none is started now, null while they are.
alter table switches add column recording_problem text;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
alter table switches drop column recording_problem;
drop table recordings;
update calls set machine = machine - 'recording' where ended_at is null;
alter table campaigns drop column record_calls, drop column announce_recording, drop column record_after_hand_over, drop column recording_days;
`);
}
