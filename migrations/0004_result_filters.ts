import type { Knex } from 'knex';

/** Results narrowed down stay a walk along an index: newest first within an operator, a disposition, an outcome. A campaign's contacts are written out in their order. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create index calls_results_operator on calls (campaign_id, operator_id, created_at desc, id);
create index calls_results_disposition on calls (campaign_id, disposition, created_at desc, id) where disposition is not null;
create index calls_results_outcome on calls (campaign_id, outcome, created_at desc, id) where outcome is not null;
create index contacts_campaign_order on contacts (campaign_id, id);
drop index contacts_campaign;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
create index contacts_campaign on contacts (campaign_id);
drop index calls_results_operator, calls_results_disposition, calls_results_outcome, contacts_campaign_order;
`);
}
