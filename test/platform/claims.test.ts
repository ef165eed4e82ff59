import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authoriseAttempt, type AttemptOrder } from '../../platform/postgres/authorise-attempt.ts';
import { claimFreshContact, ClaimHints, claimNextContact, releaseExpiredClaims, skipContact } from '../../platform/postgres/queue.ts';
import { setPause } from '../../platform/postgres/operators.ts';
import { renewSwitch, takeSwitch } from '../../platform/postgres/switches.ts';
import { adoptLiveCalls, findWrittenStep, quarantineCall, StaleOwner, writeStep } from '../../platform/postgres/call-store.ts';
import { transition } from '../../domain/call/transition.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/house.ts';
import { aCampaign, aContact, aNumber, anOperator, aSwitch, contacts } from '../support/rows.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await aSwitch(database.db, { epoch: 1 });
});
afterAll(() => database.drop());

const order = (operatorId: string, contactId: string, more: Partial<AttemptOrder> = {}): AttemptOrder => ({
  operatorId, contactId, switchId: 'switch-1', epoch: 1n, callId: randomUUID(), contactLeg: randomUUID(), nowMs: Date.now(), ...more,
});
const onLine = (campaignId: string, switchId = 'switch-1') => anOperator(database.db, { state: 'ready', leg: randomUUID(), campaign_id: campaignId, switch_id: switchId });

describe('claiming', () => {
  it('gives each of 200 contacts to exactly one of 20 operators who ask at once', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    const all = await contacts(db, campaignId, 200);
    const operators = await Promise.all(Array.from({ length: 20 }, () => anOperator(db)));
    const taken: string[] = [];
    await Promise.all(
      operators.map(async (operatorId) => {
        for (;;) {
          const claim = await claimFreshContact(db, { operatorId, campaignId });
          if (!claim) return;
          taken.push(claim.contactId);
        }
      }),
    );
    expect(taken.sort()).toEqual([...all].sort());
  });

  it('gives an operator who asks again the contact they have', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    await contacts(db, campaignId, 2);
    const operatorId = await onLine(campaignId);
    const first = await claimNextContact(db, { operatorId, campaignId });
    expect(await claimNextContact(db, { operatorId, campaignId })).toEqual(first);
  });

  it('prefers high priority, but only what is due', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    await aContact(db, campaignId, { queue: { priority: 3, next_attempt_at: new Date(Date.now() + 3_600_000) } });
    const low = await aContact(db, campaignId, { queue: { priority: 0 } });
    const high = await aContact(db, campaignId, { queue: { priority: 2 } });
    const hints = new ClaimHints();
    const operatorId = await anOperator(db);
    const claims = [];
    for (let i = 0; i < 3; i += 1) claims.push((await claimFreshContact(db, { operatorId, campaignId }, hints))?.contactId);
    expect(claims).toEqual([high, low, undefined]);
  });

  it('never offers an operator a number that they entered, in whatever campaign it comes back', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    const number = aNumber();
    const contactId = await aContact(db, campaignId, { numbers: [aNumber(), number] });
    const author = await onLine(campaignId);
    const other = await onLine(campaignId);
    await db('operator_entered_numbers').insert({ operator_id: author, e164: number });
    expect(await claimNextContact(db, { operatorId: author, campaignId })).toBeUndefined();
    expect(await claimNextContact(db, { operatorId: other, campaignId })).toEqual({ contactId });
  });

  it('puts off what was due while its window was open, and offers what may be called', async () => {
    const { db } = database;
    const now = new Date();
    const today = ((now.getUTCDay() + 6) % 7) + 1;
    const campaignId = await aCampaign(db, { window_days: [today] });
    // On the other side of the date line it is another day, or at least it is not the same one at both ends.
    const closed: string[] = [];
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      const local = new Intl.DateTimeFormat('en', { timeZone: zone, weekday: 'short' }).format(now);
      const utc = new Intl.DateTimeFormat('en', { timeZone: 'UTC', weekday: 'short' }).format(now);
      if (local !== utc) closed.push(await aContact(db, campaignId, { time_zone: zone }));
    }
    const open = await aContact(db, campaignId, { time_zone: 'UTC' });
    const operatorId = await onLine(campaignId);
    expect(await claimNextContact(db, { operatorId, campaignId })).toEqual({ contactId: open });
    expect(closed.length).toBeGreaterThan(0);
    for (const contact_id of closed) expect((await db('call_queue').where({ contact_id }).first('next_attempt_at') as { next_attempt_at: Date }).next_attempt_at.getTime()).toBeGreaterThan(now.getTime());
  });

  it('frees a contact whose lease ended, and a skipped one for somebody else later', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    const contactId = await aContact(db, campaignId);
    const [one, two] = [await onLine(campaignId), await onLine(campaignId)];
    await claimNextContact(db, { operatorId: one, campaignId, leaseMs: -1 });
    await releaseExpiredClaims(db);
    expect(await claimNextContact(db, { operatorId: two, campaignId })).toEqual({ contactId });
    await skipContact(db, { operatorId: two });
    expect(await claimNextContact(db, { operatorId: one, campaignId })).toBeUndefined();
  });

  it('gives nothing to an operator who paused or left meanwhile, nor out of a campaign that was paused', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    const contactId = await aContact(db, campaignId);
    const operatorId = await onLine(campaignId);
    // The claim is on its way while the pause is being written.
    const { claim } = await db.transaction(async (trx) => {
      await setPause(trx, { operatorId, paused: true, reason: 'tea' });
      const claim = claimNextContact(db, { operatorId, campaignId });
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { claim };
    });
    expect(await claim).toBeUndefined();
    await db('operators').where({ operator_id: operatorId }).update({ state: 'ready', campaign_id: await aCampaign(db) });
    expect(await claimNextContact(db, { operatorId, campaignId })).toBeUndefined();
    await db('operators').where({ operator_id: operatorId }).update({ campaign_id: campaignId });
    await db('campaigns').where({ id: campaignId }).update({ state: 'paused' });
    expect(await claimNextContact(db, { operatorId, campaignId })).toBeUndefined();
    expect(await db('call_queue').where({ contact_id: contactId }).first('claimed_by')).toEqual({ claimed_by: null });
  });
});

