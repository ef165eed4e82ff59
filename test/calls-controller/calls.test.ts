import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import { disposeCall } from '../../platform/postgres/dispositions.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperatorOnLine, ask, callIn, dialNext, readCall, startTestController, startTestSwitch, testSwitches, until, type TestController, type TestSwitch } from '../support/house.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';

describe.each(testSwitches)('calls on %s', (switchName) => {
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

  const scene = async (campaignRow: Parameters<typeof aCampaign>[1] = {}, ...lastTwoDigits: string[]) => {
    const { db } = database;
    const campaignId = await aCampaign(db, campaignRow);
    for (const digits of lastTwoDigits) await aContact(db, campaignId, { numbers: [aNumber(digits)] });
    return { db, campaignId, ...(await anOperatorOnLine(db, hand, campaignId)) };
  };

  it('connects the operator with the contact who answers, measures the talk and asks for a disposition', async () => {
    const { db, campaignId, operatorId } = await scene({}, '98', '98');
    const { callId, contactId } = await dialNext(db, operatorId, campaignId);
    const talking = await callIn(db, callId, 'talking');
    expect(talking).toMatchObject({ operator_bound: true, number_live: true });
    await until(async () => (await hand.channels())?.find((channel) => channel.leg === talking.contact_leg)?.bridgedTo === talking.operator_leg, 'the bridge');
    expect(await ask(db, operatorId, 'hangUp', callId)).toEqual({ ok: true });
    const ended = await callIn(db, callId, 'ended');
    expect(ended).toMatchObject({ outcome: 'talked', ended_by: 'operator', operator_bound: false, number_live: false });
    expect(Math.abs(ended.talk_ms - (ended.ended_at!.getTime() - ended.answered_at!.getTime()))).toBeLessThan(50);
    expect(await db('operators').where({ operator_id: operatorId }).first('state')).toEqual({ state: 'wrapUp' });
    expect(await ask(db, operatorId, 'dial', null, { contactId })).toMatchObject({ ok: false });
    expect(await disposeCall(db, { callId, operatorId, key: 'refused' })).toMatchObject({ ok: true });
    expect(await db('operators').where({ operator_id: operatorId }).first('state')).toEqual({ state: 'ready' });
    expect(await db('contacts').where({ id: contactId }).first('state', 'attempts')).toEqual({ state: 'finished', attempts: 1 });
    expect(await db('call_deadlines').where({ call_id: callId })).toEqual([]);
    // The same standing leg serves the next call.
    const next = await dialNext(db, operatorId, campaignId);
    await callIn(db, next.callId, 'talking');
    await ask(db, operatorId, 'hangUp', next.callId);
    await callIn(db, next.callId, 'ended');
  });

  for (const [digits, outcome, cause, pauseMs] of [['90', 'busy', 'USER_BUSY', 900_000], ['92', 'rejected', 'CALL_REJECTED', 7_200_000]] as const) {
    it(`calls a contact again by the rules after ${outcome}, and the operator is ready at once`, async () => {
      const { db, campaignId, operatorId } = await scene({}, digits);
      const { callId, contactId } = await dialNext(db, operatorId, campaignId);
      const ended = await callIn(db, callId, 'ended');
      expect(ended).toMatchObject({ outcome, hangup_cause: cause, talk_ms: 0, answered_at: null });
      expect(await db('operators').where({ operator_id: operatorId }).first('state')).toEqual({ state: 'ready' });
      const queued = (await db('call_queue').where({ contact_id: contactId }).first()) as { next_attempt_at: Date; claimed_by: string | null };
      expect(queued.claimed_by).toBeNull();
      expect(Math.abs(queued.next_attempt_at.getTime() - ended.ended_at!.getTime() - pauseMs)).toBeLessThan(2_000);
      expect(await hand.exists(ended.operator_leg)).toBe(true);
    });
  }

  it('tries the second number after an invalid first one, and gives up when there is none', async () => {
    const { db, campaignId, operatorId } = await scene();
    const contactId = await aContact(db, campaignId, { numbers: [aNumber('93'), aNumber('93')] });
    const first = await dialNext(db, operatorId, campaignId);
    expect(await callIn(db, first.callId, 'ended')).toMatchObject({ outcome: 'invalidNumber' });
    expect(await db('call_queue').where({ contact_id: contactId }).first('number_position')).toEqual({ number_position: 1 });
    await db('call_queue').where({ contact_id: contactId }).update({ next_attempt_at: new Date(0) });
    const second = await dialNext(db, operatorId, campaignId);
    await callIn(db, second.callId, 'ended');
    expect(await db('contacts').where({ id: contactId }).first('state')).toEqual({ state: 'finished' });
    expect(await db('call_queue').where({ contact_id: contactId })).toEqual([]);
  });

  it('gives up a telephone that rings for longer than the campaign allows', async () => {
    const { db, campaignId, operatorId } = await scene({ ring_timeout_ms: 5_000 }, '91');
    const { callId } = await dialNext(db, operatorId, campaignId);
    await until(async () => (await db('calls').where({ id: callId }).whereNotNull('ringing_at').first('id')) as object | undefined, 'ringing');
    expect(await callIn(db, callId, 'ended', 12_000)).toMatchObject({ outcome: 'noAnswer', answered_at: null });
  });

  it('takes early media for ringing, never for an answer', async () => {
    const { db, campaignId, operatorId } = await scene({}, '94');
    const { callId } = await dialNext(db, operatorId, campaignId);
    expect(await callIn(db, callId, 'ended', 15_000)).toMatchObject({ answered_at: null, talk_ms: 0 });
  });

  it('hangs up a contact whose telephone has not rung yet', async () => {
    const { db, campaignId, operatorId } = await scene({}, '91');
    const { callId } = await dialNext(db, operatorId, campaignId);
    await ask(db, operatorId, 'hangUp', callId);
    expect(await callIn(db, callId, 'ended')).toMatchObject({ outcome: 'cancelled', ended_by: 'operator' });
  });

  it('ends a conversation at its limit', async () => {
    const { db, campaignId, operatorId } = await scene({ max_duration_ms: 10_000 }, '98');
    const { callId } = await dialNext(db, operatorId, campaignId);
    const ended = await callIn(db, callId, 'ended', 15_000);
    expect(ended).toMatchObject({ ended_by: 'limit', outcome: 'talked' });
    expect(ended.talk_ms).toBeGreaterThan(9_900);
    expect(ended.talk_ms).toBeLessThan(10_500);
  });

  describe('a transfer', () => {
    const bridgedTo = async (leg: string | null) => (await hand.channels())?.find((channel) => channel.leg === leg)?.bridgedTo;
    const talking = async (manager: string) => {
      const here = await scene({ managers: [{ address: `+790000001${manager}` }] }, '98');
      const { callId } = await dialNext(here.db, here.operatorId, here.campaignId);
      const { contact_leg, operator_leg } = await callIn(here.db, callId, 'talking');
      await until(async () => (await bridgedTo(contact_leg)) === operator_leg, 'operator and contact');
      return { ...here, callId };
    };

    it('briefs the manager while the contact hears music, then hands the contact over', async () => {
      const { db, operatorId, callId } = await talking('98');
      expect(await ask(db, operatorId, 'transfer', callId)).toEqual({ ok: true });
      const briefing = await callIn(db, callId, 'briefing');
      await until(async () => (await bridgedTo(briefing.manager_leg)) === briefing.operator_leg, 'operator and manager');
      expect(await ask(db, operatorId, 'hangUp', callId)).toEqual({ ok: false, code: 'returnFirst' });
      expect(await ask(db, operatorId, 'handOver', callId)).toEqual({ ok: true });
      const handed = await callIn(db, callId, 'handedOver');
      expect(handed).toMatchObject({ operator_bound: false, number_live: true });
      await until(async () => (await bridgedTo(briefing.manager_leg)) === briefing.contact_leg, 'contact and manager');
      expect(await hand.exists(handed.operator_leg)).toBe(true);
      expect(await disposeCall(db, { callId, operatorId, key: 'success' })).toMatchObject({ ok: true });
      await hand.hangup(handed.contact_leg, 'NORMAL_CLEARING');
      const ended = await callIn(db, callId, 'ended');
      expect(ended).toMatchObject({ outcome: 'handedOver', ended_by: 'contact' });
      expect(await hand.exists(briefing.manager_leg!)).toBe(false);
      expect(ended.hold_ms).toBeGreaterThan(0);
    });

    it('returns to the contact when the operator asks, and can be asked again', async () => {
      const { db, operatorId, callId } = await talking('98');
      for (let i = 0; i < 2; i += 1) {
        await ask(db, operatorId, 'transfer', callId);
        await callIn(db, callId, 'briefing');
        expect(await ask(db, operatorId, 'return', callId)).toEqual({ ok: true });
        const back = await callIn(db, callId, 'talking');
        expect(back.machine.transferEnded?.reason).toBe('cancelled');
        await until(async () => (await bridgedTo(back.contact_leg)) === back.operator_leg, 'operator and contact');
      }
      await ask(db, operatorId, 'hangUp', callId);
      await callIn(db, callId, 'ended');
    });

    for (const [digits, reason] of [['90', 'busy'], ['92', 'declined'], ['93', 'failed'], ['95', 'hungUp']] as const) {
      it(`comes back by itself when the manager is ${reason}`, async () => {
        const { db, operatorId, callId } = await talking(digits);
        await ask(db, operatorId, 'transfer', callId);
        const back = await until(async () => {
          const call = await readCall(db, callId);
          return call.state === 'talking' && call.machine.transferEnded ? call : undefined;
        }, 'the operator to be back');
        expect(back.machine.transferEnded?.reason, JSON.stringify(back.machine)).toBe(reason);
        await until(async () => (await bridgedTo(back.contact_leg)) === back.operator_leg, 'operator and contact');
        await ask(db, operatorId, 'hangUp', callId);
        await callIn(db, callId, 'ended');
      });
    }

    it('tells the operator when the contact hangs up while the manager rings, and stops the ringing', async () => {
      const { db, operatorId, callId } = await talking('91');
      await ask(db, operatorId, 'transfer', callId);
      const ringing = await callIn(db, callId, 'ringingManager');
      await until(async () => (await hand.exists(ringing.manager_leg!)) === true, 'the manager’s leg');
      await hand.hangup(ringing.contact_leg, 'NORMAL_CLEARING');
      const ended = await callIn(db, callId, 'ended');
      expect(ended.machine.transferEnded?.reason).toBe('contactHungUp');
      expect(await hand.exists(ringing.manager_leg!)).toBe(false);
    });

    it('gives the contact the manager when the operator’s leg dies in the briefing', async () => {
      const { db, operatorId, callId } = await talking('98');
      await ask(db, operatorId, 'transfer', callId);
      const briefing = await callIn(db, callId, 'briefing');
      await hand.hangup(briefing.operator_leg, 'NORMAL_CLEARING');
      await callIn(db, callId, 'handedOver');
      await until(async () => (await bridgedTo(briefing.manager_leg)) === briefing.contact_leg, 'contact and manager');
      await hand.hangup(briefing.contact_leg, 'NORMAL_CLEARING');
      await callIn(db, callId, 'ended');
    });
  });

  it('gives a call the operator’s new leg, even when it was there before the old one was seen dead', async () => {
    const { db, campaignId, operatorId } = await scene({}, '98');
    const { callId } = await dialNext(db, operatorId, campaignId);
    const before = await callIn(db, callId, 'talking');
    const renewed = await anOperatorOnLine(db, hand, campaignId);
    await db('operators').where({ operator_id: renewed.operatorId }).update({ leg: null });
    await db('operators').where({ operator_id: operatorId }).update({ leg: renewed.leg });
    await hand.hangup(before.operator_leg, 'NORMAL_CLEARING');
    const after = await until(async () => {
      const call = await readCall(db, callId);
      return call.state === 'talking' && call.operator_leg === renewed.leg ? call : undefined;
    }, 'the call to have the new leg');
    await until(async () => (await hand.channels())?.find((channel) => channel.leg === after.contact_leg)?.bridgedTo === renewed.leg, 'the bridge');
    await ask(db, operatorId, 'hangUp', callId);
    expect(await callIn(db, callId, 'ended')).toMatchObject({ outcome: 'talked' });
  });

  it('goes on with a call after the controller was killed in the middle of it', async () => {
    const { db, campaignId, operatorId } = await scene({ managers: [{ address: '+79000000198' }] }, '98', '98');
    const { callId } = await dialNext(db, operatorId, campaignId);
    await callIn(db, callId, 'talking');
    await controller.crash();
    controller = await startTestController(db, freeswitch.url);
    expect(await readCall(db, callId)).toMatchObject({ state: 'talking' });
    await ask(db, operatorId, 'transfer', callId);
    const { contact_leg } = await callIn(db, callId, 'briefing');
    await controller.crash();
    await hand.hangup(contact_leg, 'NORMAL_CLEARING');
    controller = await startTestController(db, freeswitch.url);
    await callIn(db, callId, 'farewell');
    await ask(db, operatorId, 'hangUp', callId);
    expect(await callIn(db, callId, 'ended')).toMatchObject({ outcome: 'talked' });
  });
});
