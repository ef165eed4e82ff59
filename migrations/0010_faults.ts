import type { Knex } from 'knex';

/** What outlives a fault: the owner's mark, wrap-ups that nobody finished, and records that grow old. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- the owner of the switch holds the advisory lock that PostgreSQL takes from a dead process
alter table switches add column owner_marked boolean not null default false;

-- a conversation that nobody judged in time: its contact was followed up without a judgement
alter table calls add column abandoned_at timestamptz;

-- the nightly purge finds what is old
create index call_transitions_at on call_transitions using brin (at);
create index call_commands_done_at on call_commands using brin (done_at);
create index requests_created_at on requests using brin (created_at);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop index requests_created_at;
drop index call_commands_done_at;
drop index call_transitions_at;
alter table calls drop column abandoned_at;
alter table switches drop column owner_marked;
`);
}
