import { type Core, Inviter, SessionState, UserAgent, Web } from 'sip.js';
import type { PhoneCredentials } from '../../domain/api.ts';
import type { LineStats } from './state.ts';

export interface LineHandlers {
  readonly answered: () => void;
  /** The switch said no to the INVITE: its status code. */
  readonly refused: (statusCode: number) => void;
  readonly unreachable: () => void;
  /** BYE from the switch. */
  readonly closed: () => void;
  readonly lost: (what: 'signalling' | 'media') => void;
  readonly restored: () => void;
  /** The sound cannot come back on this leg: a new one is needed. */
  readonly dead: () => void;
}

export interface Line {
  setMuted(muted: boolean): void;
  stats(): Promise<LineStats | null>;
  /** Hangs up, or leaves to call in again; nothing is reported any more. */
  close(why: 'hungUp' | 'left'): void;
}

/** The cause (Q.850: temporary failure) by which the exchange knows a page that left from one that hung up. */
const leftReason = 'Reason: Q.850;cause=41';
const answerTimeoutMs = 15_000;
const reconnectEveryMs = 2_000;
/** Sound that is away this long while the words get through does not come back: another network, another address. */
const mediaPatienceMs = 3_000;

/** One INVITE with one-use credentials and no REGISTER: the leg that stands between calls. */
export async function openLine(credentials: PhoneCredentials, microphone: MediaStream, audio: HTMLAudioElement, handlers: LineHandlers): Promise<Line> {
  const line = new SipLine(credentials, microphone, audio, handlers);
  await line.dial();
  return line;
}

class SipLine implements Line {
  private readonly agent: UserAgent;
  private readonly inviter: Inviter;
  private readonly voice: MediaStream;
  private readonly audio: HTMLAudioElement;
  private readonly handlers: LineHandlers;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;
  private reconnectTimer: ReturnType<typeof setInterval> | undefined;
  private mediaTimer: ReturnType<typeof setTimeout> | undefined;
  private established = false;
  private over = false;
  private mediaUp = true;

