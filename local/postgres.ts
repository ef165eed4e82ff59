import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { droppedPrivileges, postgresBinaries, type Privileges } from './postgres-binaries.ts';
import { commandLine, ending, endProcess, endStranger, freePort, launch } from './processes.ts';
import { keptSecret } from './secrets.ts';

export interface PostgresOptions {
  /** Everything lives in `<dataDir>/postgres`, the log in `<dataDir>/logs/postgres.log`. */
  readonly dataDir: string;
  /** False only for tests and benchmarks that may lose everything on a crash. */
  readonly durable: boolean;
  /** Taken where it is free; any other free one otherwise. */
  readonly preferredPort?: number;
  readonly log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** The database `exchange`; its role may make others. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves with the reason when it ends, whoever ended it. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const major = '18';
const role = 'exchange';
const stopSteps = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

/** Brings up the PostgreSQL that npm installed, on a free port of the loopback. An orphan of an earlier start is ended first. */
export async function startPostgres({ dataDir, durable, preferredPort, log = () => {} }: PostgresOptions): Promise<EmbeddedPostgres> {
  const root = resolve(dataDir);
  const home = join(root, 'postgres');
  mkdirSync(join(root, 'logs'), { recursive: true });
  const binaries = await postgresBinaries();
  const privileges = await droppedPrivileges(home);
  const password = keptSecret(root, 'postgres-password');
  await endOrphan(home, log);
  if (!existsSync(join(home, 'PG_VERSION'))) await createCluster(binaries.initdb, home, password, privileges, durable);
  const version = readFileSync(join(home, 'PG_VERSION'), 'utf8').trim();
  if (version !== major) throw new Error(`${home} was made by PostgreSQL ${version}; this is PostgreSQL ${major}. Dump it with the old version, move the directory away and start again.`);

  const logPath = join(root, 'logs', 'postgres.log');
  for (let attempt = 1; ; attempt += 1) {
    const started = await tryStart({ command: binaries.postgres, home, port: await freePort(preferredPort), password, privileges, durable, logPath });
    if (typeof started !== 'string') return started;
    // Somebody may have taken the port between our look and PostgreSQL's.
    if (attempt >= 3 || !/could not bind|Address already in use/.test(started)) throw new Error(`PostgreSQL did not start; see ${logPath}:\n${started}`);
  }
}

async function createCluster(initdb: string, home: string, password: string, privileges: Privileges, durable: boolean): Promise<void> {
  // Made aside and renamed, so that an interrupted start leaves no half cluster behind.
  const making = `${home}.new`;
  const passwordFile = `${home}.pw`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (privileges.uid !== undefined && privileges.gid !== undefined) for (const path of [making, passwordFile]) chownSync(path, privileges.uid, privileges.gid);
  // The built-in C.UTF-8 sorts by code point and knows upper and lower case of every script, the same on every machine.
  const args = ['-D', making, '-U', role, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'];
  try {
    const output = await runUnprivileged(initdb, durable ? args : [...args, '--no-sync'], privileges);
    if (output !== undefined) throw new Error(`PostgreSQL's initdb failed in ${home}:\n${output}\nWhere this runs as root without user namespaces, the user nobody must be able to reach that directory; else run it as an ordinary user, or set DATABASE_URL.`);
    renameSync(making, home);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function runUnprivileged(command: string, args: readonly string[], privileges: Privileges): Promise<string | undefined> {
  const [first = '', ...rest] = [...privileges.prefix, command, ...args];
  const child = await launch(first, rest, { stdio: ['ignore', 'pipe', 'pipe'], ...identity(privileges), env: environment() });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return (await ending(child)) === 0 ? undefined : output;
}

const identity = ({ uid, gid }: Privileges) => (uid === undefined || gid === undefined ? {} : { uid, gid });
/** PG* variables of the user's shell would lead our PostgreSQL astray. */
const environment = () => ({ PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' });

interface Attempt {
  readonly command: string;
  readonly home: string;
  readonly port: number;
  readonly password: string;
  readonly privileges: Privileges;
  readonly durable: boolean;
  readonly logPath: string;
}

/** The running PostgreSQL, or the log of the one that did not run. */
async function tryStart({ command, home, port, password, privileges, durable, logPath }: Attempt): Promise<EmbeddedPostgres | string> {
  const [first = '', ...rest] = [...privileges.prefix, command, '-D', home, ...settings(port, durable)];
  const logFile = openSync(logPath, 'w', 0o600);
  const child = await launch(first, rest, { stdio: ['ignore', logFile, logFile], ...identity(privileges), env: environment() }).finally(() => closeSync(logFile));
  const ended = ending(child).then((how) => `PostgreSQL ended (${how}); see ${logPath}`);
  const url = (database: string) => `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  const deadline = Date.now() + 60_000;
  while (child.exitCode === null && child.signalCode === null) {
    const ready = await ensureDatabase(url('postgres'), role);
    if (ready) return { url: url(role), port, pid: child.pid ?? 0, ended, stop: () => endProcess(child, stopSteps) };
    if (Date.now() > deadline) await endProcess(child, stopSteps);
    await sleep(25);
  }
  return readFileSync(logPath, 'utf8').slice(-2_000);
}

function settings(port: number, durable: boolean): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '128MB',
    // The call queue's rows die young; vacuum looks in often.
    autovacuum_naptime: '5s',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** False while PostgreSQL is not ready yet. */
async function ensureDatabase(adminUrl: string, name: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    const code = (error as { code?: string }).code;
    // A wrong password will not mend itself; anything else is a server that is still waking up.
    if (code === '28P01') throw new Error('PostgreSQL refuses the password kept in DATA_DIR/postgres-password. Put the old one back, or move DATA_DIR/postgres away to begin anew.', { cause: error });
    return false;
  }
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
    return true;
  } finally {
    await client.end();
  }
}

/** Ends the PostgreSQL of a start that was killed, after making sure that the pid is still its own. */
async function endOrphan(home: string, log: (line: string) => void): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(join(home, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  } catch {
    return;
  }
  if (!Number.isInteger(pid) || pid <= 1 || !(await commandLine(pid)).includes(home)) return;
  log(`ending the PostgreSQL that an earlier start left behind (process ${pid})`);
  await endStranger(pid, stopSteps);
}
