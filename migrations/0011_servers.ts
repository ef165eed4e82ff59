import type { Knex } from 'knex';

/** Servers that hear pages, each since when: a page can only be called silent while somebody listened. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table servers (
  id uuid primary key,
  listening_since timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table servers;`);
}
