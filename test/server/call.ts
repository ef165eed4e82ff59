import { randomUUID } from 'node:crypto';
import type { Call } from '../../domain/call/call.ts';
import type { CallEvent } from '../../domain/call/event.ts';
import { transition } from '../../domain/call/transition.ts';
import { authoriseAttempt } from '../../platform/postgres/authorise-attempt.ts';
import { writeStep } from '../../platform/postgres/call-store.ts';
import type { Db } from '../../platform/postgres/database.ts';

const switchId = 'switch-1';

/** Puts an operator on line as the controller does when their leg parks. */
export async function putOnLine(db: Db, operatorId: string, pageId = 'page-1'): Promise<void> {
  await db('operators').where({ operator_id: operatorId }).update({ state: 'ready', leg: randomUUID(), switch_id: switchId, page_id: pageId, page_seen_at: db.fn.now() });
}

/** Dials as the controller does, without a switch. */
export async function dial(db: Db, operatorId: string, contactId: string): Promise<string> {
  const authorised = await authoriseAttempt(db, { operatorId, contactId, switchId, epoch: 0n, callId: randomUUID(), contactLeg: randomUUID(), nowMs: Date.now() });
  if (!authorised.ok) throw new Error(`not dialled: ${authorised.code}`);
  return authorised.call.id;
}

/** Applies what the switch would tell, in order. @returns the call afterwards */
export async function happen(db: Db, callId: string, ...events: ((call: Call) => CallEvent)[]): Promise<Call> {
  const row = (await db('calls').where({ id: callId }).first('machine', 'version')) as { machine: Call; version: number };
  let { machine: call, version } = row;
  for (const event of events) {
    const said = event(call);
    const step = transition(call, said);
    if (step.kind !== 'moved') continue;
    await writeStep(db, { before: call, call: step.call, version, epoch: 0n, event: said, commands: step.commands });
    version += 1;
    ({ call } = step);
  }
  return call;
}

const at = () => Date.now();
export const ringing = (call: Call): CallEvent => ({ type: 'LegProgressed', leg: call.contactLeg, earlyMedia: false, at: at() });
export const answered = (call: Call): CallEvent => ({ type: 'LegAnswered', leg: call.contactLeg, at: at() });
export const bridged = (call: Call): CallEvent => ({ type: 'LegsBridged', leg: call.operatorLeg, other: call.contactLeg, at: at() });
export const hungUp = (cause: string) => (call: Call): CallEvent => ({ type: 'LegHungUp', leg: call.contactLeg, cause, at: at() });
