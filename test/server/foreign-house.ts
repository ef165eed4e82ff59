import { randomUUID } from 'node:crypto';
import type { Db } from '../../platform/postgres/database.ts';
import { hashOfToken, newToken } from '../../server/manager-links.ts';
import { aCampaign, aContact, type CampaignRow } from '../support/rows.ts';
import { answered, bridged, dial, happen, putOnLine } from './call.ts';
import type { Client, TestExchange } from './exchange.ts';

/** Everything that belongs to somebody else, each thing with a mark that no answer to a stranger may hold. */
export interface ForeignHouse {
  readonly customerId: string;
  readonly campaignId: string;
  readonly listId: string;
  readonly managerId: string;
  readonly contactId: string;
  readonly callId: string;
  readonly transferId: string;
  readonly uploadId: string;
  readonly recordingId: string;
  readonly sessionId: string;
  readonly deviceId: string;
  readonly operatorId: string;
  readonly linkToken: string;
  readonly customer: Client & { userId: string };
}
export const foreignMark = /foreign/i;
export const foreignNumber = '+79160009988';
const spare = '+79160009977';

export async function aForeignHouse(exchange: TestExchange): Promise<ForeignHouse> {
  const { db } = exchange.database;
  const customer = await exchange.signedIn('customer', { name: 'Foreign customer' });
  const customerId = customer.customerId ?? '';
  const linkToken = newToken();
  const campaignId = await aCampaign(db, {
    customer_id: customerId, name: 'Foreign campaign', script: 'foreign script', managers: [{ name: 'Foreign manager', kind: 'page', address: null, accept_key: false, link_hash: hashOfToken(linkToken), link_made_at: new Date() }],
  } satisfies CampaignRow);
  const manager = (await db('campaign_managers').where({ campaign_id: campaignId }).first('id')) as { id: string };
  const [list] = (await db('lists').insert({ campaign_id: campaignId, customer_id: customerId, file_name: 'foreign.csv', format: 'csv', columns: '[]', accepted: 1 }).returning('id')) as { id: string }[];
  await db('list_problems').insert({ list_id: list!.id, customer_id: customerId, row_number: 2, kind: 'rejected', reason: 'invalid', cells: JSON.stringify(['foreign cell']) });
  const contactId = await aContact(db, campaignId, { list_id: list!.id, name: 'Foreign contact', fields: { Note: 'foreign note' }, numbers: [foreignNumber, spare] });
  const operator = await exchange.signedIn('operator', { name: 'Foreign operator' });
  await putOnLine(db, operator.userId, 'foreign-page');
  await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
  const callId = await dial(db, operator.userId, contactId);
  await happen(db, callId, answered, bridged);
  await operator.ask('PUT', `/api/v1/operator/calls/${callId}/notes`, { notes: 'foreign notes' });
  const transferId = randomUUID();
  await db('transfers').insert({ id: transferId, customer_id: customerId, call_id: callId, manager_id: manager.id, manager_name: 'Foreign manager', kind: 'page', created_at: new Date() });
  const [recording] = (await db('recordings').insert({
    customer_id: customerId, campaign_id: campaignId, call_id: callId, segment: 90, what: 'briefing', switch_id: 'switch-1', leg: randomUUID(), state: 'stored',
    started_at: new Date(), offset_ms: 0, duration_ms: 1_000, bytes: 1_000, format: 'ogg', storage_key: `${customerId}/${callId}.90.ogg`, stored_at: new Date(),
  }).returning('id')) as { id: string }[];
  const kept = await customer.upload(`/api/v1/campaigns/${campaignId}/lists/preview`, 'foreign.csv', `Name;Phone\nForeign person;${spare}\nForeign bad;1\n`);
  const device = await operator.ask('POST', '/api/v1/operator/devices', { name: 'Foreign phone' });
  const session = (await db('user_sessions').where({ user_id: customer.userId }).first('id')) as { id: string };
  return { customerId, campaignId, listId: list!.id, managerId: manager.id, contactId, callId, transferId, uploadId: kept.body.uploadId, recordingId: recording!.id, sessionId: session.id, deviceId: device.body.id, operatorId: operator.userId, linkToken, customer };
}

/** Every row of the foreign house, to compare before and after. */
export async function rowsOf(db: Db, { customerId, callId, operatorId }: ForeignHouse): Promise<Record<string, unknown>> {
  const { rows: tables } = await db.raw<{ rows: { table_name: string }[] }>(`select table_name from information_schema.columns where table_schema = 'public' and column_name = 'customer_id' and table_name <> 'audit_entries' order by table_name`);
  const rows: Record<string, unknown> = {};
  for (const { table_name } of tables) rows[table_name] = await db(table_name).where({ customer_id: customerId }).orderByRaw('to_jsonb(??.*)::text', [table_name]);
  rows['operators'] = await db('operators').where({ operator_id: operatorId }).select('state', 'campaign_id', 'leg', 'page_id');
  rows['operator_devices'] = await db('operator_devices').where({ operator_id: operatorId });
  rows['requests'] = await db('requests').where({ call_id: callId });
  rows['sessions'] = await db('user_sessions').whereIn('user_id', db('users').where({ customer_id: customerId }).select('id')).select('id', 'ended_at');
  return rows;
}
