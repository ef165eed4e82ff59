/** An operator's work by HTTP, as the page does it. */
import { setTimeout as delay } from 'node:timers/promises';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import type { BenchHouse, Desk } from './house.ts';

/** The contact on the operator's screen; the first one is claimed here, the next by the house. */
export async function nextContact({ db, campaignId }: BenchHouse, { operatorId }: Desk): Promise<string> {
  const row = (await db('call_queue').where({ claimed_by: operatorId }).first('contact_id')) as { contact_id: string } | undefined;
  const contactId = row?.contact_id ?? (await claimNextContact(db, { operatorId, campaignId }))?.contactId;
  if (contactId === undefined) throw new Error('no contact to claim');
  return contactId;
}

export async function press(house: BenchHouse, desk: Desk): Promise<string> {
  const reply = await house.ask(desk, 'POST', '/operator/calls', { contactId: await nextContact(house, desk) }) as { status: number; body: { callId: string; code?: string } };
  if (reply.status !== 201) throw new Error(`not dialled: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body.callId;
}

export async function untilAnswered({ db }: BenchHouse, callId: string): Promise<void> {
  for (;;) {
    const row = (await db('calls').where({ id: callId }).first('answered_at', 'ended_at', 'outcome', 'hangup_cause')) as { answered_at: Date | null; ended_at: Date | null; outcome: string | null; hangup_cause: string | null };
    if (row.answered_at) return;
    if (row.ended_at) throw new Error(`not answered: ${row.outcome} ${row.hangup_cause}`);
    await delay(5);
  }
}

export async function finish(house: BenchHouse, desk: Desk, callId: string): Promise<void> {
  const hungUp = await house.ask(desk, 'POST', `/operator/calls/${callId}/requests`, { kind: 'hangUp' });
  if (hungUp.status >= 300) throw new Error(`not hung up: ${JSON.stringify(hungUp.body)}`);
  for (;;) {
    const judged = await house.ask(desk, 'POST', `/operator/calls/${callId}/disposition`, { key: 'refused' });
    if (judged.status < 300) return;
    await delay(5);
  }
}
