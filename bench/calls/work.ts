/** An operator's work by HTTP, as the page does it. */
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { until } from './bounded.ts';
import type { BenchHouse, Desk } from './house.ts';

const patienceMs = 10_000;

/** The contact on the operator's screen; the first one is claimed here, the next by the house. */
export async function nextContact({ db, campaignId }: BenchHouse, { operatorId }: Desk): Promise<string> {
  const row = (await db('call_queue').where({ claimed_by: operatorId }).first('contact_id')) as { contact_id: string } | undefined;
  const contactId = row?.contact_id ?? (await claimNextContact(db, { operatorId, campaignId }))?.contactId;
  if (contactId === undefined) throw new Error('no contact to claim');
  return contactId;
}

/** The key for the call. @returns its id; a controller that had no word in 2 s (HTTP 202) may yet make it */
export async function press(house: BenchHouse, desk: Desk, contactId?: string): Promise<string> {
  const reply = await house.ask(desk, 'POST', '/operator/calls', { contactId: contactId ?? (await nextContact(house, desk)) }) as { status: number; body: { callId: string; code?: string } };
  if (reply.status === 201) return reply.body.callId;
  if (reply.status !== 202) throw new Error(`not dialled: ${reply.status} ${JSON.stringify(reply.body)}`);
  return until(`a call of ${desk.email}, whose key the controller left unanswered for 2 s`, patienceMs, async () => ((await house.db('calls').where({ operator_id: desk.operatorId, ended_at: null }).first('id')) as { id: string } | undefined)?.id, 20);
}

/** @returns the contact's leg */
export function untilAnswered({ db }: BenchHouse, callId: string): Promise<string> {
  return until(`the answer of call ${callId}`, patienceMs, async () => {
    const row = (await db('calls').where({ id: callId }).first('contact_leg', 'answered_at', 'ended_at', 'outcome', 'hangup_cause')) as { contact_leg: string; answered_at: Date | null; ended_at: Date | null; outcome: string | null; hangup_cause: string | null };
    if (row.ended_at && !row.answered_at) throw new Error(`not answered: ${row.outcome} ${row.hangup_cause}`);
    return row.answered_at ? row.contact_leg : undefined;
  });
}

/** Hangs up and judges. */
export async function finish(house: BenchHouse, desk: Desk, callId: string): Promise<void> {
  const hungUp = await house.ask(desk, 'POST', `/operator/calls/${callId}/requests`, { kind: 'hangUp' });
  if (hungUp.status >= 300) throw new Error(`not hung up: ${hungUp.status} ${JSON.stringify(hungUp.body)}`);
  await until(`the wrap-up of call ${callId}`, patienceMs, async () => {
    const row = (await house.db('calls').where({ id: callId }).first('released_at')) as { released_at: Date | null };
    return row.released_at ? true : undefined;
  });
  const judged = await house.ask(desk, 'POST', `/operator/calls/${callId}/disposition`, { key: 'refused' });
  if (judged.status >= 300) throw new Error(`not judged: ${judged.status} ${JSON.stringify(judged.body)}`);
}
