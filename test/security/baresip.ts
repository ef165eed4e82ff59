import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../local/freeswitch.ts';

const music = fileURLToPath(new URL('../../freeswitch-conf/sounds/music/hold.wav', import.meta.url));

interface BaresipEvent { readonly type: string; readonly param?: string; readonly response?: boolean; readonly data?: string; readonly ok?: boolean }

/** A SIP client as people have it, told by its control socket what to do. */
export interface Baresip {
  /** Everything that it told, oldest first. */
  readonly told: BaresipEvent[];
  command(name: string, parameters?: string): void;
  /** Waits for an event of this type that came after `from`. */
  event(type: RegExp, from?: number, timeoutMs?: number): Promise<BaresipEvent>;
  /** Waits for words of its own log: it may register before its control socket is listened to. */
  says(words: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

export interface BaresipAccount { readonly username: string; readonly password: string; readonly sipPort: number; /** Seconds; 0: it does not register. */ readonly registerFor?: number; readonly answers?: 'auto' | 'manual' }

const modules = ['/usr/lib/baresip/modules', '/usr/lib/x86_64-linux-gnu/baresip/modules', '/usr/local/lib/baresip/modules'].find((folder) => existsSync(folder)) ?? '/usr/lib/baresip/modules';

export async function startBaresip({ username, password, sipPort, registerFor = 0, answers = 'manual' }: BaresipAccount): Promise<Baresip> {
  const folder = await mkdtemp(path.join(tmpdir(), 'baresip-'));
  const control = await freePort();
  await writeFile(path.join(folder, 'config'), [
    `module_path ${modules}`, 'module g711.so', 'module aufile.so', 'module aubridge.so', 'module_app account.so', 'module_app menu.so', 'module_app ctrl_tcp.so', `ctrl_tcp_listen 127.0.0.1:${control}`,
    'sip_listen 127.0.0.1:0', 'net_interface 127.0.0.1', `audio_source aufile,${music}`, 'audio_player aubridge,loudspeaker', 'call_max_calls 2', '',
  ].join('\n'));
  await writeFile(path.join(folder, 'accounts'), `<sip:${username}@exchange;transport=udp>;auth_user=${username};auth_pass=${password};outbound="sip:127.0.0.1:${sipPort};transport=udp";regint=${registerFor};answermode=${answers};audio_codecs=PCMU/8000/1\n`);
  await writeFile(path.join(folder, 'contacts'), '');
  const child = spawn('baresip', ['-f', folder, '-v'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-4_000); });
  const socket = await connect(control, () => said);
  const told: BaresipEvent[] = [];
  let held = '';
  socket.on('data', (chunk) => {
    held += chunk.toString();
    for (let match = /^(\d+):/.exec(held); match && held.length >= match[0].length + Number(match[1]) + 1; match = /^(\d+):/.exec(held)) {
      const start = match[0].length;
      told.push(JSON.parse(held.slice(start, start + Number(match[1]))) as BaresipEvent);
      held = held.slice(start + Number(match[1]) + 1);
    }
  });
  return {
    told,
    command(name, parameters = '') {
      const text = JSON.stringify({ command: name, params: parameters });
      socket.write(`${Buffer.byteLength(text)}:${text},`);
    },
    async event(type, from = 0, timeoutMs = 10_000) {
      for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 20))) {
        const found = told.slice(from).find((each) => type.test(each.type ?? ''));
        if (found) return found;
      }
      throw new Error(`baresip did not tell ${type.source} in ${timeoutMs} ms; it told ${told.map((each) => each.type ?? each.data).join(', ')}; ${said}`);
    },
    async says(words, timeoutMs = 10_000) {
      for (const deadline = performance.now() + timeoutMs; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
        const found = words.exec(said);
        if (found) return found;
        if (performance.now() > deadline) throw new Error(`baresip did not say ${words.source} in ${timeoutMs} ms: ${said}`);
      }
    },
    async stop() {
      const gone = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await gone;
      clearTimeout(late);
      socket.destroy();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function connect(port: number, said: () => string): Promise<net.Socket> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const socket = net.connect(port, '127.0.0.1');
    const up = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (up) return socket;
    socket.destroy();
  }
  throw new Error(`baresip did not start: ${said()}`);
}
