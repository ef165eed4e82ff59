/** FreeSWITCH as the controller's `Switch`: each typed order becomes one command, each event at most one fact. */
import type { ChannelSnapshot, HangupCause, LegId, OurHangupCause } from '../../domain/leg.ts';
import { AFTER_BRIDGE, AFTER_EARLY_BRIDGE, dialString, isGateway, isLegId, isSipHost, type DialOrder, type DialRoutes } from './dial-string.ts';
import { DialWatch } from './dial-watch.ts';
import { FactReader } from './facts.ts';
import type { CommandOutcome } from './command-queue.ts';
import { EslLink, type EslLinkOptions, type EslLog, type EslTimings } from './link.ts';
import { RecordingCommands } from './recording-commands.ts';
import { readChannels, readVariables } from './snapshots.ts';
import { SwitchClock } from './switch-clock.ts';
import type { LinkFact, OrderResult, Switch, SwitchFact } from './switch.ts';

export interface EslSwitchOptions {
  /** `esl://:password@host:port`. */
  readonly url: string;
  /** Gateway for phones (freeswitch-conf/trunks); without it they lead to the robots. */
  readonly gateway?: string;
  /** Hosts that a SIP address may name. */
  readonly sipHosts?: readonly string[];
  readonly log: EslLog;
  readonly timings?: Partial<EslTimings>;
}

/** Ringing as Russian networks sound it: 425 Hz, 1 s on, 4 s off. Else the operator hears silence on a bare 180. */
const RINGBACK = '%(1000,4000,425)';
/** freeswitch-conf/environment.xml; expanded by FreeSWITCH itself. */
const HOLD_MUSIC = '${hold_music}';
/**
 * FreeSWITCH counts it down at each move of a leg, a bridge's end included, and at 0 dials no more and hangs up; it is also
 * what an INVITE may still pass on its way. SIP's own figure (RFC 3261), set anew before each dial and move.
 */
const MAX_FORWARDS = 'max_forwards=70';
/** Long enough for a switch under heavy load: what is given up too early is ended, and the contact is told nothing. */
const DIAL_WATCH_MS = 4_000;
/** Q.850 causes of a telephone that nobody answered. Others end a talk as well: a clearing, a limit, a lost network. */
const NEVER_ANSWERED: ReadonlySet<HangupCause> = new Set(['USER_BUSY', 'NO_USER_RESPONSE', 'NO_ANSWER', 'SUBSCRIBER_ABSENT', 'CALL_REJECTED', 'UNALLOCATED_NUMBER', 'NO_ROUTE_DESTINATION', 'NUMBER_CHANGED', 'INVALID_NUMBER_FORMAT']);

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
function toResult(outcome: CommandOutcome): OrderResult {
  if (outcome.kind === 'unknown') return { ok: false, reason: 'unknown', reply: outcome.reason };
  const reply = outcome.text.trim();
  if (reply.startsWith('+OK')) return { ok: true, reply };
  return { ok: false, reason: /no such channel|invalid uuid|invalid session id|cannot locate session/i.test(reply) ? 'noSuchChannel' : 'refused', reply };
}

const refused = (reply: string): OrderResult => ({ ok: false, reason: 'refused', reply });

export class EslSwitch implements Switch {
  readonly #link: EslLink;
  readonly #recording: RecordingCommands;
  readonly #routes: DialRoutes;
  readonly #clock = new SwitchClock();
  readonly #facts = new FactReader(this.#clock);
  readonly #watch: DialWatch;
  readonly #factListeners: ((fact: SwitchFact) => void)[] = [];
  readonly #linkListeners: ((fact: LinkFact) => void)[] = [];
  #owner: Parameters<Switch['fence']>[0] | undefined;

