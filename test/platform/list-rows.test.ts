import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, type Db } from '../../platform/postgres/database.ts';
import { storeList, type ListAnswer, type ListSource, type NewList } from '../../platform/postgres/import-list.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aCampaign, aContact, aCustomer, aUser } from '../support/rows.ts';

let database: TestDatabase;
/** A login without `session_replication_role`, as a hosted database gives it. */
const plainLogin = `plain_${randomBytes(6).toString('hex')}`;
let plain: Db;
let list: NewList;
beforeAll(async () => {
  database = await createTestDatabase();
  const customerId = await aCustomer(database.db);
  const userId = await aUser(database.db, { customer_id: customerId });
  list = { customerId, userId, campaignId: await aCampaign(database.db, { customer_id: customerId }), priority: 1, fileName: 'list.csv', format: 'csv', columns: [] };
  await database.db.raw(`create role ${plainLogin} login password 'plain'; grant all on all tables in schema public to ${plainLogin}; grant all on all sequences in schema public to ${plainLogin}`);
  const url = new URL(database.url);
  [url.username, url.password] = [plainLogin, 'plain'];
  plain = openDatabase({ url: url.href, applicationName: 'test', poolMax: 2 });
});
afterAll(async () => {
  await plain.destroy();
  await database.db.raw(`drop owned by ${plainLogin}; drop role ${plainLogin}`);
  await database.drop();
});

interface Wrong { readonly campaignId?: string; readonly numberOf?: string; readonly queued?: string; readonly problemOf?: string }

/** Two contacts in COPY's text, one of them with what is wrong; of three ids, the middle one may be left unused. */
const source = (wrong: Wrong = {}, ids = 2): ListSource => {
  let answered: ListAnswer | undefined;
  const bytes = (text: string) => new TextEncoder().encode(text);
  return {
    async *rows({ listId, customerId, campaignId, priority }) {
      yield { kind: 'question', contacts: ids, numbers: '{}' };
      const [first = 0] = answered?.ids[0] ?? [];
      const second = answered?.ids.at(-1)?.[1] ?? 0;
      const phone = () => `+7916${String(first).padStart(3, '0').slice(-3)}${randomBytes(2).readUInt16BE().toString().padStart(5, '0').slice(-4)}`;
      yield {
        kind: 'rows',
        contacts: bytes(`${first}\t${customerId}\t${campaignId}\t${listId}\t2\tAnna\t\t\tEurope/Moscow\t{}\n${second}\t${customerId}\t${wrong.campaignId ?? campaignId}\t${listId}\t3\tBoris\t\t\tEurope/Moscow\t{}\n`),
        numbers: bytes(`${first}\t${campaignId}\t${customerId}\t0\t${phone()}\t\\N\n${wrong.numberOf ?? second}\t${campaignId}\t${customerId}\t1\t${phone()}\t\\N\n`),
        queue: bytes(`${first}\t${campaignId}\t${customerId}\t${priority}\t2030-01-01T00:00:00Z\n${wrong.queued ?? second}\t${campaignId}\t${customerId}\t${priority}\t2030-01-01T00:00:00Z\n`),
        problems: bytes(`${wrong.problemOf ?? listId}\t${customerId}\t4\trejected\tno phone\t["x"]\n`),
      };
    },
    answer: (answer) => { answered = answer; },
  };
};
const stored = async () => (await database.db('lists').where({ campaign_id: list.campaignId })).length;

describe.each([['may leave the look-ups of single rows out', () => database.db], ['may not', () => plain]] as const)('a list, stored by a login that %s', (_, db) => {
  test('is stored as a whole', async () => {
    const before = await stored();
    expect(await storeList(db(), list, source())).toMatchObject({ accepted: 2, rejected: 1 });
    expect(await storeList(db(), list, source({}, 3)), 'with an id that nobody bears').toMatchObject({ accepted: 2, rejected: 1 });
    expect(await stored()).toBe(before + 2);
  });

  test('is not stored when a row is of another campaign, of no contact, or of a contact of another list', async () => {
    const before = await stored();
    const strangers = { campaign: await aCampaign(database.db, { customer_id: list.customerId }), contact: await aContact(database.db, list.campaignId, { queue: null }) };
    const wrong: Wrong[] = [{ campaignId: strangers.campaign }, { numberOf: '999999999' }, { queued: '999999999' }, { numberOf: strangers.contact }, { queued: strangers.contact }, { problemOf: '999999999' }];
    for (const ids of [2, 3]) for (const each of wrong) await expect(storeList(db(), list, source(each, ids)), JSON.stringify({ ids, ...each })).rejects.toThrow();
    expect(await stored()).toBe(before);
  });

  test('leaves keys looked up row by row for whatever comes after it on the same connection', async () => {
    await storeList(db(), list, source());
    await Promise.all(Array.from({ length: 4 }, () => expect(db()('contact_numbers').insert({ contact_id: '999999999', campaign_id: list.campaignId, customer_id: list.customerId, position: 0, e164: '+79160000000' })).rejects.toMatchObject({ code: '23503' })));
  });
});
