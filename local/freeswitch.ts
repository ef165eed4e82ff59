/**
 * Starts the FreeSWITCH found on the PATH with freeswitch-conf, in the foreground and with every directory and port of its
 * own, so that several run side by side. It never outlives us: a watchdog holds our pipe and ends it when the pipe closes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { derivedDirectorySecret } from '../platform/directory-secret.ts';

export interface FreeswitchOptions {
  readonly password: string;
  readonly eslPort: number;
  readonly wsPort: number;
  readonly directoryUrl: string;
  /** What it proves itself with there; derived from the password unless given. */
  readonly directorySecret?: string;
  /** A folder of gateways instead of freeswitch-conf/trunks. */
  readonly trunksDir?: string;
  /** Logs, databases, certificates and the pid file live in here. */
  readonly dataDir: string;
  /** New sessions a second; freeswitch-conf's default is 200. */
  readonly sps?: number;
  /** UDP ports, both ends included; two a leg. A stretch that no other switch of this machine has, unless given. */
  readonly rtpPortRange?: readonly [number, number];
  /** Plain SIP on loopback: the operators' profile, the trunks' and the operators' own phones'; free ports unless given. */
  readonly sipPorts?: readonly [operators: number, trunks: number, devices?: number];
  /** Where freeswitch-conf/sounds lies; there unless given. */
  readonly soundsDir?: string;
  readonly log: (line: string) => void;
}

