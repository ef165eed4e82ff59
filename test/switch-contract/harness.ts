/** One started switch, the controller's client on it, and its facts as something that can be awaited. */
import { randomUUID } from 'node:crypto';
import { EslSwitch } from '../../calls-controller/esl/esl-switch.ts';
import type { LinkFact, SwitchFact } from '../../calls-controller/esl/switch.ts';
import { derivedDirectorySecret } from '../../platform/directory-secret.ts';
import type { Destination, LegId } from '../../domain/leg.ts';
import { startDirectory, type Directory } from './directory.ts';
import { connectRaw, type RawEventSocket } from './raw-event-socket.ts';
import type { ContractEntry, SwitchUnderTest } from './switches.ts';

/** A robot by its last two digits (freeswitch-conf/README.md). */
export const robots = {
  contact: '00', busy: '90', noAnswer: '91', rejected: '92', invalid: '93', earlyMedia: '94', hangsUp: '95', echo: '96', talks: '97', silent: '98', manager: '99',
} as const;
export const robot = (kind: keyof typeof robots): Destination => ({ kind: 'phone', e164: `+790012345${robots[kind]}` });

const PARK_MS = 8 * 3_600_000;
type Kind = SwitchFact['kind'];
export type FactOf<K extends Kind> = Extract<SwitchFact, { kind: K }>;

export class Bench {
  readonly facts: SwitchFact[] = [];
  readonly links: LinkFact[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(readonly under: SwitchUnderTest, readonly directory: Directory, readonly client: EslSwitch, readonly raw: RawEventSocket) {
    client.onFact((fact) => this.#note(() => this.facts.push(fact)));
    client.onLink((fact) => this.#note(() => this.links.push(fact)));
  }

  static async start(entry: ContractEntry, gateway?: string): Promise<Bench> {
    const password = randomUUID();
    const directory = await startDirectory(derivedDirectorySecret(password));
    const under = await entry.start({ directoryUrl: directory.url, password, sps: 200 });
    const client = new EslSwitch({ url: under.url, log: { info: () => undefined, warn: () => undefined }, ...(gateway === undefined ? {} : { gateway }) });
    const bench = new Bench(under, directory, client, await connectRaw(under.url));
    client.start();
    await bench.until(() => bench.links.find((fact) => fact.kind === 'up'), 'up');
    client.setBusy(true);
    return bench;
  }

  async stop(): Promise<void> {
    await this.client.stop();
    this.raw.close();
    await this.under.stop();
    await this.directory.close();
  }

  #note(add: () => void): void {
    add();
    for (const look of [...this.#waiting]) look();
  }

  /** Waits until `find` finds something; looks again at each fact, never sleeps. */
  until<T>(find: () => T | undefined, what: string, timeoutMs = 8_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`not seen within ${timeoutMs} ms: ${what}; seen: ${this.facts.slice(-12).map((fact) => `${fact.kind} ${fact.leg.slice(0, 4)}`).join(', ')}`));
      }, timeoutMs);
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** A fact of this leg, seen already (after `from`) or to come. */
  fact<K extends Kind>(leg: LegId, kind: K, from = 0, timeoutMs?: number): Promise<FactOf<K>> {
    return this.until(() => this.facts.slice(from).find((fact): fact is FactOf<K> => fact.leg === leg && fact.kind === kind), `${kind} of ${leg.slice(0, 4)}`, timeoutMs);
  }

  bridged(one: LegId, two: LegId, from = 0): Promise<SwitchFact> {
    return this.until(() => this.facts.slice(from).find((fact) => fact.kind === 'bridged' && ((fact.leg === one && fact.other === two) || (fact.leg === two && fact.other === one))), 'bridged');
  }

  kinds(leg: LegId): Kind[] { return this.facts.filter((fact) => fact.leg === leg).map((fact) => fact.kind); }

  /** A parked leg that stands for the operator's; a robot, so that no browser is needed. */
  async parkedLeg(): Promise<LegId> {
    const leg = randomUUID();
    await this.client.originateParked({ leg, destination: robot('silent'), ringTimeoutMs: 10_000 });
    await this.fact(leg, 'parked');
    return leg;
  }

  /** Arms O and dials from it, as the controller does. */
  async dial(operatorLeg: LegId, destination: Destination, ringTimeoutMs = 20_000, limitMs?: number): Promise<LegId> {
    const contactLeg = randomUUID();
    await this.client.arm(operatorLeg, 'operator', PARK_MS);
    const result = await this.client.dialContact({ operatorLeg, contactLeg, destination, ringTimeoutMs, ...(limitMs === undefined ? {} : { limitMs }) });
    if (!result.ok) throw new Error(`the dial was not accepted: ${result.reply}`);
    return contactLeg;
  }

  /** A conversation of O with a robot, up to the bridge. */
  async talk(operatorLeg: LegId): Promise<LegId> {
    const contactLeg = await this.dial(operatorLeg, robot('silent'));
    await this.bridged(operatorLeg, contactLeg);
    return contactLeg;
  }

  armAll(operatorLeg: LegId, ...others: LegId[]): Promise<unknown> {
    return Promise.all([this.client.arm(operatorLeg, 'operator', PARK_MS), ...others.map((leg) => this.client.arm(leg, 'other', 30_000))]);
  }

  async end(...legs: LegId[]): Promise<void> {
    await Promise.all(legs.map((leg) => this.client.hangup(leg, 'NORMAL_CLEARING')));
    await Promise.all(legs.map((leg) => this.fact(leg, 'hungUp')));
  }
}
