import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperatorOnLine, ask, callIn, dialNext, startTestController, startTestSwitch, testSwitches, until, type TestController, type TestSwitch } from '../support/house.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';

describe.each(testSwitches)('a controller that was away from %s', (switchName) => {
  let database: TestDatabase;
  let phones: TestSwitch;
  let controller: TestController;
  let hand: EslSwitch;

  beforeAll(async () => {
    [database, phones] = await Promise.all([createTestDatabase(), startTestSwitch(switchName)]);
    hand = new EslSwitch({ url: phones.url, sipHosts: [], log: createLog('test', 'silent') });
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await up;
    controller = await startTestController(database.db, phones.url);
  });
  afterAll(async () => {
    await controller?.stop();
    await hand?.stop();
    await phones?.remove();
    await database?.drop();
  });

  it('goes on with a contact who answered meanwhile, though the time to ring is over', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    await aContact(db, campaignId, { numbers: [aNumber('99')] });
    const { operatorId, leg } = await anOperatorOnLine(db, hand, campaignId);
    const { callId } = await dialNext(db, operatorId, campaignId);
    const { contact_leg } = await until(async () => (await db('calls').where({ id: callId }).whereNotNull('ringing_at').first('contact_leg')) as { contact_leg: string } | undefined, 'ringing');
    await controller.crash();
    await until(async () => (await hand.channels())?.find((channel) => channel.leg === contact_leg)?.bridgedTo === leg, 'the contact to answer');
    await db('call_deadlines').where({ call_id: callId }).update({ at: new Date(Date.now() - 60_000) });
    controller = await startTestController(db, phones.url);
    const talking = await callIn(db, callId, 'talking');
    expect(talking.answered_at).not.toBeNull();
    await ask(db, operatorId, 'hangUp', callId);
    expect(await callIn(db, callId, 'ended')).toMatchObject({ outcome: 'talked', ended_by: 'operator' });
  });

  it('knows why a contact was not reached whose network spoke before it gave up', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    await aContact(db, campaignId, { numbers: [aNumber('94')] });
    const { operatorId, leg } = await anOperatorOnLine(db, hand, campaignId);
    const { callId } = await dialNext(db, operatorId, campaignId);
    const { contact_leg } = await until(async () => (await db('calls').where({ id: callId }).whereNotNull('ringing_at').first('contact_leg')) as { contact_leg: string } | undefined, 'ringing');
    await until(async () => (await hand.channels())?.find((channel) => channel.leg === contact_leg)?.bridgedTo === leg, 'the network to be heard');
    await controller.crash();
    await until(async () => (await hand.exists(contact_leg)) === false, 'the network to give up');
    controller = await startTestController(db, phones.url);
    expect(await callIn(db, callId, 'ended')).toMatchObject({ outcome: 'noAnswer', hangup_cause: 'SUBSCRIBER_ABSENT' });
  });
});
