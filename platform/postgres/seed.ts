import type { Role } from '../../domain/api.ts';
import type { Disposition, Question } from '../../domain/campaign.ts';
import type { Db } from './database.ts';

/** What a practice installation starts with. Every function inserts; the caller has asked `hasUser` first, under `lockSeed`. */

/** Two starts on one database seed one after the other. Held to the end of the transaction. */
export async function lockSeed(tx: Db): Promise<void> {
  await tx.raw(`select pg_advisory_xact_lock(hashtext('exchange seed'))`);
}

export async function hasUser(db: Db, email: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>('select from users where email = ?', [email]);
  return rows.length > 0;
}

export async function insertCustomer(tx: Db, { name }: { name: string }): Promise<string> {
  const { rows } = await tx.raw<{ rows: { id: string }[] }>('insert into customers (name) values (?) returning id', [name]);
  return rows[0]!.id;
}

export interface SeedUser {
  readonly role: Role;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly customerId: string | null;
}

/** An operator gets the row of its state as well. */
export async function insertUser(tx: Db, user: SeedUser): Promise<string> {
  const { rows } = await tx.raw<{ rows: { id: string }[] }>(
    `with made as (
       insert into users (role, email, name, password_hash, customer_id) values (:role, :email, :name, :passwordHash, :customerId) returning id, role
     ), operator as (
       insert into operators (operator_id) select id from made where role = 'operator'
     )
     select id from made`,
    { ...user },
  );
  return rows[0]!.id;
}

/** Gives the accounts among these e-mails a new password and takes their second factor off: whoever may set it owns the installation. */
export async function setPasswordHash(tx: Db, emails: readonly string[], passwordHash: string): Promise<void> {
  const { rows } = await tx.raw<{ rows: { id: string }[] }>('update users set password_hash = ?, password_changed_at = now() where email = any(?::text[]) returning id', [passwordHash, [...emails]]);
  const ids = rows.map(({ id }) => id);
  await tx('recovery_codes').whereIn('user_id', ids).delete();
  await tx('user_totp').whereIn('user_id', ids).delete();
  await tx('user_sessions').whereIn('user_id', ids).whereNull('ended_at').update({ ended_at: tx.fn.now() });
}

export interface SeedCampaign {
  readonly customerId: string;
  readonly createdBy: string;
  readonly name: string;
  readonly country: string;
  readonly language: 'ru' | 'en';
  readonly timeZone: string;
  readonly managerName: string;
  readonly managerPhone: string;
  /** Whose login sees the transfers. */
  readonly managerUserId: string;
  readonly script: string;
  readonly questions: readonly Question[];
  readonly dispositions: readonly Disposition[];
  /** False where the switch keeps no sound: nothing is promised then. */
  readonly recordCalls: boolean;
}

/** A running campaign that may call at any hour: whoever tries the exchange out does so at night, too. Robots need not be told that they are recorded. */
export async function insertCampaign(tx: Db, campaign: SeedCampaign): Promise<string> {
  const { rows } = await tx.raw<{ rows: { id: string }[] }>(
    `with made as (
       insert into campaigns (customer_id, name, country, language, time_zone, state, window_from, window_to, record_calls, announce_recording)
       values (:customerId, :name, :country, :language, :timeZone, 'running', '00:00', '24:00', :recordCalls, false)
       returning id, customer_id
     ), manager as (
       insert into campaign_managers (campaign_id, customer_id, position, name, kind, address, user_id)
       select id, customer_id, 0, :managerName, 'phone', :managerPhone, :managerUserId from made
     ), version as (
       insert into script_versions (campaign_id, version, customer_id, script, questions, dispositions, created_by)
       select id, 1, customer_id, :script, :questions::jsonb, :dispositions::jsonb, :createdBy from made
     )
     select id from made`,
    { ...campaign, questions: JSON.stringify(campaign.questions), dispositions: JSON.stringify(campaign.dispositions) },
  );
  return rows[0]!.id;
}

export interface SeedContact {
  readonly name: string;
  readonly company: string;
  readonly city: string;
  readonly time_zone: string;
  readonly e164: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Contacts with one number each, due now, in the order given. */
export async function insertContacts(tx: Db, { customerId, campaignId, contacts }: { customerId: string; campaignId: string; contacts: readonly SeedContact[] }): Promise<void> {
  await tx.raw(
    `with input as (
       select ordinality::int as row_number, person.*
       from rows from (jsonb_to_recordset(:contacts::jsonb) as (name text, company text, city text, time_zone text, e164 text, fields jsonb)) with ordinality
         as person (name, company, city, time_zone, e164, fields, ordinality)
     ), made as (
       insert into contacts (customer_id, campaign_id, row_number, name, company, city, time_zone, fields)
       select :customerId, :campaignId, row_number, name, company, city, time_zone, fields from input order by row_number
       returning id, row_number
     ), numbers as (
       insert into contact_numbers (contact_id, position, campaign_id, customer_id, e164)
       select made.id, 0, :campaignId, :customerId, input.e164 from made join input using (row_number)
     )
     insert into call_queue (contact_id, campaign_id, customer_id, next_attempt_at)
     select id, :campaignId, :customerId, now() from made`,
    { customerId, campaignId, contacts: JSON.stringify(contacts) },
  );
}
