import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the launcher needs to know of processes and ports. */

/** The exit code, or the signal's name, once the process is gone. */
export type Ending = number | NodeJS.Signals;

export function ending(child: ChildProcess): Promise<Ending> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  if (child.signalCode !== null) return Promise.resolve(child.signalCode);
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
    child.once('error', reject);
  });
}

/**
 * Starts a process outside our process group: Ctrl-C in the terminal reaches the launcher alone, which then stops
 * everything in its order. Resolves once it runs, rejects when it cannot be started.
 */
export function launch(command: string, args: readonly string[], options: SpawnOptions): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, detached: true });
    child.once('error', reject);
    child.once('spawn', () => {
      child.off('error', reject);
      resolve(child);
    });
  });
}

/** Runs to the end; false when it fails or does not exist. */
export function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => execFile(command, [...args], (error) => resolve(error === null)));
}

/** Signals one after another, each with its deadline, until the child is gone. The last one should be SIGKILL. */
export async function endProcess(child: ChildProcess, steps: readonly (readonly [signal: NodeJS.Signals, deadlineMs: number])[]): Promise<void> {
  if (child.pid === undefined) return;
  const gone = ending(child).catch(() => 1);
  for (const [signal, deadlineMs] of steps) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = new AbortController();
    const late = sleep(deadlineMs, 'late' as const, { signal: timer.signal, ref: true }).catch(() => 'late' as const);
    const result = await Promise.race([gone, late]);
    timer.abort();
    if (result !== 'late') return;
  }
  await gone;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The command line of a running process; '' when there is none. A pid in an old file may by now be somebody else's. */
export async function commandLine(pid: number): Promise<string> {
  if (!isAlive(pid)) return '';
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch {
    return new Promise((resolve) => execFile('ps', ['-o', 'command=', '-p', String(pid)], (_error, stdout) => resolve(stdout)));
  }
}

/** Ends a process that is not our child: polled, since nobody tells us of its end. */
export async function endStranger(pid: number, steps: readonly (readonly [signal: NodeJS.Signals, deadlineMs: number])[]): Promise<void> {
  for (const [signal, deadlineMs] of steps) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    for (const deadline = Date.now() + deadlineMs; Date.now() < deadline && isAlive(pid); ) await sleep(50);
  }
}

/** A port of the loopback that nobody listens on; `preferred` where it is free. */
export async function freePort(preferred = 0): Promise<number> {
  return (await canListen(preferred, '127.0.0.1')) ?? (await canListen(0, '127.0.0.1')) ?? 0;
}

/** The port when one can listen on it now (0 finds one), else undefined. */
export function canListen(port: number, host?: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, ...(host === undefined ? {} : { host }), exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
