import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseAlarm } from '../../platform/postgres/alarms.ts';
import { aCampaign } from '../support/rows.ts';
import { startExchange, type Client, type TestExchange } from './exchange.ts';

let exchange: TestExchange;
let admin: Client;
beforeAll(async () => {
  exchange = await startExchange();
  admin = await exchange.signedIn('admin');
  await exchange.database.db('trunks').insert({ id: 'zadarma', gateway: 'zadarma', countries: ['RU'], calls_per_second: 5, price_per_minute: 1_000 });
});
afterAll(() => exchange.stop());

describe('the administrator’s lines', () => {
  test('trunks, prices, the day’s cap and a campaign’s caller ID are changed together or not at all', async () => {
    const campaignId = await aCampaign(exchange.database.db);
    const change = {
      dailySpendCapMinor: 250_000, campaign: { id: campaignId, callerId: '+74951112233', maxLiveCalls: 3 },
      trunk: { id: 'zadarma', pricePerMinute: 120, concurrency: 10, countries: ['ru', 'kz'], types: ['mobile', 'fixed'], rates: [{ prefix: '7495', pricePerMinute: 60 }] },
    };
    const { status, body } = await admin.ask('PATCH', '/api/v1/admin/lines', change);
    expect(status).toBe(200);
    expect(body.spend).toMatchObject({ capMinor: '250000', spentMinor: '0' });
    expect(body.trunks.find(({ id }: { id: string }) => id === 'zadarma')).toEqual({
      id: 'zadarma', gateway: 'zadarma', callsPerSecond: 5, concurrency: 10, pricePerMinute: 120, callerId: null, countries: ['RU', 'KZ'], types: ['mobile', 'fixed'],
      rates: [{ prefix: '7495', pricePerMinute: 60 }], live: 0, spentMinor: '0',
    });
    expect(await exchange.database.db('campaigns').where({ id: campaignId }).first('caller_id', 'max_live_calls')).toEqual({ caller_id: '+74951112233', max_live_calls: 3 });
    expect((await admin.ask('PATCH', '/api/v1/admin/lines', { dailySpendCapMinor: 1, trunk: { id: 'nobody' } })).status).toBe(404);
    expect((await admin.ask('GET', '/api/v1/admin/lines')).body.spend.capMinor).toBe('250000');
  });

  test('a higher cap ends the alarm of the one that was reached, at once', async () => {
    const { db } = exchange.database;
    const { capMinor, day } = (await admin.ask('GET', '/api/v1/admin/lines')).body.spend as { capMinor: string; day: string };
    await raiseAlarm(db, { kind: 'spendCapReached', subject: day, detail: { capMinor } });
    const open = async (cap: number) => (await admin.ask('PATCH', '/api/v1/admin/lines', { dailySpendCapMinor: cap })).body.alarms.filter(({ clearedAt }: { clearedAt: string | null }) => clearedAt === null).length;
    expect([await open(Number(capMinor)), await open(Number(capMinor) + 1)]).toEqual([1, 0]);
  });

  test.each([
    [{ trunk: { id: 'zadarma', callerId: '84951112233' } }, 'trunk.callerId'],
    [{ trunk: { id: 'zadarma', callerId: '"x" <+7>' } }, 'trunk.callerId'],
    [{ trunk: { id: 'zadarma', countries: [] } }, 'trunk.countries'],
    [{ dailySpendCapMinor: -1 }, 'dailySpendCapMinor'],
    [{ campaign: { id: '1', maxLiveCalls: 0 } }, 'campaign.maxLiveCalls'],
  ])('%j is refused and the field named', async (body, field) => {
    const reply = await admin.ask('PATCH', '/api/v1/admin/lines', body);
    expect(reply.status).toBe(422);
    expect(reply.body.fields[0].field).toBe(field);
  });
});

describe('numbers that people enter', () => {
  test('a manager’s telephone abroad or of a kind that the campaign does not call is refused at entry', async () => {
    const customer = await exchange.signedIn('customer');
    const make = (address: string, destinations?: object) => customer.ask('POST', '/api/v1/campaigns', { name: 'x', managers: [{ kind: 'phone', address }], ...(destinations ? { destinations } : {}) });
    expect((await make('+79161234567')).status).toBe(201);
    for (const address of ['+4915123456789', '+37060012345']) expect((await make(address)).body.fields[0]).toMatchObject({ field: 'managers.0.address', message: expect.stringContaining('country') as string });
    expect((await make('+79161234567', { countries: ['RU'], types: ['fixed'] })).body.fields[0]).toMatchObject({ field: 'managers.0.address', message: expect.stringContaining('kind') as string });
    for (const address of ['112', '+78095555555', '+881612345678']) expect((await make(address)).status).toBe(422);
    const { body } = await make('+74951234567', { countries: ['RU'], types: ['fixed'] });
    const path = `/api/v1/campaigns/${body.id}`;
    expect((await customer.ask('GET', path)).body.destinations).toEqual({ countries: ['RU'], types: ['fixed'] });
    expect((await customer.ask('PATCH', path, { managers: [{ kind: 'phone', address: '+79161234567' }] })).body.fields[0].field).toBe('managers.0.address');
    expect((await customer.ask('PATCH', path, { destinations: null, managers: [{ kind: 'phone', address: '+79161234567' }] })).status).toBe(200);
  });
});
