/** Starts the stand-in switch where there is no FreeSWITCH. It is a child of ours and ends with us, whatever ends us. */
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { derivedDirectorySecret } from '../../platform/directory-secret.ts';
import { endProcess, ending, launch } from '../processes.ts';

export interface StandInOptions {
  /** Of the Event Socket. */
  readonly password: string;
  /** Free ones unless given; both on loopback alone. */
  readonly eslPort?: number;
  readonly wsPort?: number;
  readonly directoryUrl: string;
  /** What it proves itself with there; derived from the password unless given. */
  readonly directorySecret?: string;
  /** Its working directory, where it writes nothing; named in its command line, so that one sees whose it is. */
  readonly dataDir?: string;
  readonly log: (line: string) => void;
}

export interface RunningStandIn {
  /** `esl://:password@127.0.0.1:port`, as FREESWITCH_URL takes it. */
  readonly url: string;
  /** Where browsers call in. */
  readonly wsUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const FOLLOW_PARENT = new URL('../end-with-parent.mjs', import.meta.url).href;
const START_DEADLINE_MS = 30_000;

type Reply = { readonly eslPort: number; readonly wsPort: number } | { readonly error: string };

export async function startStandIn({ password, eslPort = 0, wsPort = 0, directoryUrl, directorySecret = derivedDirectorySecret(password), dataDir, log }: StandInOptions): Promise<RunningStandIn> {
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
  const { PATH, HOME, LANG } = process.env;
  const child = await launch(process.execPath, ['--import', FOLLOW_PARENT, '--import', import.meta.resolve('tsx'), MAIN, ...(dataDir === undefined ? [] : [dataDir])], {
    ...(dataDir === undefined ? {} : { cwd: dataDir }), env: { PATH, HOME, LANG, NODE_ENV: 'production' }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', (line) => {
    last.splice(0, last.length - 20, line);
    log(line);
  });
  const stop = (): Promise<void> => endProcess(child, [['SIGTERM', 5_000], ['SIGKILL', 5_000]]);
  try {
    const reply = await new Promise<Reply>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`it said nothing for ${START_DEADLINE_MS / 1000} s`)), START_DEADLINE_MS);
      child.once('message', (message) => { clearTimeout(late); resolve(message as Reply); });
      void ending(child).then((how) => { clearTimeout(late); reject(new Error(`it ended (${how}) ${last.join(' ')}`)); });
      child.send({ password, eslPort, wsPort, directoryUrl, directorySecret });
    });
    if ('error' in reply) throw new Error(reply.error);
    return { url: `esl://:${encodeURIComponent(password)}@127.0.0.1:${reply.eslPort}`, wsUrl: `ws://127.0.0.1:${reply.wsPort}`, pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw new Error(`The stand-in switch could not be started: ${(error as Error).message}`, { cause: error });
  }
}
