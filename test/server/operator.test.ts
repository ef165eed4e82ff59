import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Cockpit } from '../../domain/api.ts';
import { claimFreshContact } from '../../platform/postgres/queue.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';
import { answered, bridged, dial, happen, hungUp, putOnLine, ringing } from './call.ts';
import { playController, startExchange, type Client, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
let decide: (request: { kind: string; callId: string | null; payload: Readonly<Record<string, unknown>> }) => unknown = () => ({ ok: true });
beforeAll(async () => {
  exchange = await startExchange();
  playController(exchange, (request) => decide(request));
});
afterAll(() => exchange.stop());
beforeEach(() => { decide = () => ({ ok: true }); });

type Operator = Client & { userId: string };
const questions = [
  { key: 'budget', label: 'Budget', kind: 'text' as const, choices: [], required: true },
  { key: 'own', label: 'Owns the flat', kind: 'yesNo' as const, choices: [], required: false },
  { key: 'rooms', label: 'Rooms', kind: 'number' as const, choices: [], required: false },
];

/** An operator on line in a campaign with contacts. */
async function atWork(contacts = 2, numbers?: string[]) {
  const { db } = exchange.database;
  const operator: Operator = await exchange.signedIn('operator');
  const campaignId = await aCampaign(db, { questions });
  const contactIds: string[] = [];
  for (let i = 0; i < contacts; i += 1) contactIds.push(await aContact(db, campaignId, { fields: { Area: '54', Rooms: '2' }, ...(numbers ? { numbers: numbers.slice(i, i + 1) } : {}) }));
  await putOnLine(db, operator.userId);
  const taken = await operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
  expect(taken.status).toBe(200);
  return { operator, campaignId, contactIds, cockpit: taken.body as Cockpit };
}
/** … talking. */
async function talking() {
  const work = await atWork();
  const callId = await dial(exchange.database.db, work.operator.userId, work.cockpit.contact?.id ?? '');
  await happen(exchange.database.db, callId, ringing, answered, bridged);
  return { ...work, callId };
}
const look = async (operator: Operator): Promise<Cockpit> => (await operator.ask('GET', '/api/v1/operator/cockpit')).body as Cockpit;

describe('before a call', () => {
  test('a new operator sees an empty cockpit', async () => {
    const operator = await exchange.signedIn('operator', { name: 'Irina' });
    expect(await look(operator)).toMatchObject({
      operator: { name: 'Irina', state: 'offline' }, line: { up: false, practice: true, legUp: false }, campaign: null, contact: null, call: null, wrapUp: null, today: { calls: 0, talkMs: 0 },
    });
  });

  test('the pool shows running campaigns only', async () => {
    const { db } = exchange.database;
    const running = await aCampaign(db, { name: 'Windows', script: 'Good day' });
    const paused = await aCampaign(db, { state: 'paused' });
    await aContact(db, running);
    const operator = await exchange.signedIn('operator');
    const { body } = await operator.ask('GET', '/api/v1/operator/tasks');
    expect(body.tasks.find((task: { id: string }) => task.id === running)).toEqual({ id: running, name: 'Windows', language: 'ru', contactsLeft: 1, operatorsCalling: 0, scriptPreview: 'Good day', hasManager: true });
    expect(body.tasks.some((task: { id: string }) => task.id === paused)).toBe(false);
    expect((await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: paused })).body.code).toBe('campaignNotRunning');
    expect((await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: '999999' })).status).toBe(404);
  });

  test('taking a campaign brings the script and the next contact, the number masked', async () => {
    const number = '+79161234567';
    const { cockpit, contactIds, operator } = await atWork(1, [number]);
    expect(cockpit.contact).toMatchObject({ id: contactIds[0], attempt: 1, timeZone: 'Europe/Moscow', fields: expect.arrayContaining([{ label: 'Area', value: '54' }]) as unknown });
    expect(cockpit.contact?.phoneMasked).not.toContain('123');
    expect(JSON.stringify(await look(operator))).not.toContain('1234567');
    expect(cockpit.campaign).toMatchObject({ script: 'Hello, {name}!', scriptVersion: 1, managerName: 'Olga' });
  });

  test('the customer may let the operators see whole numbers', async () => {
    const { campaignId, operator } = await atWork(1, ['+79161234568']);
    await exchange.database.db('campaigns').where({ id: campaignId }).update({ mask_numbers: false });
    expect((await look(operator)).contact?.phoneMasked).toBe('+79161234568');
  });

  test('two operators never get the same contact', async () => {
    const { operator, campaignId, cockpit } = await atWork(2);
    const other = await exchange.signedIn('operator');
    await putOnLine(exchange.database.db, other.userId, 'page-2');
    const theirs = (await other.ask('POST', '/api/v1/operator/campaign', { campaignId })).body as Cockpit;
    expect(theirs.contact?.id).toBeDefined();
    expect(theirs.contact?.id).not.toBe(cockpit.contact?.id);
    expect((await look(operator)).contact?.id).toBe(cockpit.contact?.id);
  });

  test('skipping brings another contact; leaving gives it back', async () => {
    const { operator, campaignId, cockpit } = await atWork(2);
    const skipped = (await operator.ask('POST', '/api/v1/operator/skip')).body as Cockpit;
    expect(skipped.contact?.id).not.toBe(cockpit.contact?.id);
    const left = (await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: null })).body as Cockpit;
    expect(left).toMatchObject({ campaign: null, contact: null });
    expect(await exchange.database.db('call_queue').where({ campaign_id: campaignId }).whereNotNull('claimed_by')).toEqual([]);
    expect((await operator.ask('POST', '/api/v1/operator/skip')).body.code).toBe('nothingToSkip');
  });

  test('a pause gives the contact back, going on brings one', async () => {
    const { operator, campaignId } = await atWork(1);
    const paused = (await operator.ask('POST', '/api/v1/operator/pause', { paused: true, reason: 'tea' })).body as Cockpit;
    expect(paused).toMatchObject({ operator: { state: 'paused', pauseReason: 'tea' }, contact: null });
    expect(await exchange.database.db('call_queue').where({ campaign_id: campaignId }).whereNotNull('claimed_by')).toEqual([]);
    const back = (await operator.ask('POST', '/api/v1/operator/pause', { paused: false })).body as Cockpit;
    expect(back.operator).toMatchObject({ state: 'ready', pauseReason: null });
    expect(back.contact).not.toBeNull();
  });

  test('a pause ends when a campaign is taken', async () => {
    const { operator } = await atWork(1);
    await operator.ask('POST', '/api/v1/operator/pause', { paused: true, reason: 'tea' });
    await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: null });
    const other = await aCampaign(exchange.database.db, { state: 'running' });
    const taken = (await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: other })).body as Cockpit;
    expect(taken.operator).toMatchObject({ state: 'ready', pauseReason: null });
  });

  test('who is not on line cannot pause', async () => {
    const operator = await exchange.signedIn('operator');
    expect((await operator.ask('POST', '/api/v1/operator/pause', { paused: true })).body.code).toBe('notOnLine');
  });

  test('going on line shows as connecting; going off line takes it back', async () => {
    const operator = await exchange.signedIn('operator');
    const reply = await operator.ask('POST', '/api/v1/operator/phone', { pageId: 'page-1' });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect((await look(operator)).operator.state).toBe('connecting');
    expect((await operator.ask('DELETE', '/api/v1/operator/phone')).status).toBe(204);
    expect((await look(operator)).operator.state).toBe('offline');
    expect(await exchange.database.db('leg_credentials').where({ operator_id: operator.userId })).toEqual([]);
  });

  test('going off line asks the controller to end the standing leg', async () => {
    const { operator } = await atWork(1);
    const asked: unknown[] = [];
    decide = (request) => { asked.push(request); return { ok: true }; };
    expect((await operator.ask('DELETE', '/api/v1/operator/phone')).status).toBe(204);
    const { leg } = (await exchange.database.db('operators').where({ operator_id: operator.userId }).first('leg')) as { leg: string };
    expect(asked).toMatchObject([{ kind: 'endLeg', payload: { leg } }]);
  });
});

