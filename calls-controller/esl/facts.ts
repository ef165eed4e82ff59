/**
 * FreeSWITCH's events as the facts that the controller knows. Only legs of ours are reported: their variable
 * `exchange_leg` equals their own uuid (set in the dial string, or by the operators' context for a browser's leg).
 */
import type Event from 'modesl/lib/esl/Event.js';
import type { SwitchFact } from './switch.ts';
import type { SwitchClock } from './switch-clock.ts';

/**
 * Everything that is subscribed; narrow on purpose. CALLSTATE stands for CHANNEL_PROGRESS and CHANNEL_PROGRESS_MEDIA.
 * CHANNEL_UNBRIDGE cannot be spared: a leg that dialled out of CS_PARK returns there without a new CHANNEL_PARK.
 * No HEARTBEAT: the link asks for the status itself, which finds a half-open socket as well.
 */
export const SUBSCRIBED_KINDS = [
  'CHANNEL_CREATE', 'CHANNEL_CALLSTATE', 'CHANNEL_ANSWER', 'CHANNEL_BRIDGE', 'CHANNEL_UNBRIDGE', 'CHANNEL_PARK', 'CHANNEL_HANGUP_COMPLETE',
] as const;

/** At a hundred calls a second about ten seconds of events. */
const mostTold = 10_000;

const VARIABLE = 'variable_';

/** The channel variables of an event, without their prefix. */
export function channelVariables(event: Event): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { name, value } of event.headers) if (name.startsWith(VARIABLE)) variables[name.slice(VARIABLE.length)] = String(value);
  return variables;
}

/** Event-Date-Timestamp is microseconds since the epoch. */
const eventTimeMs = (event: Event): number => Math.round(Number(event.getHeader('Event-Date-Timestamp')) / 1000);

/** Legs remembered; beyond them the one not heard of for the longest is forgotten: its hang-up was never told. */
const mostLegs = 5_000;

export class FactReader {
  /** Legs of ours seen since the link came up, the latest last: a CALLSTATE carries no variables. */
  readonly #ours = new Set<string>();

  /** Event-Sequence of the latest events: one that comes twice would take a leg back to where it was. */
  readonly #told = new Set<string>();

  constructor(readonly clock: SwitchClock) {}

  /** Legs remembered now. */
  get size(): number {
    return this.#ours.size;
  }

  forget(): void {
    this.#ours.clear();
    this.#told.clear();
  }

  /** The fact of an event, or `undefined` where it is about no leg of ours or says nothing new. */
  read(event: Event, receivedAt: number): SwitchFact | undefined {
    const leg = event.getHeader('Unique-ID');
    const switchMs = eventTimeMs(event);
    if (leg === null || !Number.isFinite(switchMs)) return undefined;
    if (this.#isTold(event.getHeader('Event-Sequence'))) return undefined;
    this.clock.note(switchMs, receivedAt);
    const base = { at: this.clock.ours(switchMs), leg, receivedAt };
    if (event.type === 'CHANNEL_CALLSTATE') return this.#ours.has(leg) ? progressed(event, base) : undefined;
    if (event.getHeader('variable_exchange_leg') !== leg) return undefined;
    this.#ours.delete(leg);
    if (event.type !== 'CHANNEL_HANGUP_COMPLETE') this.#ours.add(leg);
    const [oldest] = this.#ours;
    if (this.#ours.size > mostLegs && oldest !== undefined) this.#ours.delete(oldest);
    return legFact(event, base);
  }

  #isTold(sequence: string | null): boolean {
    if (sequence === null) return false;
    if (this.#told.has(sequence)) return true;
    this.#told.add(sequence);
    const [oldest] = this.#told;
    if (this.#told.size > mostTold && oldest !== undefined) this.#told.delete(oldest);
    return false;
  }
}

type FactBase = Pick<SwitchFact, 'at' | 'leg' | 'receivedAt'>;

function progressed(event: Event, base: FactBase): SwitchFact | undefined {
  const state = event.getHeader('Channel-Call-State');
  if (state !== 'RINGING' && state !== 'EARLY') return undefined;
  return { ...base, kind: 'progressed', earlyMedia: state === 'EARLY' };
}

function legFact(event: Event, base: FactBase): SwitchFact | undefined {
  const user = event.getHeader('variable_sip_auth_username');
  const sipAuthUsername = user === null ? {} : { sipAuthUsername: user };
  switch (event.type) {
    case 'CHANNEL_CREATE': return { ...base, kind: 'created', variables: channelVariables(event) };
    case 'CHANNEL_ANSWER': return { ...base, kind: 'answered' };
    case 'CHANNEL_PARK': return { ...base, kind: 'parked', ...sipAuthUsername, variables: channelVariables(event) };
    case 'CHANNEL_BRIDGE':
    case 'CHANNEL_UNBRIDGE': {
      const a = event.getHeader('Bridge-A-Unique-ID');
      const b = event.getHeader('Bridge-B-Unique-ID');
      const other = a === base.leg ? b : a;
      if (other === null) return undefined;
      return { ...base, kind: event.type === 'CHANNEL_BRIDGE' ? 'bridged' : 'unbridged', other };
    }
    case 'CHANNEL_HANGUP_COMPLETE': return { ...base, kind: 'hungUp', cause: event.getHeader('Hangup-Cause') ?? 'NONE', ...sipAuthUsername };
    default: return undefined;
  }
}
