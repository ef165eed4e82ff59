/**
 * What the switch itself says, on an Event Socket of our own: how often each leg was created, who talked with whom, and
 * which conversation ended without anybody having asked for it. It knows nothing of the database.
 */
import type Event from 'modesl/lib/esl/Event.js';
import { EslLink } from '../../calls-controller/esl/link.ts';
import { readChannels } from '../../calls-controller/esl/snapshots.ts';
import type { ChannelSnapshot } from '../../domain/leg.ts';

interface SeenLeg {
  readonly leg: string;
  /** Digits that were dialled. */
  readonly number: string;
  created: number;
  answeredAt: number | undefined;
  hungUpAt: number | undefined;
  cause: string | undefined;
}

interface Conversation { readonly a: string; readonly b: string; readonly since: number }

/** Why a leg may leave a conversation or end; `once`: used up by one conversation. */
interface Excuse { readonly why: string; readonly at: number; readonly once: boolean }

/** Robots that end a conversation by themselves, ms after their answer (freeswitch-conf/README.md). */
const robotEndsAfterMs: Readonly<Record<string, number>> = { '95': 1_500, '99': 55_000, '97': Infinity, '98': Infinity, '96': Infinity };
const talkerEndsAfterMs = 45_000;
/** An order given before a conversation began may end it: asked while it rang, carried out by the next controller. */
const excuseLivesMs = 20_000;

/** A conversation that ended though nobody asked for it. */
export interface Interruption { readonly what: string; readonly at: number; readonly legs: readonly string[] }

export class Observer {
  readonly legs = new Map<string, SeenLeg>();
  /** Conversations that nobody ended on purpose. */
  readonly interrupted: Interruption[] = [];
  readonly doubleCreated: string[] = [];
  /** Two telephones of one number at once. */
  readonly rungTwice: string[] = [];
  readonly #conversations = new Map<string, Conversation>();
  readonly #excuses = new Map<string, Excuse[]>();
  readonly #ringing = new Map<string, string>();
  readonly #listeners = new Set<(leg: string, kind: string) => void>();
  readonly #link: EslLink;
  conversations = 0;

