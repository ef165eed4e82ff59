import knex, { type Knex } from 'knex';
import { migrations } from '../../migrations/index.ts';

export type { Knex };
/** A pool or a transaction: what every query function takes first. */
export type Db = Knex;

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity, so that an administrator sees who holds a connection. */
  readonly applicationName: string;
  readonly poolMax?: number;
  /** A prepared statement is planned once a connection, not five times first: for a program that asks the same short questions over and over. */
  readonly plansOnce?: boolean;
}

/**
 * Opens a pool. A statement ends after 30 s and an idle transaction after 60 s, so that no forgotten one holds a
 * snapshot open: dead rows of the queue would pile up behind it.
 */
export function openDatabase({ url, applicationName, poolMax = 16, plansOnce = false }: DatabaseOptions): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: applicationName,
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 60_000,
      ...(plansOnce ? { options: '-c plan_cache_mode=force_generic_plan' } : {}),
    },
    pool: { min: 0, max: poolMax, idleTimeoutMillis: 30_000 },
    acquireConnectionTimeout: 10_000,
    // What goes wrong is thrown to whoever asked, who says it in the log; knex would write it to the console as well.
    log: { warn: () => undefined, error: () => undefined },
  });
}

/**
 * Connection trouble, deadlocks, restarts and time-outs of PostgreSQL (classes 08, 40, 53, 57), not errors of ours: the
 * same may succeed in a moment.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, name, message } = error as { code?: string; name?: string; message?: string };
  if (code !== undefined && /^(08|40|53|57|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET)/.test(code)) return true;
  return name === 'KnexTimeoutError' || /Connection terminated|connection.*closed|timeout exceeded|connection error and is not queryable/i.test(message ?? '');
}

const migrationSource: Knex.MigrationSource<(typeof migrations)[number]> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: ([name]) => name,
  getMigration: ([, migration]) => Promise.resolve(migration),
};

/** Brings the schema to the newest version. Two programs may call it at once: knex takes a lock. */
export async function migrate(db: Knex): Promise<void> {
  await db.migrate.latest({ migrationSource, tableName: 'schema_migrations' });
}

/** Takes every migration back, newest first. */
export async function rollBackAll(db: Knex): Promise<void> {
  await db.migrate.rollback({ migrationSource, tableName: 'schema_migrations' }, true);
}
