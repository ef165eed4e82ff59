import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { PhoneCredentials } from '../../domain/api.ts';
import { attachOperatorLeg } from '../../platform/postgres/operator-legs.ts';
import { startTestSwitch, testSwitches, type TestSwitch } from '../support/house.ts';
import { startExchange, switchPassword, type TestExchange } from './exchange.ts';

/** The server's word is what a switch goes by: it asks the directory of the server under test. */
describe.each(testSwitches)('a page calls in at %s', (switchName) => {
  let exchange: TestExchange;
  let target: TestSwitch;
  beforeAll(async () => {
    exchange = await startExchange();
    target = await startTestSwitch(switchName, exchange.directoryUrl, switchPassword);
  });
  afterAll(async () => {
    await target.remove();
    await exchange.stop();
  });
  async function credentials(): Promise<PhoneCredentials> {
    const operator = await exchange.signedIn('operator');
    return (await operator.ask('POST', '/api/v1/operator/phone', { pageId: 'page-1' })).body as PhoneCredentials;
  }
  const callIn = (given: PhoneCredentials) => invite(target.wsUrl, given);
  /** What comes after the digest: the INVITE has no sound to offer, so it is refused, but not as a stranger's. */
  const letIn = 488;

  test('with the credentials that the server gave', async () => {
    expect(await callIn(await credentials())).toBe(letIn);
  });
  test('not with another password, nor as somebody unknown', async () => {
    const given = await credentials();
    expect(await callIn({ ...given, password: 'guessed' })).toBe(403);
    expect(await callIn({ ...given, username: 'op-1-0123456789abcdef0123' })).toBe(403);
  });
  test('not again once the leg is up', async () => {
    const given = await credentials();
    await attachOperatorLeg(exchange.database.db, { username: given.username, leg: randomUUID(), switchId: 'switch-1' });
    expect(await callIn(given)).toBe(403);
  });
});

/** INVITE over a WebSocket, answered with a digest when challenged. @returns the final status */
async function invite(wsUrl: string, { username, password, domain, target }: PhoneCredentials): Promise<number> {
  const socket = new WebSocket(wsUrl, 'sip');
  const ids = { callId: randomUUID(), tag: randomUUID().slice(0, 8) };
  const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 120\r\na=rtpmap:120 nothing/8000\r\n';
  const send = (sequence: number, authorization = '') =>
    socket.send([
      `INVITE ${target} SIP/2.0`, `Via: SIP/2.0/WS test.invalid;branch=z9hG4bK${randomUUID()}`, 'Max-Forwards: 70',
      `From: <sip:${username}@${domain}>;tag=${ids.tag}`, `To: <${target}>`, `Call-ID: ${ids.callId}`, `CSeq: ${sequence} INVITE`,
      `Contact: <sip:${username}@test.invalid;transport=ws>`, ...(authorization ? [authorization] : []),
      'Content-Type: application/sdp', `Content-Length: ${sdp.length}`, '', sdp,
    ].join('\r\n'));
  const replies: ((reply: string) => void)[] = [];
  const waiting: string[] = [];
  socket.on('message', (data: Buffer) => {
    const reply = data.toString();
    if (/^SIP\/2.0 1/.test(reply)) return;
    const next = replies.shift();
    if (next) next(reply);
    else waiting.push(reply);
  });
  const reply = () => new Promise<string>((resolve) => { const had = waiting.shift(); if (had) resolve(had); else replies.push(resolve); });
  try {
    await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
    send(1);
    const challenge = await reply();
    const [, header = '', values = ''] = /^(WWW|Proxy)-Authenticate: Digest (.*)$/im.exec(challenge) ?? [];
    const value = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(values)?.[1] ?? '';
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const ha1 = md5(`${username}:${value('realm')}:${password}`);
    const response = md5(`${ha1}:${value('nonce')}:00000001:abcdef:auth:${md5(`INVITE:${target}`)}`);
    send(2, `${header === 'WWW' ? '' : 'Proxy-'}Authorization: Digest username="${username}", realm="${value('realm')}", nonce="${value('nonce')}", uri="${target}", response="${response}", algorithm=MD5, cnonce="abcdef", qop=auth, nc=00000001`);
    return Number(/^SIP\/2.0 (\d+)/.exec(await reply())?.[1]);
  } finally {
    socket.terminate();
  }
}
