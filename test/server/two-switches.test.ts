import { randomBytes } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import type { Cockpit, ManagerRinging, PhoneCredentials, SwitchState } from '../../domain/api.ts';
import { createLog } from '../../platform/log.ts';
import { hashOfToken } from '../../server/manager-links.ts';
import { callIn as callToBe, startTestController, startTestSwitch, testSwitches, until, type TestController, type TestSwitch } from '../support/house.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';
import { callIn, type SipPage } from '../support/sip-page.ts';
import { startExchange, type Client, type TestExchange } from './exchange.ts';

/** An operator with a page on one of the servers, as a browser has it: it comes back by itself when its line is closed. */
class Page {
  cockpit: Cockpit | undefined;
  line: SipPage | undefined;
  wsUrl = '';
  private wanted = true;
  private unreachable = false;
  readonly pageId = randomBytes(6).toString('hex');
  private readonly beat: NodeJS.Timeout;
  constructor(readonly operator: Client & { userId: string }, readonly socket: Socket) {
    socket.on('cockpit', (cockpit: Cockpit) => { this.cockpit = cockpit; });
    this.beat = setInterval(() => socket.emit('heartbeat', { pageId: this.pageId }), 5_000);
  }
  async goOnLine(): Promise<void> {
    while (this.wanted) {
      const reply = await this.operator.ask('POST', '/api/v1/operator/phone', { pageId: this.pageId, ...(this.unreachable ? { unreachable: true } : {}) });
      if (reply.status !== 201) throw new Error(reply.text);
      const credentials = reply.body as PhoneCredentials;
      try {
        this.line = await callIn(credentials);
      } catch (error) {
        if ((error as Error).message !== 'unreachable') throw error;
        this.unreachable = true;
        await new Promise((resolve) => setTimeout(resolve, 200));
        continue;
      }
      this.wsUrl = credentials.wsUrl;
      this.unreachable = false;
      void this.line.over.then((how) => { if (how !== 'left') return this.goOnLine(); });
      return;
    }
  }
  async leave(): Promise<void> {
    this.wanted = false;
    clearInterval(this.beat);
    this.socket.disconnect();
    await this.line?.leave();
  }
}