  constructor(options: EslSwitchOptions) {
    const url = new URL(options.url);
    if (url.protocol !== 'esl:' || url.hostname === '') throw new TypeError('the switch must be named as esl://:password@host:port');
    const sipHosts = (options.sipHosts ?? []).map((host) => host.toLowerCase());
    const odd = sipHosts.find((host) => !isSipHost(host));
    if (odd !== undefined) throw new TypeError(`not a SIP host: ${odd}`);
    if (options.gateway !== undefined && !isGateway(options.gateway)) throw new TypeError(`not a gateway's name: ${options.gateway}`);
    this.#routes = { sipHosts, ...(options.gateway === undefined ? {} : { gateway: options.gateway }) };
    this.#watch = new DialWatch({
      askAfterMs: DIAL_WATCH_MS,
      exists: (leg) => this.exists(leg),
      disposition: (leg) => this.#variable(leg, 'originate_disposition'),
      onFailed: (leg, cause) => this.#tell({ kind: 'hungUp', leg, cause, at: Date.now(), receivedAt: Date.now() }),
    });
    const link: EslLinkOptions = {
      host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 8021), password: decodeURIComponent(url.password), log: options.log,
      ...(options.timings === undefined ? {} : { timings: options.timings }),
      onEvent: (event, receivedAt) => {
        const fact = this.#facts.read(event, receivedAt);
        if (fact !== undefined) this.#see(fact);
      },
      onLink: (fact) => {
        if (fact.kind === 'down') {
          this.#facts.forget();
          this.#watch.forget();
        }
        for (const listener of this.#linkListeners) listener(fact);
      },
    };
    this.#link = new EslLink(link);
    this.#recording = new RecordingCommands(link, this.#link);
  }

  start(): void { this.#link.start(); }

  async stop(): Promise<void> {
    this.#watch.forget();
    await Promise.all([this.#link.stop(), this.#recording.stopLink()]);
  }

  onFact(listener: (fact: SwitchFact) => void): void { this.#factListeners.push(listener); }
  onLink(listener: (fact: LinkFact) => void): void { this.#linkListeners.push(listener); }
  fence(owner: Parameters<Switch['fence']>[0]): void { this.#owner = owner; }
  setBusy(busy: boolean): void { this.#link.setBusy(busy); }

  async dialContact(order: Parameters<Switch['dialContact']>[0]): Promise<OrderResult> {
    const { operatorLeg, contactLeg, ...rest } = order;
    const dial = isLegId(operatorLeg) ? this.#dialString({ ...rest, leg: contactLeg, use: 'bridge' }) : undefined;
    if (dial === undefined) return refused('not a destination that may be dialled');
    // In the same breath, first: a later look then tells how this dial ended from how the last one did.
    void this.#api(`uuid_setvar_multi ${operatorLeg} originate_disposition=;last_bridge_hangup_cause=;exchange_dial=${contactLeg}`, operatorLeg, contactLeg);
    // Before the order goes out: its first event may come in one piece with the reply.
    this.#watch.expect(contactLeg, operatorLeg);
    const result = await this.#order([`sendmsg ${operatorLeg}`, 'call-command: execute', 'execute-app-name: bridge', `execute-app-arg: ${dial}`]);
    if (!result.ok) this.#watch.seen(contactLeg);
    return result;
  }

  async originateParked(order: Parameters<Switch['originateParked']>[0]): Promise<OrderResult> {
    const { acceptKey, standing = false, ...rest } = order;
    const dial = this.#dialString({ ...rest, use: 'originate' });
    if (dial === undefined) return refused('not a destination that may be dialled');
    // The languages are spelled out here: whatever else came could not reach the command.
    const then = acceptKey === undefined ? '&park()' : `${standing ? 'line' : 'accept'}-${acceptKey === 'ru' ? 'ru' : 'en'} XML managers`;
    this.#watch.expect(order.leg, undefined);
    const result = await this.#order([`bgapi originate ${dial} ${then}`]);
    if (!result.ok) this.#watch.seen(order.leg);
    return result;
  }

  playMusic(leg: LegId): Promise<OrderResult> { return this.#api(`uuid_transfer ${leg} 'endless_playback:${HOLD_MUSIC}' inline`, leg); }
  bridge(leg: LegId, other: LegId): Promise<OrderResult> { return this.#api(`uuid_bridge ${leg} ${other}`, leg, other); }
  hangup(leg: LegId, cause: OurHangupCause): Promise<OrderResult> { return this.#api(`uuid_kill ${leg} ${cause}`, leg); }
  /** The task's group is the leg's uuid, FreeSWITCH's default. */
  scheduleHangup(leg: LegId, afterMs: number): Promise<OrderResult> { return this.#api(`sched_hangup +${seconds(afterMs)} ${leg} ALLOTTED_TIMEOUT`, leg); }
  cancelScheduledHangup(leg: LegId): Promise<OrderResult> { return this.#api(`sched_del ${leg}`, leg); }

  arm(leg: LegId, role: 'operator' | 'other', parkTimeoutMs: number): Promise<OrderResult> {
    const settings = [
      AFTER_BRIDGE.join(';'), MAX_FORWARDS, 'hangup_after_bridge=false', `park_timeout=${seconds(parkTimeoutMs)}`,
      // A leg that was itself originated bears ignore_early_media, which its own bridge would inherit.
      ...(role === 'operator' ? [AFTER_EARLY_BRIDGE, 'continue_on_fail=true', `ringback=${RINGBACK}`, 'ignore_early_media=false'] : []),
    ];
    return this.#api(`uuid_setvar_multi ${leg} ${settings.join(';')}`, leg);
  }

  async announceRecording(leg: LegId, language: 'ru' | 'en'): Promise<OrderResult> { return toResult((await this.#notOurs()) ?? (await this.#recording.announce(leg, language))); }
  async startRecording(leg: LegId, file: string, limitMs: number): Promise<OrderResult> { return toResult((await this.#notOurs()) ?? (await this.#recording.start(leg, file, limitMs))); }
  async stopRecording(leg: LegId, file: string): Promise<OrderResult> { return toResult((await this.#notOurs()) ?? (await this.#recording.stop(leg, file))); }

  async howDialEnded(operatorLeg: LegId, contactLeg: LegId): Promise<HangupCause | undefined> {
    const variables = await this.variables(operatorLeg);
    if (variables?.['exchange_dial'] !== contactLeg) return undefined;
    const disposition = variables['originate_disposition'] ?? '';
    if (disposition !== 'SUCCESS') return /^[A-Z_]+$/.test(disposition) ? disposition : undefined;
    // A network's message (183) joins the legs, which is a success to FreeSWITCH: then the leg that hung up leaves its cause.
    const cause = variables['last_bridge_to'] === contactLeg ? variables['last_bridge_hangup_cause'] : undefined;
    return cause !== undefined && NEVER_ANSWERED.has(cause) ? cause : undefined;
  }

  async exists(leg: LegId): Promise<boolean | undefined> {
    const reply = await this.#ask(`uuid_exists ${leg}`, leg);
    return reply === 'true' ? true : reply === 'false' ? false : undefined;
  }

  async channels(): Promise<readonly ChannelSnapshot[] | undefined> {
    const reply = await this.#ask('show channels as json');
    return reply === undefined ? undefined : readChannels(reply);
  }

  async variables(leg: LegId): Promise<Readonly<Record<string, string>> | undefined> {
    const reply = await this.#ask(`uuid_dump ${leg} json`, leg);
    return reply === undefined ? undefined : readVariables(reply, leg);
  }

  async heardPackets(leg: LegId): Promise<number | undefined> {
    // Both at once: the switch answers in their order.
    const [, text] = await Promise.all([this.#ask(`uuid_set_media_stats ${leg}`, leg), this.#variable(leg, 'rtp_audio_in_packet_count')]);
    return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined;
  }

  ownTime(switchMs: number): number { return this.#clock.ours(switchMs); }

  #dialString(order: DialOrder): string | undefined { return dialString(order, this.#routes); }

  async #variable(leg: LegId, name: string): Promise<string | undefined> {
    return this.#ask(`uuid_getvar ${leg} ${name}`, leg);
  }

  /** The answer's text, or `undefined` when there is none. */
  async #ask(command: string, ...legs: readonly LegId[]): Promise<string | undefined> {
    if (!legs.every(isLegId)) return undefined;
    const outcome = await this.#link.command([`api ${command}`]);
    return outcome.kind === 'reply' ? outcome.text.trim() : undefined;
  }

  #api(command: string, ...legs: readonly LegId[]): Promise<OrderResult> {
    if (!legs.every(isLegId)) return Promise.resolve(refused('not a leg'));
    return this.#order([`api ${command}`]);
  }

  async #order(lines: readonly string[]): Promise<OrderResult> {
    return toResult((await this.#notOurs()) ?? (await this.#link.command(lines)));
  }

  /** A process that was frozen may have been followed meanwhile; fresh, the order goes out in this very turn. */
  async #notOurs(): Promise<CommandOutcome | undefined> {
    return this.#owner?.fresh() === false && !(await this.#owner.confirm()) ? { kind: 'unknown', reason: 'the switch may have another owner' } : undefined;
  }

  #see(fact: SwitchFact): void {
    // Told as failed, then created after all: nobody waits for it any more.
    if (this.#watch.seen(fact.leg) && fact.kind !== 'hungUp') {
      if (fact.kind === 'created') void this.hangup(fact.leg, 'ORIGINATOR_CANCEL');
      return;
    }
    this.#tell(fact);
  }

  #tell(fact: SwitchFact): void {
    for (const listener of this.#factListeners) listener(fact);
  }
}
