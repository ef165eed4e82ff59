import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase, type Knex } from '../../platform/postgres/database.ts';
import { templateDatabase } from './global-setup.ts';

export interface TestDatabase {
  readonly url: string;
  readonly db: Knex;
  /** Closes `db` and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** A file's own database, with the newest schema and no rows. Call `drop` in afterAll. */
export const createTestDatabase = (poolMax = 16): Promise<TestDatabase> => create(templateDatabase, poolMax);

/** The same, but without a schema: for tests of the migrations. */
export const createEmptyDatabase = (): Promise<TestDatabase> => create('template0', 4);

async function create(template: string, poolMax: number): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${template}`);
  const url = databaseUrl(name);
  const db = openDatabase({ url, applicationName: 'test', poolMax });
  return {
    url,
    db,
    async drop() {
      await db.destroy();
      await administer(`drop database ${name} with (force)`);
    },
  };
}

function databaseUrl(name: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl('postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
