import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Cockpit } from '../../domain/api.ts';
import { aCampaign, aContact } from '../support/rows.ts';
import { dial, putOnLine } from './call.ts';
import { playController, startExchange, type TestExchange } from './exchange.ts';
import { atWork, look, talking } from './operator-at-work.ts';

let exchange: TestExchange;
let decide: (request: { kind: string; callId: string | null; payload: Readonly<Record<string, unknown>> }) => unknown = () => ({ ok: true });
beforeAll(async () => {
  exchange = await startExchange();
  playController(exchange, (request) => decide(request));
});
afterAll(() => exchange.stop());
beforeEach(() => { decide = () => ({ ok: true }); });

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
    const { cockpit, contactIds, operator } = await atWork(exchange, 1, [number]);
    expect(cockpit.contact).toMatchObject({ id: contactIds[0], attempt: 1, timeZone: 'Europe/Moscow', fields: expect.arrayContaining([{ label: 'Area', value: '54' }]) as unknown });
    expect(cockpit.contact?.phoneMasked).not.toContain('123');
    expect(JSON.stringify(await look(operator))).not.toContain('1234567');
    expect(cockpit.campaign).toMatchObject({ script: 'Hello, {name}!', scriptVersion: 1, managerName: 'Olga' });
  });

  test('the customer may let the operators see whole numbers', async () => {
    const { campaignId, operator } = await atWork(exchange, 1, ['+79161234568']);
    await exchange.database.db('campaigns').where({ id: campaignId }).update({ mask_numbers: false });
    expect((await look(operator)).contact?.phoneMasked).toBe('+79161234568');
  });

  test('two operators never get the same contact', async () => {
    const { operator, campaignId, cockpit } = await atWork(exchange, 2);
    const other = await exchange.signedIn('operator');
    await putOnLine(exchange.database.db, other.userId, 'page-2');
    const theirs = (await other.ask('POST', '/api/v1/operator/campaign', { campaignId })).body as Cockpit;
    expect(theirs.contact?.id).toBeDefined();
    expect(theirs.contact?.id).not.toBe(cockpit.contact?.id);
    expect((await look(operator)).contact?.id).toBe(cockpit.contact?.id);
  });

  test('skipping brings another contact; leaving gives it back', async () => {
    const { operator, campaignId, cockpit } = await atWork(exchange, 2);
    const skipped = (await operator.ask('POST', '/api/v1/operator/skip')).body as Cockpit;
    expect(skipped.contact?.id).not.toBe(cockpit.contact?.id);
    const left = (await operator.ask('POST', '/api/v1/operator/campaign', { campaignId: null })).body as Cockpit;
    expect(left).toMatchObject({ campaign: null, contact: null });
    expect(await exchange.database.db('call_queue').where({ campaign_id: campaignId }).whereNotNull('claimed_by')).toEqual([]);
    expect((await operator.ask('POST', '/api/v1/operator/skip')).body.code).toBe('nothingToSkip');
  });

  test('a pause gives the contact back, going on brings one', async () => {
    const { operator, campaignId } = await atWork(exchange, 1);
    const paused = (await operator.ask('POST', '/api/v1/operator/pause', { paused: true, reason: 'tea' })).body as Cockpit;
    expect(paused).toMatchObject({ operator: { state: 'paused', pauseReason: 'tea' }, contact: null });
    expect(await exchange.database.db('call_queue').where({ campaign_id: campaignId }).whereNotNull('claimed_by')).toEqual([]);
    const back = (await operator.ask('POST', '/api/v1/operator/pause', { paused: false })).body as Cockpit;
    expect(back.operator).toMatchObject({ state: 'ready', pauseReason: null });
    expect(back.contact).not.toBeNull();
  });

  test('a pause ends when a campaign is taken', async () => {
    const { operator } = await atWork(exchange, 1);
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
    const { operator } = await atWork(exchange, 1);
    const asked: unknown[] = [];
    decide = (request) => { asked.push(request); return { ok: true }; };
    expect((await operator.ask('DELETE', '/api/v1/operator/phone')).status).toBe(204);
    const { leg } = (await exchange.database.db('operators').where({ operator_id: operator.userId }).first('leg')) as { leg: string };
    expect(asked).toMatchObject([{ kind: 'endLeg', payload: { leg } }]);
  });
});

describe('asking the controller', () => {
  test('C: 201 with the call once the controller took it', async () => {
    const { operator, cockpit } = await atWork(exchange, 1);
    const contactId = cockpit.contact?.id ?? '';
    decide = async ({ kind, payload }) => ({ ok: true, callId: kind === 'dial' ? await dial(exchange.database.db, operator.userId, String(payload['contactId'])) : undefined });
    const reply = await operator.ask('POST', '/api/v1/operator/calls', { contactId });
    expect(reply.status).toBe(201);
    expect(await look(operator)).toMatchObject({ operator: { state: 'onCall' }, call: { id: reply.body.callId, state: 'dialling' }, contact: { id: contactId } });
  });

  test('C: 409 with the reason when the controller refused', async () => {
    const { operator, cockpit } = await atWork(exchange, 1);
    decide = () => ({ ok: false, code: 'outsideWindow' });
    const reply = await operator.ask('POST', '/api/v1/operator/calls', { contactId: cockpit.contact?.id });
    expect(reply.status).toBe(409);
    expect(reply.body).toMatchObject({ code: 'outsideWindow', detail: expect.stringMatching(/calling hours/) as unknown });
  });

  test('C: 202 when no controller answers in two seconds', async () => {
    const { operator, cockpit } = await atWork(exchange, 1);
    decide = () => undefined;
    const startedAt = performance.now();
    expect((await operator.ask('POST', '/api/v1/operator/calls', { contactId: cockpit.contact?.id })).status).toBe(202);
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    await exchange.database.db('requests').delete();
  });

  test('an answer whose nudge is lost is found by looking', async () => {
    const { operator, callId } = await talking(exchange);
    const { db } = exchange.database;
    decide = async () => {
      await db('requests').whereNull('handled_at').update({ handled_at: db.fn.now(), result: JSON.stringify({ ok: true }) });
      return undefined;
    };
    expect((await operator.ask('POST', `/api/v1/operator/calls/${callId}/requests`, { kind: 'hangUp' })).status).toBe(200);
  });

  test('H, T, B reach the call’s machine; its refusals come back in words', async () => {
    const { operator, callId } = await talking(exchange);
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

describe('another operator’s call', () => {
  test('does not exist', async () => {
    const { callId } = await talking(exchange);
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