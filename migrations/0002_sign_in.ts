import type { Knex } from 'knex';

/** What signing in needs: the limits (the shape is RateLimiterPostgres's own) and the house's secrets, made at the first start. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
create table house_secrets (
  name text primary key,
  value text not null,
  created_at timestamptz not null default now()
);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table house_secrets, rate_limits;');
}
