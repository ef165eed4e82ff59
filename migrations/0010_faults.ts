import type { Knex } from 'knex';

/** What outlives a fault: the owner's mark, wrap-ups that nobody finished, and records that grow old. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- the owner of the switch holds the advisory lock that PostgreSQL takes from a dead process
alter table switches add column owner_marked boolean not null default false;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
alter table switches drop column owner_marked;
`);
}
