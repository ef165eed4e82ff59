/** An operator's work by HTTP, as the page does it. */
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { until } from './bounded.ts';
import type { BenchHouse, Desk } from './house.ts';

const patienceMs = 10_000;

/** The contact on the operator's screen; the first one is claimed here, the next comes with the judgement of the one before. */
export async function nextContact({ db, campaignId }: BenchHouse, desk: Desk): Promise<string> {
  desk.contactId ??= (await claimNextContact(db, { operatorId: desk.operatorId, campaignId }))?.contactId;
  if (desk.contactId === undefined) throw new Error('no contact to claim');
  return desk.contactId;
}

/** The key for the call. @returns its id; a controller that had no word in 2 s (HTTP 202) may yet make it */
export async function press(house: BenchHouse, desk: Desk): Promise<string> {
  const reply = await house.ask(desk, 'POST', '/operator/calls', { contactId: await nextContact(house, desk) }) as { status: number; body: { callId: string; code?: string } };
  desk.contactId = undefined;
  if (reply.status === 201) return reply.body.callId;
  if (reply.status !== 202) throw new Error(`not dialled: ${reply.status} ${JSON.stringify(reply.body)}`);
  return until(`a call of ${desk.email}, whose key the controller left unanswered for 2 s`, patienceMs, async () => ((await house.db('calls').where({ operator_id: desk.operatorId, ended_at: null }).first('id')) as { id: string } | undefined)?.id, 20);
}

/** @returns the contact's leg */
export function untilAnswered({ watch }: BenchHouse, { operatorId }: Desk, callId: string): Promise<string> {
  return watch.until(`the answer of call ${callId}`, { callId, operatorId }, ({ contact_leg, answered, ended, outcome, hangup_cause }) => {
    if (ended && !answered) throw new Error(`not answered: ${outcome} ${hangup_cause}`);
    return answered ? contact_leg : undefined;
  });
}

/** Hangs up and judges: the answer brings the next contact. */
export async function finish(house: BenchHouse, desk: Desk, callId: string): Promise<void> {
  const hungUp = await house.ask(desk, 'POST', `/operator/calls/${callId}/requests`, { kind: 'hangUp' });
  if (hungUp.status >= 300) throw new Error(`not hung up: ${hungUp.status} ${JSON.stringify(hungUp.body)}`);
  await house.watch.until(`the wrap-up of call ${callId}`, { callId, operatorId: desk.operatorId }, ({ released }) => (released ? true : undefined));
  const judged = await house.ask(desk, 'POST', `/operator/calls/${callId}/disposition`, { key: 'refused' }) as { status: number; body: { contact: { id: string } | null } };
  if (judged.status >= 300) throw new Error(`not judged: ${judged.status} ${JSON.stringify(judged.body)}`);
  desk.contactId = judged.body.contact?.id;
}
