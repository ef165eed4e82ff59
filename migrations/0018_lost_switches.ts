import type { Knex } from 'knex';

/** A switch that is lost for good is declared so by an administrator; and what each switch is, in its own words. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table switches
  -- declared lost: its calls were closed, its operators unbound; whoever drives it again ends what is left there
  add column lost_at timestamptz,
  -- as the switch names itself
  add column version text;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table switches drop column lost_at, drop column version`);
}