  constructor(credentials: PhoneCredentials, microphone: MediaStream, audio: HTMLAudioElement, handlers: LineHandlers) {
    this.audio = audio;
    this.handlers = handlers;
    // SIP.js stops the tracks it is given when a leg ends; the page keeps its own for the next leg.
    this.voice = microphone.clone();
    this.agent = new UserAgent({
      uri: addressOf(`sip:${credentials.username}@${credentials.domain}`),
      authorizationUsername: credentials.username,
      authorizationPassword: credentials.password,
      transportOptions: { server: credentials.wsUrl, connectionTimeout: 8 },
      sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(() => Promise.resolve(this.voice)),
      sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: 1_000, peerConnectionConfiguration: { iceServers: [] } },
      logBuiltinEnabled: false,
      delegate: { onDisconnect: () => this.signallingLost(), onConnect: () => this.signallingBack() },
    });
    this.inviter = new Inviter(this.agent, addressOf(credentials.target), { sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } });
    this.inviter.stateChange.addListener((state) => this.sessionChanged(state));
  }

  async dial(): Promise<void> {
    try {
      await this.agent.start();
    } catch {
      this.end(() => this.handlers.unreachable());
      return;
    }
    if (this.over) return;
    this.answerTimer = setTimeout(() => this.end(() => this.handlers.unreachable()), answerTimeoutMs);
    try {
      await this.inviter.invite({
        requestDelegate: { onReject: (response: Core.IncomingResponse) => this.end(() => this.handlers.refused(response.message.statusCode ?? 0)) },
      });
    } catch {
      this.end(() => this.handlers.unreachable());
    }
  }

  setMuted(muted: boolean): void {
    for (const track of this.voice.getAudioTracks()) track.enabled = !muted;
  }

  async stats(): Promise<LineStats | null> {
    const report = await this.peer()?.getStats();
    return report ? readStats(report) : null;
  }

  close(why: 'hungUp' | 'left'): void {
    this.end(() => undefined, why);
  }

  private peer(): RTCPeerConnection | undefined {
    return (this.inviter.sessionDescriptionHandler as Web.SessionDescriptionHandler | undefined)?.peerConnection;
  }

  private sessionChanged(state: SessionState): void {
    if (state === SessionState.Established) {
      clearTimeout(this.answerTimer);
      this.established = true;
      this.hear();
      this.watchMedia();
      if (!this.over) this.handlers.answered();
    }
    // A refusal is told by onReject with its code, a moment later than this.
    if (state === SessionState.Terminated && this.established) this.end(() => this.handlers.closed());
  }

  private hear(): void {
    const handler = this.inviter.sessionDescriptionHandler as Web.SessionDescriptionHandler | undefined;
    if (!handler) return;
    this.audio.srcObject = handler.remoteMediaStream;
    const play = () => void this.audio.play().catch(() => {
      // After a reload the browser may want a gesture before anything sounds.
      for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, () => void this.audio.play().catch(() => undefined), { once: true });
    });
    play();
    handler.remoteMediaStream.addEventListener('addtrack', play);
  }

  private watchMedia(): void {
    const peer = this.peer();
    peer?.addEventListener('iceconnectionstatechange', () => {
      if (this.over) return;
      if (peer.iceConnectionState === 'disconnected') {
        this.mediaUp = false;
        this.handlers.lost('media');
        this.awaitMedia();
      } else if (peer.iceConnectionState === 'failed') {
        this.end(() => this.handlers.dead(), 'left');
      } else if (peer.iceConnectionState === 'connected' || peer.iceConnectionState === 'completed') {
        this.mediaUp = true;
        clearTimeout(this.mediaTimer);
        this.handlers.restored();
      }
    });
  }

  /** ICE itself gives up after a quarter of a minute only, and the contact hears silence meanwhile. */
  private awaitMedia(): void {
    clearTimeout(this.mediaTimer);
    this.mediaTimer = setTimeout(() => {
      if (!this.mediaUp && this.agent.isConnected()) this.end(() => this.handlers.dead(), 'left');
    }, mediaPatienceMs);
  }

  /** The sound goes another way than the words: the leg lives on while the WebSocket is opened again. */
  private signallingLost(): void {
    if (this.over || !this.established) return;
    this.handlers.lost('signalling');
    clearInterval(this.reconnectTimer);
    this.reconnectTimer = setInterval(() => void this.agent.reconnect().catch(() => undefined), reconnectEveryMs);
  }

  private signallingBack(): void {
    clearInterval(this.reconnectTimer);
    if (this.over || !this.established) return;
    if (this.mediaUp) this.handlers.restored();
    else this.awaitMedia();
  }

  private end(tell: () => void, why: 'hungUp' | 'left' = 'hungUp'): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.answerTimer);
    clearInterval(this.reconnectTimer);
    clearTimeout(this.mediaTimer);
    tell();
    void this.leave(why);
  }

  private async leave(why: 'hungUp' | 'left'): Promise<void> {
    try {
      if (this.inviter.state === SessionState.Established) await this.inviter.bye(why === 'left' ? { requestOptions: { extraHeaders: [leftReason] } } : {});
      else if (this.inviter.state === SessionState.Establishing) await this.inviter.cancel();
    } catch {
      // The way is gone; the switch notices by itself.
    }
    await this.agent.stop().catch(() => undefined);
    for (const track of this.voice.getTracks()) track.stop();
  }
}

function addressOf(text: string) {
  const uri = UserAgent.makeURI(text);
  if (!uri) throw new Error('The exchange gave an address that is none');
  return uri;
}

function readStats(report: RTCStatsReport): LineStats {
  const found = { bytesReceived: 0, bytesSent: 0, audioLevel: 0, packetsReceived: 0, packetsLost: 0, jitterMs: 0, roundTripMs: 0 };
  report.forEach((entry: Record<string, unknown>) => {
    const number = (name: string): number => (typeof entry[name] === 'number' ? entry[name] : 0);
    if (entry['type'] === 'inbound-rtp') {
      found.bytesReceived += number('bytesReceived');
      found.packetsReceived += number('packetsReceived');
      found.packetsLost += number('packetsLost');
      found.jitterMs = Math.round(number('jitter') * 1_000);
      found.audioLevel = number('audioLevel');
    } else if (entry['type'] === 'outbound-rtp') found.bytesSent += number('bytesSent');
    else if (entry['type'] === 'remote-inbound-rtp') found.roundTripMs = Math.round(number('roundTripTime') * 1_000);
  });
  return found;
}
