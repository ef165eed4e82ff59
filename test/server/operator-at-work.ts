import { expect } from 'vitest';
import type { Cockpit } from '../../domain/api.ts';
import { aCampaign, aContact } from '../support/rows.ts';
import { answered, bridged, dial, happen, putOnLine, ringing } from './call.ts';
import type { Client, TestExchange } from './exchange.ts';

export type Operator = Client & { userId: string };
const questions = [
  { key: 'budget', label: 'Budget', kind: 'text' as const, choices: [], required: true },
  { key: 'own', label: 'Owns the flat', kind: 'yesNo' as const, choices: [], required: false },
  { key: 'rooms', label: 'Rooms', kind: 'number' as const, choices: [], required: false },
];

/** An operator on line in a campaign with contacts. */
export async function atWork(exchange: TestExchange, contacts = 2, numbers?: string[]) {
  const { db } = exchange.database;
  const operator: Operator = await exchange.signedIn('operator');
  const campaignId = await aCampaign(db, { questions });
  const contactIds: string[] = [];
  for (let i = 0; i < contacts; i += 1) contactIds.push(await aContact(db, campaignId, { fields: { Area: '54', Rooms: '2' }, ...(numbers ? { numbers: numbers.slice(i, i + 1) } : {}) }));
  await putOnLine(db, operator.userId);
  const taken = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
  expect(taken.status).toBe(200);
  return { operator, campaignId, contactIds, cockpit: taken.body as Cockpit };
}

/** … talking. */
export async function talking(exchange: TestExchange) {
  const work = await atWork(exchange);
  const callId = await dial(exchange.database.db, work.operator.userId, work.cockpit.contact?.id ?? '');
  await happen(exchange.database.db, callId, ringing, answered, bridged);
  return { ...work, callId };
}

export const look = async (operator: Operator): Promise<Cockpit> => (await operator.ask('GET', '/api/v1/operator/cockpit')).body as Cockpit;
