import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../../local/postgres.ts';
import { migrate, openDatabase } from '../../platform/postgres/database.ts';
import type { TestDatabase } from '../support/database.ts';

/** A part of the house that a test ends as a crash does, and starts again where it was. */
export interface Mortal {
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  /** For good. */
  end(): Promise<void>;
}

const killed = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

/** A PostgreSQL of the test's own that loses nothing it has promised, with the newest schema. */
export async function mortalPostgres(): Promise<Mortal & { readonly database: TestDatabase }> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'exchange-postgres-'));
  // PostgreSQL may run as the user nobody, who must get through.
  chmodSync(dataDir, 0o711);
  let postgres = await startPostgres({ dataDir, durable: true });
  const { url, port } = postgres;
  const db = openDatabase({ url, applicationName: 'test', poolMax: 8 });
  await migrate(db);
  const end = async (): Promise<void> => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return {
    database: { url, db, drop: () => db.destroy() },
    end,
    async kill() {
      // At once and without a checkpoint: what follows is a recovery.
      process.kill(postgres.pid, 'SIGQUIT');
      await postgres.ended;
    },
    async startAgain() {
      postgres = await startPostgres({ dataDir, durable: true, preferredPort: port });
      if (postgres.port !== port) throw new Error(`PostgreSQL came back on port ${postgres.port}, not ${port}`);
    },
  };
}

/** The small Redis of local/ as a process of its own; it comes back empty. */
export async function mortalRedis(): Promise<Mortal & { readonly url: string }> {
  const entry = fileURLToPath(new URL('./redis-process.ts', import.meta.url));
  const start = async (port: string): Promise<{ child: ChildProcess; url: string }> => {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), entry, port], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return { child, url };
  };
  let { child, url } = await start('0');
  return {
    url,
    kill: () => killed(child),
    async startAgain() { ({ child, url } = await start(new URL(url).port)); },
    end: () => killed(child),
  };
}
