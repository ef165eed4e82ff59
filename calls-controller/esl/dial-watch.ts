/**
 * Dials that leave no channel: an unknown gateway, or more calls a second than the switch allows. FreeSWITCH accepts such
 * an order and then says nothing in the subscribed events, so an accepted dial without CHANNEL_CREATE is asked after.
 */
import type { HangupCause, LegId } from '../../domain/leg.ts';

export interface DialWatchOptions {
  /** A CHANNEL_CREATE follows the order within 20 ms at rest, 400 ms under the heaviest load measured. */
  readonly askAfterMs: number;
  readonly exists: (leg: LegId) => Promise<boolean | undefined>;
  /** How the operator leg's last bridge ended, empty while it has not been tried. */
  readonly disposition: (operatorLeg: LegId) => Promise<string | undefined>;
  readonly onFailed: (leg: LegId, cause: HangupCause) => void;
}

/** FreeSWITCH's own word for an originate over its limits. */
const NO_CHANNEL: HangupCause = 'DESTINATION_OUT_OF_ORDER';
/** Legs given up, remembered so that one created after all is ended at once. */
const MAX_GIVEN_UP = 1_000;
const MAX_ASKS = 4;

export class DialWatch {
  readonly #options: DialWatchOptions;
  readonly #timers = new Map<LegId, NodeJS.Timeout>();
  readonly #givenUp = new Set<LegId>();

  constructor(options: DialWatchOptions) {
    this.#options = options;
  }

  expect(leg: LegId, operatorLeg: LegId | undefined): void {
    this.#schedule(leg, operatorLeg, 1);
  }

  /** True when the leg had been given up: it must not live. */
  seen(leg: LegId): boolean {
    clearTimeout(this.#timers.get(leg));
    this.#timers.delete(leg);
    return this.#givenUp.has(leg);
  }

  /** After a loss of the link missing events prove nothing. */
  forget(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(leg: LegId, operatorLeg: LegId | undefined, ask: number): void {
    clearTimeout(this.#timers.get(leg));
    this.#timers.set(leg, setTimeout(() => void this.#ask(leg, operatorLeg, ask), this.#options.askAfterMs));
  }

  async #ask(leg: LegId, operatorLeg: LegId | undefined, ask: number): Promise<void> {
    const exists = await this.#options.exists(leg);
    if (!this.#timers.has(leg) || exists === true) return;
    const cause = exists === false ? await this.#cause(operatorLeg) : undefined;
    if (!this.#timers.has(leg)) return;
    if (cause !== undefined) return this.#giveUp(leg, cause);
    // Not known to have failed: asked again a few times, then left to the controller's own deadline.
    if (ask < MAX_ASKS) this.#schedule(leg, operatorLeg, ask + 1);
    else this.#timers.delete(leg);
  }

  async #cause(operatorLeg: LegId | undefined): Promise<HangupCause | undefined> {
    if (operatorLeg === undefined) return NO_CHANNEL;
    const disposition = await this.#options.disposition(operatorLeg);
    if (disposition !== undefined && /^[A-Z_]+$/.test(disposition) && disposition !== 'SUCCESS') return disposition;
    return (await this.#options.exists(operatorLeg)) === false ? 'ORIGINATOR_CANCEL' : undefined;
  }

  #giveUp(leg: LegId, cause: HangupCause): void {
    this.#timers.delete(leg);
    this.#givenUp.add(leg);
    const [oldest] = this.#givenUp;
    if (this.#givenUp.size > MAX_GIVEN_UP && oldest !== undefined) this.#givenUp.delete(oldest);
    this.#options.onFailed(leg, cause);
  }
}
