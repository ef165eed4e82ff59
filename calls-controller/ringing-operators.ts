import { randomUUID } from 'node:crypto';
import type { Destination, LegId } from '../domain/leg.ts';
import type { Logger } from '../platform/log.ts';
import type { Nudges } from '../platform/nudges.ts';
import { authoriseLine, telephoneLegMs } from '../platform/postgres/authorise-line.ts';
import type { Db } from '../platform/postgres/database.ts';
import { setLineKind, withdrawLegCredentials } from '../platform/postgres/leg-credentials.ts';
import type { Switch } from './esl/switch.ts';
import { standingParkTimeoutMs } from './execute.ts';

const ringTimeoutMs = 30_000;

export interface RingOrder { readonly operatorId: string; readonly username: string; readonly destination: Destination; readonly language: 'ru' | 'en' }

export interface RingingOptions {
  readonly db: Db; readonly target: Switch; readonly nudges: Nudges; readonly log: Logger;
  readonly trunkId: string;
  /** The stand-in has no SIP but the browsers'. */
  readonly takesDevices: boolean;
  readonly onSpendCap: () => void;
}

/**
 * Operators whose own phone is being rung: the exchange makes their standing leg, the phone does not call in, so that the
 * phones' SIP profile need not let anybody call anything. A leg that a controller left ringing parks for half a minute
 * at most where nobody takes it; after that the operator asks again.
 */
export class RingingOperators {
  /** The leg that rings, and the ticket that makes it the operator's once it parks. */
  readonly #ringing = new Map<LegId, { readonly username: string; readonly operatorId: string }>();

  constructor(readonly options: RingingOptions) {}

  async ring({ operatorId, username, destination, language }: RingOrder): Promise<{ ok: true } | { ok: false; code: string }> {
    const { db, target, log, trunkId } = this.options;
    let callerId: string | null = null;
    if (destination.kind === 'device' && !this.options.takesDevices) return { ok: false, code: 'noDevicesHere' };
    if (destination.kind === 'device') await setLineKind(db, { operatorId, kind: 'device' });
    if (destination.kind === 'phone') {
      const authorised = await authoriseLine(db, { operatorId, trunkId, e164: destination.e164 });
      if (!authorised.ok) {
        if (authorised.code === 'spendCapReached') this.options.onSpendCap();
        return authorised;
      }
      ({ callerId } = authorised);
    }
    for (const [leg, other] of this.#ringing) if (other.operatorId === operatorId) await target.hangup(leg, 'ORIGINATOR_CANCEL');
    const leg = randomUUID();
    this.#ringing.set(leg, { username, operatorId });
    const result = await target.originateParked({
      leg, destination, ringTimeoutMs, standing: true, parkTimeoutMs: standingParkTimeoutMs,
      ...(callerId === null ? {} : { callerId }),
      // Who lifts a telephone is not known: the key says that they want to be on line. A SIP phone has proved itself.
      ...(destination.kind === 'phone' ? { acceptKey: language, limitMs: telephoneLegMs } : {}),
    });
    if (!result.ok) {
      this.#ringing.delete(leg);
      log.warn({ operatorId, leg, reply: result.reply }, 'operator’s phone not rung');
      return { ok: false, code: 'phoneNotRung' };
    }
    log.info({ operatorId, leg, kind: destination.kind }, 'operator’s phone rings');
    return { ok: true };
  }

  /** The ticket of a leg that has parked: once. */
  take(leg: LegId): string | undefined {
    const ringing = this.#ringing.get(leg);
    this.#ringing.delete(leg);
    return ringing?.username;
  }

  has(leg: LegId): boolean {
    return this.#ringing.has(leg);
  }

  /** Busy, refused, no answer, no key: the operator is off line and sees it. */
  async hungUp(leg: LegId): Promise<void> {
    const ringing = this.#ringing.get(leg);
    if (ringing === undefined) return;
    this.#ringing.delete(leg);
    const { db, nudges, log } = this.options;
    log.info({ operatorId: ringing.operatorId, leg }, 'operator’s phone was not taken');
    await withdrawLegCredentials(db, { operatorId: ringing.operatorId });
    nudges.publish({ topic: 'operator', id: ringing.operatorId });
  }
}

/** The request's payload, read again: it decides what is dialled. */
export function readRing(operatorId: string, payload: Readonly<Record<string, unknown>>): RingOrder | undefined {
  const { username, destination, language } = payload as { username?: unknown; destination?: { kind?: unknown; user?: unknown; e164?: unknown } | null; language?: unknown };
  if (typeof username !== 'string' || typeof destination !== 'object' || destination === null) return undefined;
  const to: Destination | undefined =
    destination.kind === 'device' && typeof destination.user === 'string' ? { kind: 'device', user: destination.user }
    : destination.kind === 'phone' && typeof destination.e164 === 'string' ? { kind: 'phone', e164: destination.e164 }
    : undefined;
  return to && { operatorId, username, destination: to, language: language === 'en' ? 'en' : 'ru' };
}
