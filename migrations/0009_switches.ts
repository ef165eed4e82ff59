import type { Knex } from 'knex';

/** A house has several switches. Each controller describes its own here, so that no server's environment need know them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table switches
  -- where browsers open SIP over WebSocket
  add column ws_url text,
  -- no trunk: robots answer
  add column practice boolean not null default true,
  -- SHA-256 of what the switch proves itself with when it asks the directory
  add column directory_hash text,
  add column sessions integer not null default 0,
  add column max_sessions integer check (max_sessions > 0),
  -- when link_up was last turned
  add column link_changed_at timestamptz not null default now(),
  -- an administrator takes it out of service: nothing new starts there
  add column draining_at timestamptz;
create unique index switches_directory_hash on switches (directory_hash) where directory_hash is not null;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop index switches_directory_hash;
alter table switches drop column ws_url, drop column practice, drop column directory_hash, drop column sessions, drop column max_sessions, drop column link_changed_at, drop column draining_at;
`);
}
