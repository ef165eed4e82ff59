import { defaultDispositions, type Disposition, type Question } from '../../domain/campaign.ts';
import type { Db } from '../../platform/postgres/database.ts';

/**
 * Rows for tests, in plain SQL so that a test of one query does not lean on another. Each gives its id (bigint, so
 * text, as pg reads it); what a test does not name gets a plain value.
 */

let counter = 0;
const next = () => (counter += 1);

export interface Row {
  readonly id: string;
}

async function insert(db: Db, table: string, row: Record<string, unknown>): Promise<string> {
  const [made] = (await db(table).insert(row).returning('id')) as Row[];
  return String(made?.id);
}

export async function aCustomer(db: Db, row: { name?: string } = {}): Promise<string> {
  return insert(db, 'customers', { name: `Company ${next()}`, ...row });
}

export interface UserRow {
  role?: 'customer' | 'operator' | 'manager' | 'moderator' | 'admin';
  customer_id?: string | null;
  email?: string;
  password_hash?: string;
  name?: string;
}

/** A login that nobody can use: give `password_hash` where a test signs in. */
export async function aUser(db: Db, row: UserRow = {}): Promise<string> {
  const role = row.role ?? 'customer';
  const customer_id = row.customer_id !== undefined ? row.customer_id : role === 'customer' || role === 'manager' ? await aCustomer(db) : null;
  return insert(db, 'users', { email: `user-${next()}@example.org`, password_hash: '!', name: `User ${counter}`, ...row, role, customer_id });
}

export interface OperatorRow {
  state?: 'offline' | 'connecting' | 'ready' | 'reserved' | 'onCall' | 'wrapUp' | 'paused';
  pause_reason?: string | null;
  campaign_id?: string | null;
  switch_id?: string | null;
  leg?: string | null;
  page_id?: string | null;
  page_seen_at?: Date | null;
}

/** A user with the role operator and the row of its state. */
export async function anOperator(db: Db, row: OperatorRow = {}, user: Omit<UserRow, 'role' | 'customer_id'> = {}): Promise<string> {
  const id = await aUser(db, { ...user, role: 'operator' });
  if (row.switch_id) await aSwitch(db, { id: row.switch_id });
  await db('operators').insert({ operator_id: id, ...row });
  return id;
}

/** Does nothing when the switch is there already. */
export async function aSwitch(db: Db, row: { id?: string; epoch?: number; link_up?: boolean; owner_id?: string | null; lease_until?: Date | null } = {}): Promise<string> {
  const id = row.id ?? 'switch-1';
  await db('switches').insert({ ...row, id }).onConflict('id').ignore();
  return id;
}

export interface ManagerRow {
  name?: string;
  kind?: 'phone' | 'sip' | 'page';
  address?: string | null;
  accept_key?: boolean;
  user_id?: string | null;
  link_hash?: string | null;
  link_made_at?: Date | null;
  page_seen_at?: Date | null;
}

export interface CampaignRow {
  customer_id?: string;
  name?: string;
  country?: string;
  language?: 'ru' | 'en';
  time_zone?: string;
  state?: 'draft' | 'running' | 'paused' | 'finished';
  manager_ring?: 'inTurn' | 'together';
  /** In their order; without an accept key unless it is named, since most robots press none. */
  managers?: readonly ManagerRow[];
  priority?: number;
  mask_numbers?: boolean;
  max_duration_ms?: number;
  ring_timeout_ms?: number;
  wrap_up_ms?: number;
  max_attempts?: number;
  busy_pause_ms?: number;
  no_answer_pause_ms?: number;
  window_from?: string;
  window_to?: string;
  window_days?: number[];
  record_calls?: boolean;
  announce_recording?: boolean;
  record_after_hand_over?: boolean;
  recording_days?: number;
  script?: string;
  questions?: readonly Question[];
  dispositions?: readonly Disposition[];
}

/** A running campaign, its window open at any hour, with a manager and version 1 of its script. */
export async function aCampaign(db: Db, { script, questions, dispositions, managers = [{ address: '+79000000099' }], ...row }: CampaignRow = {}): Promise<string> {
  const customer_id = row.customer_id ?? (await aCustomer(db));
  const id = await insert(db, 'campaigns', {
    name: `Campaign ${next()}`,
    country: 'RU',
    time_zone: 'Europe/Moscow',
    state: 'running',
    window_from: '00:00',
    window_to: '24:00',
    ...row,
    customer_id,
  });
  if (managers.length > 0)
    await db('campaign_managers').insert(managers.map((manager, position) => ({ campaign_id: id, customer_id, position, name: 'Olga', kind: 'phone', accept_key: false, ...manager })));
  await db('script_versions').insert({
    campaign_id: id,
    version: 1,
    customer_id,
    script: script ?? 'Hello, {name}!',
    questions: JSON.stringify(questions ?? []),
    dispositions: JSON.stringify(dispositions ?? defaultDispositions('en')),
  });
  return id;
}

/** An invented Russian mobile number that no other call of this gave. Its last two digits say what its robot does: 00 talks. */
export function aNumber(lastTwoDigits = '00'): string {
  return `+7900${String(next()).padStart(5, '0')}${lastTwoDigits}`;
}

export interface ContactRow {
  list_id?: string | null;
  row_number?: number | null;
  name?: string;
  company?: string;
  city?: string;
  time_zone?: string;
  fields?: Readonly<Record<string, string>>;
  entered_by?: string | null;
  state?: 'queued' | 'finished';
  attempts?: number;
  last_disposition?: string | null;
  /** In the order to try them; one is invented when none is given. */
  numbers?: readonly string[];
  /** The queue's row; null leaves the contact out of it. */
  queue?: { priority?: number; next_attempt_at?: Date; number_position?: number; claimed_by?: string | null; lease_until?: Date | null } | null;
}

/** A contact with its numbers, due a minute ago. */
export async function aContact(db: Db, campaignId: string, { numbers = [aNumber()], queue = {}, fields = {}, ...row }: ContactRow = {}): Promise<string> {
  const campaign = (await db('campaigns').where({ id: campaignId }).first('customer_id')) as { customer_id: string } | undefined;
  if (!campaign) throw new Error(`there is no campaign ${campaignId}`);
  const { customer_id } = campaign;
  const id = await insert(db, 'contacts', { name: `Contact ${next()}`, time_zone: 'Europe/Moscow', ...row, fields: JSON.stringify(fields), campaign_id: campaignId, customer_id });
  await db('contact_numbers').insert(numbers.map((e164, position) => ({ contact_id: id, position, campaign_id: campaignId, customer_id, e164 })));
  if (queue) {
    await db('call_queue').insert({
      contact_id: id,
      campaign_id: campaignId,
      customer_id,
      next_attempt_at: new Date(Date.now() - 60_000),
      entered_by: row.entered_by ?? null,
      ...queue,
    });
  }
  return id;
}

/** So many contacts, each with one number of its own. */
export async function contacts(db: Db, campaignId: string, count: number, row: ContactRow = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push(await aContact(db, campaignId, row));
  return ids;
}
