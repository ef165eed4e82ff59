import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disposeCall } from '../../platform/postgres/dispositions.ts';
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
    expect(await disposeCall(db, { callId: second, operatorId, key: 'refused' })).toEqual({ ok: true });
  });
});