describe('authorising an attempt', () => {
  it('is done once for a claim, binds the operator and takes the contact out of the queue', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    const contactId = await aContact(db, campaignId);
    const operatorId = await onLine(campaignId);
    await claimNextContact(db, { operatorId, campaignId });
    const results = await Promise.all([authoriseAttempt(db, order(operatorId, contactId)), authoriseAttempt(db, order(operatorId, contactId))]);
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(await db('call_queue').where({ contact_id: contactId })).toEqual([]);
    expect(await db('operators').where({ operator_id: operatorId }).first('state')).toEqual({ state: 'onCall' });
  });

  it('never rings one number twice at a time in the whole house', async () => {
    const { db } = database;
    const number = aNumber();
    const setUp = async () => {
      const campaignId = await aCampaign(db);
      const contactId = await aContact(db, campaignId, { numbers: [number] });
      const operatorId = await onLine(campaignId);
      await claimNextContact(db, { operatorId, campaignId });
      return order(operatorId, contactId);
    };
    const orders = [await setUp(), await setUp(), await setUp()];
    const results = await Promise.all(orders.map((each) => authoriseAttempt(db, each)));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    for (const result of results) if (!result.ok) expect(result.code).toBe('numberBusy');
  });

  it('looks at window, DNC, campaign, claim and operator again, and puts the queue right', async () => {
    const { db } = database;
    const ready = async (campaign: Parameters<typeof aCampaign>[1] = {}, number = aNumber()) => {
      const campaignId = await aCampaign(db, campaign);
      const contactId = await aContact(db, campaignId, { numbers: [number] });
      const operatorId = await onLine(campaignId);
      await claimFreshContact(db, { operatorId, campaignId });
      return { campaignId, contactId, operatorId };
    };
    // Noon in Moscow on a Saturday; the window is Monday's.
    const closed = await ready({ window_from: '09:00', window_to: '20:00', window_days: [1] });
    const saturdayNoon = Date.parse('2026-11-21T09:00:00Z');
    expect(await authoriseAttempt(db, order(closed.operatorId, closed.contactId, { nowMs: saturdayNoon }))).toEqual({ ok: false, code: 'outsideWindow' });
    const moved = (await db('call_queue').where({ contact_id: closed.contactId }).first('next_attempt_at', 'claimed_by')) as { next_attempt_at: Date; claimed_by: null };
    expect(moved).toEqual({ next_attempt_at: new Date('2026-11-23T06:00:00Z'), claimed_by: null });

    const unwanted = await ready();
    const { e164 } = (await db('contact_numbers').where({ contact_id: unwanted.contactId }).first('e164')) as { e164: string };
    await db('dnc_numbers').insert({ customer_id: null, e164 });
    expect(await authoriseAttempt(db, order(unwanted.operatorId, unwanted.contactId))).toEqual({ ok: false, code: 'doNotCall' });
    expect(await db('contacts').where({ id: unwanted.contactId }).first('state')).toEqual({ state: 'finished' });

    const paused = await ready();
    await db('campaigns').where({ id: paused.campaignId }).update({ state: 'paused' });
    expect(await authoriseAttempt(db, order(paused.operatorId, paused.contactId))).toEqual({ ok: false, code: 'campaignNotRunning' });

    const lost = await ready();
    await db('call_queue').where({ contact_id: lost.contactId }).update({ lease_until: new Date(0) });
    expect(await authoriseAttempt(db, order(lost.operatorId, lost.contactId))).toEqual({ ok: false, code: 'claimLost' });

    const away = await ready();
    await db('operators').where({ operator_id: away.operatorId }).update({ leg: null });
    expect(await authoriseAttempt(db, order(away.operatorId, away.contactId))).toEqual({ ok: false, code: 'notOnLine' });
  });

  it('never rings a number that was barred while the attempt waited for a lock', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    const number = aNumber();
    const contactId = await aContact(db, campaignId, { numbers: [number] });
    const operatorId = await onLine(campaignId);
    await claimFreshContact(db, { operatorId, campaignId });
    let attempt: ReturnType<typeof authoriseAttempt> | undefined;
    await db.transaction(async (trx) => {
      await trx('operators').where({ operator_id: operatorId }).forUpdate().first('operator_id');
      attempt = authoriseAttempt(db, order(operatorId, contactId));
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~ 'begin_call'`;
      await until(async () => (await db.raw<{ rows: object[] }>(waiting)).rows.length > 0, 'the attempt to wait');
      await db('dnc_numbers').insert({ customer_id: null, e164: number });
    });
    expect(await attempt).toEqual({ ok: false, code: 'doNotCall' });
    expect(await db('calls').where({ contact_id: contactId })).toEqual([]);
    expect(await db('contacts').where({ id: contactId }).first('state')).toEqual({ state: 'finished' });
  });
});

describe('a call whose handling failed', () => {
  it('binds neither its operator nor its number any more, and the contact is called again', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db);
    const contactId = await aContact(db, campaignId);
    const operatorId = await onLine(campaignId);
    await claimNextContact(db, { operatorId, campaignId });
    const authorised = await authoriseAttempt(db, order(operatorId, contactId));
    if (!authorised.ok) throw new Error(authorised.code);
    await quarantineCall(db, { callId: authorised.call.id, epoch: 1n });
    expect(await db('calls').where({ id: authorised.call.id }).first('operator_bound', 'number_live', 'ended_by', 'outcome')).toEqual({ operator_bound: false, number_live: false, ended_by: 'quarantine', outcome: 'failed' });
    expect(await db('operators').where({ operator_id: operatorId }).first('state')).toEqual({ state: 'ready' });
    expect(await db('call_queue').where({ contact_id: contactId }).first('claimed_by')).toEqual({ claimed_by: null });
  });
});

describe('a contact with several numbers', () => {
  it('is tried on the next one that is not known to be wrong, round and round', async () => {
    const { db } = database;
    const campaignId = await aCampaign(db, { max_attempts: 20 });
    const contactId = await aContact(db, campaignId, { numbers: [aNumber(), aNumber(), aNumber()] });
    const operatorId = await onLine(campaignId);
    const attempt = async (cause: string) => {
      await db('call_queue').where({ contact_id: contactId }).update({ next_attempt_at: new Date(0) });
      await claimNextContact(db, { operatorId, campaignId });
      const authorised = await authoriseAttempt(db, order(operatorId, contactId));
      if (!authorised.ok) throw new Error(authorised.code);
      const event = { type: 'LegHungUp', leg: authorised.call.contactLeg, cause, at: Date.now() } as const;
      const step = transition(authorised.call, event);
      await writeStep(db, { before: authorised.call, call: step.call, version: 0, epoch: 1n, event, commands: step.commands });
      return ((await db('call_queue').where({ contact_id: contactId }).first('number_position')) as { number_position: number } | undefined)?.number_position;
    };
    expect(await attempt('USER_BUSY')).toBe(1);
    expect(await attempt('UNALLOCATED_NUMBER')).toBe(2);
    expect(await attempt('NO_ANSWER')).toBe(0);
    expect(await attempt('UNALLOCATED_NUMBER')).toBe(2);
    expect(await attempt('UNALLOCATED_NUMBER')).toBeUndefined();
    expect(await db('contacts').where({ id: contactId }).first('state')).toEqual({ state: 'finished' });
  });
});

describe('the switch’s lease', () => {
  it('gives each owner an epoch, and the former owner’s writes find nothing', async () => {
    const { db } = database;
    const first = await takeSwitch(db, { switchId: 'fenced', ownerId: 'one', leaseMs: 60_000, marked: false });
    expect(await takeSwitch(db, { switchId: 'fenced', ownerId: 'two', leaseMs: 60_000, marked: false })).toBeUndefined();
    const campaignId = await aCampaign(db);
    const contactId = await aContact(db, campaignId);
    const operatorId = await onLine(campaignId, 'fenced');
    await claimNextContact(db, { operatorId, campaignId });
    const authorised = await authoriseAttempt(db, order(operatorId, contactId, { switchId: 'fenced', epoch: first!.epoch }));
    if (!authorised.ok) throw new Error(authorised.code);
    await db('switches').where({ id: 'fenced' }).update({ lease_until: new Date(0) });
    const second = await takeSwitch(db, { switchId: 'fenced', ownerId: 'two', leaseMs: 60_000, marked: false });
    expect(second!.epoch).toBe(first!.epoch + 1n);
    expect(await renewSwitch(db, { switchId: 'fenced', epoch: first!.epoch, leaseMs: 1_000, marked: false })).toBe(false);
    const [adopted] = await adoptLiveCalls(db, { switchId: 'fenced', epoch: second!.epoch });
    expect(adopted).toMatchObject({ version: 0, call: { id: authorised.call.id, state: 'dialling' }, operatorId });
    expect(adopted!.deadlines.map((deadline) => deadline.name)).toEqual(['ringing']);
    expect(adopted!.pending.map((pending) => pending.command.type)).toEqual(['ArmLeg', 'DialContact']);
    const event = { type: 'HangupRequested', by: 'operator', at: Date.now() } as const;
    const step = transition(authorised.call, event);
    const stale = writeStep(db, { before: authorised.call, call: step.call, version: 0, epoch: first!.epoch, event, commands: step.commands });
    await expect(stale).rejects.toBeInstanceOf(StaleOwner);
    const row = { before: authorised.call, call: step.call, version: 0, epoch: second!.epoch, event, commands: step.commands };
    expect(await findWrittenStep(db, row)).toBeUndefined();
    const written = await writeStep(db, row);
    // A commit whose answer was lost is recognised, with the same orders to carry out.
    expect(await findWrittenStep(db, row)).toEqual(written);
    await expect(authoriseAttempt(db, order(operatorId, contactId, { switchId: 'fenced', epoch: first!.epoch }))).resolves.toMatchObject({ ok: false });
  });
});
