import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../local/postgres.ts';
import { migrate, openDatabase } from '../../platform/postgres/database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Its path is replaced by each file's own database. */
    postgresUrl: string;
  }
}

/** Every file's database is a copy of this one. */
export const templateDatabase = 'exchange';

/** One PostgreSQL, nothing of it durable, for the whole run; a file that needs Redis starts its own (redis.ts). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'exchange-test-'));
  // PostgreSQL may run as the user nobody, who must get through.
  chmodSync(dataDir, 0o711);
  const postgres = await startPostgres({ dataDir, durable: false });
  const tearDown = async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const db = openDatabase({ url: postgres.url, applicationName: 'test-setup' });
    await migrate(db).finally(() => db.destroy());
  } catch (error) {
    await tearDown();
    throw error;
  }
  project.provide('postgresUrl', postgres.url);
  return tearDown;
}
