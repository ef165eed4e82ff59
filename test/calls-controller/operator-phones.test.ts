import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import { freePort, startFreeswitch, type RunningFreeswitch } from '../../local/freeswitch.ts';
import { createLog } from '../../platform/log.ts';
import { startBaresip, type Baresip } from '../security/baresip.ts';
import { noBaresip } from '../security/sipp.ts';
import { startExchange, switchPassword, type Client, type TestExchange } from '../server/exchange.ts';
import { ask, callIn, dialNext, noFreeswitch, startTestController, startTestSwitch, testSwitches, until, type TestController, type TestSwitch } from '../support/house.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';

const pageId = () => randomBytes(8).toString('hex');

const listen = async (url: string): Promise<EslSwitch> => {
  const hand = new EslSwitch({ url, sipHosts: [], log: createLog('test', 'silent') });
  const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
  hand.start();
  await up;
  return hand;
};

type Operator = Client & { userId: string };
const lineOf = async (operator: Operator) => (await operator.ask('GET', '/api/v1/operator/cockpit')).body as { line: { legUp: boolean; kind: string; pageId: string | null }; operator: { state: string } };
const onLine = (operator: Operator) => until(async () => ((await lineOf(operator)).line.legUp ? lineOf(operator) : undefined), 'the operator to be on line');
const offLine = (operator: Operator) => until(async () => (await lineOf(operator)).operator.state === 'offline', 'the operator to be off line', 45_000);

/** A whole call with the keys: contact talks, manager is briefed, contact handed over; the same leg serves the next one. */
async function work(exchange: TestExchange, hand: EslSwitch, operator: Operator): Promise<void> {
  const { db } = exchange.database;
  const campaignId = await aCampaign(db, { managers: [{ address: '+79000000198' }] });
  for (let i = 0; i < 2; i += 1) await aContact(db, campaignId, { numbers: [aNumber('98')] });
  expect((await operator.ask('POST', '/api/v1/operator/campaign', { campaignId })).status).toBe(200);
  const bridgedTo = async (leg: string | null) => (await hand.channels())?.find((channel) => channel.leg === leg)?.bridgedTo;
  const { callId } = await dialNext(db, operator.userId, campaignId);
  const talking = await callIn(db, callId, 'talking');
  await until(async () => (await bridgedTo(talking.contact_leg)) === talking.operator_leg, 'operator and contact');
  expect(await ask(db, operator.userId, 'transfer', callId)).toEqual({ ok: true });
  const briefing = await callIn(db, callId, 'briefing');
  await until(async () => (await bridgedTo(briefing.manager_leg)) === briefing.operator_leg, 'operator and manager');
  expect(await ask(db, operator.userId, 'handOver', callId)).toEqual({ ok: true });
  await callIn(db, callId, 'handedOver');
  expect(await hand.exists(talking.operator_leg)).toBe(true);
  expect((await operator.ask('POST', `/api/v1/operator/calls/${callId}/disposition`, { key: 'success' })).status).toBeLessThan(300);
  const next = await dialNext(db, operator.userId, campaignId);
  expect((await callIn(db, next.callId, 'talking')).operator_leg).toBe(talking.operator_leg);
  await ask(db, operator.userId, 'hangUp', next.callId);
  await callIn(db, next.callId, 'ended');
  await hand.hangup(talking.contact_leg, 'NORMAL_CLEARING');
  await operator.ask('POST', `/api/v1/operator/calls/${next.callId}/disposition`, { key: 'refused' });
}

