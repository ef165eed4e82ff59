import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** The way of one browser to the network: an HTTP proxy that carries its requests and WebSockets, and can be cut. */
export interface Network {
  readonly proxy: string;
  /** Every connection breaks off and no new one is made. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function openNetwork(): Promise<Network> {
  const open = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
  };
  const server = createServer((incoming, outgoing) => forward(incoming, outgoing, keep));
  server.on('connection', (socket) => {
    keep(socket);
    if (isCut) socket.destroy();
  });
  server.on('connect', ({ url }: IncomingMessage, socket: Socket, head: Buffer) => {
    const [host, port] = (url ?? '').split(':');
    const far = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    keep(far);
    far.on('close', () => socket.destroy());
    socket.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const drop = () => open.forEach((socket) => socket.destroy());
  return {
    proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      drop();
    },
    restore: () => { isCut = false; },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      drop();
      await closed;
    },
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, keep: (socket: Socket) => void): void {
  const far = request(incoming.url ?? '', { method: incoming.method, headers: incoming.headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing).on('error', () => answer.destroy());
  });
  far.on('socket', keep).on('error', () => outgoing.destroy());
  incoming.pipe(far);
}

/**
 * The process that sends and receives for a browser, its calls' UDP included: what happens while it stands still never
 * happened for the page.
 */
export function networkProcessOf(profile: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      if (command.includes('network.mojom.NetworkService') && command.includes(profile)) return Number(entry);
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error(`no network process of ${profile}`);
}