describe('asking the controller', () => {
  test('C: 201 with the call once the controller took it', async () => {
    const { operator, cockpit } = await atWork(1);
    const contactId = cockpit.contact?.id ?? '';
    decide = async ({ kind, payload }) => ({ ok: true, callId: kind === 'dial' ? await dial(exchange.database.db, operator.userId, String(payload['contactId'])) : undefined });
    const reply = await operator.ask('POST', '/api/v1/operator/calls', { contactId });
    expect(reply.status).toBe(201);
    expect(await look(operator)).toMatchObject({ operator: { state: 'onCall' }, call: { id: reply.body.callId, state: 'dialling' }, contact: { id: contactId } });
  });

  test('C: 409 with the reason when the controller refused', async () => {
    const { operator, cockpit } = await atWork(1);
    decide = () => ({ ok: false, code: 'outsideWindow' });
    const reply = await operator.ask('POST', '/api/v1/operator/calls', { contactId: cockpit.contact?.id });
    expect(reply.status).toBe(409);
    expect(reply.body).toMatchObject({ code: 'outsideWindow', detail: expect.stringMatching(/calling hours/) as unknown });
  });

  test('C: 202 when no controller answers in two seconds', async () => {
    const { operator, cockpit } = await atWork(1);
    decide = () => undefined;
    const startedAt = performance.now();
    expect((await operator.ask('POST', '/api/v1/operator/calls', { contactId: cockpit.contact?.id })).status).toBe(202);
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    await exchange.database.db('requests').delete();
  });

  test('an answer whose nudge is lost is found by looking', async () => {
    const { operator, callId } = await talking();
    const { db } = exchange.database;
    decide = async () => {
      await db('requests').whereNull('handled_at').update({ handled_at: db.fn.now(), result: JSON.stringify({ ok: true }) });
      return undefined;
    };
    expect((await operator.ask('POST', `/api/v1/operator/calls/${callId}/requests`, { kind: 'hangUp' })).status).toBe(200);
  });

  test('H, T, B reach the call’s machine; its refusals come back in words', async () => {
    const { operator, callId } = await talking();
    const kinds: string[] = [];
    decide = ({ kind, callId: about }) => {
      expect(about).toBe(callId);
      kinds.push(kind);
      return kind === 'hangUp' ? { ok: false, code: 'returnFirst' } : { ok: true };
    };
    const path = `/api/v1/operator/calls/${callId}/requests`;
    expect((await operator.ask('POST', path, { kind: 'transfer' })).status).toBe(200);
    expect((await operator.ask('POST', path, { kind: 'handOver' })).status).toBe(200);
    expect((await operator.ask('POST', path, { kind: 'return' })).status).toBe(200);
    const refused = await operator.ask('POST', path, { kind: 'hangUp' });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'returnFirst', detail: expect.stringMatching(/B/) as unknown });
    expect(kinds).toEqual(['transfer', 'handOver', 'return', 'hangUp']);
    expect((await operator.ask('POST', path, { kind: 'explode' })).status).toBe(422);
  });
});

