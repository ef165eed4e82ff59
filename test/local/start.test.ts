import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../local/freeswitch.ts';
import { houseDir } from '../../local/program.ts';

const running: Start[] = [];
interface Start {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Resolves with the first line that matches; rejects when the program ends before. */
  line(pattern: RegExp): Promise<string>;
}

function npmStart(env: NodeJS.ProcessEnv): Start {
  // A group of its own, so that a test can do what Ctrl-C does: signal the group.
  const child = spawn(process.execPath, ['local/bootstrap.mjs', 'start'], { cwd: houseDir, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], ...env } });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const look of waiting) look();
    });
  const start: Start = {
    child, lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        child.once('exit', () => reject(new Error(`npm start ended:\n${lines.join('\n')}`)));
        look();
      }),
  };
  running.push(start);
  return start;
}

async function ended({ child }: Start): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** Processes whose command line or environment names the directory: nothing of ours runs elsewhere. */
function processesOf(dataDir: string): string[] {
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return ''; // It ended while we looked.
    }
  };
  return readdirSync('/proc').filter((pid) => /^[0-9]+$/.test(pid) && `${read(pid, 'cmdline')} ${read(pid, 'environ')}`.includes(dataDir)).map((pid) => `${pid} ${read(pid, 'cmdline')}`);
}

const dataDirs: string[] = [];
const freshDataDir = () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'exchange-start-'));
  // PostgreSQL may run as the user nobody, who must get through.
  chmodSync(dataDir, 0o711);
  dataDirs.push(dataDir);
  return dataDir;
};

afterEach(async () => {
  for (const start of running.splice(0)) {
    if (start.child.exitCode === null && start.child.signalCode === null) process.kill(-start.child.pid!, 'SIGKILL');
    await ended(start);
  }
  for (const dataDir of dataDirs.splice(0)) rmSync(dataDir, { recursive: true, force: true });
});

describe('npm start', () => {
  it('prints the address and a login a role, signs in, keeps its data over a restart and leaves no process', { timeout: 120_000 }, async () => {
    const dataDir = freshDataDir();
    const port = await freePort();
    const env = { DATA_DIR: dataDir, PORT: String(port) };
    const first = npmStart(env);
    await first.line(/Ctrl-C stops everything/);
    const text = first.lines.join('\n');
    for (const role of ['customer', 'operator', 'manager', 'moderator', 'admin']) expect(text).toMatch(new RegExp(`${role}@example\\.org +\\S{8,}`));
    expect(text).toMatch(/stand-in/);
    const password = /operator@example\.org +(\S+)/.exec(text)![1]!;
    const signIn = () => fetch(`http://127.0.0.1:${port}/api/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: 'customer@example.org', password }) });
    const signedIn = await signIn();
    expect(signedIn.status).toBe(201);
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
    const made = await fetch(`http://127.0.0.1:${port}/api/v1/campaigns`, { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify({ name: 'Kept' }) });
    expect(made.status).toBe(201);

    const second = npmStart(env);
    await ended(second);
    expect(second.lines.join('\n')).toMatch(/already/);

    process.kill(-first.child.pid!, 'SIGINT');
    expect(await ended(first)).toBe(0);
    await expect.poll(() => processesOf(dataDir), { timeout: 15_000 }).toEqual([]);

    const again = npmStart(env);
    await again.line(/Ctrl-C stops everything/);
    const campaigns = (await (await fetch(`http://127.0.0.1:${port}/api/v1/campaigns`, { headers: { cookie } })).json()) as { campaigns: { name: string }[] };
    expect(campaigns.campaigns.map((campaign) => campaign.name)).toContain('Kept');
    process.kill(-again.child.pid!, 'SIGINT');
    await ended(again);
    await expect.poll(() => processesOf(dataDir), { timeout: 15_000 }).toEqual([]);
  });

  it('has a practice line without any FreeSWITCH, says so, and takes it along even when it is killed', { timeout: 60_000 }, async () => {
    const dataDir = freshDataDir();
    const start = npmStart({ DATA_DIR: dataDir, PORT: String(await freePort()), EXCHANGE_SWITCH: 'stand-in' });
    await start.line(/Ctrl-C stops everything/);
    expect(start.lines.join('\n')).toMatch(/switch +stand-in: [\s\S]*phone network +practice line: no phone network/);
    process.kill(start.child.pid!, 'SIGKILL');
    await expect.poll(() => processesOf(dataDir), { timeout: 15_000 }).toEqual([]);
  });

  it('says what to do when the port is in use', { timeout: 60_000 }, async () => {
    const { createServer } = await import('node:http');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const start = npmStart({ DATA_DIR: freshDataDir(), PORT: String(port) });
    expect(await ended(start)).not.toBe(0);
    expect(start.lines.join('\n')).toMatch(new RegExp(`${port}[\\s\\S]*PORT=`));
    taken.close();
  });

  it('refuses a password that everybody knows and an address that is none, in a line each', { timeout: 60_000 }, async () => {
    const start = npmStart({ DATA_DIR: freshDataDir(), PORT: String(await freePort()), FREESWITCH_URL: 'esl://:ClueCon@127.0.0.1:8021', REDIS_URL: 'bad' });
    expect(await ended(start)).not.toBe(0);
    expect(start.lines.join('\n')).toMatch(/FREESWITCH_URL.*default password/);
    expect(start.lines.join('\n')).toMatch(/^REDIS_URL must look like redis:/m);
    expect(start.lines.join('\n')).not.toMatch(/Invalid URL|at .*\.ts/);
  });
});