export interface RunningFreeswitch {
  /** `esl://:password@127.0.0.1:port`, as FREESWITCH_URL takes it. */
  readonly url: string;
  /** Where browsers call in. */
  readonly wsUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export class FreeswitchError extends Error {}

const CONF_DIR = fileURLToPath(new URL('../freeswitch-conf', import.meta.url));
const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 8_000;
const DIRECTORIES = ['log', 'db', 'run', 'certs', 'storage', 'cache', 'recordings', 'temp'] as const;

/**
 * Its standard input is our pipe: when we die, however, `read` ends and FreeSWITCH (its child) is ended. When FreeSWITCH
 * ends first, the watchdog ends with its code. FreeSWITCH's own input is a pipe that stays open and silent.
 */
const WATCHDOG = `
exec 3<&0
"$@" </dev/null 3<&- 4>&- &
fs=$!
echo "$fs" >&4
exec 4>&-
( read -r _ <&3; kill -TERM "$fs" 2>/dev/null; n=0; while kill -0 "$fs" 2>/dev/null && [ $n -lt 80 ]; do sleep 0.1; n=$((n+1)); done; kill -KILL "$fs" 2>/dev/null ) >/dev/null 2>&1 &
guard=$!
wait "$fs"; code=$?
kill "$guard" 2>/dev/null
exit $code`;

/** The `freeswitch` on the PATH, or in its usual home; `undefined` where there is none. */
export function findFreeswitch(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/opt/freeswitch/bin', '/usr/local/freeswitch/bin'];
  return folders.filter((folder) => folder !== '').map((folder) => path.join(folder, 'freeswitch')).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export async function startFreeswitch(options: FreeswitchOptions): Promise<RunningFreeswitch> {
  const program = findFreeswitch();
  if (program === undefined) throw new FreeswitchError('There is no FreeSWITCH on the PATH. Install it (version 1.10.12 or newer), or name a running one in FREESWITCH_URL.');
  // It becomes an XML attribute and a line of the Event Socket.
  if (!/^[A-Za-z0-9_-]{8,}$/.test(options.password)) throw new FreeswitchError('The password of the Event Socket needs at least 8 letters, digits, - or _.');
  const dataDir = path.resolve(options.dataDir);
  for (const directory of DIRECTORIES) mkdirSync(path.join(dataDir, directory), { recursive: true, mode: 0o700 });
  const pidFile = path.join(dataDir, 'freeswitch.pid');
  await endOrphan(pidFile, options.log);
  const [sipPort, trunkPort, devicesPort = await freePort()] = options.sipPorts ?? [await freePort(), await freePort()];
  await demandFree({ EXCHANGE_ESL_PORT: options.eslPort, EXCHANGE_WS_PORT: options.wsPort, EXCHANGE_SIP_PORT: sipPort, EXCHANGE_TRUNK_PORT: trunkPort, EXCHANGE_DEVICES_PORT: devicesPort });
  const rtp = options.rtpPortRange === undefined ? await takeRtpStretch() : { range: options.rtpPortRange, release: () => Promise.resolve() };
  const child = launch(program, dataDir, environment(options, { sipPort, trunkPort, devicesPort }, rtp.range));
  const output = collect(child);
  const pid = await childPid(child, output).catch(async (error: Error) => {
    await rtp.release();
    throw error;
  });
  writeFileSync(pidFile, `${pid}\n`);
  const stop = () => end(child, pid, pidFile).finally(rtp.release);
  try {
    await ready(options, child, output);
  } catch (error) {
    await stop();
    throw error;
  }
  options.log(`FreeSWITCH runs (pid ${pid}): Event Socket on 127.0.0.1:${options.eslPort}, browsers on ws://127.0.0.1:${options.wsPort}`);
  return { url: `esl://:${options.password}@127.0.0.1:${options.eslPort}`, wsUrl: `ws://127.0.0.1:${options.wsPort}`, pid, stop };
}

function environment(options: FreeswitchOptions, { sipPort, trunkPort, devicesPort }: Readonly<Record<'sipPort' | 'trunkPort' | 'devicesPort', number>>, [rtpStart, rtpEnd]: readonly [number, number]): NodeJS.ProcessEnv {
  const { PATH, LANG, HOME } = process.env;
  return {
    PATH, LANG, HOME,
    EXCHANGE_ESL_PASSWORD: options.password,
    EXCHANGE_ESL_PORT: String(options.eslPort),
    EXCHANGE_WS_PORT: String(options.wsPort),
    EXCHANGE_SIP_PORT: String(sipPort),
    EXCHANGE_TRUNK_PORT: String(trunkPort),
    EXCHANGE_DEVICES_PORT: String(devicesPort),
    EXCHANGE_DIRECTORY_URL: options.directoryUrl,
    EXCHANGE_DIRECTORY_SECRET: options.directorySecret ?? derivedDirectorySecret(options.password),
    ...(options.trunksDir === undefined ? {} : { EXCHANGE_TRUNKS_DIR: options.trunksDir }),
    EXCHANGE_SOUNDS_DIR: options.soundsDir ?? path.join(CONF_DIR, 'sounds'),
    EXCHANGE_RTP_START_PORT: String(rtpStart),
    EXCHANGE_RTP_END_PORT: String(rtpEnd),
    ...(options.sps === undefined ? {} : { EXCHANGE_SPS: String(options.sps) }),
  };
}

/** Ports of one switch: 500 legs with sound need 1,000; a stranger's call has none before it is let in. All of them lie below what the system hands out by itself. */
const RTP_FIRST = 16_384;
const RTP_STRETCH = 1_024;
const RTP_STRETCHES = 16;

/**
 * FreeSWITCH takes media ports by chance out of its range and knows nothing of another one's, so that two with the same
 * range disturb each other. A stretch is ours while we hold the socket on its first port.
 */
async function takeRtpStretch(): Promise<{ range: readonly [number, number]; release: () => Promise<void> }> {
  for (let index = 0; index < RTP_STRETCHES; index += 1) {
    const first = RTP_FIRST + index * RTP_STRETCH;
    const marker = await heldPort(first);
    if (marker !== undefined) return { range: [first + 2, first + RTP_STRETCH - 2], release: () => new Promise((resolve) => void marker.close(() => resolve())) };
  }
  throw new FreeswitchError(`All ${RTP_STRETCHES} stretches of media ports from ${RTP_FIRST} on are taken. End a switch of this machine that is not needed.`);
}

function heldPort(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => socket.close(() => resolve(undefined)));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(socket.unref()));
  });
}

function launch(program: string, dataDir: string, env: NodeJS.ProcessEnv): ChildProcess {
  const directories = DIRECTORIES.flatMap((directory) => [`-${directory}`, path.join(dataDir, directory)]);
  const args = ['-nf', '-nc', '-nonat', '-nonatmap', '-conf', CONF_DIR, ...directories];
  // A session of its own, so that Ctrl-C reaches us alone and we end it in order.
  return spawn('/bin/sh', ['-c', WATCHDOG, 'freeswitch-watchdog', program, ...args], { cwd: dataDir, env, detached: true, stdio: ['pipe', 'pipe', 'pipe', 'ignore', 'pipe'] });
}