describe('during a call', () => {
  test('the cockpit follows the call', async () => {
    const { operator, cockpit } = await atWork(1);
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
    const { operator, callId } = await talking();
    const path = `/api/v1/operator/calls/${callId}/notes`;
    const saved = await operator.ask('PUT', path, { notes: 'wants htc <b>' });
    expect(saved.status).toBe(200);
    expect(Date.parse(saved.body.savedAt)).toBeGreaterThan(0);
    await operator.ask('PUT', path, { answers: { budget: '100' } });
    await operator.ask('PUT', path, { answers: { own: 'yes' } });
    expect((await look(operator)).call).toMatchObject({ notes: 'wants htc <b>', notesSavedAt: expect.any(String) as unknown, answers: { budget: '100', own: 'yes' } });
  });

  test('notes that are too long, answers to nothing: each field is named', async () => {
    const { operator, callId } = await talking();
    const path = `/api/v1/operator/calls/${callId}/notes`;
    expect((await operator.ask('PUT', path, { notes: 'x'.repeat(10_001) })).body.fields).toEqual([{ field: 'notes', message: 'at most 10,000 characters' }]);
    expect((await operator.ask('PUT', path, { answers: { nothing: '1', own: 'maybe' } })).body.fields).toEqual([
      { field: 'answers.nothing', message: 'the script has no such question' }, { field: 'answers.own', message: 'answer yes or no' },
    ]);
  });

  test('the answer to a number question is a number', async () => {
    const { operator, callId } = await talking();
    const path = `/api/v1/operator/calls/${callId}/notes`;
    for (const rooms of ['2', ' 2,5 ', '-1', '1 000', '']) expect((await operator.ask('PUT', path, { answers: { rooms } })).status, rooms).toBe(200);
    for (const rooms of ['two', '2 or 3', '1e3', '-'])
      expect((await operator.ask('PUT', path, { answers: { rooms }, notes: 'kept' })).body, rooms).toMatchObject({ status: 422, fields: [{ field: 'answers.rooms', message: 'a number, please' }] });
  });

  test('an extra contact is queued for others and never offered to who entered it', async () => {
    const { operator, callId, campaignId } = await talking();
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
    const { operator, callId } = await talking();
    const path = `/api/v1/operator/calls/${callId}/contacts`;
    for (const phone of ['112', '12', 'call me', '+7 (809) 123-45-67'])
      expect((await operator.ask('POST', path, { phone, name: 'x' })).body).toMatchObject({ status: 422, fields: [{ field: 'phone' }] });
  });

  test('a number that asked not to be called is refused', async () => {
    const { operator, callId } = await talking();
    const number = aNumber();
    await exchange.database.db('dnc_numbers').insert({ e164: number });
    expect((await operator.ask('POST', `/api/v1/operator/calls/${callId}/contacts`, { phone: number, name: 'x' })).body.code).toBe('doNotCall');
  });

  test('the campaign cannot be changed in a call', async () => {
    const { operator } = await talking();
    expect((await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: null })).body.code).toBe('callOpen');
  });

  test('a pause asked for in a call begins after it', async () => {
    const { operator, callId } = await talking();
    await operator.ask('POST', '/api/v1/operator/pause', { paused: true });
    expect((await look(operator)).operator).toMatchObject({ state: 'onCall', pauseReason: 'own' });
    await happen(exchange.database.db, callId, hungUp('NORMAL_CLEARING'));
    const judged = await operator.ask('POST', `/api/v1/operator/calls/${callId}/disposition`, { key: 'refused' });
    expect((judged.body as Cockpit).operator.state).toBe('paused');
  });
});

