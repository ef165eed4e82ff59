import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

export interface SipReply { readonly status: number; header(name: string): string | undefined }
export interface SipRequest {
  readonly method: string;
  /** User part of the request's address; none: the exchange itself. */
  readonly to?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  /** A whole Authorization header's value, for instance one that was used before. */
  readonly authorization?: string;
  /** Within the call that it was rung for. */
  readonly inCall?: boolean;
}
interface Call { readonly id: string; readonly theirs: string; readonly ours: string; readonly contact: string }

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const offerAt = (port: number): string => ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 0`, 'a=rtpmap:0 PCMU/8000', ''].join('\r\n');

/** Speaks SIP by UDP as rudely as a test wants: every header is the test's, nothing is kept but the socket. */
export class SipClient {
  readonly #socket: Socket = createSocket('udp4');
  readonly #rtp: Socket = createSocket('udp4');
  readonly #waiting = new Map<string, (reply: SipReply) => void>();
  #call: Call | undefined;
  #cseq = 0;
  /** Methods of the requests that came here. Rung, it answers at once. */
  readonly received: string[] = [];
  /** RTP packets that came here and were not silent (PCMU: 0xff and 0x7f are zero). */
  soundPackets = 0;

  private constructor(readonly server: number, readonly username: string, readonly password: string) {}

  static async open(server: number, { username, password }: { username: string; password: string }): Promise<SipClient> {
    const client = new SipClient(server, username, password);
    client.#socket.on('message', (message) => client.#read(message.toString()));
    client.#rtp.on('message', (packet) => { if (packet.subarray(12).some((byte) => (byte & 0x7f) < 0x60)) client.soundPackets += 1; });
    for (const socket of [client.#socket, client.#rtp]) await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return client;
  }

  get port(): number { return (this.#socket.address() as AddressInfo).port; }

  /** One request, again and again until its final answer. */
  async ask({ method, to, headers = [], body = method === 'INVITE' ? this.#offer() : '', authorization, inCall = false }: SipRequest): Promise<SipReply> {
    const call = inCall ? this.#call : undefined;
    if (inCall && call === undefined) throw new Error('it was not rung');
    const branch = randomBytes(8).toString('hex');
    const callId = call?.id ?? branch;
    const own = `<sip:${this.username}@exchange>`;
    this.#cseq += 1;
    const text = [
      `${method} ${call?.contact ?? uriOf(to)} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${branch};rport`, 'Max-Forwards: 70', `From: ${call?.ours ?? `${own};tag=${branch}`}`,
      `To: ${call?.theirs ?? (method === 'REGISTER' ? own : `<${uriOf(to)}>`)}`, `Call-ID: ${callId}`, `CSeq: ${this.#cseq} ${method}`, ...(headers.some((each) => /^contact:/i.test(each)) ? [] : [this.#contact()]),
      ...(authorization === undefined ? [] : [`${method === 'REGISTER' ? 'Authorization' : 'Proxy-Authorization'}: ${authorization}`]), ...headers,
      ...(method === 'INVITE' ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(body)}`, '', body,
    ].join('\r\n');
    const send = () => this.#socket.send(text, this.server, '127.0.0.1');
    const again = setInterval(send, 500);
    let late: NodeJS.Timeout | undefined;
    try {
      return await new Promise<SipReply>((resolve, reject) => {
        late = setTimeout(() => reject(new Error(`no answer to ${method} ${to ?? ''}`)), 10_000);
        this.#waiting.set(callId, resolve);
        send();
      });
    } finally {
      clearInterval(again);
      clearTimeout(late);
      this.#waiting.delete(callId);
    }
  }

  /** The same with the digest that it is asked for. @returns its answer, and the digest for whoever wants to use it again */
  async prove(request: SipRequest, { counted = true, onProof }: { /** With qop and nonce count (RFC 2617), as every phone of today. */ counted?: boolean; /** Told the digest just before it is sent. */ onProof?: (authorization: string) => void } = {}): Promise<SipReply & { authorization: string }> {
    const challenge = await this.ask(request);
    const asked = challenge.header('www-authenticate') ?? challenge.header('proxy-authenticate');
    const nonce = /nonce="([^"]+)"/.exec(asked ?? '')?.[1];
    if (nonce === undefined) return { ...challenge, authorization: '' };
    const uri = uriOf(request.to);
    const [a1, a2, cnonce] = [md5(`${this.username}:exchange:${this.password}`), md5(`${request.method}:${uri}`), randomBytes(4).toString('hex')];
    const response = counted ? md5(`${a1}:${nonce}:00000001:${cnonce}:auth:${a2}`) : md5(`${a1}:${nonce}:${a2}`);
    const authorization = `Digest username="${this.username}", realm="exchange", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5${counted ? `, qop=auth, nc=00000001, cnonce="${cnonce}"` : ''}`;
    onProof?.(authorization);
    return { ...(await this.ask({ ...request, authorization })), authorization };
  }

  /** So many requests a second, of each method in turn, unproved and never repeated: as many as `least`, and until `enough`. @returns how many */
  async flood(methods: readonly string[], { perSecond, least, enough }: { perSecond: number; least: number; enough: () => boolean }): Promise<number> {
    const start = performance.now();
    let sent = 0;
    for (; sent < least || !enough(); await new Promise((resolve) => setTimeout(resolve, 20)))
      for (const due = ((performance.now() - start) / 1_000) * perSecond; sent < due; sent += 1) {
        const method = methods[sent % methods.length] ?? '';
        const id = randomBytes(8).toString('hex');
        const body = method === 'INVITE' ? this.#offer() : '';
        this.#socket.send([
          `${method} sip:${sent}@exchange SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${id};rport`, 'Max-Forwards: 70', `From: <sip:${sent}@exchange>;tag=${id}`, `To: <sip:${sent}@exchange>`, `Call-ID: ${id}`,
          `CSeq: 1 ${method}`, this.#contact(), ...(method === 'SUBSCRIBE' ? ['Event: presence'] : []), 'Expires: 60', ...(body ? ['Content-Type: application/sdp'] : []), `Content-Length: ${body.length}`, '', body,
        ].join('\r\n'), this.server, '127.0.0.1');
      }
    return sent;
  }

  async close(): Promise<void> {
    for (const socket of [this.#socket, this.#rtp]) await new Promise<void>((resolve) => void socket.close(() => resolve()));
  }

  #offer(): string { return offerAt(this.#rtp.address().port); }
  #contact(): string { return `Contact: <sip:${this.username}@127.0.0.1:${this.port}>`; }

  #read(text: string): void {
    const status = Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0);
    const header = (name: string) => new RegExp(`^${name}:\\s*(.*?)\\r?$`, 'im').exec(text)?.[1];
    if (status >= 200) this.#waiting.get(header('call-id') ?? '')?.({ status, header });
    if (status > 0) return;
    const method = text.split(' ')[0] ?? '';
    this.received.push(method);
    if (method === 'ACK') return;
    const ours = /;tag=/.test(header('to') ?? '') ? header('to') : `${header('to')};tag=phone`;
    if (method === 'INVITE') this.#call = { id: header('call-id') ?? '', theirs: header('from') ?? '', ours: ours ?? '', contact: /<([^>]+)>/.exec(header('contact') ?? '')?.[1] ?? '' };
    const body = method === 'INVITE' ? this.#offer() : '';
    const reply = ['SIP/2.0 200 OK', ...text.split('\r\n').filter((line) => /^(?:via|from|call-id|cseq):/i.test(line)), `To: ${ours}`, this.#contact(), ...(body ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(body)}`, '', body];
    this.#socket.send(reply.join('\r\n'), this.server, '127.0.0.1');
  }
}

const uriOf = (to: string | undefined): string => (to === undefined ? 'sip:exchange' : `sip:${to}@exchange`);
