/** What the switch tells of legs, heard on an Event Socket of the bench's own. */
import { EslLink } from '../../calls-controller/esl/link.ts';
import { within } from './bounded.ts';

const seenWithinMs = 10_000;

export class Legs {
  readonly #waiting = new Map<string, () => void>();
  readonly #link: EslLink;
  /** When each leg was answered and bridged, ms since the epoch as FreeSWITCH says. */
  readonly answered = new Map<string, number>();
  readonly bridged = new Map<string, number>();

  constructor(eslUrl: string) {
    const { hostname, port, password } = new URL(eslUrl);
    this.#link = new EslLink({
      host: hostname, port: Number(port), password, log: { info: () => undefined, warn: () => undefined }, onLink: () => undefined,
      onEvent: (event) => {
        const leg = event.getHeader('Unique-ID') ?? '';
        const at = Number(event.getHeader('Event-Date-Timestamp')) / 1_000;
        if (event.type === 'CHANNEL_ANSWER') this.answered.set(leg, at);
        const told = event.type === 'CHANNEL_BRIDGE' ? ['Bridge-A-Unique-ID', 'Bridge-B-Unique-ID'].map((name) => event.getHeader(name) ?? '') : [leg];
        for (const each of told) {
          if (event.type === 'CHANNEL_BRIDGE') this.bridged.set(each, at);
          this.#waiting.get(`${event.type} ${each}`)?.();
        }
      },
    });
    this.#link.start();
    this.#link.setBusy(true);
  }

  /** Asked for before what leads to it is ordered: it is the next such event of this leg. */
  seen(kind: string, leg: string): Promise<void> {
    const key = `${kind} ${leg}`;
    const seen = new Promise<void>((resolve) => this.#waiting.set(key, resolve)).finally(() => this.#waiting.delete(key));
    const inTime = within(key, seenWithinMs, seen);
    // Whoever waits hears of it; until then it is nobody's.
    inTime.catch(() => undefined);
    return inTime;
  }

  stop(): Promise<void> { return this.#link.stop(); }
}
