import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anOperatorOnLine, ask, callIn, dialNext, readCall, testSwitches, until, type CallRow } from '../support/house.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';
import { onAll, openSide, type Side } from './side.ts';

const sides: Side[] = [];
beforeAll(() => onAll(testSwitches.map((name) => ({ name })), async ({ name }) => {
  const side = await openSide(name);
  sides.push(side);
  // A page is silent only while a server was there to hear it.
  await side.db('servers').insert({ id: randomUUID(), listening_since: new Date(Date.now() - 3_600_000), seen_at: new Date(Date.now() + 600_000) });
}));
afterAll(() => onAll(sides, (side) => side.close()));

interface Begun { readonly callId: string; readonly operatorId: string }

/** An operator of their own, whose page closes without a word, in a call that has come so far. */
async function begin({ db, hand }: Side, digits: string, manager: string, ...keys: readonly (readonly [kind: string, state: string])[]): Promise<Begun> {
  const campaignId = await aCampaign(db, { managers: [{ address: `+790000000${manager}` }] });
  await aContact(db, campaignId, { numbers: [aNumber(digits)] });
  const { operatorId } = await anOperatorOnLine(db, hand, campaignId);
  const { callId } = await dialNext(db, operatorId, campaignId);
  if (digits === '91') await until(async () => (await db('calls').where({ id: callId }).whereNotNull('ringing_at').first('id')) as object | undefined, 'ringing');
  else await callIn(db, callId, 'talking');
  for (const [kind, state] of keys) {
    // A key that comes before the bridge is refused.
    await until(async () => (await ask(db, operatorId, kind, callId)).ok, kind);
    await callIn(db, callId, state);
  }
  await db('calls').where({ id: callId }).update({ notes: `${digits}, typed before the laptop was closed` });
  return { callId, operatorId };
}

const hearsMusic = async ({ db }: Side, callId: string): Promise<boolean> =>
  ((await db('call_commands').where({ call_id: callId }).whereNotNull('done_at')) as { command: { type: string }; result: string }[]).some(({ command, result }) => command.type === 'PlayToLeg' && result.startsWith('+OK'));

it('a laptop that is closed ringing, talking, while the manager rings, in the briefing, in the farewell, after the hand-over, in the wrap-up: nobody is left in silence, nothing is lost', { timeout: 120_000 }, () =>
  onAll(sides, async (side) => {
    const { db, hand } = side;
    const transfer = ['transfer', 'briefing'] as const;
    // One after another: a rush of calls is another test's concern.
    const dialling = await begin(side, '91', '99');
    const talking = await begin(side, '97', '99');
    const ringing = await begin(side, '97', '91', ['transfer', 'ringingManager']);
    const briefing = await begin(side, '97', '97', transfer);
    const farewell = await begin(side, '97', '97', transfer);
    const handedOver = await begin(side, '97', '97', transfer, ['handOver', 'handedOver']);
    const wrapUp = await begin(side, '97', '99', ['hangUp', 'ended']);
    const all = { dialling, talking, ringing, briefing, farewell, handedOver, wrapUp };
    await hand.hangup((await readCall(db, farewell.callId)).contact_leg, 'NORMAL_CLEARING');
    await callIn(db, farewell.callId, 'farewell');
    const legs = (await db('operators').whereIn('operator_id', Object.values(all).map(({ operatorId }) => operatorId)).pluck('leg')) as string[];
    // The clock is put forward: no page has been heard of for longer than its line stands without it.
    await db('operators').whereIn('leg', legs).update({ page_seen_at: new Date(Date.now() - 26_000) });
    for (const leg of legs) await until(async () => (await hand.exists(leg)) === false, 'the line to be ended', 40_000);

    // The contact rang for nobody: called again by the rules.
    expect(await callIn(db, dialling.callId, 'ended')).toMatchObject({ ended_by: 'operatorLost', outcome: 'cancelled', answered_at: null, operator_bound: false, number_live: false });
    expect(await db('call_queue').where({ contact_id: db('calls').where({ id: dialling.callId }).select('contact_id') }).first('claimed_by')).toEqual({ claimed_by: null });
    await callIn(db, talking.callId, 'waitingOperator');
    await until(() => hearsMusic(side, talking.callId), 'music');
    // The manager goes on ringing, for a contact who hears music; gone, the contact waits for the operator.
    const rings = await readCall(db, ringing.callId);
    expect(rings).toMatchObject({ state: 'ringingManager', ended_at: null });
    expect(await hand.exists(rings.contact_leg)).toBe(true);
    await hand.hangup(rings.manager_leg!, 'NORMAL_CLEARING');
    expect((await callIn(db, ringing.callId, 'waitingOperator')).machine.transferEnded).not.toBeNull();
    // Who was briefed has the contact.
    const given = await callIn(db, briefing.callId, 'handedOver');
    for (const call of [given, await readCall(db, handedOver.callId)]) {
      expect(call).toMatchObject({ state: 'handedOver', operator_bound: false });
      // The switch's list lags behind its events.
      await until(async () => (await hand.channels())?.find(({ leg }) => leg === call.contact_leg)?.bridgedTo === call.manager_leg, 'contact and manager to be joined');
    }
    expect(await callIn(db, farewell.callId, 'ended')).toMatchObject({ ended_by: 'contact', outcome: 'talked', operator_bound: false });
    expect(await readCall(db, wrapUp.callId)).toMatchObject({ state: 'ended', outcome: 'talked', disposition: null });
    for (const { callId } of Object.values(all)) expect((await readCall(db, callId) as CallRow & { notes: string }).notes).toMatch(/typed before the laptop was closed$/);
    for (const leg of legs) expect(await db('operators').where({ leg })).toEqual([]);
    for (const { callId } of [talking, ringing]) await hand.hangup((await readCall(db, callId)).contact_leg, 'NORMAL_CLEARING');
    for (const { callId } of [talking, ringing]) expect(await callIn(db, callId, 'ended')).toMatchObject({ outcome: 'talked', ended_by: 'contact' });
  }));
