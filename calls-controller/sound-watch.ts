import type { LegId } from '../domain/leg.ts';
import type { Logger } from '../platform/log.ts';
import type { Switch } from './esl/switch.ts';
import type { LiveCall, Runner } from './runner.ts';

/** How often the operators' legs of live talks are counted. */
export const soundLookMs = 1_000;
/** No packet for this long: the contact would hear silence. A browser sends fifty a second, muted ones too. */
const silentAfterMs = 2_000;

/**
 * Tells the calls whose operator is not heard any more, and when they are again: a network that is gone says no BYE, and
 * the page's socket may be away while its sound is not, or the other way round. Legs without RTP are not watched, nor are
 * telephones: many of them send nothing while nobody speaks.
 */
export class SoundWatch {
  /** Packets of a leg at the last look, and since when there have been no more of them (ms, monotonic). */
  readonly #seen = new Map<LegId, { count: number; since: number }>();
  /** Whether a leg is a page's: it called in with a name of its own. */
  readonly #pages = new Map<LegId, boolean>();
  #looking = false;

  constructor(readonly options: { readonly runner: Pick<Runner, 'live' | 'apply'>; readonly target: Pick<Switch, 'heardPackets' | 'variables'>; readonly log: Logger }) {}

  /** One at a time: a switch that answers slowly is not asked more. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const watched = [...this.options.runner.live.values()].filter(({ call }) => call.state === 'talking' || call.state === 'waitingOperator');
      for (const leg of this.#seen.keys()) if (!watched.some(({ call }) => call.operatorLeg === leg)) this.#seen.delete(leg);
      for (const leg of this.#pages.keys()) if (!watched.some(({ call }) => call.operatorLeg === leg)) this.#pages.delete(leg);
      await Promise.all(watched.map((live) => this.#count(live)));
    } finally {
      this.#looking = false;
    }
  }

  async #count({ call }: LiveCall): Promise<void> {
    const { runner, target, log } = this.options;
    const leg = call.operatorLeg;
    if (!(await this.#isPage(leg))) return;
    const count = await target.heardPackets(leg);
    const before = this.#seen.get(leg);
    const now = performance.now();
    if (count === undefined) return void this.#seen.delete(leg);
    if (before === undefined || count !== before.count) {
      this.#seen.set(leg, { count, since: now });
      if (before !== undefined && runner.live.get(call.id)?.call.state === 'waitingOperator') await runner.apply(call.id, { type: 'OperatorHeard', leg, at: Date.now() });
    } else if (count > 0 && now - before.since >= silentAfterMs && runner.live.get(call.id)?.call.state === 'talking') {
      log.info({ callId: call.id, leg, silentMs: Math.round(now - before.since) }, 'operator not heard, the contact gets music');
      await runner.apply(call.id, { type: 'OperatorSilent', leg, at: Date.now() });
    }
  }

  async #isPage(leg: LegId): Promise<boolean> {
    const known = this.#pages.get(leg);
    if (known !== undefined) return known;
    const variables = await this.options.target.variables(leg);
    if (variables === undefined) return false;
    const isPage = variables['sip_auth_username'] !== undefined;
    this.#pages.set(leg, isPage);
    return isPage;
  }
}
