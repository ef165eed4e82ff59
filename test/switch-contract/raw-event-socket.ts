/** The Event Socket spoken by hand, to look at a switch past the client that is tested with it. */
import net from 'node:net';

export interface RawEventSocket {
  /** Sends one command (its lines) and gives the reply's text. */
  ask(command: string): Promise<string>;
  close(): void;
}

export async function connectRaw(url: string): Promise<RawEventSocket> {
  const { hostname, port, password } = new URL(url);
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
  const waiting: ((text: string) => void)[] = [];
  let held = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    held = Buffer.concat([held, chunk]);
    for (let end = held.indexOf('\n\n'); end !== -1; end = held.indexOf('\n\n')) {
      const head = held.toString('utf8', 0, end);
      const bytes = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (held.length < end + 2 + bytes) return;
      const body = held.toString('utf8', end + 2, end + 2 + bytes);
      held = held.subarray(end + 2 + bytes);
      if (head.includes('auth/request')) continue;
      waiting.shift()?.(bytes > 0 ? body.trim() : (/reply-text: (.*)/i.exec(head)?.[1] ?? ''));
    }
  });
  const ask = (command: string): Promise<string> => new Promise((resolve) => {
    waiting.push(resolve);
    socket.write(`${command}\n\n`);
  });
  await ask(`auth ${decodeURIComponent(password)}`);
  return { ask, close: () => socket.destroy() };
}
