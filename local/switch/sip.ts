/**
 * SIP over WebSocket (RFC 7118) where browsers call in without registering: digest, answer, park, as the profile and the
 * context `operators` of freeswitch-conf do it. Transactions and dialogs are SIP.js's own; ws on loopback only.
 */
import { type IncomingInviteRequest, IncomingRequestMessage, IncomingResponseMessage, LoggerFactory, Parser, type Session, SessionState, UserAgentCore } from 'sip.js/lib/core/index.js';
import { URI } from 'sip.js/lib/grammar/index.js';
import { WebSocketServer, type WebSocket } from 'ws';
import type { AddressInfo } from 'node:net';
import { BrowserLeg } from './browser-leg.ts';
import { Channel } from './channel.ts';
import type { Extension } from './dialplan.ts';
import { Gate, REALM } from './digest.ts';
import type { Switchboard } from './switchboard.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const PING = '\r\n\r\n';
const PONG = '\r\n';

export interface SipOptions {
  readonly port: number;
  readonly board: Switchboard;
  readonly operators: readonly Extension[];
  readonly gate: Gate;
  readonly log: (line: string) => void;
}

export class SipServer {
  readonly #options: SipOptions;
  readonly #server: WebSocketServer;
  readonly #core: UserAgentCore;
  readonly #loggers = new LoggerFactory();
  /** Which WebSocket a call's messages go to: the last one that it spoke from, so that a page that reconnects keeps its leg. */
  readonly #ways = new Map<string, WebSocket>();

