import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import WebSocket from 'ws';

export interface WsFlood {
  /** Calls that were tried. */
  readonly sent: number;
  /** How many of each final answer came. */
  readonly answers: Readonly<Record<string, number>>;
}

const offer = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 9 RTP/AVP 0', ''].join('\r\n');

/** A stranger at the port of the pages: so many calls a second without a password, over one WebSocket, until `enough`, and `most` in all. */
export async function floodByWebSocket(wsUrl: string, { perSecond, most, enough }: { perSecond: number; most: number; enough: () => boolean }): Promise<WsFlood> {
  const socket = new WebSocket(wsUrl, 'sip');
  await once(socket, 'open');
  const answers: Record<string, number> = {};
  socket.on('message', (data: Buffer) => {
    const status = /^SIP\/2\.0 ([2-6]\d\d)/.exec(data.toString())?.[1];
    if (status !== undefined) answers[status] = (answers[status] ?? 0) + 1;
  });
  const start = performance.now();
  let sent = 0;
  for (; !enough() && sent < most && socket.readyState === WebSocket.OPEN; await new Promise((resolve) => setTimeout(resolve, 20)))
    for (const due = ((performance.now() - start) / 1_000) * perSecond; sent < due; sent += 1) socket.send(invite());
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.close();
  await once(socket, 'close');
  return { sent, answers };
}

function invite(): string {
  const id = randomBytes(8).toString('hex');
  return [
    'INVITE sip:exchange@exchange SIP/2.0', `Via: SIP/2.0/WS ${id}.invalid;branch=z9hG4bK${id}`, 'Max-Forwards: 70', `From: <sip:${id}@exchange>;tag=${id}`, 'To: <sip:exchange@exchange>', `Call-ID: ${id}`, 'CSeq: 1 INVITE',
    `Contact: <sip:${id}@${id}.invalid;transport=ws>`, 'Content-Type: application/sdp', `Content-Length: ${Buffer.byteLength(offer)}`, '', offer,
  ].join('\r\n');
}
