import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ChildProcess } from 'node:child_process';
import { ending, endProcess, launch } from './processes.ts';

export interface ProgramOptions {
  readonly name: string;
  /** The TypeScript file that is run. */
  readonly entry: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Everything that it says goes here; warnings and worse to `say` as well. */
  readonly logPath: string;
  readonly say: (line: string) => void;
  /** SIGKILL for a program that has not ended by then. */
  readonly stopDeadlineMs?: number;
  readonly firstPauseMs?: number;
}

export interface Program {
  readonly name: string;
  /** Rejects when it dies again and again before `confirm` was called: it cannot work as it is. */
  readonly hopeless: Promise<never>;
  readonly pid: number | undefined;
  /** It was seen working; from now on it is restarted for ever. */
  confirm(): void;
  stop(): Promise<void>;
}

const followParent = new URL('./end-with-parent.mjs', import.meta.url).href;
const lastPauseMs = 30_000;
const steadyAfterMs = 60_000;
const maxLogBytes = 20 * 1024 * 1024;

/** Runs one of our programs as a process of its own and starts it again when it dies, later each time. */
export function superviseProgram(options: ProgramOptions): Program {
  const stopping = new AbortController();
  const firstPauseMs = options.firstPauseMs ?? 500;
  let child: ChildProcess | undefined;
  let confirmed = false;
  let giveUp: (error: Error) => void = () => {};
  const hopeless = new Promise<never>((_resolve, reject) => (giveUp = reject));
  hopeless.catch(() => {});

  const run = async () => {
    let pauseMs = firstPauseMs;
    for (let deaths = 1; !stopping.signal.aborted; deaths += 1) {
      const startedAt = Date.now();
      const tail: string[] = [];
      const log = openLog(options.logPath);
      child = await launch(process.execPath, ['--import', followParent, '--import', 'tsx', options.entry], { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
      if (stopping.signal.aborted) break;
      follow(child.stdout, log, (line) => levelOf(line) >= 40 && options.say(`${options.name}: ${plain(line)}`));
      follow(child.stderr, log, (line) => {
        tail.push(line);
        if (tail.length > 40) tail.shift();
        if (line.trim() !== '') options.say(`${options.name}: ${plain(line)}`);
      });
      const how = await ending(child);
      log.end();
      if (stopping.signal.aborted) break;
      if (!confirmed && deaths >= 3) return giveUp(new Error(`the program ${options.name} ended (${how}) before it was ready; see ${options.logPath}\n${tail.join('\n')}`));
      if (Date.now() - startedAt > steadyAfterMs) pauseMs = firstPauseMs;
      options.say(`${options.name} ended (${how}); starting it again in ${pauseMs / 1000} s`);
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, lastPauseMs);
    }
  };
  const running = run().catch((error: Error) => giveUp(error));

  return {
    name: options.name,
    hopeless,
    get pid() {
      return child?.pid;
    },
    confirm: () => (confirmed = true),
    async stop() {
      stopping.abort();
      if (child) {
        await endProcess(child, [
          ['SIGTERM', options.stopDeadlineMs ?? 10_000],
          ['SIGKILL', 5_000],
        ]);
      }
      await running;
      // A child that was being launched meanwhile.
      if (child) await endProcess(child, [['SIGKILL', 5_000]]);
    },
  };
}

function openLog(path: string): WriteStream {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && statSync(path).size > maxLogBytes) renameSync(path, `${path}.1`);
  return createWriteStream(path, { flags: 'a', mode: 0o600 });
}

function follow(stream: Readable | null, log: WriteStream, onLine: (line: string) => void): void {
  if (!stream) return;
  createInterface({ input: stream }).on('line', (line) => {
    if (!log.writableEnded) log.write(`${line}\n`);
    onLine(line);
  });
}

const levels: Readonly<Record<string, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 };

/** pino's number of a line's level; a line that is not JSON is somebody's console.log, and worth seeing. */
function levelOf(line: string): number {
  try {
    const { level } = JSON.parse(line) as { level?: string | number };
    return typeof level === 'number' ? level : (levels[level ?? ''] ?? 30);
  } catch {
    return line.trim() === '' ? 0 : 40;
  }
}

/** `warn: redis (ECONNREFUSED)` instead of a line of JSON; anything else as it is. */
function plain(line: string): string {
  try {
    const { level, msg, error, err } = JSON.parse(line) as { level?: string; msg?: string; error?: string; err?: { message?: string } };
    const reason = error ?? err?.message;
    return `${level}: ${msg ?? ''}${reason === undefined ? '' : ` (${reason})`}`;
  } catch {
    return line;
  }
}

/** The repository's root. */
export const houseDir = fileURLToPath(new URL('..', import.meta.url));
