/** A channel as FreeSWITCH shows it in its events: one side of a call, its variables and what is heard on it. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Sound } from './sounds.ts';

export type CallState = 'DOWN' | 'RINGING' | 'EARLY' | 'ACTIVE' | 'RING_WAIT' | 'HANGUP';
/** switch_types.h, those that matter to a reader of `show channels`. */
export type ChannelState = 'CS_INIT' | 'CS_CONSUME_MEDIA' | 'CS_EXECUTE' | 'CS_EXCHANGE_MEDIA' | 'CS_HANGUP' | 'CS_REPORTING';

/** Who is behind a channel: a robot or a browser. */
export interface FarEnd {
  /** 20 ms that the far end is to hear. */
  play(frame: Buffer): void;
  /** Every 20 ms. */
  tick?(): void;
  /** RTP packets that came from it; nothing where its sound is not RTP. */
  readonly packetsHeard?: number;
  end(cause: string): void;
}

/** `a` is the leg whose CHANNEL_BRIDGE and CHANNEL_UNBRIDGE are told. */
export interface Bridge {
  readonly a: Channel;
  readonly b: Channel;
  /** `dialled`: by `bridge` inside a's park, which goes on afterwards; `moved`: by uuid_bridge. */
  readonly kind: 'dialled' | 'moved';
  answered: boolean;
}

/** A leg that is being dialled, for another one or by an originate. */
export interface Dial {
  readonly callee: Channel;
  ringing(): void;
  early(): void;
  answered(): void;
  /** The callee hung up before the dial came to its end. */
  lost(cause: string): void;
}

/** Microseconds since the epoch, as Event-Date-Timestamp counts. */
export const nowUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

const nobody: FarEnd = { play: () => undefined, end: () => undefined };

export class Channel {
  readonly uuid: string;
  readonly name: string;
  readonly direction: 'inbound' | 'outbound';
  readonly number: string;
  readonly variables = new Map<string, string>();
  readonly createdAtUs = nowUs();
  answeredAtUs = 0;
  state: ChannelState = 'CS_INIT';
  callState: CallState = 'DOWN';
  /** The first leg's uuid for the second leg of a bridge, else its own. */
  callUuid: string;
  alive = true;
  far: FarEnd = nobody;
  /** What its far end hears while nobody is bridged to it. */
  sound: Sound | undefined;
  bridge: Bridge | undefined;
  /** Set while it is being dialled. */
  dial: Dial | undefined;
  /** What it is dialling. */
  readonly dials = new Set<Dial>();
  parkTimer: NodeJS.Timeout | undefined;
  /** Who waits for a key of its telephone. */
  onKey: ((key: string) => void) | undefined;
  /** Its park's time ran out while it was busy inside the park. */
  parkExpired = false;
  hangupCause: string | undefined;

  constructor(given: { readonly uuid?: string | undefined; readonly name: string; readonly direction: 'inbound' | 'outbound'; readonly number: string; readonly callUuid?: string | undefined; readonly variables?: Iterable<readonly [string, string]> }) {
    this.uuid = given.uuid ?? randomUUID();
    this.name = given.name;
    this.direction = given.direction;
    this.number = given.number;
    this.callUuid = given.callUuid ?? this.uuid;
    for (const [name, value] of [['direction', given.direction], ['uuid', this.uuid], ['channel_name', given.name], ...(given.variables ?? [])] as const) this.variables.set(name, value);
  }

  get other(): Channel | undefined {
    if (this.bridge === undefined) return undefined;
    return this.bridge.a === this ? this.bridge.b : this.bridge.a;
  }

  /** 20 ms from its far end go to whom it is bridged with. */
  said(frame: Buffer): void {
    this.other?.far.play(frame);
  }

  isTrue(variable: string): boolean {
    return this.variables.get(variable) === 'true';
  }

  /** No value unsets it. Kept as it comes: nothing is ever expanded. */
  set(variable: string, value: string | undefined): void {
    if (value === undefined || value === '') this.variables.delete(variable);
    else this.variables.set(variable, value);
  }

  /** The headers that its events and uuid_dump share. */
  headers(): Record<string, string> {
    const answer = { HANGUP: 'hangup', EARLY: 'early' }[this.callState as string] ?? (this.answeredAtUs > 0 ? 'answered' : 'ringing');
    return {
      'Channel-State': this.state, 'Channel-Call-State': this.callState, 'Channel-Name': this.name, 'Unique-ID': this.uuid,
      'Call-Direction': this.direction, 'Channel-Call-UUID': this.callUuid, 'Answer-State': this.alive ? answer : 'hangup',
      ...(this.hangupCause === undefined ? {} : { 'Hangup-Cause': this.hangupCause }),
      'Caller-Destination-Number': this.number, 'Caller-Unique-ID': this.uuid, 'Caller-Channel-Name': this.name,
      'Caller-Channel-Created-Time': String(this.createdAtUs), 'Caller-Channel-Answered-Time': String(this.answeredAtUs),
    };
  }

  variableHeaders(): Record<string, string> {
    return Object.fromEntries([...this.variables].map(([name, value]) => [`variable_${name}`, value]));
  }
}
