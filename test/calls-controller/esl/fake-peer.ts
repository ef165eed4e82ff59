/** A peer that speaks just enough of the Event Socket over real TCP to misbehave on purpose. */
import net from 'node:net';
import type { EslLog } from '../../../calls-controller/esl/link.ts';
import type { LinkFact } from '../../../calls-controller/esl/switch.ts';
import type { EslSwitch } from '../../../calls-controller/esl/esl-switch.ts';

export const CORE_UUID = '11111111-2222-4333-8444-555555555555';
export const silentLog: EslLog = { info: () => undefined, warn: () => undefined };
export const STATUS = 'UP 0 years\n3 session(s) since startup\n1 session(s) - peak 2, last 5min 2\n0 session(s) per Sec out of max 30, peak 1, last 5min 1\n500 session(s) max\n';

export const reply = (text: string): string => `Content-Type: command/reply\nReply-Text: ${text}\n\n`;
export const api = (body: string): string => `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`;
export const event = (headers: Record<string, string>): string => {
  const body = JSON.stringify(headers);
  return `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`;
};

/** What to answer to a command; `undefined` leaves it unanswered. */
export type Answers = (command: string, socket: net.Socket) => string | undefined;

export interface FakePeer {
  readonly port: number;
  readonly commands: string[];
  readonly sockets: Set<net.Socket>;
  send(bytes: string | Buffer): void;
  close(): Promise<void>;
}

const greetings = (command: string): string | undefined => {
  if (command.startsWith('auth ')) return reply('+OK accepted');
  if (command.startsWith('event ')) return reply('+OK event listener enabled json');
  if (command === 'api global_getvar core_uuid') return api(CORE_UUID);
  if (command === 'api status') return api(STATUS);
  return undefined;
};

export async function fakePeer(answers: Answers = () => undefined): Promise<FakePeer> {
  const commands: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.write('Content-Type: auth/request\n\n');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const command = text.slice(0, end).replace(/^\n+/, '');
        text = text.slice(end + 2);
        if (command === '') continue;
        commands.push(command);
        const answer = answers(command, socket) ?? greetings(command);
        if (answer !== undefined && !socket.destroyed) socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    commands, sockets,
    send: (bytes) => { for (const socket of sockets) socket.write(bytes); },
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }),
  };
}

/** The next link fact of a kind. Call it before what causes it. */
export const nextLink = (target: EslSwitch, kind: LinkFact['kind']): Promise<LinkFact> =>
  new Promise((resolve) => target.onLink((fact) => { if (fact.kind === kind) resolve(fact); }));