  constructor(url: string, readonly maxDurationMs: number) {
    const { hostname, port, password } = new URL(url);
    this.#link = new EslLink({
      host: hostname, port: Number(port), password, log: { info: () => undefined, warn: () => undefined },
      onEvent: (event) => this.#see(event), onLink: (fact) => { if (fact.kind === 'up') this.#up(); },
    });
  }

  #up: () => void = () => undefined;

  async start(): Promise<void> {
    const up = new Promise<void>((resolve) => (this.#up = resolve));
    this.#link.start();
    await up;
    this.#link.setBusy(true);
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  onEvent(listener: (leg: string, kind: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody asked for it: the leg may leave its conversation. Said before it is asked. */
  excuse(leg: string, why: string, once = false): void {
    const excuses = this.#excuses.get(leg) ?? [];
    excuses.push({ why, at: Date.now(), once });
    this.#excuses.set(leg, excuses);
  }

  /** The far end hangs up: to the controller it looks like the network's doing. */
  async endLeg(leg: string, why: string): Promise<void> {
    this.excuse(leg, why);
    await this.#link.command([`api uuid_kill ${leg} NORMAL_CLEARING`]);
  }

  /** A page calls in: its leg is answered and parked, and bears the name of its credentials. */
  async callIn(leg: string, username: string): Promise<void> {
    const variables = [`origination_uuid=${leg}`, `exchange_leg=${leg}`, `sip_auth_username=${username}`, 'loopback_bowout=false', 'ignore_early_media=true'];
    await this.#link.command([`bgapi originate {${variables.join(',')}}loopback/+79000000098/robots/XML &park()`]);
  }

  async channels(): Promise<readonly ChannelSnapshot[] | undefined> {
    const outcome = await this.#link.command(['api show channels as json']);
    return outcome.kind === 'reply' ? readChannels(outcome.text) : undefined;
  }

  isAlive(leg: string): boolean {
    const seen = this.legs.get(leg);
    return seen !== undefined && seen.hungUpAt === undefined;
  }

  #see(event: Event): void {
    const leg = event.getHeader('Unique-ID');
    if (leg === null || event.getHeader('variable_exchange_leg') !== leg) return;
    const at = Math.round(Number(event.getHeader('Event-Date-Timestamp')) / 1000);
    switch (event.type) {
      case 'CHANNEL_CREATE': this.#created(leg, /^loopback\/\+?(\d+)-a$/.exec(event.getHeader('Channel-Name') ?? '')?.[1] ?? ''); break;
      case 'CHANNEL_ANSWER': {
        const seen = this.legs.get(leg);
        if (seen) seen.answeredAt ??= at;
        break;
      }
      case 'CHANNEL_BRIDGE': this.#joined(event, at); break;
      case 'CHANNEL_UNBRIDGE': this.#parted(event.getHeader('Bridge-A-Unique-ID'), event.getHeader('Bridge-B-Unique-ID'), at, 'unbridged'); break;
      case 'CHANNEL_HANGUP_COMPLETE': this.#hungUp(leg, at, event.getHeader('Hangup-Cause') ?? ''); break;
      default: break;
    }
    for (const listener of [...this.#listeners]) listener(leg, event.type);
  }

  #created(leg: string, number: string): void {
    const seen = this.legs.get(leg);
    if (seen) {
      seen.created += 1;
      this.doubleCreated.push(leg);
      return;
    }
    this.legs.set(leg, { leg, number, created: 1, answeredAt: undefined, hungUpAt: undefined, cause: undefined });
    if (isStanding(number)) return;
    const other = this.#ringing.get(number);
    if (other !== undefined) this.rungTwice.push(`${number}: ${other} and ${leg}`);
    this.#ringing.set(number, leg);
  }

  #hungUp(leg: string, at: number, cause: string): void {
    const seen = this.legs.get(leg);
    if (seen) {
      seen.hungUpAt ??= at;
      seen.cause ??= cause;
      if (this.#ringing.get(seen.number) === leg) this.#ringing.delete(seen.number);
    }
    for (const { a, b } of [...this.#conversations.values()]) if (a === leg || b === leg) this.#parted(a, b, at, `${leg === a ? 'a' : 'b'} hung up, ${cause}`);
  }

  #joined(event: Event, at: number): void {
    const a = event.getHeader('Bridge-A-Unique-ID');
    const b = event.getHeader('Bridge-B-Unique-ID');
    if (a === null || b === null) return;
    this.#conversations.set(`${a}/${b}`, { a, b, since: at });
    this.conversations += 1;
  }

  #parted(a: string | null, b: string | null, at: number, how: string): void {
    const key = this.#conversations.has(`${a}/${b}`) ? `${a}/${b}` : `${b}/${a}`;
    const conversation = this.#conversations.get(key);
    if (conversation === undefined) return;
    this.#conversations.delete(key);
    const legs = [conversation.a, conversation.b].map((leg) => this.legs.get(leg));
    // Early media is no conversation.
    if (legs.some((leg) => leg?.answeredAt === undefined)) return;
    if (legs.some((leg) => leg !== undefined && (this.#endsByItself(leg, at) || this.#used(leg.leg, conversation.since, legs)))) return;
    this.interrupted.push({ what: `${how} after ${at - conversation.since} ms: ${legs.map((leg) => `${leg?.leg.slice(0, 8)} (${leg?.number.slice(-2)})`).join(' and ')}`, at, legs: [conversation.a, conversation.b] });
  }

  #endsByItself({ number, answeredAt }: SeenLeg, at: number): boolean {
    const age = at - (answeredAt ?? at);
    // The limit counts from the contact's answer.
    return age >= (robotEndsAfterMs[number.slice(-2)] ?? talkerEndsAfterMs) || (!isStanding(number) && age >= this.maxDurationMs - 1_500);
  }

  #used(leg: string, since: number, pair: readonly (SeenLeg | undefined)[]): boolean {
    const excuses = this.#excuses.get(leg) ?? [];
    // Who returns leaves a manager, not the contact: what was asked for before the music parts them is for later.
    const withContact = pair.some((each) => each !== undefined && !isStanding(each.number));
    const index = excuses.findIndex(({ at, why }) => at >= since - excuseLivesMs && !(withContact && why === 'return'));
    if (index === -1) return false;
    if (excuses[index]?.once === true) excuses.splice(index, 1);
    return true;
  }
}

/** The silent robot behind an operator's page, and managers, whom several operators ring at once. */
const isStanding = (number: string): boolean => number.startsWith('790000000');
