/** Campaigns, contacts and operators of a run, and triggers that count what happens to each contact. */
import { aCampaign, anOperator } from '../../test/support/rows.ts';
import type { Db } from '../../platform/postgres/database.ts';

export const switchId = 'switch-1';
/** A contact is called once in a run, but where the network failed: what is dialled twice stands out. */
const longPauseMs = 24 * 3_600_000;
export const ringTimeoutMs = 6_000;
export const maxDurationMs = 60_000;

/** By the last two digits of a number: who answers, and how often (freeswitch-conf/README.md). */
export type Population = readonly (readonly [percent: number, digits: string])[];
const population: Population = [
  [36, '98'], [18, '97'], [14, '00'], [8, '95'], [6, '90'], [4, '92'], [4, '93'], [5, '94'], [5, '91'],
];

export interface Scene {
  readonly campaigns: readonly string[];
  readonly operators: readonly { readonly operatorId: string; readonly campaignId: string }[];
}

/** @param contacts in all; `who` says by campaign who answers */
export async function setScene(db: Db, { operators, contacts, who = [] }: { operators: number; contacts: number; who?: readonly Population[] }): Promise<Scene> {
  const rules = { ring_timeout_ms: ringTimeoutMs, max_duration_ms: maxDurationMs, wrap_up_ms: 600_000, busy_pause_ms: longPauseMs, no_answer_pause_ms: longPauseMs };
  await db('switches').insert({ id: switchId }).onConflict('id').ignore();
  const campaigns = [
    await aCampaign(db, { ...rules, managers: [{ address: '+79000000098' }] }),
    await aCampaign(db, { ...rules, managers: [{ address: '+79000000090' }, { address: '+79000000099', accept_key: true }] }),
    await aCampaign(db, { ...rules, manager_ring: 'together', managers: [{ address: '+79000000099' }, { address: '+79000000098' }, { address: '+79000000091' }] }),
  ];
  for (const [index, campaignId] of campaigns.entries()) await addContacts(db, campaignId, Math.ceil(contacts / campaigns.length), index, who[index] ?? population);
  await db.raw(counters);
  const people = [];
  for (let i = 0; i < operators; i += 1) {
    const campaignId = campaigns[i % campaigns.length]!;
    people.push({ campaignId, operatorId: await anOperator(db, { state: 'offline', campaign_id: campaignId, switch_id: switchId }) });
  }
  return { campaigns, operators: people };
}

/** Invented Russian mobile numbers, each once in the run. */
async function addContacts(db: Db, campaignId: string, count: number, campaign: number, who: Population): Promise<void> {
  const endings = who.flatMap(([percent, digits]) => Array.from({ length: percent }, () => digits));
  await db.raw(
    `with fresh as (
       insert into contacts (customer_id, campaign_id, name, time_zone, fields)
       select p.customer_id, p.id, 'Contact ' || n, 'Europe/Moscow', '{}' from campaigns p, generate_series(1, :count::int) n where p.id = :campaignId
       returning id, customer_id, campaign_id),
     numbered as (select *, row_number() over (order by id) as n from fresh),
     numbers as (
       insert into contact_numbers (contact_id, position, campaign_id, customer_id, e164)
       select id, 0, campaign_id, customer_id, '+790' || :campaign::int || lpad(n::text, 5, '0') || (:endings::text[])[1 + (n * 37 % :kinds::int)] from numbered returning contact_id)
     insert into call_queue (contact_id, campaign_id, customer_id, next_attempt_at) select id, campaign_id, customer_id, now() - interval '1 minute' from fresh`,
    { campaignId, count, campaign, endings, kinds: endings.length },
  );
}

/** Each follow-up of a contact leaves a row, whoever wrote it: put back into the queue, put off, finished. */
const counters = `
drop table if exists chaos_followups;
drop function if exists chaos_follow cascade;
create table chaos_followups (contact_id bigint not null, what text not null, at timestamptz not null default clock_timestamp());
create function chaos_follow() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'contacts' then
    insert into chaos_followups (contact_id, what) values (new.id, 'finished');
  else
    insert into chaos_followups (contact_id, what) values (new.contact_id, lower(tg_op));
  end if;
  return null;
end $$;
create trigger chaos_queued after insert on call_queue for each row execute function chaos_follow();
create trigger chaos_put_off after update on call_queue for each row when (old.next_attempt_at is distinct from new.next_attempt_at) execute function chaos_follow();
create trigger chaos_finished after update of state on contacts for each row when (new.state = 'finished') execute function chaos_follow();
`;
