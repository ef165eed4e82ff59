import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abandonedAfterMs, closeAbandonedWrapUps } from '../../platform/postgres/abandoned-wrap-ups.ts';
import { disposeCall } from '../../platform/postgres/dispositions.ts';
import { purgeOldRecords } from '../../platform/postgres/purge.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { answered, dial, happen, hungUp } from '../server/call.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aCampaign, aContact, anOperator, aSwitch } from '../support/rows.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await aSwitch(database.db);
});
afterAll(() => database.drop());

const atWork = async (campaign: Parameters<typeof aCampaign>[1] = {}) => {
  const { db } = database;
  const campaignId = await aCampaign(db, campaign);
  const contactId = await aContact(db, campaignId);
  const operatorId = await anOperator(db, { state: 'ready', leg: randomUUID(), campaign_id: campaignId, switch_id: 'switch-1' });
  return { db, campaignId, contactId, operatorId };
};
type Work = Awaited<ReturnType<typeof atWork>>;

async function call({ db, campaignId, contactId, operatorId }: Work): Promise<string> {
  await db('call_queue').where({ contact_id: contactId }).update({ next_attempt_at: new Date(0) });
  await claimNextContact(db, { operatorId, campaignId });
  return dial(db, operatorId, contactId);
}
const cancel = async (db: Db, callId: string) => happen(db, callId, () => ({ type: 'HangupRequested', by: 'operator', at: Date.now() }), hungUp('ORIGINATOR_CANCEL'));

describe('after an attempt', () => {
  it('what an operator breaks off uses no attempt up', async () => {
    const work = await atWork({ max_attempts: 2 });
    const { db, contactId } = work;
    for (let i = 0; i < 2; i += 1) await cancel(db, await call(work));
    await happen(db, await call(work), hungUp('NO_ANSWER'));
    expect(await db('contacts').where({ id: contactId }).first('state', 'attempts')).toEqual({ state: 'queued', attempts: 3 });
    await happen(db, await call(work), hungUp('NO_ANSWER'));
    expect(await db('contacts').where({ id: contactId }).first('state')).toEqual({ state: 'finished' });
  });

  it('a call that nobody answered cannot be judged: its contact may be with somebody else by now', async () => {
    const work = await atWork();
    const { db, contactId, operatorId } = work;
    const unanswered = await call(work);
    await happen(db, unanswered, hungUp('USER_BUSY'));
    const second = await call(work);
    await happen(db, second, answered, hungUp('NORMAL_CLEARING'));
    expect(await disposeCall(db, { callId: unanswered, operatorId, key: 'callback' })).toEqual({ ok: false, code: 'neverAnswered' });
    expect(await db('operators').where({ operator_id: operatorId }).first('state')).toEqual({ state: 'wrapUp' });
    expect(await db('call_queue').where({ contact_id: contactId })).toEqual([]);
    expect(await disposeCall(db, { callId: second, operatorId, key: 'refused' })).toMatchObject({ ok: true });
  });
});

describe('a wrap-up that nobody finishes', () => {
  /** A conversation whose wrap-up began so long ago. */
  const forgotten = async (ageMs: number, campaign: Parameters<typeof aCampaign>[1] = {}) => {
    const work = await atWork(campaign);
    const callId = await call(work);
    await happen(work.db, callId, answered, hungUp('NORMAL_CLEARING'));
    const since = new Date(Date.now() - ageMs);
    await work.db('calls').where({ id: callId }).update({ released_at: since, notes: 'asked for a quotation' });
    await work.db('operators').where({ operator_id: work.operatorId }).update({ since, wrap_up_until: null });
    return { ...work, callId };
  };

  it('ends by itself: the contact is called again by the rules, the notes stay, the operator is paused', async () => {
    const { db, callId, contactId, operatorId } = await forgotten(abandonedAfterMs + 1_000);
    const young = await forgotten(abandonedAfterMs - 60_000);
    const typing = await forgotten(abandonedAfterMs * 3);
    await db('calls').where({ id: typing.callId }).update({ notes_saved_at: db.fn.now() });
    expect(await closeAbandonedWrapUps(db)).toEqual([operatorId]);
    expect(await db('operators').where({ operator_id: operatorId }).first('state', 'pause_reason')).toEqual({ state: 'paused', pause_reason: 'wrapUpOver' });
    expect(await db('calls').where({ id: callId }).first('notes', 'disposition')).toEqual({ notes: 'asked for a quotation', disposition: null });
    const queued = (await db('call_queue').where({ contact_id: contactId }).first('next_attempt_at')) as { next_attempt_at: Date };
    expect(Math.abs(queued.next_attempt_at.getTime() - Date.now() - 7_200_000)).toBeLessThan(10_000);
    // Judged now it would be followed up twice.
    expect(await disposeCall(db, { callId, operatorId, key: 'success' })).toEqual({ ok: false, code: 'alreadyJudged' });
    expect(await closeAbandonedWrapUps(db)).toEqual([]);
    for (const open of [young, typing]) expect(await db('operators').where({ operator_id: open.operatorId }).first('state')).toEqual({ state: 'wrapUp' });
  });

  it('leaves a contact finished who has been tried often enough', async () => {
    const { db, contactId } = await forgotten(abandonedAfterMs + 1_000, { max_attempts: 1 });
    await closeAbandonedWrapUps(db);
    expect(await db('contacts').where({ id: contactId }).first('state')).toEqual({ state: 'finished' });
    expect(await db('call_queue').where({ contact_id: contactId })).toEqual([]);
  });
});

describe('old records', () => {
  it('go by their age, a bounded number at a time, never those of a live call; the call itself stays', async () => {
    const { db } = database;
    const old = await atWork();
    const over = await call(old);
    await happen(db, over, hungUp('USER_BUSY'));
    const running = await call(await atWork());
    const fresh = await call(await atWork());
    await happen(db, fresh, hungUp('USER_BUSY'));
    await db('requests').insert([over, fresh].map((call_id) => ({ switch_id: 'switch-1', operator_id: old.operatorId, call_id, kind: 'hangUp', payload: '{}', created_at: call_id === over ? new Date(0) : new Date() })));
    await db('call_transitions').whereIn('call_id', [over, running]).update({ at: new Date(0) });
    await db('calls').where({ id: over }).update({ ended_at: new Date(0) });
    expect((await purgeOldRecords(db, { limit: 1 })).transitions).toBe(1);
    while (Object.values(await purgeOldRecords(db, { limit: 1 })).some((gone) => gone > 0));
    const left = async (table: string, callId: string) => (await db(table).where({ call_id: callId }).select('*')).length;
    for (const table of ['call_transitions', 'call_commands', 'requests']) expect(await left(table, over)).toBe(0);
    expect(await left('call_transitions', running)).toBe(1);
    expect(await left('call_transitions', fresh)).toBe(2);
    expect(await left('call_commands', fresh)).toBeGreaterThan(0);
    expect(await left('requests', fresh)).toBe(1);
    expect(await db('calls').where({ id: over }).first('outcome')).toEqual({ outcome: 'busy' });
  });
});
