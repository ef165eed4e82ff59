/**
 * The inbound Event Socket over TCP, as far as the calls-controller speaks it: auth, api, bgapi, sendmsg execute, event json,
 * noevents, exit, and empty lines that only wake (mod_event_socket.c). Commands are answered strictly in their order.
 */
import { randomUUID, timingSafeEqual, createHash } from 'node:crypto';
import net from 'node:net';
import type { Api } from './api.ts';
import type { Switchboard, SwitchEvent } from './switchboard.ts';

const MAX_COMMAND_BYTES = 64 * 1024;
/** A listener that reads nothing is cut, as FreeSWITCH does after its queue is full. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;
const EVENT_KINDS = new Set(['CHANNEL_CREATE', 'CHANNEL_CALLSTATE', 'CHANNEL_ANSWER', 'CHANNEL_BRIDGE', 'CHANNEL_UNBRIDGE', 'CHANNEL_PARK', 'CHANNEL_HANGUP_COMPLETE']);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

class Listener {
  readonly #socket: net.Socket;
  readonly #password: string;
  readonly #api: Api;
  #held = '';
  #authorised = false;
  #kinds = new Set<string>();

  constructor(socket: net.Socket, password: string, api: Api) {
    this.#socket = socket;
    this.#password = password;
    this.#api = api;
    socket.setNoDelay(true).setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => this.#receive(String(chunk)));
    this.#write('Content-Type: auth/request\n\n');
  }

  hear(event: SwitchEvent): void {
    if (!this.#kinds.has(event['Event-Name'] ?? '')) return;
    const body = JSON.stringify(event);
    this.#write(`Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`);
  }

  #receive(chunk: string): void {
    this.#held = (this.#held + chunk).replace(/^\n+/, '');
    for (let end = this.#held.indexOf('\n\n'); end !== -1 && this.#socket.writable; end = this.#held.indexOf('\n\n')) {
      const lines = this.#held.slice(0, end).split('\n').map((line) => line.replace(/\r$/, ''));
      this.#held = this.#held.slice(end + 2).replace(/^\n+/, '');
      this.#take(lines);
    }
    if (this.#held.length > MAX_COMMAND_BYTES) this.#socket.destroy();
  }

  #take([command = '', ...headers]: readonly string[]): void {
    const [word = '', ...words] = command.split(' ');
    const rest = words.join(' ');
    if (word === 'exit') return this.#bye('+OK bye');
    if (!this.#authorised) {
      if (word !== 'auth') return this.#reply('-ERR command not found');
      if (!timingSafeEqual(digest(rest), digest(this.#password))) return this.#bye('-ERR invalid');
      this.#authorised = true;
      return this.#reply('+OK accepted');
    }
    switch (word) {
      case 'api': return rest === '' ? this.#reply('-ERR command not found') : this.#answer(this.#api.run(rest));
      case 'bgapi': {
        const job = randomUUID();
        this.#reply(`+OK Job-UUID: ${job}\nJob-UUID: ${job}`);
        return this.#api.background(rest);
      }
      case 'sendmsg': return this.#sendmsg(rest, headers);
      case 'event': return this.#subscribe(words);
      case 'noevents':
        this.#kinds.clear();
        return this.#reply('+OK no longer listening for events');
      case 'linger': return this.#reply('-ERR not controlling a session');
      default: return this.#reply('-ERR command not found');
    }
  }

  #sendmsg(uuid: string, headers: readonly string[]): void {
    const values = new Map(headers.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const known = this.#api.execute(uuid, values.get('execute-app-name') ?? '', values.get('execute-app-arg') ?? '');
    this.#reply(known ? '+OK' : `-ERR invalid session id [${uuid}]`);
  }

  #subscribe([format, ...names]: readonly string[]): void {
    const kinds = names.filter((name) => EVENT_KINDS.has(name));
    if (format !== 'json' || kinds.length === 0) return this.#reply('-ERR no keywords supplied');
    for (const kind of kinds) this.#kinds.add(kind);
    this.#reply('+OK event listener enabled json');
  }

  #answer(body: string): void {
    this.#write(`Content-Type: api/response\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`);
  }

  #reply(text: string): void {
    this.#write(`Content-Type: command/reply\nReply-Text: ${text}\n\n`);
  }

  #bye(text: string): void {
    const words = 'Disconnected, goodbye.\n';
    this.#reply(text);
    this.#write(`Content-Type: text/disconnect-notice\nContent-Length: ${words.length}\n\n${words}`);
    this.#socket.end();
  }

  #write(text: string): void {
    if (!this.#socket.writable) return;
    this.#socket.write(text);
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) this.#socket.destroy();
  }
}

export interface EventSocketServer { readonly port: number; stop(): Promise<void> }

/** Listens on loopback only. */
export async function openEventSocket(options: { readonly port: number; readonly password: string; readonly board: Switchboard; readonly api: Api }): Promise<EventSocketServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    const listener = new Listener(socket, options.password, options.api);
    const forget = options.board.onEvent((event) => listener.hear(event));
    sockets.add(socket);
    socket.on('close', () => {
      forget();
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as net.AddressInfo).port,
    stop: () => new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    }),
  };
}
