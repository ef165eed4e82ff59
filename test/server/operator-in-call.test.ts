import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cockpit } from '../../domain/api.ts';
import { claimFreshContact } from '../../platform/postgres/queue.ts';
import { aNumber } from '../support/rows.ts';
import { answered, bridged, dial, happen, hungUp, ringing } from './call.ts';
import { playController, startExchange, type TestExchange } from './exchange.ts';
import { atWork, look, talking } from './operator-at-work.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
  playController(exchange, () => ({ ok: true }));
});
afterAll(() => exchange.stop());

describe('during a call', () => {
  test('the cockpit follows the call', async () => {
    const { operator, cockpit } = await atWork(exchange, 1);
    const { db } = exchange.database;
    const callId = await dial(db, operator.userId, cockpit.contact?.id ?? '');
    expect((await look(operator)).call).toMatchObject({ state: 'dialling', answeredAt: null });
    await happen(db, callId, ringing);
    expect((await look(operator)).call?.state).toBe('ringing');
    await happen(db, callId, answered, bridged);
    const { call, today } = await look(operator);
    expect(call?.state).toBe('talking');
    expect(Date.parse(call?.limitAt ?? '')).toBeGreaterThan(Date.now());
    expect(today.calls).toBe(1);
  });

  test('notes and answers are saved as typed; what is not sent stays', async () => {
    const { operator, callId } = await talking(exchange);
    const path = `/api/v1/operator/calls/${callId}/notes`;
    const saved = await operator.ask('PUT', path, { notes: 'wants htc <b>' });
    expect(saved.status).toBe(200);
    expect(Date.parse(saved.body.savedAt)).toBeGreaterThan(0);
    await operator.ask('PUT', path, { answers: { budget: '100' } });
    await operator.ask('PUT', path, { answers: { own: 'yes' } });
    expect((await look(operator)).call).toMatchObject({ notes: 'wants htc <b>', notesSavedAt: expect.any(String) as unknown, answers: { budget: '100', own: 'yes' } });
  });

  test('notes that are too long, answers to nothing: each field is named', async () => {
    const { operator, callId } = await talking(exchange);
    const path = `/api/v1/operator/calls/${callId}/notes`;
    expect((await operator.ask('PUT', path, { notes: 'x'.repeat(10_001) })).body.fields).toEqual([{ field: 'notes', message: 'at most 10,000 characters' }]);
    expect((await operator.ask('PUT', path, { answers: { nothing: '1', own: 'maybe' } })).body.fields).toEqual([
      { field: 'answers.nothing', message: 'the script has no such question' }, { field: 'answers.own', message: 'answer yes or no' },
    ]);
  });

  test('the answer to a number question is a number', async () => {
    const { operator, callId } = await talking(exchange);
    const path = `/api/v1/operator/calls/${callId}/notes`;
    for (const rooms of ['2', ' 2,5 ', '-1', '1 000', '']) expect((await operator.ask('PUT', path, { answers: { rooms } })).status, rooms).toBe(200);
    for (const rooms of ['two', '2 or 3', '1e3', '-'])
      expect((await operator.ask('PUT', path, { answers: { rooms }, notes: 'kept' })).body, rooms).toMatchObject({ status: 422, fields: [{ field: 'answers.rooms', message: 'a number, please' }] });
  });

  test('an extra contact is queued for others and never offered to who entered it', async () => {
    const { operator, callId, campaignId } = await talking(exchange);
    const { db } = exchange.database;
    const number = aNumber();
    const path = `/api/v1/operator/calls/${callId}/contacts`;
    const added = await operator.ask('POST', path, { phone: number.replace('+7', '8'), name: 'Pavel', note: 'neighbour' });
    expect(added.status).toBe(201);
    await db('call_queue').where({ campaign_id: campaignId }).whereNot({ contact_id: added.body.id }).delete();
    expect(await claimFreshContact(db, { operatorId: operator.userId, campaignId })).toBeUndefined();
    const other = await exchange.signedIn('operator');
    expect(await claimFreshContact(db, { operatorId: other.userId, campaignId })).toEqual({ contactId: added.body.id });
    const again = await operator.ask('POST', path, { phone: number, name: 'Pavel' });
    expect(again.status).toBe(409);
    expect(again.body.code).toBe('alreadyInCampaign');
  });

  test('an extra contact’s number must be one', async () => {
    const { operator, callId } = await talking(exchange);
    const path = `/api/v1/operator/calls/${callId}/contacts`;
    for (const phone of ['112', '12', 'call me', '+7 (809) 123-45-67'])
      expect((await operator.ask('POST', path, { phone, name: 'x' })).body).toMatchObject({ status: 422, fields: [{ field: 'phone' }] });
  });

  test('a number that asked not to be called is refused', async () => {
    const { operator, callId } = await talking(exchange);
    const number = aNumber();
    await exchange.database.db('dnc_numbers').insert({ e164: number });
    expect((await operator.ask('POST', `/api/v1/operator/calls/${callId}/contacts`, { phone: number, name: 'x' })).body.code).toBe('doNotCall');
  });

  test('the campaign cannot be changed in a call', async () => {
    const { operator } = await talking(exchange);
    expect((await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: null })).body.code).toBe('callOpen');
  });

  test('a pause asked for in a call begins after it', async () => {
    const { operator, callId } = await talking(exchange);
    await operator.ask('POST', '/api/v1/operator/pause', { paused: true });
    expect((await look(operator)).operator).toMatchObject({ state: 'onCall', pauseReason: 'own' });
    await happen(exchange.database.db, callId, hungUp('NORMAL_CLEARING'));
    const judged = await operator.ask('POST', `/api/v1/operator/calls/${callId}/disposition`, { key: 'refused' });
    expect((judged.body as Cockpit).operator.state).toBe('paused');
  });
});