describe.each(testSwitches)('two switches (%s) and two servers', (switchName) => {
  let exchange: TestExchange;
  let second: Awaited<ReturnType<TestExchange['startSecond']>>;
  const targets: TestSwitch[] = [];
  const controllers: TestController[] = [];
  const hands: EslSwitch[] = [];
  const pages: Page[] = [];
  let campaignId: string;
  const token = randomBytes(32).toString('base64url');
  let admin: Client;

  const startSwitch = async (index: number) => {
    const target = await startTestSwitch(switchName, exchange.directoryUrl);
    targets[index] = target;
    const hand = new EslSwitch({ url: target.url, sipHosts: [], log: createLog('test', 'silent') });
    hands[index] = hand;
    const up = new Promise<void>((resolve) => hand.onLink((fact) => fact.kind === 'up' && resolve()));
    hand.start();
    await up;
    controllers[index] = await startTestController(exchange.database.db, `${target.url}?id=switch-${index + 1}&ws=${encodeURIComponent(target.wsUrl)}`);
  };
  beforeAll(async () => {
    exchange = await startExchange();
    second = await exchange.startSecond();
    await Promise.all([startSwitch(0), startSwitch(1)]);
    admin = await exchange.signedIn('admin');
    campaignId = await aCampaign(exchange.database.db, { managers: [{ kind: 'page', address: null, link_hash: hashOfToken(token), link_made_at: new Date() }] });
    for (let i = 0; i < 20; i += 1) await aContact(exchange.database.db, campaignId, { numbers: [aNumber('98')] });
  });
  afterAll(async () => {
    await Promise.all(pages.map((page) => page.leave()));
    for (const controller of controllers) await controller?.stop();
    for (const hand of hands) await hand?.stop();
    for (const target of targets) await target?.remove();
    await exchange?.stop();
  });

  /** Pages are at the two servers in turn. */
  const newPage = async (): Promise<Page> => {
    const at = pages.length % 2 === 0 ? exchange : second;
    const signedIn = await exchange.signedIn('operator');
    const operator = Object.assign(at.client(), { cookie: signedIn.cookie, userId: signedIn.userId });
    const page = new Page(operator, io(at.url, { transports: ['websocket'], extraHeaders: { cookie: operator.cookie } }));
    pages.push(page);
    expect((await operator.ask('POST', '/api/v1/operator/campaign', { campaignId })).status).toBe(200);
    await page.goOnLine();
    await shown(page, ({ line, contact }) => line.legUp && contact !== null, 'to be on line with a contact');
    return page;
  };
  const shown = async (page: Page, isSo: (cockpit: Cockpit) => boolean, what: string): Promise<Cockpit> =>
    until(() => Promise.resolve(page.cockpit && isSo(page.cockpit) ? page.cockpit : undefined), `the page ${what}`).catch((error: Error) => { throw new Error(`${error.message}: ${JSON.stringify(page.cockpit)}`); });
  const switchOf = async ({ operator }: Page) => (await exchange.database.db('operators').where({ operator_id: operator.userId }).first('switch_id', 'leg')) as { switch_id: string; leg: string | null };
  const call = async (page: Page): Promise<string> => {
    const { contact } = await shown(page, (cockpit) => cockpit.contact !== null && cockpit.call === null, 'to have a contact');
    const reply = await page.operator.ask('POST', '/api/v1/operator/calls', { contactId: contact?.id });
    expect(reply.status, reply.text).toBe(201);
    await shown(page, (cockpit) => cockpit.call?.state === 'talking', 'to talk');
    return reply.body.callId as string;
  };
  const hangUp = async (page: Page, callId: string) => {
    expect((await page.operator.ask('POST', `/api/v1/operator/calls/${callId}/requests`, { kind: 'hangUp' })).status).toBe(200);
    await shown(page, (cockpit) => cockpit.operator.state === 'wrapUp', 'to be in wrap-up');
    expect((await page.operator.ask('POST', `/api/v1/operator/calls/${callId}/disposition`, { key: 'refused' })).status).toBeLessThan(300);
  };
  const drain = async (id: string, draining: boolean) => expect((await admin.ask('PUT', `/api/v1/switches/${id}`, { draining })).status).toBe(200);
  const states = async () => (await admin.ask('GET', '/api/v1/switches')).body.switches as SwitchState[];

  test('operators are spread; each page is told where its own switch is, and its leg is there', { timeout: 60_000 }, async () => {
    const four = [await newPage(), await newPage(), await newPage(), await newPage()];
    const rows = await Promise.all(four.map(switchOf));
    expect(rows.map(({ switch_id }) => switch_id).sort()).toEqual(['switch-1', 'switch-1', 'switch-2', 'switch-2']);
    for (const [index, { switch_id, leg }] of rows.entries()) {
      const at = switch_id === 'switch-1' ? 0 : 1;
      expect(four[index]!.wsUrl).toBe(targets[at]!.wsUrl);
      expect([await hands[at]!.exists(leg!), await hands[1 - at]!.exists(leg!)]).toEqual([true, false]);
    }
  });

  test('calls are made on both, whichever server is asked; a transfer to a manager’s page goes to the switch of the call', { timeout: 60_000 }, async () => {
    const { db } = exchange.database;
    const calls = await Promise.all(pages.map(call));
    const rows = (await db('calls').whereIn('id', calls).select('id', 'switch_id', 'contact_leg', 'operator_id')) as { id: string; switch_id: string; contact_leg: string; operator_id: string }[];
    expect(new Set(rows.map((row) => row.switch_id)).size).toBe(2);
    for (const row of rows) expect(await hands[row.switch_id === 'switch-1' ? 0 : 1]!.exists(row.contact_leg)).toBe(true);
    // The manager's page is at the other server than the operator's, and the call on the second switch.
    const [index] = pages.flatMap((page, at) => (rows.find((row) => row.operator_id === page.operator.userId)?.switch_id === 'switch-2' ? [at] : []));
    const [page, callId] = [pages[index!]!, calls[index!]!];
    const at = index! % 2 === 0 ? second : exchange;
    const manager = at.client();
    expect((await manager.ask('POST', '/api/v1/manager/sessions', { token })).status).toBe(201);
    const socket = io(at.url, { transports: ['websocket'], extraHeaders: { cookie: manager.cookie }, auth: { page: 'manager' } });
    const rings = new Promise<ManagerRinging>((resolve) => socket.on('ringing', (told: ManagerRinging) => { if (told.token !== null) resolve(told); }));
    await until(async () => ((await db('campaign_managers').where({ campaign_id: campaignId }).first('page_seen_at')) as { page_seen_at: Date | null }).page_seen_at, 'the manager’s page to stand open');
    const ask = (kind: string) => page.operator.ask('POST', `/api/v1/operator/calls/${callId}/requests`, { kind });
    expect((await ask('transfer')).status).toBe(200);
    const ringing = await rings;
    await manager.ask('POST', '/api/v1/manager/sessions', { token: ringing.token });
    const accepted = await manager.ask('POST', `/api/v1/manager/transfers/${ringing.transfer?.id}/accept`);
    expect(accepted.status, accepted.text).toBe(201);
    expect(accepted.body.wsUrl).toBe(targets[1]!.wsUrl);
    const line = await callIn(accepted.body as PhoneCredentials);
    const briefing = await callToBe(db, callId, 'briefing');
    expect(await hands[1]!.exists(briefing.manager_leg!)).toBe(true);
    await until(async () => (await ask('handOver')).status === 200, 'the hand-over');
    await callToBe(db, callId, 'handedOver');
    await line.leave();
    socket.disconnect();
    for (const [at, each] of pages.entries()) if (each !== page) await hangUp(each, calls[at]!);
    await shown(page, (cockpit) => cockpit.operator.state === 'wrapUp', 'to be in wrap-up');
    expect((await page.operator.ask('POST', `/api/v1/operator/calls/${callId}/disposition`, { key: 'refused' })).status).toBeLessThan(300);
  });

  test('a switch that is drained loses its operators between calls, without a click, and nothing new starts there', { timeout: 60_000 }, async () => {
    const at = await Promise.all(pages.map(async (page) => ({ page, ...(await switchOf(page)) })));
    const [talking, ...idle] = at.filter(({ switch_id }) => switch_id === 'switch-1').map(({ page }) => page);
    const callId = await call(talking!);
    await drain('switch-1', true);
    for (const page of idle) await until(async () => { const { switch_id, leg } = await switchOf(page); return switch_id === 'switch-2' && leg !== null; }, 'the idle operator to be moved');
    expect((await switchOf(await newPage())).switch_id).toBe('switch-2');
    expect((await states())[0]).toMatchObject({ id: 'switch-1', operators: 1, calls: 1, empty: false });
    expect(talking!.cockpit?.call).toMatchObject({ id: callId, state: 'talking' });
    await hangUp(talking!, callId);
    await until(async () => (await switchOf(talking!)).switch_id === 'switch-2', 'the operator to be moved after the call');
    await until(async () => (await states())[0]?.empty, 'the switch to be empty');
    await until(async () => (await hands[0]!.channels())?.length === 0, 'the last channel to be gone');
    await drain('switch-1', false);
    expect((await switchOf(await newPage())).switch_id).toBe('switch-1');
  });

  test('one is killed: the other goes on, and the killed one’s operators work there', { timeout: 60_000 }, async () => {
    const { db } = exchange.database;
    const hit = await newPage();
    const waits = await newPage();
    const other = pages[0]!;
    expect([(await switchOf(hit)).switch_id, (await switchOf(waits)).switch_id, (await switchOf(other)).switch_id]).toEqual(['switch-1', 'switch-1', 'switch-2']);
    const [lost, living] = [await call(hit), await call(other)];
    process.kill(targets[0]!.pid, 'SIGKILL');
    await until(async () => (await states())[0]?.up === false, 'the switch to be seen down');
    await until(async () => { const { switch_id, leg } = await switchOf(waits); return switch_id === 'switch-2' && leg !== null; }, 'the idle operator to come to the other switch');
    // A page that was in a call tries the switch of that call first; time passes.
    await until(async () => {
      await db('switches').where({ id: 'switch-1' }).update({ link_changed_at: new Date(Date.now() - 10_000) });
      const { switch_id, leg } = await switchOf(hit);
      return switch_id === 'switch-2' && leg !== null;
    }, 'the operator of the lost call to come to the other switch');
    expect(await db('calls').where({ id: lost }).first('outcome', 'ended_by')).toEqual({ outcome: 'talked', ended_by: 'switchLost' });
    expect(other.cockpit?.call).toMatchObject({ id: living, state: 'talking' });
    expect((await db('calls').where({ id: living }).first('ended_at')) as object).toEqual({ ended_at: null });
    await hangUp(other, living);
    expect((await hit.operator.ask('POST', `/api/v1/operator/calls/${lost}/disposition`, { key: 'refused' })).status).toBeLessThan(300);
    await hangUp(hit, await call(hit));
  });
});
