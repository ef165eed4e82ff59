import type { Knex } from 'knex';

/**
 * A claim does not wait for the disk: one lost in a crash of the database is a contact back in the queue, and
 * `authoriseAttempt` refuses to dial without it. The dialling itself is committed durably.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create or replace function claim_contact(in_campaign bigint, in_operator bigint, lease_ms integer, after_at timestamptz[], after_id bigint[])
returns table (contact bigint, of_priority smallint, due_at timestamptz) language plpgsql as $$
declare
  has_entered boolean := exists (select from operator_entered_numbers e where e.operator_id = in_operator);
begin
  perform set_config('synchronous_commit', 'off', true);
  for p in reverse 3..0 loop
    return query
      update call_queue u set claimed_by = in_operator, lease_until = now() + lease_ms * interval '1 ms'
      where u.contact_id = (
        select q.contact_id from call_queue q
        where q.campaign_id = in_campaign and q.priority = p and q.claimed_by is null and q.next_attempt_at <= now()
          and (q.next_attempt_at, q.contact_id) > (after_at[p + 1], after_id[p + 1])
          and q.entered_by is distinct from in_operator
          and not (has_entered and exists (
            select from contact_numbers n join operator_entered_numbers e on e.operator_id = in_operator and e.e164 = n.e164
            where n.contact_id = q.contact_id))
        order by q.next_attempt_at, q.contact_id
        limit 1 for update skip locked)
      returning u.contact_id, u.priority, u.next_attempt_at;
    if found then return; end if;
  end loop;
end $$;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
create or replace function claim_contact(in_campaign bigint, in_operator bigint, lease_ms integer, after_at timestamptz[], after_id bigint[])
returns table (contact bigint, of_priority smallint, due_at timestamptz) language plpgsql as $$
declare
  has_entered boolean := exists (select from operator_entered_numbers e where e.operator_id = in_operator);
begin
  for p in reverse 3..0 loop
    return query
      update call_queue u set claimed_by = in_operator, lease_until = now() + lease_ms * interval '1 ms'
      where u.contact_id = (
        select q.contact_id from call_queue q
        where q.campaign_id = in_campaign and q.priority = p and q.claimed_by is null and q.next_attempt_at <= now()
          and (q.next_attempt_at, q.contact_id) > (after_at[p + 1], after_id[p + 1])
          and q.entered_by is distinct from in_operator
          and not (has_entered and exists (
            select from contact_numbers n join operator_entered_numbers e on e.operator_id = in_operator and e.e164 = n.e164
            where n.contact_id = q.contact_id))
        order by q.next_attempt_at, q.contact_id
        limit 1 for update skip locked)
      returning u.contact_id, u.priority, u.next_attempt_at;
    if found then return; end if;
  end loop;
end $$;
`);
}