describe.each(testSwitches)('an operator’s telephone, rung by the exchange, on %s', (name) => {
  let exchange: TestExchange;
  let target: TestSwitch;
  let controller: TestController;
  let hand: EslSwitch;
  beforeAll(async () => {
    exchange = await startExchange();
    target = await startTestSwitch(name, exchange.directoryUrl, switchPassword);
    controller = await startTestController(exchange.database.db, `${target.url}?standIn=${name === 'stand-in' ? 1 : 0}`);
    hand = await listen(target.url);
  });
  afterAll(async () => {
    await hand?.stop();
    await controller?.stop();
    await target?.remove();
    await exchange?.stop();
  });
  const ring = (operator: Operator, body: object) => operator.ask('POST', '/api/v1/operator/phone/ring', { pageId: pageId(), ...body });

  it('is on line after the key 1, works like the browser’s leg, and ends when the operator goes off line', async () => {
    const operator = await exchange.signedIn('operator');
    expect((await ring(operator, { number: '8 900 000-00-99' })).status).toBe(202);
    expect((await lineOf(operator)).operator.state).toBe('connecting');
    expect((await onLine(operator)).line.kind).toBe('phone');
    await work(exchange, hand, operator);
    expect((await operator.ask('DELETE', '/api/v1/operator/phone')).status).toBe(204);
    await offLine(operator);
  });

  it('is not on line when nobody presses the key, or the telephone is busy', async () => {
    const busy = await exchange.signedIn('operator');
    expect((await ring(busy, { number: '+79000000090' })).status).toBe(202);
    const silent = await exchange.signedIn('operator');
    expect((await ring(silent, { number: '+79000000098' })).status).toBe(202);
    await offLine(busy);
    await offLine(silent);
    expect((await lineOf(silent)).line.legUp).toBe(false);
  });

  it('ends when the page is closed: nobody’s telephone stays in the house', async () => {
    const operator = await exchange.signedIn('operator');
    await ring(operator, { number: '+79000000099' });
    await onLine(operator);
    const { leg } = (await exchange.database.db('operators').where({ operator_id: operator.userId }).first('leg')) as { leg: string };
    await exchange.database.db('operators').where({ operator_id: operator.userId }).update({ page_seen_at: new Date(Date.now() - 60_000) });
    await offLine(operator);
    expect(await hand.exists(leg)).toBe(false);
  });

  it('must be a number that the house telephones to, and is not rung for ever', async () => {
    const operator = await exchange.signedIn('operator');
    for (const number of ['112', '+78095555555', '+881612345678', 'x']) {
      const reply = await ring(operator, { number });
      expect(reply.status).toBe(422);
      expect(reply.body.fields[0].field).toBe('number');
    }
    expect((await ring(operator, {})).status).toBe(422);
    expect((await ring(operator, { deviceId: '987654321' })).status).toBe(404);
    for (let i = 0; i < 15; i += 1) await exchange.database.db('requests').insert({ switch_id: 'switch-1', operator_id: operator.userId, kind: 'ring', handled_at: new Date() });
    expect((await ring(operator, { number: '+79000000099' })).body.code).toBe('tooManyRings');
  });

  it.skipIf(name !== 'stand-in')('says that a SIP phone needs a FreeSWITCH', async () => {
    const operator = await exchange.signedIn('operator');
    const { body } = await operator.ask('POST', '/api/v1/operator/devices', { name: 'Desk' });
    expect((await ring(operator, { deviceId: body.id })).body.code).toBe('noDevicesHere');
  });
});

const missing = noFreeswitch ?? noBaresip;
if (missing !== undefined) process.stderr.write(`operators’ SIP phones: ${missing}\n`);

