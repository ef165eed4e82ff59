/** What the switch tells of legs. */
import type { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import type { SwitchFact } from '../../calls-controller/esl/switch.ts';
import { within } from './bounded.ts';

const seenWithinMs = 10_000;

export class Legs {
  readonly #waiting = new Map<string, () => void>();
  /** When each leg was answered and bridged, ms since the epoch as FreeSWITCH says. */
  readonly answered = new Map<string, number>();
  readonly bridged = new Map<string, number>();

  constructor(hand: EslSwitch) {
    hand.onFact(({ kind, leg, at, ...fact }) => {
      if (kind === 'answered') this.answered.set(leg, at);
      for (const each of kind === 'bridged' && 'other' in fact ? [leg, fact.other] : [leg]) {
        if (kind === 'bridged') this.bridged.set(each, at);
        this.#waiting.get(`${kind} ${each}`)?.();
      }
    });
  }

  /** Asked for before what leads to it is ordered: it is the next such fact of this leg. */
  seen(kind: SwitchFact['kind'], leg: string): Promise<void> {
    const key = `${kind} ${leg}`;
    const seen = new Promise<void>((resolve) => this.#waiting.set(key, resolve)).finally(() => this.#waiting.delete(key));
    const inTime = within(key, seenWithinMs, seen);
    // Whoever waits hears of it; until then it is nobody's.
    inTime.catch(() => undefined);
    return inTime;
  }
}
