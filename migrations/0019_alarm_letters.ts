import type { Knex } from 'knex';

/** Letters to administrators: written with the alarm itself, sent by whichever server comes first, each once. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table alarm_letters (
  id bigint generated always as identity primary key,
  alarm_id bigint not null references alarms on delete cascade,
  user_id bigint not null references users on delete cascade,
  tries integer not null default 0,
  -- not before; a server that takes it up moves it on, so that it is tried again where that server dies
  next_try_at timestamptz not null default now(),
  sent_at timestamptz,
  unique (alarm_id, user_id)
);
create index alarm_letters_due on alarm_letters (next_try_at) where sent_at is null;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table alarm_letters`);
}