describe('after a call', () => {
  test('the wrap-up counts down, can be extended ten times, or switched off', async () => {
    const { operator, callId } = await talking();
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
    const { operator, callId } = await talking();
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
    const { operator, callId } = await talking();
    await happen(exchange.database.db, callId, hungUp('NORMAL_CLEARING'));
    await operator.ask('PUT', `/api/v1/operator/calls/${callId}/notes`, { answers: { budget: '5' } });
    const path = `/api/v1/operator/calls/${callId}/disposition`;
    for (const callbackAt of ['2020-01-01T10:00:00Z', '2999-01-01T10:00:00Z', 'tomorrow']) expect((await operator.ask('POST', path, { key: 'callback', callbackAt })).status).toBe(422);
    expect((await operator.ask('POST', path, { key: 'callback', callbackAt: new Date(Date.now() + 86_400_000).toISOString() })).status).toBe(200);
  });

  test('a call still talking cannot be judged', async () => {
    const { operator, callId } = await talking();
    expect((await operator.ask('POST', `/api/v1/operator/calls/${callId}/disposition`, { key: 'refused' })).body.code).toBe('stillTalking');
  });

  test('after an unanswered attempt the operator is ready again', async () => {
    const { operator, cockpit } = await atWork(2);
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
    const { operator, cockpit } = await atWork(1);
    const callId = await dial(exchange.database.db, operator.userId, cockpit.contact?.id ?? '');
    await happen(exchange.database.db, callId, hungUp('UNALLOCATED_NUMBER'));
    expect((await look(operator)).lastCall).toMatchObject({ outcome: 'invalidNumber', againAt: null });
  });

  test('nothing is told during the next call, nor of a call that was answered', async () => {
    const { operator, cockpit } = await atWork(2);
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

describe('another operator’s call', () => {
  test('does not exist', async () => {
    const { callId } = await talking();
    const other = await exchange.signedIn('operator');
    const asks: [string, string, unknown][] = [
      ['POST', 'requests', { kind: 'hangUp' }], ['PUT', 'notes', { notes: 'mine' }], ['POST', 'disposition', { key: 'refused' }],
      ['POST', 'wrap-up', { extend: true }], ['POST', 'contacts', { phone: '+79160000000', name: 'x' }],
    ];
    for (const [method, what, body] of asks) {
      expect((await other.ask(method, `/api/v1/operator/calls/${callId}/${what}`, body)).status, what).toBe(404);
      expect((await other.ask(method, `/api/v1/operator/calls/not-a-call/${what}`, body)).status, what).toBe(404);
    }
  });
});
