/**
 *            goOnLine            allowed              answered
 *   idle ───────────▶ askingMicrophone ───▶ connecting ───────▶ up ◀──▶ reconnecting
 *    ▲                     │                    │               │            │
 *    └── wentOffLine ──────┴──── failed ────────┴──── closed ───┴── gaveUp ──┴──▶ down(reason)
 */
export const downReasons = ['microphoneDenied', 'microphoneMissing', 'microphoneBusy', 'unsupported', 'refused', 'unreachable', 'mediaLost', 'closed', 'notTaken'] as const;
export type DownReason = (typeof downReasons)[number];

export type PhoneState =
  | { readonly name: 'idle' | 'askingMicrophone' | 'connecting' | 'up' }
  | { readonly name: 'reconnecting'; readonly lost: Lost }
  | { readonly name: 'down'; readonly reason: DownReason };

/** What went away: the way of the words (WebSocket) or of the sound (ICE). */
export type Lost = 'signalling' | 'media';

export type PhoneEvent =
  | { readonly kind: 'goOnLine' | 'microphoneAllowed' | 'answered' | 'restored' | 'wentOffLine' }
  | { readonly kind: 'lost'; readonly lost: Lost }
  | { readonly kind: 'failed'; readonly reason: DownReason };

export const idle: PhoneState = { name: 'idle' };

export function phoneNext(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.kind) {
    case 'goOnLine':
      return state.name === 'idle' || state.name === 'down' ? { name: 'askingMicrophone' } : state;
    case 'microphoneAllowed':
      return state.name === 'askingMicrophone' ? { name: 'connecting' } : state;
    case 'answered':
      return state.name === 'connecting' || state.name === 'reconnecting' ? { name: 'up' } : state;
    case 'lost':
      return state.name === 'up' || state.name === 'reconnecting' ? { name: 'reconnecting', lost: event.lost } : state;
    case 'restored':
      return state.name === 'reconnecting' ? { name: 'up' } : state;
    case 'failed':
      return state.name === 'idle' ? state : { name: 'down', reason: event.reason };
    case 'wentOffLine':
      return idle;
    default:
      return event satisfies never;
  }
}

/** The leg that carries the voice exists or is being made. */
export const isOnLine = (state: PhoneState): boolean => state.name !== 'idle' && state.name !== 'down';

export interface LineStats {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** 0–1, of what is heard. */
  readonly audioLevel: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly jitterMs: number;
  readonly roundTripMs: number;
}

export type Quality = 'good' | 'fair' | 'poor' | 'silent';

/** Of the time between two readings; half a per cent lost is not heard, five are. */
export function qualityOf(before: LineStats | null, now: LineStats): Quality {
  const received = now.packetsReceived - (before?.packetsReceived ?? 0);
  const lost = Math.max(0, now.packetsLost - (before?.packetsLost ?? 0));
  if (before !== null && received === 0) return 'silent';
  const share = lost / Math.max(1, lost + received);
  if (share > 0.05 || now.roundTripMs > 400 || now.jitterMs > 60) return 'poor';
  if (share > 0.01 || now.roundTripMs > 200 || now.jitterMs > 30) return 'fair';
  return 'good';
}

export const qualityBars = (quality: Quality | null): number => (quality === null ? 0 : { good: 5, fair: 3, poor: 2, silent: 1 }[quality]);

export function microphoneFailure(errorName: string): DownReason {
  if (errorName === 'NotAllowedError' || errorName === 'SecurityError') return 'microphoneDenied';
  if (errorName === 'NotFoundError' || errorName === 'OverconstrainedError') return 'microphoneMissing';
  return 'microphoneBusy';
}