/** The last words of the child, for the error when it does not start. */
function collect(child: ChildProcess): { text: string } {
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { output.text = (output.text + chunk.toString()).slice(-4_000); });
  child.stdin?.on('error', () => undefined);
  return output;
}

async function childPid(child: ChildProcess, output: { text: string }): Promise<number> {
  const announced = child.stdio[4] as NodeJS.ReadableStream;
  let text = '';
  for await (const chunk of announced) text += String(chunk);
  const pid = Number(text.trim());
  if (!Number.isInteger(pid) || pid <= 1) throw new FreeswitchError(`FreeSWITCH could not be started: ${output.text}`);
  return pid;
}

async function ready(options: FreeswitchOptions, child: ChildProcess, output: { text: string }): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    if (child.exitCode !== null) throw new FreeswitchError(`FreeSWITCH ended at once (code ${child.exitCode}): ${reasonIn(output.text)}`);
    if (/^\s*operators\s+profile\s.*RUNNING/m.test(await sofiaStatus(options).catch(() => ''))) return;
    if (Date.now() > deadline) throw new FreeswitchError(`FreeSWITCH was not ready within ${START_DEADLINE_MS / 1000} s: ${reasonIn(output.text)}`);
    await delay(100);
  }
}

const reasonIn = (text: string): string => text.split('\n').filter((line) => /cannot|error|ERR|CRIT/i.test(line)).join(' ').trim() || text.trim() || 'it said nothing';

/** `sofia status profile operators` over a bare Event Socket. Empty when it does not answer. */
function sofiaStatus({ eslPort, password }: FreeswitchOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(eslPort, '127.0.0.1');
    let text = '';
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (text.endsWith('auth/request\n\n')) socket.write(`auth ${password}\n\napi sofia status\n\nexit\n\n`);
    });
  });
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already, which is what was wanted.
  }
};

async function endPid(pid: number): Promise<void> {
  signal(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (alive(pid) && Date.now() < deadline) await delay(50);
  if (alive(pid)) signal(pid, 'SIGKILL');
}

async function end(child: ChildProcess, pid: number, pidFile: string): Promise<void> {
  const closed = child.exitCode !== null ? Promise.resolve() : new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await endPid(pid);
  await closed;
  child.stdin?.destroy();
  rmSync(pidFile, { force: true });
}

/** A FreeSWITCH of this data directory that outlived its starter is ended; a reused pid of another program is left alone. */
async function endOrphan(pidFile: string, log: (line: string) => void): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').trim());
  const command = Number.isInteger(pid) && pid > 1 && existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') : [];
  if (path.basename(command[0] ?? '') === 'freeswitch' && command.includes(CONF_DIR) && command.includes(path.join(path.dirname(pidFile), 'run'))) {
    log(`Ending a FreeSWITCH left over from an earlier run (pid ${pid}).`);
    await endPid(pid);
  }
  rmSync(pidFile, { force: true });
}

function listening(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as net.AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}

/** Below the ports that the system hands out by itself (Linux: from 32768) and those of our media; a stretch for each process. */
const [firstPort, portsEach, stretches] = [10_240, 64, 90] as const;
let portsGiven = 0;
let ownStretch: Promise<{ readonly first: number; readonly marker: Socket }> | undefined;

/** Ours while we hold the UDP socket on its first port, which nobody is given. */
async function takePortStretch(): Promise<{ readonly first: number; readonly marker: Socket }> {
  for (let index = 0; index < stretches; index += 1) {
    const first = firstPort + ((process.pid + index) % stretches) * portsEach;
    const marker = await heldPort(first);
    if (marker !== undefined) return { first, marker };
  }
  throw new FreeswitchError(`All ${stretches} stretches of ports from ${firstPort} on are taken by other processes of ours.`);
}

/** A TCP port on loopback that is free now, and that neither the system nor another process of ours gives away before its program listens. */
export async function freePort(): Promise<number> {
  const { first } = await (ownStretch ??= takePortStretch());
  for (let look = 1; look < portsEach; look += 1) {
    const port = await listening(first + 1 + (portsGiven++ % (portsEach - 1)));
    if (port !== undefined) return port;
  }
  throw new FreeswitchError(`There is no free port on 127.0.0.1 from ${first + 1} to ${first + portsEach - 1}.`);
}

async function demandFree(ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    if ((await listening(port)) === undefined) throw new FreeswitchError(`Port ${port} on 127.0.0.1 (${name}) is in use. End the program that holds it, or choose another port.`);
  }
}
