import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepared } from '../../platform/postgres/prepared.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('numbers each use of a name, and leaves casts alone', async () => {
  const { rows } = await prepared(database.db, 'test_numbers', `select :one::int + :two::int as sum, :one::text as text, null::int as none`, { one: 1, two: 2 });
  expect(rows).toEqual([{ sum: 3, text: '1', none: null }]);
});

it('refuses a value that is not given: a name that was mistyped is no null', async () => {
  await expect(prepared(database.db, 'test_missing', `select :given::int as given, :absent::int as absent`, { given: 1 })).rejects.toThrow('test_missing has no value for absent');
  expect((await prepared(database.db, 'test_missing', `select :given::int as given, :absent::int as absent`, { given: 1, absent: undefined })).rows).toEqual([{ given: 1, absent: null }]);
});

it('refuses a second text under the name of another, on whatever connection', async () => {
  await prepared(database.db, 'test_text', `select 1 as first`, {});
  await expect(prepared(database.db, 'test_text', `select 2 as second`, {})).rejects.toThrow('test_text names another statement');
});