describe.skipIf(missing !== undefined)('an operator’s own SIP phone', () => {
  let exchange: TestExchange;
  let freeswitch: RunningFreeswitch;
  let controller: TestController;
  let hand: EslSwitch;
  let dataDir = '';
  let sipPort = 0;
  const phones: Baresip[] = [];
  beforeAll(async () => {
    [exchange, dataDir, sipPort] = await Promise.all([startExchange(), mkdtemp(path.join(tmpdir(), 'phones-')), freePort()]);
    freeswitch = await startFreeswitch({
      password: switchPassword, eslPort: await freePort(), wsPort: await freePort(), directoryUrl: exchange.directoryUrl, dataDir, sps: 200, sipPorts: [await freePort(), await freePort(), sipPort], log: () => undefined,
    });
    controller = await startTestController(exchange.database.db, freeswitch.url);
    hand = await listen(freeswitch.url);
  });
  afterAll(async () => {
    for (const phone of phones) await phone.stop();
    await hand?.stop();
    await controller?.stop();
    await freeswitch?.stop();
    await exchange?.stop();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });
  const phone = async (credentials: { username: string; password: string }, registerFor = 60) => {
    const started = await startBaresip({ ...credentials, sipPort, registerFor, answers: 'auto' });
    phones.push(started);
    return started;
  };
  const device = async (operator: Operator) => (await operator.ask('POST', '/api/v1/operator/devices', { name: 'Desk' })).body as { id: string; username: string; password: string };

  it('registers with its credential, is rung, and works like the browser’s leg', async () => {
    const operator = await exchange.signedIn('operator');
    const own = await device(operator);
    const started = await phone(own);
    await started.says(/200 OK .*1 binding/);
    expect((await operator.ask('POST', '/api/v1/operator/phone/ring', { pageId: pageId(), deviceId: own.id })).status).toBe(202);
    await started.event(/^CALL_ESTABLISHED$/);
    expect((await onLine(operator)).line.kind).toBe('device');
    await work(exchange, hand, operator);
    expect((await operator.ask('GET', '/api/v1/operator/devices')).body.devices).toMatchObject([{ name: 'Desk', username: own.username }]);
    expect((await operator.ask('DELETE', '/api/v1/operator/phone')).status).toBe(204);
    await started.event(/^CALL_CLOSED$/);
  });

  it('calls nobody itself, and nobody registers as it without its password or after it was taken back', async () => {
    const operator = await exchange.signedIn('operator');
    const own = await device(operator);
    const guessed = await phone({ ...own, password: 'guessed' });
    await guessed.says(/403 Forbidden/);
    const started = await phone(own);
    await started.says(/200 OK .*1 binding/);
    for (const number of ['exchange', '+79161234567', '112']) {
      const before = started.told.length;
      started.command('dial', `sip:${number}@exchange`);
      expect((await started.event(/^CALL_CLOSED$/, before)).param).toMatch(/403/);
    }
    expect((await operator.ask('DELETE', `/api/v1/operator/devices/${own.id}`)).status).toBe(204);
    const late = await phone(own);
    await late.says(/403 Forbidden/);
    expect((await operator.ask('POST', '/api/v1/operator/phone/ring', { pageId: pageId(), deviceId: own.id })).status).toBe(404);
    expect((await operator.ask('DELETE', `/api/v1/operator/devices/${own.id}`)).status).toBe(404);
  });

  it('speaks no more once it was taken back: at once between calls, else after the call', async () => {
    const { db } = exchange.database;
    const stand = async () => {
      const operator = await exchange.signedIn('operator');
      const [own, other] = [await device(operator), await device(operator)];
      const started = await phone(own);
      await started.says(/200 OK .*1 binding/);
      await operator.ask('POST', '/api/v1/operator/phone/ring', { pageId: pageId(), deviceId: own.id });
      await onLine(operator);
      return { operator, own, other, started };
    };
    const [busy, idle] = [await stand(), await stand()];
    const campaignId = await aCampaign(db, {});
    await aContact(db, campaignId, { numbers: [aNumber('98')] });
    await busy.operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    const { callId } = await dialNext(db, busy.operator.userId, campaignId);
    const { operator_leg: leg } = await callIn(db, callId, 'talking');
    // Another phone's credential is no reason.
    for (const { operator, other } of [busy, idle]) expect((await operator.ask('DELETE', `/api/v1/operator/devices/${other.id}`)).status).toBe(204);
    expect((await busy.operator.ask('DELETE', `/api/v1/operator/devices/${busy.own.id}`)).status).toBe(204);
    expect(idle.started.told.map(({ type }) => type)).not.toContain('CALL_CLOSED');
    expect((await idle.operator.ask('DELETE', `/api/v1/operator/devices/${idle.own.id}`)).status).toBe(204);
    await idle.started.event(/^CALL_CLOSED$/);
    await offLine(idle.operator);
    // The look that ended that leg passed over this one.
    expect(await hand.exists(leg)).toBe(true);
    await callIn(db, callId, 'talking');
    await ask(db, busy.operator.userId, 'hangUp', callId);
    await busy.started.event(/^CALL_CLOSED$/);
    await until(async () => !(await lineOf(busy.operator)).line.legUp, 'the leg to be gone');
  });

  it('of somebody else is not rung, and one that is not registered leaves the operator off line', async () => {
    const operator = await exchange.signedIn('operator');
    const own = await device(operator);
    const stranger = await exchange.signedIn('operator');
    expect((await stranger.ask('POST', '/api/v1/operator/phone/ring', { pageId: pageId(), deviceId: own.id })).status).toBe(404);
    await operator.ask('POST', '/api/v1/operator/phone/ring', { pageId: pageId(), deviceId: own.id });
    await offLine(operator);
  });
});
