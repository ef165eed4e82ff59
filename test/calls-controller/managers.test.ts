import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperatorOnLine, ask, callIn, dialNext, readCall, startTestController, startTestSwitch, testSwitches, until, type TestController, type TestSwitch } from '../support/house.ts';
import { aCampaign, aContact, aNumber, type CampaignRow, type ManagerRow } from '../support/rows.ts';

interface TransferRow { id: string; manager_id: string; kind: string; state: string; settled_at: Date | null }

describe.each(testSwitches)('several managers on %s', (switchName) => {
  let database: TestDatabase;
  let freeswitch: TestSwitch;
  let controller: TestController;
  let hand: EslSwitch;

  beforeAll(async () => {
    [database, freeswitch] = await Promise.all([createTestDatabase(), startTestSwitch(switchName)]);
    hand = new EslSwitch({ url: freeswitch.url, sipHosts: [], log: createLog('test', 'silent') });
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await up;
    controller = await startTestController(database.db, freeswitch.url);
  });
  afterAll(async () => {
    await controller?.stop();
    await hand?.stop();
    await freeswitch?.remove();
    await database?.drop();
  });

  const bridgedTo = async (leg: string | null) => (await hand.channels())?.find((channel) => channel.leg === leg)?.bridgedTo;
  /** A conversation of an operator with a silent contact, in a campaign with these managers. */
  const talking = async (managers: ManagerRow[], row: CampaignRow = {}) => {
    const { db } = database;
    const campaignId = await aCampaign(db, { managers, ...row });
    const contactId = await aContact(db, campaignId, { numbers: [aNumber('98')] });
    const { operatorId } = await anOperatorOnLine(db, hand, campaignId);
    const { callId } = await dialNext(db, operatorId, campaignId);
    const { contact_leg, operator_leg } = await callIn(db, callId, 'talking');
    // Answered is a moment before bridged; a person asks for a transfer later than that.
    await until(async () => (await bridgedTo(contact_leg)) === operator_leg, 'operator and contact');
    const transfers = () => db('transfers').where({ call_id: callId }).orderBy(['created_at', 'manager_id']) as unknown as Promise<TransferRow[]>;
    const back = () => until(async () => {
      const call = await readCall(db, callId);
      return call.state === 'talking' && call.machine.transferEnded ? call : undefined;
    }, 'the operator to be back', 40_000);
    const end = async () => {
      if ((await readCall(db, callId)).state === 'briefing') {
        await ask(db, operatorId, 'return', callId);
        await callIn(db, callId, 'talking');
      }
      await hand.hangup((await readCall(db, callId)).contact_leg, 'NORMAL_CLEARING');
      return callIn(db, callId, 'ended');
    };
    return { db, operatorId, callId, contactId, campaignId, transfers, back, end };
  };
  const phone = (digits: string, row: ManagerRow = {}): ManagerRow => ({ address: `+790000001${digits}`, ...row });

  it('are rung in turn: busy, declined, then the one who answers', { timeout: 20_000 }, async () => {
    const { db, operatorId, callId, transfers, end } = await talking([phone('90'), phone('92'), phone('98')]);
    await ask(db, operatorId, 'transfer', callId);
    const briefing = await callIn(db, callId, 'briefing');
    await until(async () => (await bridgedTo(briefing.manager_leg)) === briefing.operator_leg, 'operator and manager');
    expect((await transfers()).map(({ state }) => state)).toEqual(['busy', 'declined', 'accepted']);
    await ask(db, operatorId, 'handOver', callId);
    await callIn(db, callId, 'handedOver');
    expect((await transfers()).map(({ state }) => state)).toEqual(['busy', 'declined', 'handedOver']);
    await end();
  });

  it('leave the operator with the contact and the last reason when nobody is left', async () => {
    const { db, operatorId, callId, transfers, back, end } = await talking([phone('90'), phone('92')]);
    await ask(db, operatorId, 'transfer', callId);
    const { machine } = await back();
    expect(machine.transferEnded?.reason, JSON.stringify(machine)).toBe('declined');
    expect((await transfers()).map(({ state }) => state)).toEqual(['busy', 'declined']);
    await end();
  });

  it('whose number is not allowed any more when it comes to the transfer are not telephoned: the next one is, or the contact is back from the music', { timeout: 30_000 }, async () => {
    const alone = await talking([phone('98')]);
    const forbid = (campaignId: string) => alone.db('campaigns').where({ id: campaignId }).update({ allowed_types: ['fixed'] });
    await forbid(alone.campaignId);
    expect(await ask(alone.db, alone.operatorId, 'transfer', alone.callId)).toEqual({ ok: true });
    const { machine, contact_leg, operator_leg } = await alone.back();
    expect(machine.transferEnded?.reason, JSON.stringify(machine)).toBe('notAllowed');
    await until(async () => (await bridgedTo(contact_leg)) === operator_leg, 'operator and contact');
    expect((await alone.transfers()).map(({ state }) => state)).toEqual(['failed']);
    const marked = () => alone.db('call_commands').where({ call_id: alone.callId }).whereRaw(`command->>'type' = 'OriginateLeg'`).whereNotNull('done_at').select('result') as Promise<{ result: string }[]>;
    const orders = await until(async () => ((await marked()).length > 0 ? marked() : undefined), 'the mark of the order');
    expect(orders).toEqual([{ result: 'typeNotAllowed' }]);
    await alone.end();

    const two = await talking([phone('98'), { address: '+74951234598' }]);
    await forbid(two.campaignId);
    await ask(two.db, two.operatorId, 'transfer', two.callId);
    const briefing = await callIn(two.db, two.callId, 'briefing');
    await until(async () => (await bridgedTo(briefing.manager_leg)) === briefing.operator_leg, 'operator and the second manager');
    expect((await two.transfers()).map(({ state }) => state)).toEqual(['failed', 'accepted']);
    await two.end();
  });

  it('rung together: the first who answers has the call, the others stop ringing', { timeout: 20_000 }, async () => {
    const { db, operatorId, callId, transfers, end } = await talking([phone('91'), phone('98'), phone('91')], { manager_ring: 'together' });
    await ask(db, operatorId, 'transfer', callId);
    const briefing = await callIn(db, callId, 'briefing');
    await until(async () => (await bridgedTo(briefing.manager_leg)) === briefing.operator_leg, 'operator and manager');
    expect((await transfers()).map(({ state }) => state)).toEqual(['taken', 'accepted', 'taken']);
    for (const { id, state } of await transfers()) if (state === 'taken') await until(async () => (await hand.exists(id)) === false, 'the others to be hung up');
    await end();
  });

  it('with an accept key: who presses 1 has the call', { timeout: 20_000 }, async () => {
    const { db, operatorId, callId, end } = await talking([phone('99', { accept_key: true })]);
    await ask(db, operatorId, 'transfer', callId);
    const briefing = await callIn(db, callId, 'briefing');
    await until(async () => (await bridgedTo(briefing.manager_leg)) === briefing.operator_leg, 'operator and manager');
    await ask(db, operatorId, 'handOver', callId);
    await callIn(db, callId, 'handedOver');
    await until(async () => (await bridgedTo(briefing.manager_leg)) === briefing.contact_leg, 'contact and manager');
    await end();
  });

  it('with an accept key: whoever presses nothing, a voicemail, never gets the contact, not even when all legs are looked over', { timeout: 40_000 }, async () => {
    const { db, operatorId, callId, transfers, back, end } = await talking([phone('98', { accept_key: true })]);
    await ask(db, operatorId, 'transfer', callId);
    const ringing = await callIn(db, callId, 'ringingManager');
    await until(async () => (await hand.variables(ringing.manager_leg!))?.['current_application'] === 'play_and_get_digits', 'the whisper');
    await controller.reconciler.look();
    expect((await readCall(db, callId)).state).toBe('ringingManager');
    expect((await back()).machine.transferEnded?.reason).toBe('noAnswer');
    expect(await transfers()).toMatchObject([{ state: 'noAnswer' }]);
    await end();
  });

  describe('by page', () => {
    const open = { kind: 'page', address: null, link_hash: null, page_seen_at: new Date(Date.now() + 3_600_000) } as const;
    /** What a page's leg comes to: it has called in, is answered and parked. */
    const pageLeg = async () => {
      const leg = randomUUID();
      const parked = new Promise<void>((resolve) => hand.onFact((fact) => fact.kind === 'parked' && fact.leg === leg && resolve()));
      await hand.originateParked({ leg, destination: { kind: 'phone', e164: '+79000000098' }, ringTimeoutMs: 10_000 });
      await parked;
      return leg;
    };
    const ringing = async (callId: string, transfers: () => Promise<TransferRow[]>) => {
      await callIn(database.db, callId, 'ringingManager');
      return until(async () => (await transfers()).find(({ state }) => state === 'ringing'), 'the page to ring');
    };

    it('are invited, accept, call in, are briefed and given the contact', { timeout: 20_000 }, async () => {
      const { db, operatorId, callId, transfers, end } = await talking([open]);
      await ask(db, operatorId, 'transfer', callId);
      const { id: transfer } = await ringing(callId, transfers);
      expect(await ask(db, operatorId, 'managerAccept', callId, { transfer })).toEqual({ ok: true });
      const leg = await pageLeg();
      await controller.runner.apply(callId, { type: 'ManagerArrived', transfer, leg, at: Date.now() });
      const briefing = await callIn(db, callId, 'briefing');
      expect(briefing.manager_leg).toBe(leg);
      await until(async () => (await bridgedTo(leg)) === briefing.operator_leg, 'operator and manager');
      await ask(db, operatorId, 'handOver', callId);
      await callIn(db, callId, 'handedOver');
      await until(async () => (await bridgedTo(leg)) === briefing.contact_leg, 'contact and manager');
      expect(await transfers()).toMatchObject([{ state: 'handedOver', kind: 'page' }]);
      await end();
      expect(await hand.exists(leg)).toBe(false);
    });

    it('may ask for a call in 15 minutes: the operator is back, the call keeps the time', async () => {
      const { db, operatorId, callId, transfers, back, end } = await talking([open]);
      await ask(db, operatorId, 'transfer', callId);
      const { id: transfer } = await ringing(callId, transfers);
      expect(await ask(db, operatorId, 'managerDecline', callId, { transfer, reason: 'later' })).toEqual({ ok: true });
      expect((await back()).machine.transferEnded?.reason).toBe('later');
      const { manager_callback_at } = (await db('calls').where({ id: callId }).first('manager_callback_at')) as { manager_callback_at: Date };
      expect(Math.abs(manager_callback_at.getTime() - Date.now() - 900_000)).toBeLessThan(10_000);
      expect(await ask(db, operatorId, 'managerAccept', callId, { transfer })).toEqual({ ok: false, code: 'transferOver' });
      const late = await pageLeg();
      await controller.runner.apply(callId, { type: 'ManagerArrived', transfer, leg: late, at: Date.now() });
      await until(async () => (await hand.exists(late)) === false, 'the late leg to be hung up');
      expect((await readCall(db, callId)).state).toBe('talking');
      await end();
    });

    it('that do not stand open are not waited for, and the transfer stands among the missed ones', async () => {
      const { db, operatorId, callId, transfers, back, end } = await talking([{ ...open, page_seen_at: null }]);
      await ask(db, operatorId, 'transfer', callId);
      expect((await back()).machine.transferEnded?.reason).toBe('notOpen');
      expect(await transfers()).toMatchObject([{ state: 'noAnswer', kind: 'page' }]);
      await end();
    });
  });
});
