/**
 * The switch as the controller sees it: typed orders out, facts in. `EslSwitch` speaks it over the Event Socket;
 * everything above this file knows neither modesl nor FreeSWITCH's command syntax.
 */
import type { ChannelSnapshot, Destination, HangupCause, LegId, OurHangupCause } from '../../domain/leg.ts';

/** How an order fared. `accepted` is FreeSWITCH's `+OK`: what really happened comes as events. Never thrown. */
export type OrderResult =
  | { readonly ok: true; readonly reply: string }
  | { readonly ok: false; readonly reason: 'refused'; readonly reply: string }
  | { readonly ok: false; readonly reason: 'noSuchChannel'; readonly reply: string }
  /** No answer in time or the link was lost: it may or may not have been carried out. */
  | { readonly ok: false; readonly reason: 'unknown'; readonly reply: string };

/** A leg's fact as the switch reported it. `at` is the switch's own time (Event-Date-Timestamp) by our clock, ms since the epoch. */
export type SwitchFact = { readonly at: number; readonly leg: LegId; readonly receivedAt: number } & (
  | { readonly kind: 'created'; readonly variables: Readonly<Record<string, string>> }
  /** 180/183: `earlyMedia` when the network sends sound before the answer. */
  | { readonly kind: 'progressed'; readonly earlyMedia: boolean }
  | { readonly kind: 'answered' }
  | { readonly kind: 'parked'; readonly sipAuthUsername?: string; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: 'bridged'; readonly other: LegId }
  | { readonly kind: 'unbridged'; readonly other: LegId }
  | { readonly kind: 'hungUp'; readonly cause: HangupCause; readonly sipAuthUsername?: string }
);

/** The link's own facts. Every loss is an event; reconnecting is the link's own business. */
export type LinkFact =
  | { readonly kind: 'up'; readonly coreUuid: string; readonly at: number }
  | { readonly kind: 'down'; readonly reason: string; readonly at: number }
  | { readonly kind: 'heartbeat'; readonly sessions: number; readonly maxSessions: number; /** As it names itself. */ readonly version: string | null; readonly at: number };

export interface Switch {
  /** `sendmsg O` execute `bridge`: FreeSWITCH itself bridges when the contact answers. One per operator leg at a time. */
  dialContact(order: {
    readonly operatorLeg: LegId; readonly contactLeg: LegId; readonly destination: Destination;
    readonly ringTimeoutMs: number; readonly callerId?: string;
    /** The leg is hung up this long after its answer (ALLOTTED_TIMEOUT), by the switch alone; `cancelScheduledHangup` lifts it. */
    readonly limitMs?: number;
  }): Promise<OrderResult>;
  /**
   * bgapi originate … &park(): resolves when accepted; progress, answer and failure come as facts of the leg.
   * With `acceptKey` the answer is followed by a whisper in that language and only the key 1 parks the leg; without the
   * key it hangs up with NO_ANSWER about 10 s after the answer (freeswitch-conf/dialplan/managers.xml).
   */
  originateParked(order: {
    readonly leg: LegId; readonly destination: Destination; readonly ringTimeoutMs: number; readonly callerId?: string;
    readonly acceptKey?: 'ru' | 'en';
    /** An operator's own phone: another whisper before the key, and a park that lasts. */
    readonly standing?: boolean; readonly parkTimeoutMs?: number;
    /** The leg ends this long after its answer. */
    readonly limitMs?: number;
  }): Promise<OrderResult>;
  /** `uuid_transfer leg 'endless_playback:…' inline`: takes the leg out of its bridge and plays hold music to it. */
  playMusic(leg: LegId): Promise<OrderResult>;
  /** `uuid_bridge`: only starts the move; wait for `bridged`. */
  bridge(leg: LegId, other: LegId): Promise<OrderResult>;
  hangup(leg: LegId, cause: OurHangupCause): Promise<OrderResult>;
  /** sched_hangup with a group id of the leg, so that `cancelScheduledHangup` removes just that. */
  scheduleHangup(leg: LegId, afterMs: number): Promise<OrderResult>;
  cancelScheduledHangup(leg: LegId): Promise<OrderResult>;
  /** What keeps the leg after its bridge (it parks anew), hangup_after_bridge=false, park_timeout (and continue_on_fail, ringback for an operator's leg): before EACH dial and move. */
  arm(leg: LegId, role: 'operator' | 'other', parkTimeoutMs: number): Promise<OrderResult>;
  /** `uuid_displace … rw`: leg and partner hear that they are recorded, about 2 s; refused where the switch cannot. */
  announceRecording(leg: LegId, language: 'ru' | 'en'): Promise<OrderResult>;
  /** `uuid_record … start`: both sides of the leg, mixed, into the wav file; given twice it changes nothing. `limitMs` ends the recording alone. */
  startRecording(leg: LegId, file: string, limitMs: number): Promise<OrderResult>;
  /** `uuid_record … stop`: when accepted, the file is complete. Refused where nothing is recorded. */
  stopRecording(leg: LegId, file: string): Promise<OrderResult>;
  /** Why this dial on the operator's leg reached nobody; `undefined` when it did, or when the switch does not know (any more). */
  howDialEnded(operatorLeg: LegId, contactLeg: LegId): Promise<HangupCause | undefined>;
  /** `undefined` when the switch gave no answer that can be trusted. */
  exists(leg: LegId): Promise<boolean | undefined>;
  /** `show channels as json`; `undefined` when it failed, was cut or came late. */
  channels(): Promise<readonly ChannelSnapshot[] | undefined>;
  /** uuid_dump as variables; `undefined` when there is no such channel or no answer. */
  variables(leg: LegId): Promise<Readonly<Record<string, string>> | undefined>;
  /**
   * RTP packets that came from the leg so far (`uuid_set_media_stats`, `rtp_audio_in_packet_count`); `undefined` without
   * an answer or for a leg without RTP.
   */
  heardPackets(leg: LegId): Promise<number | undefined>;
  /** A time of the switch's clock in ours; both ms since the epoch. */
  ownTime(switchMs: number): number;
  onFact(listener: (fact: SwitchFact) => void): void;
  onLink(listener: (fact: LinkFact) => void): void;
  /** From now on an order goes out only while the switch is ours; questions always do. An order refused for it is `unknown`. */
  fence(owner: { fresh(): boolean; confirm(): Promise<boolean> }): void;
  /** Says whether calls are live: the 2 ms wake-up tick runs only then. */
  setBusy(busy: boolean): void;
  start(): void;
  stop(): Promise<void>;
}
