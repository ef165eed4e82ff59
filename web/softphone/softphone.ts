import type { PhoneCredentials } from '../../domain/api.ts';
import { openMicrophone, watchLevel } from './microphone.ts';
import type { Line } from './sip-line.ts';
import { type DownReason, idle, isOnLine, type LineStats, microphoneFailure, phoneNext, type PhoneEvent, type PhoneState, type Quality, qualityOf } from './state.ts';

export interface SoftphoneOptions {
  readonly audio: HTMLAudioElement;
  /** One-use credentials for one leg. `unreachable`: with those before it, the switch was not reached. */
  readonly credentials: (unreachable: boolean) => Promise<PhoneCredentials>;
  readonly onState: (state: PhoneState) => void;
  readonly onLevel: (level: number) => void;
  readonly onQuality: (quality: Quality | null) => void;
  /** No answer came at all: tried again, not given up. */
  readonly isUnreachable: (error: unknown) => boolean;
  /** Why credentials were refused, in the server's words. */
  readonly onRefusal: (error: unknown) => void;
}

/** How often a lost leg is called in again before the operator has to ask for it. */
const redialAfterMs = [0, 1_000, 2_000, 4_000];
const qualityEveryMs = 2_000;

declare global {
  interface Window {
    exchangeSoftphone?: { stats(): Promise<(LineStats & { readonly state: string; readonly muted: boolean }) | null> };
  }
}

export class Softphone {
  private state: PhoneState = idle;
  private muted = false;
  private line: Line | null = null;
  private microphone: MediaStream | null = null;
  private stopLevel: (() => void) | null = null;
  private redials = 0;
  private switchUnreachable = false;
  private lastStats: LineStats | null = null;
  /** Each attempt to be on line; what an older one still reports is nothing to us. */
  private attempt = 0;
  private readonly options: SoftphoneOptions;
  private readonly measuring: ReturnType<typeof setInterval>;

  constructor(options: SoftphoneOptions) {
    this.options = options;
    this.measuring = setInterval(() => void this.measure(), qualityEveryMs);
    window.exchangeSoftphone = { stats: async () => {
      const stats = (await this.line?.stats()) ?? null;
      return stats && { ...stats, state: this.state.name, muted: this.muted };
    } };
  }

  async goOnLine(): Promise<void> {
    if (isOnLine(this.state)) return;
    this.redials = 0;
    const attempt = (this.attempt += 1);
    this.happened({ kind: 'goOnLine' });
    if (!('mediaDevices' in navigator) || typeof RTCPeerConnection === 'undefined') return this.happened({ kind: 'failed', reason: 'unsupported' });
    try {
      const microphone = await openMicrophone();
      if (attempt !== this.attempt) return stopTracks(microphone);
      this.keepMicrophone(microphone);
    } catch (error) {
      if (attempt === this.attempt) this.fail(microphoneFailure(error instanceof Error ? error.name : ''));
      return;
    }
    this.happened({ kind: 'microphoneAllowed' });
    await this.callIn(attempt);
  }

  goOffLine(): void {
    this.attempt += 1;
    this.letGo('hungUp');
    this.happened({ kind: 'wentOffLine' });
  }

  /** The page goes, and may be back: whoever is in the call waits for it. */
  leave(): void {
    this.attempt += 1;
    this.letGo('left');
    this.happened({ kind: 'wentOffLine' });
  }

  /** The exchange has no such leg any more; its BYE never arrived. */
  dropped(): void {
    if (isOnLine(this.state)) this.fail('closed');
  }

  /** Loads what a call needs beforehand: a page that stands open for days outlives the files of its version. */
  prepare(): void {
    void import('./sip-line.ts').catch(() => undefined);
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    this.line?.setMuted(muted);
  }

  close(): void {
    clearInterval(this.measuring);
    this.goOffLine();
  }

  private async callIn(attempt: number): Promise<void> {
    const microphone = this.microphone;
    if (!microphone) return;
    let credentials: PhoneCredentials;
    try {
      credentials = await this.options.credentials(this.switchUnreachable);
    } catch (error) {
      if (attempt !== this.attempt) return;
      if (this.options.isUnreachable(error)) return this.redial('unreachable');
      this.options.onRefusal(error);
      return this.fail('refused');
    }
    const { openLine } = await import('./sip-line.ts');
    if (attempt !== this.attempt) return;
    const mine = (act: () => void) => () => { if (attempt === this.attempt) act(); };
    const line = await openLine(credentials, microphone, this.options.audio, {
      answered: mine(() => { this.redials = 0; this.switchUnreachable = false; this.happened({ kind: 'answered' }); }),
      refused: (statusCode) => { if (attempt === this.attempt) this.fail(statusCode >= 500 || statusCode === 408 ? 'unreachable' : 'refused'); },
      unreachable: mine(() => { this.switchUnreachable = true; this.redial('unreachable'); }),
      closed: mine(() => this.fail('closed')),
      lost: (lost) => { if (attempt === this.attempt) this.happened({ kind: 'lost', lost }); },
      restored: mine(() => this.happened({ kind: 'restored' })),
      dead: mine(() => this.redial('mediaLost')),
    });
    if (attempt !== this.attempt) return line.close('hungUp');
    this.line = line;
    line.setMuted(this.muted);
  }

  private redial(reason: DownReason): void {
    const waitMs = redialAfterMs[this.redials];
    if (waitMs === undefined) return this.fail(reason);
    this.redials += 1;
    const attempt = (this.attempt += 1);
    this.line?.close('left');
    this.line = null;
    this.happened({ kind: 'lost', lost: reason === 'unreachable' ? 'signalling' : 'media' });
    setTimeout(() => { if (attempt === this.attempt) void this.callIn(attempt); }, waitMs);
  }

  private fail(reason: DownReason): void {
    this.attempt += 1;
    this.letGo('left');
    this.happened({ kind: 'failed', reason });
  }

  private letGo(why: 'hungUp' | 'left'): void {
    this.line?.close(why);
    this.line = null;
    this.stopLevel?.();
    this.stopLevel = null;
    if (this.microphone) stopTracks(this.microphone);
    this.microphone = null;
    this.lastStats = null;
    this.options.onQuality(null);
    this.options.onLevel(0);
  }

  private keepMicrophone(microphone: MediaStream): void {
    this.microphone = microphone;
    this.stopLevel = watchLevel(microphone, () => this.muted, this.options.onLevel);
    microphone.getAudioTracks()[0]?.addEventListener('ended', () => { if (this.microphone === microphone) this.fail('microphoneMissing'); });
  }

  private async measure(): Promise<void> {
    if (this.state.name !== 'up') return;
    const stats = (await this.line?.stats().catch(() => null)) ?? null;
    if (!stats) return;
    this.options.onQuality(qualityOf(this.lastStats, stats));
    this.lastStats = stats;
  }

  private happened(event: PhoneEvent): void {
    this.state = phoneNext(this.state, event);
    this.options.onState(this.state);
  }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
