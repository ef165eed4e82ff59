import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FrameCutter } from '../../calls-controller/esl/frames.ts';

/** What the switch said: an answer with the command that it answers, or an event. */
export interface Said {
  /** Undefined for events and for the greeting. */
  readonly command: string | undefined;
  readonly head: string;
  readonly body: Buffer;
}

/** What becomes of it: other bytes, nothing at all, or the bytes later. `undefined` lets it pass. */
export type Spoil = (said: Said) => string | Buffer | { readonly afterMs: number } | undefined;

/** The way between a controller and its switch, which can be cut, frozen, refused and lied on. */
export interface EventSocketProxy {
  /** The switch's address by this way. */
  readonly url: string;
  /** Connections that were asked for, in all. */
  readonly connects: number;
  /** Connections that stand now. */
  readonly open: number;
  /** Alters what the switch says from now on; null passes everything. */
  spoil: Spoil | null;
  /** Hears each command that the controller gives. */
  onCommand: ((command: string) => void) | null;
  cut(how: 'FIN' | 'RST'): void;
  /** Neither side is heard any more, though no connection breaks; new ones are taken and stay silent. */
  freeze(): void;
  /** What stands breaks off, and the way is open again. */
  thaw(): void;
  /** The port is closed. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Bytes that the switch never said. */
  inject(bytes: string | Buffer): void;
  close(): Promise<void>;
}

export const apiReply = (body: string): string => `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`;
export const commandReply = (text: string): string => `Content-Type: command/reply\nReply-Text: ${text}\n\n`;

interface Pair {
  readonly near: net.Socket; readonly far: net.Socket; readonly asked: string[]; readonly cutter: FrameCutter; asking: string;
  /** What waits behind late bytes: a stream never overtakes itself. */
  late: Promise<void> | null;
}

export async function openEventSocketProxy(switchUrl: string): Promise<EventSocketProxy> {
  const { hostname, port: switchPort } = new URL(switchUrl);
  const pairs = new Set<Pair>();
  let isFrozen = false;
  let connects = 0;
  const lateness = new AbortController();

  const write = (pair: Pair, bytes: string | Buffer, afterMs = 0): void => {
    if (afterMs === 0 && !pair.late) return void pair.near.write(bytes);
    const mine = (pair.late ?? Promise.resolve()).then(async () => {
      if (afterMs > 0) await sleep(afterMs, undefined, { signal: lateness.signal }).catch(() => undefined);
      if (!pair.near.destroyed) pair.near.write(bytes);
      if (pair.late === mine) pair.late = null;
    });
    pair.late = mine;
  };
  const said = (pair: Pair, chunk: Buffer): void => {
    if (isFrozen) return;
    for (const frame of pair.cutter.push(chunk)) {
      if (!('body' in frame)) continue;
      const isAnswer = /^content-type: *(?:api\/response|command\/reply)/im.test(frame.head);
      const command = isAnswer ? pair.asked.shift() : undefined;
      const whole = Buffer.concat([Buffer.from(`${frame.head}\n\n`), frame.body]);
      const instead = proxy.spoil?.({ command, ...frame }) ?? whole;
      if (typeof instead === 'string' || Buffer.isBuffer(instead)) write(pair, instead);
      else write(pair, whole, instead.afterMs);
    }
  };
  /** Commands end with an empty line; a lone line break wakes the switch and is none. */
  const asked = (pair: Pair, chunk: Buffer): void => {
    if (isFrozen) return;
    pair.far.write(chunk);
    pair.asking = (pair.asking + chunk.toString()).replace(/^\n+/, '');
    for (let end = pair.asking.indexOf('\n\n'); end !== -1; end = pair.asking.indexOf('\n\n')) {
      pair.asked.push(pair.asking.slice(0, end));
      proxy.onCommand?.(pair.asking.slice(0, end));
      pair.asking = pair.asking.slice(end + 2).replace(/^\n+/, '');
    }
  };
  const serve = (near: net.Socket): void => {
    connects += 1;
    const far = net.connect({ port: Number(switchPort), host: hostname, noDelay: true });
    const pair: Pair = { near, far, asked: [], cutter: new FrameCutter(), asking: '', late: null };
    pairs.add(pair);
    near.setNoDelay(true);
    near.on('data', (chunk) => asked(pair, chunk)).on('error', () => near.destroy());
    far.on('data', (chunk) => said(pair, chunk)).on('error', () => far.destroy());
    near.on('close', () => { far.destroy(); pairs.delete(pair); });
    // A frozen peer does not hang up either.
    far.on('close', () => { if (!isFrozen) near.destroy(); });
  };

  let server = net.createServer(serve);
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as net.AddressInfo).port;
  };
  const port = await listen(0);
  const drop = (): void => pairs.forEach(({ near }) => near.destroy());
  const refuse = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    drop();
    await closed;
  };
  const proxy: EventSocketProxy = {
    url: switchUrl.replace(`:${switchPort}`, `:${port}`),
    get connects() { return connects; },
    get open() { return pairs.size; },
    spoil: null,
    onCommand: null,
    cut: (how) => pairs.forEach(({ near }) => (how === 'FIN' ? near.end() : near.resetAndDestroy())),
    freeze: () => { isFrozen = true; },
    thaw() {
      isFrozen = false;
      drop();
    },
    refuse,
    async accept() {
      server = net.createServer(serve);
      await listen(port);
    },
    inject: (bytes) => pairs.forEach(({ near }) => near.write(bytes)),
    async close() {
      lateness.abort();
      if (server.listening) await refuse();
    },
  };
  return proxy;
}
