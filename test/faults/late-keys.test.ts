import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { ask, callIn, readCall, testSwitches, until } from '../support/house.ts';
import { aContact, aNumber } from '../support/rows.ts';
import { onAll, openSide, type Side } from './side.ts';

const sides: Side[] = [];
beforeAll(() => onAll(testSwitches.map((name) => ({ name })), async ({ name }) => void sides.push(await openSide(name))));
afterAll(() => onAll(sides, (side) => side.close()));
afterEach(() => vi.restoreAllMocks());

/** What no wait of a test is measured by. */
async function handled({ db }: Side, operatorId: string, kind: string): Promise<{ ok: boolean; code?: string }> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const row = (await db('requests').where({ operator_id: operatorId, kind }).orderBy('id', 'desc').first('handled_at', 'result')) as { handled_at: Date | null; result: { ok: boolean; code?: string } } | undefined;
    if (row?.handled_at) return row.result;
  }
  throw new Error(`the request ${kind} was not handled`);
}

/** PostgreSQL hangs on whatever would write a call; `meanwhile` runs once something does. */
async function whileCallsHang({ db }: Side, key: () => Promise<unknown>, meanwhile: () => Promise<unknown> | void): Promise<void> {
  let pressed: Promise<unknown> | undefined;
  await db.transaction(async (trx) => {
    await trx.raw('lock table calls in share row exclusive mode');
    pressed = key();
    // Not the slow ticks, which write calls as well.
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~ 'update calls set state|begin_call'`;
    await until(async () => (await db.raw<{ rows: object[] }>(waiting)).rows.length > 0, 'the key to hang');
    await meanwhile();
  });
  await pressed;
}

/** The key was pressed long before: the clock is put forward. */
const longAgo = ({ db }: Side) => db('requests').whereNull('handled_at').update({ created_at: new Date(Date.now() - 11_000) });

it('a hang-up that meets a database that hangs for long is refused when it goes on, and the two talk', () =>
  onAll(sides, async (side) => {
    const { db, operatorId } = side;
    const call = await side.talk();
    let result: unknown;
    await whileCallsHang(side, async () => { result = await ask(db, operatorId, 'hangUp', call.id); }, () => longAgo(side));
    expect(result).toEqual({ ok: false, code: 'tooLate' });
    expect(await side.areTalking(call)).toBe(true);
    expect(await readCall(db, call.id)).toMatchObject({ state: 'talking', ended_at: null });
    // The call is driven as before.
    expect(await ask(db, operatorId, 'hangUp', call.id)).toEqual({ ok: true });
    expect(await callIn(db, call.id, 'ended')).toMatchObject({ outcome: 'talked', ended_by: 'operator' });
  }));

it('a dial that meets a database that hangs for long rings nobody when it goes on', () =>
  onAll(sides, async (side) => {
    const { db, operatorId, hand } = side;
    await db('operators').where({ operator_id: operatorId }).update({ state: 'ready', wrap_up_until: null });
    const campaignId = ((await db('operators').where({ operator_id: operatorId }).first('campaign_id')) as { campaign_id: string }).campaign_id;
    await aContact(db, campaignId, { numbers: [aNumber('97')] });
    const { contactId } = await until(() => claimNextContact(db, { operatorId, campaignId }), 'a contact to claim');
    let result: unknown;
    await whileCallsHang(side, async () => { result = await ask(db, operatorId, 'dial', null, { contactId }); }, () => longAgo(side));
    expect(result).toEqual({ ok: false, code: 'tooLate' });
    expect(await db('calls').where({ contact_id: contactId })).toEqual([]);
    // The contact is still this operator's: the key can be pressed again.
    expect(await db('call_queue').where({ contact_id: contactId }).first('claimed_by')).toEqual({ claimed_by: operatorId });
    expect((await hand.channels())?.map(({ leg }) => leg)).toEqual([side.operatorLeg]);
  }));

it('a dial whose commit was not answered for long rings nobody', async () => {
  const real = performance.now.bind(performance);
  let aheadMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => real() + aheadMs);
  // One after the other: the clock is everybody's.
  for (const side of sides) {
    const { db, operatorId, hand } = side;
    const contactId = ((await db('call_queue').where({ claimed_by: operatorId }).first('contact_id')) as { contact_id: string }).contact_id;
    await whileCallsHang(side, async () => { await db('requests').insert({ switch_id: 'switch-1', operator_id: operatorId, kind: 'dial', payload: JSON.stringify({ contactId }) }); }, () => { aheadMs += 11_000; });
    // Written with the call: the answer says that there is one, and the screen what became of it.
    expect(await handled(side, operatorId, 'dial')).toMatchObject({ ok: true });
    const { id } = (await db('calls').where({ contact_id: contactId }).first('id')) as { id: string };
    for (const deadline = Date.now() + 20_000; Date.now() < deadline && (await readCall(db, id)).state !== 'ended'; ) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await readCall(db, id)).toMatchObject({ state: 'ended', answered_at: null, outcome: 'failed', operator_bound: false, number_live: false });
    expect((await hand.channels())?.map(({ leg }) => leg)).toEqual([side.operatorLeg]);
  }
});