  constructor(options: SipOptions) {
    this.#options = options;
    this.#loggers.builtinEnabled = false;
    const contact = new URI('sip', 'exchange', `127.0.0.1:${options.port}`, undefined, { transport: 'ws' });
    this.#core = new UserAgentCore({
      aor: contact, contact: { uri: contact, pubGruu: undefined, tempGruu: undefined, toString: () => `<${contact.toString()}>` },
      displayName: '', loggerFactory: this.#loggers, hackViaTcp: false, routeSet: [], sipjsId: 'stand', supportedOptionTags: [], supportedOptionTagsResponse: [],
      userAgentHeaderFieldValue: 'exchange (stand-in switch)', viaForceRport: false, viaHost: REALM, authenticationFactory: () => undefined,
      transportAccessor: () => ({ protocol: 'WS', send: (message) => this.#send(message) }),
    }, { onInvite: (request) => void this.#invite(request) });
    this.#server = new WebSocketServer({ host: '127.0.0.1', port: options.port, maxPayload: MAX_MESSAGE_BYTES, handleProtocols: (offered) => (offered.has('sip') ? 'sip' : false) });
    this.#server.on('connection', (socket) => {
      socket.on('error', () => socket.terminate());
      socket.on('message', (data) => this.#receive(socket, String(data)));
      socket.on('close', () => {
        for (const [call, way] of this.#ways) if (way === socket) this.#ways.delete(call);
      });
    });
  }

  async ready(): Promise<number> {
    if (this.#server.address() === null) await new Promise<void>((resolve, reject) => this.#server.once('listening', resolve).once('error', reject));
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    this.#core.dispose();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #receive(socket: WebSocket, text: string): void {
    if (text === PING) return socket.send(PONG);
    try {
      const message = Parser.parseMessage(text, this.#loggers.getLogger('sip'));
      if (message === undefined) return;
      this.#ways.set(message.callId, socket);
      if (message instanceof IncomingResponseMessage) return this.#core.receiveIncomingResponseFromTransport(message);
      // SIP.js answers 404 unless it is the one who is called; the digest comes first here, whatever is called.
      if (message instanceof IncomingRequestMessage && message.ruri !== undefined) this.#core.configuration.aor = message.ruri;
      this.#core.receiveIncomingRequestFromTransport(message);
    } catch (error) {
      this.#options.log(`A SIP message could not be read: ${(error as Error).message}`);
    }
  }

  async #send(message: string): Promise<void> {
    const call = /^(?:Call-ID|i)\s*:\s*(\S+)/im.exec(message)?.[1] ?? '';
    const way = this.#ways.get(call);
    await new Promise<void>((resolve, reject) => {
      if (way === undefined) reject(new Error('the browser’s connection is gone'));
      else way.send(message, (error) => (error ? reject(error) : resolve()));
    });
  }

  async #invite(request: IncomingInviteRequest): Promise<void> {
    const { message } = request;
    let cancelled = false;
    request.delegate = { onCancel: () => {
      cancelled = true;
      request.reject({ statusCode: 487 });
    } };
    request.trying();
    const verdict = await this.#options.gate.check('INVITE', message.getHeader('Proxy-Authorization') ?? message.getHeader('Authorization'));
    if (cancelled) return;
    if (verdict.kind === 'challenge') return void request.reject({ statusCode: 407, extraHeaders: [verdict.header] });
    if (verdict.kind === 'refused') {
      this.#options.log(`A browser was refused: ${verdict.why}`);
      return void request.reject({ statusCode: 403 });
    }
    const extension = this.#options.operators.find(({ expression }) => expression.test(message.ruri?.user ?? ''));
    if (extension === undefined) return void request.reject({ statusCode: 404 });
    const leg = new BrowserLeg();
    const answer = await leg.answer(message.body).catch((error: Error) => error);
    if (cancelled) return leg.close();
    if (answer instanceof Error) {
      this.#options.log(`A browser's offer could not be answered: ${answer.message}`);
      leg.close();
      return void request.reject({ statusCode: 488 });
    }
    this.#admit(request, verdict.user, extension, leg, answer);
  }

  #admit(request: IncomingInviteRequest, user: string, extension: Extension, leg: BrowserLeg, answer: string): void {
    const { board } = this.#options;
    const channel = new Channel({ name: `sofia/operators/${user}@${REALM}`, direction: 'inbound', number: request.message.ruri?.user ?? '', variables: [['sip_auth_username', user], ['sip_auth_realm', REALM]] });
    channel.far = leg;
    board.add(channel);
    leg.onSound = (frame) => channel.said(frame);
    leg.onTick = (silentMs) => {
      if (silentMs > Number(channel.variables.get('media_timeout') ?? Infinity)) board.hangup(channel, 'MEDIA_TIMEOUT');
    };
    for (const { application, data } of extension.actions) {
      if (application === 'set') channel.set(data.slice(0, data.indexOf('=')), data.slice(data.indexOf('=') + 1).replace('${uuid}', channel.uuid));
      if (application === 'answer') {
        const { session } = request.accept({ statusCode: 200, body: { contentDisposition: 'session', contentType: 'application/sdp', content: answer } });
        this.#follow(session, channel, leg);
        board.answered(channel);
      }
      if (application === 'park') board.park(channel);
    }
  }

  #follow(session: Session, channel: Channel, leg: BrowserLeg): void {
    const { board } = this.#options;
    const bye = (cause: string): void => {
      if (session.sessionState === SessionState.Confirmed) session.bye(undefined, { extraHeaders: [`Reason: FreeSWITCH;text="${cause}"`] });
    };
    let owed: string | undefined;
    session.delegate = {
      onBye: (request) => {
        request.accept();
        leg.onEnd = () => undefined;
        board.hangup(channel, /cause=41\b/.test(request.message.getHeader('Reason') ?? '') ? 'NORMAL_TEMPORARY_FAILURE' : 'NORMAL_CLEARING');
      },
      onAck: () => {
        if (owed !== undefined) bye(owed);
      },
      onAckTimeout: () => board.hangup(channel, 'RECOVERY_ON_TIMER_EXPIRE'),
    };
    // RFC 3261, 15: who was called says BYE only after the ACK.
    leg.onEnd = (cause) => {
      if (session.sessionState === SessionState.AckWait) owed = cause;
      else bye(cause);
    };
  }
}
