import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PhoneCredentials } from '../../domain/api.ts';
import { noFreeswitch, until } from '../support/house.ts';
import { callIn, type SipPage } from '../support/sip-page.ts';
import { switchPassword, type Client } from '../server/exchange.ts';
import { commands, startAttackedHouse, targets, type AttackedHouse } from './attacked-house.ts';
import { startBaresip } from './baresip.ts';
import { SipClient } from './sip-client.ts';
import { noBaresip, noSipp, scan } from './sipp.ts';
import { floodByWebSocket } from './ws-flood.ts';

const missing = noFreeswitch ?? noSipp ?? noBaresip;
if (missing !== undefined) process.stderr.write(`attacks on the switch: ${missing}\n`);

describe.skipIf(missing !== undefined)('a stranger with a SIP scanner', () => {
  let house: AttackedHouse;
  beforeAll(async () => { house = await startAttackedHouse(); });
  afterAll(() => house?.stop());
  const aDevice = async (operator: Client) => (await operator.ask('POST', '/api/v1/operator/devices', { name: 'Desk' })).body as { id: string; username: string; password: string };
  const registrations = async () => Number(/Total items returned: (\d+)/.exec(await house.observer.ask('api sofia status profile devices reg'))?.[1] ?? Number.NaN);

  it('without authentication gets no call, no registration, no message and no subscription, on either profile', async () => {
    for (const port of [house.ports.operators, house.ports.trunks]) {
      for (const [method, expected, headers] of [
        ['INVITE', port === house.ports.trunks ? 403 : 407, []], ['MESSAGE', 202, []], ['REGISTER', 405, ['Expires: 60']], ['SUBSCRIBE', 405, ['Event: presence', 'Expires: 60']], ['PUBLISH', 405, ['Event: presence']],
        ['REFER', 405, ['Refer-To: <sip:+79161234567@127.0.0.1>']],
      ] as const) {
        const { asExpected, said } = await scan(port, { method, expected, headers, targets: method === 'MESSAGE' ? [...targets, ...commands] : targets, perSecond: port === house.ports.trunks ? 40 : 100 });
        expect(asExpected, `${method}: ${said}`).toBe(true);
      }
    }
    await house.nothingLeft();
  });

  it('with a guessed or a foreign password, with users that do not exist, is refused', async () => {
    const one = await house.credentials();
    const other = await house.credentials();
    for (const [username, password] of [[one.username, 'guessed'], [one.username, other.password], ['op-1-0123456789abcdef', 'x'], ['100', '100'], ['switch', switchPassword], ['house', 'of-the-provider']] as const)
      for (const port of [house.ports.operators, house.ports.trunks]) {
        const { asExpected, said } = await scan(port, { method: 'INVITE', targets: ['exchange', '+79161234567'], expected: 403, ...(port === house.ports.trunks ? {} : { credentials: { username, password } }) });
        expect(asExpected, `${username}: ${said}`).toBe(true);
      }
    await house.nothingLeft();
  });

  it('with an operator’s credentials reaches the one extension and nothing else', async () => {
    const own = await house.credentials();
    const { asExpected, said } = await scan(house.ports.operators, { method: 'INVITE', targets, expected: 404, credentials: own });
    expect(asExpected, said).toBe(true);
    const onTrunks = await scan(house.ports.trunks, { method: 'INVITE', targets: ['exchange', ...targets], expected: 403 });
    expect(onTrunks.asExpected, onTrunks.said).toBe(true);
    expect(await house.legOf(own.operatorId)).toBeFalsy();
    await house.nothingLeft();
  });

  it('with credentials that ran out is refused, and with those of a leg that is up; a transfer by the client itself goes nowhere', async () => {
    const late = await house.credentials();
    await house.exchange.database.db('leg_credentials').where({ username: late.username }).update({ expires_at: new Date(Date.now() - 1) });
    expect((await scan(house.ports.operators, { method: 'INVITE', targets: ['exchange'], expected: 403, credentials: late })).asExpected).toBe(true);

    const own = await house.credentials();
    const phone = await startBaresip({ ...own, sipPort: house.ports.operators });
    const second = await startBaresip({ ...own, sipPort: house.ports.operators });
    try {
      phone.command('dial', 'sip:exchange@exchange');
      await phone.event(/^CALL_ESTABLISHED$/);
      const leg = await until(() => house.legOf(own.operatorId), 'the operator’s leg');
      second.command('dial', 'sip:exchange@exchange');
      expect((await second.event(/^CALL_CLOSED$/)).param).toMatch(/403|Forbidden/);
      expect(await house.legOf(own.operatorId)).toBe(leg);
      // `show channels` lags behind the events.
      await expect.poll(async () => (await house.hand.channels())?.map((channel) => channel.leg), { timeout: 10_000 }).toEqual([leg]);
      // REFER inside the call is refused; a client takes its 405 for the end of the call (RFC 5057), which harms nobody else.
      phone.command('transfer', 'sip:+79161234567@exchange');
      expect((await phone.event(/^TRANSFER_FAILED$/)).param).toMatch(/^405/);
      await house.nothingLeft();
    } finally {
      await second.stop();
      await phone.stop();
    }
    await until(async () => (await house.legOf(own.operatorId)) === null, 'the leg to end');
    await house.nothingLeft();
  });

  it('repeats a digest that let a page in, even in the same moment: there is one leg; a digest that does not count lets nobody in, page or phone', async () => {
    const own = await house.credentials();
    const [page, thief, late] = [await SipClient.open(house.ports.operators, own), await SipClient.open(house.ports.operators, own), await SipClient.open(house.ports.operators, own)];
    const desk = await SipClient.open(house.ports.devices, await aDevice(await house.exchange.signedIn('operator')));
    try {
      expect((await page.prove({ method: 'INVITE', to: 'exchange' }, { counted: false })).status).toBe(403);
      expect((await desk.prove({ method: 'REGISTER', headers: ['Expires: 60'] }, { counted: false })).status).toBe(403);
      expect(await registrations()).toBe(0);
      const raced: Promise<unknown>[] = [];
      const { authorization } = await page.prove({ method: 'INVITE', to: 'exchange' }, { onProof: (digest) => void raced.push(thief.ask({ method: 'INVITE', to: 'exchange', authorization: digest })) });
      await Promise.all(raced);
      const leg = await until(() => house.legOf(own.operatorId), 'the one leg');
      expect([403, 407]).toContain((await late.ask({ method: 'INVITE', to: 'exchange', authorization })).status);
      await expect.poll(async () => (await house.hand.channels())?.map((channel) => channel.leg), { timeout: 10_000 }).toEqual([leg]);
      await house.hand.hangup(leg, 'NORMAL_CLEARING');
      await until(async () => (await house.legOf(own.operatorId)) === null, 'the leg to end');
    } finally {
      for (const client of [page, thief, late, desk]) await client.close();
    }
    await house.nothingLeft();
  });

  it('with credentials of a page or a phone sends messages that are commands elsewhere: nothing is carried out', async () => {
    const page = await house.credentials();
    const phone = await aDevice(await house.exchange.signedIn('operator'));
    for (const [port, own] of [[house.ports.operators, page], [house.ports.trunks, page], [house.ports.devices, phone]] as const) {
      const client = await SipClient.open(port, own);
      try {
        for (const to of commands) expect((await client.prove({ method: 'MESSAGE', to, body: 'hello' })).status).toBe(202);
      } finally {
        await client.close();
      }
    }
    await house.nothingLeft();
    expect(await house.hand.channels()).toEqual([]);
  });

  it('at the port of operators’ own phones gets no call, no registration and no subscription, and cannot tell a name that is known', async () => {
    const port = house.ports.devices;
    for (const [method, expected, headers] of [
      ['INVITE', 403, []], ['MESSAGE', 202, []], ['REGISTER', 401, ['Expires: 60']], ['SUBSCRIBE', 405, ['Event: presence', 'Expires: 60']], ['PUBLISH', 405, ['Event: presence']], ['REFER', 405, ['Refer-To: <sip:+79161234567@127.0.0.1>']],
    ] as const) {
      const { asExpected, said } = await scan(port, { method, expected, headers, targets: method === 'MESSAGE' ? commands : targets.slice(0, 6), perSecond: 20 });
      expect(asExpected, `${method}: ${said}`).toBe(true);
    }
    const page = await house.credentials();
    const known = await aDevice(await house.exchange.signedIn('operator'));
    const guesses = [{ ...known, password: 'guessed' }, { ...known, password: '' }, ...['dev-1-0123456789abcdef', 'dev-2', '100', 'admin', 'switch', 'house'].map((username) => ({ username, password: username })), page];
    for (const guess of guesses) {
      const client = await SipClient.open(port, guess);
      try {
        for (const method of ['REGISTER', 'INVITE']) expect((await client.prove({ method, to: 'exchange', headers: ['Expires: 60'] })).status, `${method} ${guess.username}`).toBe(403);
      } finally {
        await client.close();
      }
    }
    expect(await registrations()).toBe(0);
    await house.nothingLeft();
  });

  it('with a phone that is registered calls nobody and takes nobody’s call over; what it once proved proves nothing again, nor does what was taken back', async () => {
    const operator = await house.exchange.signedIn('operator');
    const own = await aDevice(operator);
    const client = await SipClient.open(house.ports.devices, own);
    try {
      // Whatever contact it claims, it is rung where its packets come from.
      const registered = await client.prove({ method: 'REGISTER', headers: ['Expires: 60', 'Contact: <sip:+79161234567@127.0.0.1:9>'] });
      expect([registered.status, registered.header('contact')]).toEqual([200, expect.stringContaining(`127.0.0.1:${client.port}`)]);
      const thief = await SipClient.open(house.ports.devices, own);
      const again = await thief.ask({ method: 'REGISTER', headers: ['Expires: 60'], authorization: registered.authorization });
      expect([again.status, again.header('www-authenticate')]).toEqual([401, expect.stringContaining('stale=true')]);
      await thief.close();
      for (const to of targets) expect((await client.prove({ method: 'INVITE', to })).status, to).toBe(403);

      await operator.ask('POST', '/api/v1/operator/phone/ring', { pageId: 'page-1', deviceId: own.id });
      const leg = await until(() => house.legOf(operator.userId), 'the operator’s leg');
      for (const headers of [[`Replaces: ${leg};to-tag=a;from-tag=b`], [`Replaces: ${leg};to-tag=a;from-tag=b;a-leg=true`]]) expect((await client.prove({ method: 'INVITE', to: 'exchange', headers })).status).toBe(403);
      // In the middle of its call; a phone that takes a refused REFER for the end of the call (RFC 5057) ends its own leg alone.
      expect((await client.ask({ method: 'REFER', inCall: true, headers: ['Refer-To: <sip:+79161234567@exchange>'] })).status).toBe(405);
      expect((await client.ask({ method: 'REFER', inCall: true, headers: [`Refer-To: <sip:x@exchange?Replaces=${leg}%3Bto-tag%3Da%3Bfrom-tag%3Db>`] })).status).toBe(405);
      await client.ask({ method: 'MESSAGE', inCall: true, body: 'hello' });
      await client.ask({ method: 'INFO', inCall: true, headers: ['Content-Type: freeswitch/api-request'], body: 'originate:sofia/gateway/counted/79161234567 &park()' });
      expect(await house.hand.exists(leg)).toBe(true);
      expect(await house.legOf(operator.userId)).toBe(leg);
      await expect.poll(async () => (await house.hand.channels())?.map((channel) => channel.leg), { timeout: 10_000 }).toEqual([leg]);
      expect(client.received).not.toContain('BYE');

      expect((await operator.ask('DELETE', `/api/v1/operator/devices/${own.id}`)).status).toBe(204);
      expect((await client.prove({ method: 'REGISTER', headers: ['Expires: 60'] })).status).toBe(403);
      expect((await operator.ask('DELETE', '/api/v1/operator/phone')).status).toBe(204);
      await until(async () => (await house.legOf(operator.userId)) === null, 'the leg to end');
      expect((await operator.ask('POST', '/api/v1/operator/phone/ring', { pageId: 'page-1', deviceId: own.id })).status).toBe(404);
    } finally {
      await client.close();
    }
    await house.nothingLeft();
  });

  it('floods the port of operators’ own phones without keeping one out, and without filling the switch', async () => {
    const operator = await house.exchange.signedIn('operator');
    const own = await aDevice(operator);
    const stranger = await SipClient.open(house.ports.devices, { username: 'stranger', password: '' });
    const phone = await startBaresip({ ...own, sipPort: house.ports.devices, registerFor: 60, answers: 'auto' });
    try {
      await phone.says(/200 OK .*1 binding/);
      const [memory, sessions] = [house.memoryMb(), await house.sessions()];
      let enough = false;
      const flood = stranger.flood(['INVITE', 'OPTIONS', 'SUBSCRIBE', 'REGISTER'], { perSecond: 400, least: 1_600, enough: () => enough });
      expect((await operator.ask('POST', '/api/v1/operator/phone/ring', { pageId: 'page-1', deviceId: own.id })).status).toBe(202);
      const leg = await until(() => house.legOf(operator.userId), 'the operator’s leg during the flood').finally(() => { enough = true; });
      const invites = (await flood) / 4;
      expect(await house.legOf(operator.userId)).toBe(leg);
      // What is measured in one second is dropped in the next.
      expect((await house.sessions()) - sessions, `sessions of ${invites} INVITEs`).toBeLessThan(invites / 2 + 1);
      expect(house.memoryMb() - memory).toBeLessThan(64);
      // A refused REFER ends this client's own call, by its own BYE (RFC 5057 lets it): the leg goes, nothing else does.
      phone.command('transfer', 'sip:+79161234567@exchange');
      expect((await phone.event(/^TRANSFER_FAILED$/)).param).toMatch(/^405/);
      await until(async () => (await house.legOf(operator.userId)) === null, 'the leg to end');
    } finally {
      await stranger.close();
      await phone.stop();
    }
    await house.nothingLeft();
  });

  it('floods the port of the pages with OPTIONS and INVITEs without keeping an operator out', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => String(1_000 + index));
    const floods = Promise.all([scan(house.ports.operators, { method: 'OPTIONS', targets: many(1_000), expected: 200, perSecond: 300 }), scan(house.ports.operators, { method: 'INVITE', targets: many(600), expected: 407, perSecond: 150 })]);
    const own = await house.credentials();
    const phone = await startBaresip({ ...own, sipPort: house.ports.operators });
    try {
      phone.command('dial', 'sip:exchange@exchange');
      await until(() => house.legOf(own.operatorId), 'the operator’s leg during the flood');
      // On a busy machine some answers of a flood come late; that it was one is what counts here.
      for (const { said } of await floods) expect(said).not.toMatch(/No such file|Unable|command not found/i);
      expect(await house.legOf(own.operatorId)).toBeTruthy();
    } finally {
      await phone.stop();
    }
    await house.nothingLeft();
  });

  it('floods the port of the pages over a WebSocket, a hundred calls a second without a password: pages come in, and the exchange dials', { timeout: 60_000 }, async () => {
    let enough = false;
    const flood = floodByWebSocket(house.wsUrl, { perSecond: 100, most: 500, enough: () => enough });
    const pages: SipPage[] = [];
    try {
      for (let each = 0; each < 4; each += 1) {
        const own = await house.exchange.signedIn('operator');
        const { body } = await own.ask('POST', '/api/v1/operator/phone', { pageId: 'page-1' });
        pages.push(await callIn({ ...(body as PhoneCredentials), wsUrl: house.wsUrl }));
        await until(() => house.legOf(own.userId), 'the operator’s leg');
        for (let dial = 0; dial < 5; dial += 1) {
          const leg = randomUUID();
          expect(await house.observer.ask(`api originate {origination_uuid=${leg},park_timeout=1}loopback/+79161234598/robots/XML &park()`)).toMatch(/^\+OK/m);
        }
      }
    } finally {
      enough = true;
      for (const page of pages) await page.leave();
    }
    const { sent, answers } = await flood;
    expect(sent).toBeGreaterThan(100);
    // None of them was let in, none was turned away for want of room.
    expect(Object.keys(answers)).toEqual(['407']);
    await house.nothingLeft();
  });

  it('and what the exchange itself orders does leave, with its caller ID: the counters count', async () => {
    const before = await house.callsOut();
    const leg = randomUUID();
    const over = new Promise<string>((resolve) => house.hand.onFact((fact) => fact.leg === leg && fact.kind === 'hungUp' && resolve(fact.cause)));
    expect(await house.hand.originateParked({ leg, destination: { kind: 'phone', e164: '+79161234567' }, ringTimeoutMs: 5_000, callerId: '+74951234567' })).toMatchObject({ ok: true });
    await over;
    expect(house.trunk.invites).toHaveLength(1);
    expect(house.trunk.invites[0]).toMatch(/^INVITE sip:79161234567@/);
    expect(house.trunk.invites[0]).toMatch(/^From: .*\+?74951234567.*$/m);
    expect(await house.callsOut()).toBe(before + 1);
    for (const e164 of ['+7112', '+78095555555', '+881612345678']) expect(await house.hand.originateParked({ leg: randomUUID(), destination: { kind: 'phone', e164 }, ringTimeoutMs: 5_000 })).toMatchObject({ ok: false });
    expect(house.trunk.invites).toHaveLength(1);
  });
});
