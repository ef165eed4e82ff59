import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { createLog } from '../../platform/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anOperatorOnLine, ask, startTestController, startTestSwitch, until, type TestController, type TestSwitch } from '../support/house.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';

describe('two controllers on one database', () => {
  let database: TestDatabase;
  const freeswitches: TestSwitch[] = [];
  const controllers: TestController[] = [];
  const hands: EslSwitch[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const id of ['switch-1', 'switch-2']) {
      const freeswitch = await startTestSwitch();
      freeswitches.push(freeswitch);
      const hand = new EslSwitch({ url: freeswitch.url, sipHosts: [], log: createLog('test', 'silent') });
      hands.push(hand);
      const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
      hand.start();
      await up;
      controllers.push(await startTestController(database.db, `${freeswitch.url}?id=${id}`));
    }
  }, 60_000);
  afterAll(async () => {
    for (const controller of controllers) await controller.stop();
    for (const hand of hands) await hand.stop();
    for (const freeswitch of freeswitches) await freeswitch.remove();
    await database?.drop();
  });

  it('never share a contact, and each call is driven by the controller of its operator’s switch', { timeout: 60_000 }, async () => {
    const { db } = database;
    const campaignId = await aCampaign(db, { busy_pause_ms: 3_600_000 });
    for (let i = 0; i < 24; i += 1) await aContact(db, campaignId, { numbers: [aNumber('90')] });
    const desks = [];
    for (let i = 0; i < 6; i += 1) {
      const switchId = `switch-${(i % 2) + 1}`;
      desks.push({ switchId, ...(await anOperatorOnLine(db, hands[i % 2]!, campaignId, switchId)) });
    }
    // Each operator dials one busy contact after another until nothing is due.
    await Promise.all(
      desks.map(async ({ operatorId, switchId }) => {
        for (;;) {
          const claim = await claimNextContact(db, { operatorId, campaignId });
          if (!claim) return;
          const result = await ask(db, operatorId, 'dial', null, { contactId: claim.contactId }, switchId);
          expect(result).toMatchObject({ ok: true });
          await until(async () => (await db('operators').where({ operator_id: operatorId }).first('state'))?.state === 'ready', 'the operator to be ready', 15_000);
        }
      }),
    );
    const calls = (await db('calls').where({ campaign_id: campaignId })) as { contact_id: string; operator_id: string; switch_id: string; outcome: string }[];
    expect(calls).toHaveLength(24);
    expect(new Set(calls.map((call) => call.contact_id)).size).toBe(24);
    for (const call of calls) expect(call).toMatchObject({ outcome: 'busy', switch_id: desks.find((desk) => desk.operatorId === call.operator_id)!.switchId });
    expect(new Set(calls.map((call) => call.switch_id)).size).toBe(2);
  });
});
