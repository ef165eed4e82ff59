import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from './processes.ts';

/** What the holder left for whoever comes second. */
export interface Holder {
  readonly pid: number;
  readonly address: string;
}

export type Lock = { readonly held: true; release(): void } | { readonly held: false; readonly by: Holder };

/** One `npm start` a DATA_DIR. A lock whose holder was killed is taken over. */
export async function takeStartLock(dataDir: string, address: string): Promise<Lock> {
  const path = join(dataDir, 'start.pid');
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      writeFileSync(path, JSON.stringify({ pid: process.pid, address } satisfies Holder), { flag: 'wx' });
      return { held: true, release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    // A pid may have been given to another program since.
    if (holder && /\blocal[/\\](bootstrap\.mjs|start\.ts)\b/.test(await commandLine(holder.pid))) return { held: false, by: holder };
    rmSync(path, { force: true });
  }
  throw new Error(`${path} cannot be taken: another start is at it. Try again.`);
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return Number.isInteger(holder.pid) ? { pid: Number(holder.pid), address: String(holder.address) } : undefined;
  } catch {
    return undefined;
  }
}