describe('after a call', () => {
  test('the wrap-up counts down, can be extended ten times, or switched off', async () => {
    const { operator, callId } = await talking(exchange);
    await happen(exchange.database.db, callId, hungUp('NORMAL_CLEARING'));
    const before = await look(operator);
    expect(before).toMatchObject({ operator: { state: 'wrapUp' }, call: { id: callId, state: 'ended', hangupCause: 'NORMAL_CLEARING' }, wrapUp: { extensionsLeft: 10 } });
    const path = `/api/v1/operator/calls/${callId}/wrap-up`;
    const once = (await operator.ask('POST', path, { extend: true })).body as Cockpit;
    expect(Date.parse(once.wrapUp?.until ?? '') - Date.parse(before.wrapUp?.until ?? '')).toBe(30_000);
    for (let i = 0; i < 9; i += 1) expect((await operator.ask('POST', path, { extend: true })).status).toBe(200);
    expect((await operator.ask('POST', path, { extend: true })).body.code).toBe('noMoreTime');
    expect(((await operator.ask('POST', path, { countdown: false })).body as Cockpit).wrapUp).toBeNull();
    expect((await look(operator)).operator.state).toBe('wrapUp');
  });

  test('a result ends it, and the next contact stands there', async () => {
    const { operator, callId } = await talking(exchange);
    await happen(exchange.database.db, callId, hungUp('NORMAL_CLEARING'));
    const path = `/api/v1/operator/calls/${callId}/disposition`;
    const missing = await operator.ask('POST', path, { key: 'interested' });
    expect(missing.status).toBe(409);
    expect(missing.body).toMatchObject({ code: 'answersMissing', fields: [{ field: 'answers.budget' }] });
    expect((await operator.ask('POST', path, { key: 'nonsense' })).body.code).toBe('noSuchDisposition');
    await operator.ask('PUT', `/api/v1/operator/calls/${callId}/notes`, { answers: { budget: '5' } });
    const next = await operator.ask('POST', path, { key: 'interested' });
    expect(next.status).toBe(200);
    expect(next.body).toMatchObject({ operator: { state: 'ready' }, call: null, wrapUp: null });
    expect((next.body as Cockpit).contact).not.toBeNull();
    expect((await operator.ask('POST', path, { key: 'interested' })).body.code).toBe('alreadyJudged');
    expect((await operator.ask('PUT', `/api/v1/operator/calls/${callId}/notes`, { notes: 'late' })).body.code).toBe('callClosed');
  });

  test('a callback lies in the future, within a year', async () => {
    const { operator, callId } = await talking(exchange);
    await happen(exchange.database.db, callId, hungUp('NORMAL_CLEARING'));
    await operator.ask('PUT', `/api/v1/operator/calls/${callId}/notes`, { answers: { budget: '5' } });
    const path = `/api/v1/operator/calls/${callId}/disposition`;
    for (const callbackAt of ['2020-01-01T10:00:00Z', '2999-01-01T10:00:00Z', 'tomorrow']) expect((await operator.ask('POST', path, { key: 'callback', callbackAt })).status).toBe(422);
    expect((await operator.ask('POST', path, { key: 'callback', callbackAt: new Date(Date.now() + 86_400_000).toISOString() })).status).toBe(200);
  });

  test('a call still talking cannot be judged', async () => {
    const { operator, callId } = await talking(exchange);
    expect((await operator.ask('POST', `/api/v1/operator/calls/${callId}/disposition`, { key: 'refused' })).body.code).toBe('stillTalking');
  });

  test('after an unanswered attempt the operator is ready again', async () => {
    const { operator, cockpit } = await atWork(exchange, 2);
    const callId = await dial(exchange.database.db, operator.userId, cockpit.contact?.id ?? '');
    await happen(exchange.database.db, callId, hungUp('USER_BUSY'));
    const after = await look(operator);
    expect(after).toMatchObject({ operator: { state: 'ready' }, call: null, lastCall: { contactName: cockpit.contact?.name, outcome: 'busy', hangupCause: 'USER_BUSY' } });
    // The campaign's pause after a busy line: a quarter of an hour.
    expect(Date.parse(after.lastCall?.againAt ?? '') - Date.parse(after.lastCall?.at ?? '')).toBeGreaterThan(890_000);
    await exchange.database.db('calls').where({ id: callId }).update({ ended_at: new Date(Date.now() - 61_000) });
    expect((await look(operator)).lastCall).toBeNull();
    expect(after.contact?.id).not.toBe(cockpit.contact?.id);
    expect((await operator.ask('PUT', `/api/v1/operator/calls/${callId}/notes`, { notes: 'x' })).body.code).toBe('callClosed');
  });
});

describe('what became of the last attempt', () => {
  test('a contact who is out of the queue is not called again', async () => {
    const { operator, cockpit } = await atWork(exchange, 1);
    const callId = await dial(exchange.database.db, operator.userId, cockpit.contact?.id ?? '');
    await happen(exchange.database.db, callId, hungUp('UNALLOCATED_NUMBER'));
    expect((await look(operator)).lastCall).toMatchObject({ outcome: 'invalidNumber', againAt: null });
  });

  test('nothing is told during the next call, nor of a call that was answered', async () => {
    const { operator, cockpit } = await atWork(exchange, 2);
    const { db } = exchange.database;
    const first = await dial(db, operator.userId, cockpit.contact?.id ?? '');
    await happen(db, first, hungUp('NO_ANSWER'));
    const second = await dial(db, operator.userId, (await look(operator)).contact?.id ?? '');
    expect((await look(operator)).lastCall).toBeNull();
    await happen(db, second, ringing, answered, bridged, hungUp('NORMAL_CLEARING'));
    await operator.ask('POST', `/api/v1/operator/calls/${second}/disposition`, { key: 'refused' });
    expect(await look(operator)).toMatchObject({ call: null, lastCall: null });
  });
});
