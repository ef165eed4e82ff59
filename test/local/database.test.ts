import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { migrate, rollBackAll } from '../../platform/postgres/database.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';

describe('the embedded PostgreSQL', () => {
  let own: TestDatabase;
  beforeAll(async () => {
    own = await createTestDatabase();
  });
  afterAll(() => own.drop());

  it('gives each file a database of its own, migrated and empty', async () => {
    expect(await own.db('campaigns').count()).toEqual([{ count: '0' }]);
  });

  it('makes another one in a moment', async () => {
    const started = performance.now();
    const other = await createTestDatabase();
    const tookMs = performance.now() - started;
    await other.db.raw(`insert into customers (name) values ('elsewhere')`);
    await other.drop();
    expect(tookMs).toBeLessThan(2_000);
    expect(await own.db('customers').count()).toEqual([{ count: '0' }]);
  });

  it('is PostgreSQL 18, keeps time in UTC and knows upper and lower case of every script', async () => {
    const { rows } = await own.db.raw(`select current_setting('server_version') as version, current_setting('TimeZone') as zone, lower('ПРИВЕТ') as lower`);
    expect(rows[0]).toMatchObject({ version: expect.stringMatching(/^18\./), zone: 'UTC', lower: 'привет' });
  });
});

describe('migrations', () => {
  it('are all in the list, in the order of their numbers', () => {
    const files = readdirSync(new URL('../../migrations', import.meta.url)).filter((name) => /^[0-9]{4}_.*\.ts$/.test(name)).map((name) => name.slice(0, -'.ts'.length)).sort();
    expect(migrations.map(([name]) => name)).toEqual(files);
  });

  it('go up, down to nothing, and up again to the same', async () => {
    const { db, drop } = await createEmptyDatabase();
    try {
      const relations = async () => {
        const { rows } = await db.raw(`select relname, relkind from pg_class where relnamespace = 'public'::regnamespace order by relname`);
        return (rows as { relname: string }[]).map(({ relname }) => relname).filter((name) => !name.startsWith('schema_migrations'));
      };
      await migrate(db);
      const first = await relations();
      expect(first).toContain('calls');
      await rollBackAll(db);
      expect(await relations()).toEqual([]);
      await migrate(db);
      expect(await relations()).toEqual(first);
    } finally {
      await drop();
    }
  });

  it('may be started by two programs at once', async () => {
    const { db, drop } = await createEmptyDatabase();
    try {
      const results = await Promise.allSettled([migrate(db), migrate(db)]);
      // knex refuses the second while the first holds its lock; that program says so and is started again.
      expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    } finally {
      await drop();
    }
  });
});
