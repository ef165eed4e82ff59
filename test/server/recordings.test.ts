import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Retention } from '../../calls-controller/recordings/retention.ts';
import { createLog } from '../../platform/log.ts';
import { openStore } from '../../platform/recordings/store.ts';
import { startTestS3, type TestS3 } from '../support/s3-server.ts';
import { storeSound } from '../support/stored-sound.ts';
import { aCampaign, aContact } from '../support/rows.ts';
import { answered, bridged, dial, happen, hungUp, putOnLine } from './call.ts';
import { startExchange, type Client, type TestExchange } from './exchange.ts';

type Person = Client & { userId: string; customerId: string | null };
type StoreKind = 'folder' | 's3';

describe.each<StoreKind>(['folder', 's3'])('recordings in a store of the kind %s', (kind) => {
  let exchange: TestExchange;
  let s3: TestS3 | undefined;
  let people: Readonly<Record<'owner' | 'stranger' | 'operator' | 'colleague' | 'moderator' | 'admin' | 'manager', Person>>;
  const dataDir = mkdtempSync(path.join(tmpdir(), 'recordings-'));

  beforeAll(async () => {
    s3 = kind === 's3' ? await startTestS3() : undefined;
    exchange = await startExchange({ env: { DATA_DIR: dataDir, ...(s3 ? { RECORDINGS_URL: s3.url } : {}) } });
    const [owner, stranger, operator, colleague, moderator, admin, manager] = await Promise.all((['customer', 'customer', 'operator', 'operator', 'moderator', 'admin', 'manager'] as const).map((role) => exchange.signedIn(role)));
    people = { owner: owner!, stranger: stranger!, operator: operator!, colleague: colleague!, moderator: moderator!, admin: admin!, manager: manager! };
    await putOnLine(exchange.database.db, people.operator.userId);
  });
  afterAll(async () => {
    await exchange?.stop();
    await s3?.stop();
  });

  /** An answered call that has ended, with one segment. */
  const aRecordedCall = async (campaign: Parameters<typeof aCampaign>[1] = {}): Promise<{ callId: string; campaignId: string }> => {
    const { db } = exchange.database;
    const campaignId = await aCampaign(db, { customer_id: people.owner.customerId!, record_calls: true, announce_recording: false, ...campaign });
    await aContact(db, campaignId);
    const { body } = await people.operator.ask('POST', '/api/v1/operator/campaign', { campaignId });
    const callId = await dial(db, people.operator.userId, body.contact.id);
    await happen(db, callId, answered, bridged, hungUp('NORMAL_CLEARING'));
    await people.operator.ask('POST', `/api/v1/operator/calls/${callId}/disposition`, { key: 'refused' });
    return { callId, campaignId };
  };
  const played = async (id: string) => (await exchange.database.db('audit_entries').where({ action: 'recordingPlayed', subject_id: id }).orderBy('id')) as { user_id: string; role: string; customer_id: string; details: object }[];

  // Who may hear is the same for every store.
  it.skipIf(kind === 's3')('are listed with their place in the call, and the results say how many there are', async () => {
    const { callId, campaignId } = await aRecordedCall();
    const { owner } = people;
    expect((await owner.ask('GET', `/api/v1/calls/${callId}/recordings`)).body).toMatchObject({ segments: [{ segment: 1, what: 'conversation', state: 'running', offsetMs: 0, durationMs: null }] });
    const { id, bytes, durationMs } = await storeSound(exchange.database.db, exchange.config, { callId });
    expect((await owner.ask('GET', `/api/v1/calls/${callId}/recordings`)).body.segments).toEqual([
      expect.objectContaining({ id, segment: 1, what: 'conversation', state: 'stored', bytes, durationMs, reason: null, erasedAt: null }),
    ]);
    expect((await owner.ask('GET', `/api/v1/campaigns/${campaignId}/results`)).body.results).toMatchObject([{ id: callId, recordings: 1, notRecorded: null }]);
  });

  it.skipIf(kind === 's3')('are heard by the campaign’s customer, its operator, moderators and administrators, and by nobody else; each listening is written down once', async () => {
    const { callId } = await aRecordedCall();
    const { id, bytes } = await storeSound(exchange.database.db, exchange.config, { callId });
    const entitled = ['owner', 'operator', 'moderator', 'admin'] as const;
    for (const who of entitled) {
      const reply = await people[who].ask('GET', `/api/v1/recordings/${id}/audio`);
      expect(reply.status).toBe(200);
      expect(reply.headers.get('content-type')).toBe('audio/ogg; codecs=opus');
      expect(reply.headers.get('content-length')).toBe(String(bytes));
      expect((await people[who].ask('GET', `/api/v1/recordings/${id}/audio`, undefined, { range: 'bytes=100-' })).status).toBe(206);
      expect((await people[who].ask('GET', `/api/v1/calls/${callId}/recordings`)).status).toBe(200);
    }
    for (const who of ['stranger', 'colleague'] as const)
      for (const address of [`/api/v1/recordings/${id}/audio`, `/api/v1/calls/${callId}/recordings`]) {
        const refused = await people[who].ask('GET', address);
        expect(refused.status).toBe(404);
        const absent = await people[who].ask('GET', address.replace(`/recordings/${id}/`, '/recordings/987654321/').replace(callId, crypto.randomUUID()));
        expect(refused.body).toEqual(absent.body);
      }
    expect((await people.manager.ask('GET', `/api/v1/recordings/${id}/audio`)).status).toBe(403);
    expect((await exchange.client().ask('GET', `/api/v1/recordings/${id}/audio`)).status).toBe(401);
    expect(await played(id)).toMatchObject(entitled.map((who) => ({ user_id: people[who].userId, customer_id: people.owner.customerId, details: { callId, segment: 1 } })));
  });

  it('come in the ranges that are asked for, and whole where a condition fails', async () => {
    const { callId } = await aRecordedCall();
    const { id, bytes } = await storeSound(exchange.database.db, exchange.config, { callId });
    const { owner } = people;
    const whole = new Uint8Array(await (await fetch(`${exchange.url}/api/v1/recordings/${id}/audio`, { headers: { cookie: owner.cookie } })).arrayBuffer());
    expect(Buffer.from(whole.subarray(0, 4)).toString()).toBe('OggS');
    expect(whole.length).toBe(bytes);
    const ask = async (headers: Record<string, string>) => {
      const response = await fetch(`${exchange.url}/api/v1/recordings/${id}/audio`, { headers: { cookie: owner.cookie, ...headers } });
      return { response, body: new Uint8Array(await response.arrayBuffer()) };
    };
    const { response: first } = await ask({});
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('accept-ranges')).toBe('bytes');
    expect(first.headers.get('cache-control')).toBe('no-store');
    const cases: [string, number, number][] = [['bytes=0-99', 0, 99], ['bytes=500-', 500, bytes - 1], ['bytes=-200', bytes - 200, bytes - 1], [`bytes=10-${bytes + 5_000}`, 10, bytes - 1]];
    for (const [range, from, to] of cases) {
      const { response, body } = await ask({ range, 'if-range': etag });
      expect(response.status).toBe(206);
      expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to}/${bytes}`);
      expect(body).toEqual(whole.subarray(from, to + 1));
    }
    for (const headers of [{ range: 'bytes=0-99', 'if-range': '"another"' }, { range: 'bytes=0-9,20-29' }, { range: 'lines=1-2' }, { range: 'bytes=x' }] as Record<string, string>[]) {
      const { response, body } = await ask(headers);
      expect(response.status).toBe(200);
      expect(body).toEqual(whole);
    }
    const { response: beyond } = await ask({ range: `bytes=${bytes}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes}`]);
    expect((await ask({ 'if-none-match': etag })).response.status).toBe(304);
    const head = await fetch(`${exchange.url}/api/v1/recordings/${id}/audio`, { method: 'HEAD', headers: { cookie: owner.cookie } });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes)]);
  });

  it('are erased when the campaign’s days are over; the row and an entry in the log stay', async () => {
    const { db } = exchange.database;
    const kept = await aRecordedCall({ recording_days: 10 });
    const due = await aRecordedCall({ recording_days: 2 });
    const [keptSound, dueSound] = [await storeSound(db, exchange.config, kept), await storeSound(db, exchange.config, due)];
    await db('recordings').whereIn('id', [keptSound.id, dueSound.id]).update({ started_at: new Date(Date.now() - 3 * 86_400_000) });
    const store = openStore(exchange.config.recordings);
    const log = createLog('test', 'silent');
    // A store that refuses is asked again by the next round.
    s3?.refusals.push(503, 503, 503);
    await new Retention({ db, store, log }).run();
    await Promise.all([new Retention({ db, store, log }).run(), new Retention({ db, store, log }).run()]);
    expect(await db('recordings').where({ id: dueSound.id }).first()).toMatchObject({ state: 'erased', reason: 'retention', storage_key: null, erased_at: expect.any(Date) as Date });
    expect(await db('recordings').where({ id: keptSound.id }).first()).toMatchObject({ state: 'stored' });
    if (s3) expect([...s3.objects.keys()].filter((name) => name.includes(due.callId))).toEqual([]);
    else expect(existsSync(path.join(dataDir, 'recordings', dueSound.storageKey))).toBe(false);
    expect(await db('audit_entries').where({ action: 'recordingErased' })).toMatchObject([{ subject_id: dueSound.id, user_id: null, details: { callId: due.callId, segment: 1, reason: 'retention', days: 2 } }]);
    const { owner } = people;
    expect(await owner.ask('GET', `/api/v1/recordings/${dueSound.id}/audio`)).toMatchObject({ status: 410, body: { code: 'soundGone' } });
    expect((await owner.ask('GET', `/api/v1/calls/${due.callId}/recordings`)).body.segments).toMatchObject([{ state: 'erased', bytes: null }]);
    expect((await owner.ask('GET', `/api/v1/recordings/${keptSound.id}/audio`)).status).toBe(200);
  });

  it('that the store has lost are said to be gone, and nobody is said to have heard them', async () => {
    const { callId } = await aRecordedCall();
    const { id, storageKey } = await storeSound(exchange.database.db, exchange.config, { callId });
    await openStore(exchange.config.recordings).remove(storageKey);
    expect(await people.owner.ask('GET', `/api/v1/recordings/${id}/audio`)).toMatchObject({ status: 410, body: { code: 'soundGone' } });
    expect(await played(id)).toEqual([]);
  });

  it('have no key but one made of ids', async () => {
    const store = openStore(exchange.config.recordings);
    for (const key of ['../../etc/passwd', '1/../../x.ogg', '/etc/passwd', '1/x.ogg', '']) await expect((async () => store.remove(key))()).rejects.toThrow(TypeError);
  });
});
