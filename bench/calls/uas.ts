/** A telephone network of one UDP socket: it takes every call of the trunk, and knows when each INVITE came in. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface Taken {
  /** E.164 with its plus. */
  readonly number: string;
  /** ms since the epoch, when the INVITE was read from the socket. */
  readonly at: number;
}

interface Message { readonly start: string; readonly headers: ReadonlyMap<string, readonly string[]> }
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** Numbers that ring for this long before they answer; the others answer at once. */
const ringMs = 60;

export class Uas {
  readonly #socket: Socket = createSocket('udp4');
  /** Where the sound goes; nobody listens. */
  readonly #sink: Socket = createSocket('udp4');
  readonly #taken: ((taken: Taken) => void)[] = [];
  readonly #seen = new Set<string>();

  async open(): Promise<number> {
    for (const socket of [this.#socket, this.#sink]) {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
    }
    this.#socket.on('message', (data, from) => this.#read(nowMs(), data.toString('latin1'), from));
    return this.#socket.address().port;
  }

  onInvite(listener: (taken: Taken) => void): void { this.#taken.push(listener); }

  close(): void {
    this.#socket.close();
    this.#sink.close();
  }

  #read(at: number, text: string, from: RemoteInfo): void {
    const message = parse(text);
    const [method = '', uri = ''] = message.start.split(' ');
    if (method === 'SIP/2.0' || method === 'ACK') return;
    if (method !== 'INVITE') return this.#answer(message, from, '200 OK');
    const callId = first(message, 'call-id');
    const isNew = !this.#seen.has(callId);
    this.#seen.add(callId);
    const number = `+${/^sip:\+?(\d+)@/.exec(uri)?.[1] ?? ''}`;
    if (isNew) for (const listener of this.#taken) listener({ number, at });
    const accept = () => this.#answer(message, from, '200 OK', this.#sdp());
    if (!isNew || number.endsWith('00')) return accept();
    this.#answer(message, from, '180 Ringing');
    setTimeout(accept, ringMs);
  }

  #sdp(): string {
    return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${this.#sink.address().port} RTP/AVP 8 101`, 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:101 telephone-event/8000', ''].join('\r\n');
  }

  #answer(message: Message, from: RemoteInfo, status: string, body = ''): void {
    const same = (name: string) => (message.headers.get(name) ?? []).map((value) => `${name}: ${value}`);
    const to = first(message, 'to');
    const lines = [
      `SIP/2.0 ${status}`, ...same('via'), ...same('from'), `to: ${to.includes(';tag=') ? to : `${to};tag=bench`}`, ...same('call-id'), ...same('cseq'),
      `contact: <sip:bench@127.0.0.1:${this.#socket.address().port}>`, ...(body === '' ? [] : ['content-type: application/sdp']), `content-length: ${body.length}`, '', body,
    ];
    this.#socket.send(lines.join('\r\n'), from.port, from.address);
  }
}

const first = (message: Message, name: string): string => message.headers.get(name)?.[0] ?? '';

const compact: Readonly<Record<string, string>> = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact' };

function parse(text: string): Message {
  const [start = '', ...lines] = (text.split('\r\n\r\n', 1)[0] ?? '').split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const written = line.slice(0, colon).trim().toLowerCase();
    const name = compact[written] ?? written;
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { start, headers };
}
