import type { Call } from '../domain/call/call.ts';
import { switchRestarted, type CallEvent } from '../domain/call/event.ts';
import type { ChannelSnapshot, LegId, LegRole } from '../domain/leg.ts';
import type { Logger } from '../platform/log.ts';
import type { Db } from '../platform/postgres/database.ts';
import { listLegsOfEndedCalls } from '../platform/postgres/call-store.ts';
import { isManagerUsername } from '../platform/postgres/leg-credentials.ts';
import { listOperatorLegs } from '../platform/postgres/operator-legs.ts';
import { isDeclaredLost } from '../platform/postgres/switch-service.ts';
import type { Switch } from './esl/switch.ts';
import type { ManagerLines } from './manager-lines.ts';
import type { OperatorLines } from './operator-lines.ts';
import type { LiveCall, Runner } from './runner.ts';

/** Between the two snapshots that must agree before a leg counts as gone. */
const snapshotPauseMs = 400;
/** An order younger than this may still be on its way to a channel. */
const orderGraceMs = 5_000;

/** What a former controller ordered before we took over is on its way no longer than this. */
const formerGraceMs = 1_500;

const doubtPauseMs = 300;
/** A look that came to nothing, because the switch or the database did not answer, is taken again after this. */
const unansweredPauseMs = 2_000;
/** Snapshots that contradict each other are taken again this often; the slow tick looks later. */
const mostRepeats = 3;

export interface ReconcilerOptions {
  readonly db: Db; readonly target: Switch; readonly runner: Runner; readonly lines: OperatorLines; readonly managerLines: ManagerLines; readonly log: Logger; readonly switchId: string;
  /** When the link was lost, ms, while what happened since has not been looked at: a leg lost meanwhile did not talk on. */
  readonly deafSince: () => number | undefined;
  /** When this controller took the switch over, ms. */
  readonly takenOverAt: () => number;
  /** When this switch was found to have been started anew, ms: no leg of an older call is left. */
  readonly restartedAt: () => number;
}

/**
 * Brings our record in step with the switch: after a reconnect, after a restart of ours, when an order found no channel,
 * and on a slow tick. A failed, empty, cut or late answer ends no call; two good snapshots and `uuid_exists`=false do.
 * What it finds it tells the calls as events, like any other fact.
 */
export class Reconciler {
  #running: Promise<void> | undefined;
  #again = false;
  #repeats = 0;
  #stopped = false;
  #soon: NodeJS.Timeout | undefined;
  /** Legs of ending calls that are listed though `uuid_exists` denies them: a ghost (FS#34, #960, #2389) once two looks agree. */
  #ghosts = new Set<LegId>();

  constructor(readonly options: ReconcilerOptions) {}

  /** Looks at everything; a call during a look makes it look once more. */
  look(): Promise<void> {
    this.#again = true;
    this.#repeats = 0;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** An order found no channel: its hangup event may be on the way, so not at once. */
  lookSoon(afterMs = doubtPauseMs): void {
    if (this.#stopped) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.look();
    }, afterMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#soon);
  }

  #lookAgain(): void {
    this.#again ||= this.#repeats < mostRepeats;
  }

  async #run(): Promise<void> {
    for (; this.#again && !this.#stopped; this.#repeats += 1) {
      this.#again = false;
      await this.#once().catch((error: unknown) => {
        this.options.log.warn({ error: (error as Error).message }, 'reconciling failed; the next look tries again');
        this.lookSoon(unansweredPauseMs);
      });
    }
  }

  async #once(): Promise<void> {
    const { target, runner, db, switchId, lines, log } = this.options;
    // From the first snapshot on: the list lags behind the events, so that the second may still show what was before one that came first.
    const heard = new Map([...runner.live].map(([id, live]) => [id, live.heard]));
    const first = await target.channels();
    if (first === undefined) return this.lookSoon(unansweredPauseMs);
    await new Promise((resolve) => setTimeout(resolve, snapshotPauseMs));
    const second = await target.channels();
    if (second === undefined) return this.lookSoon(unansweredPauseMs);
    const seen = new Map(second.map((channel) => [channel.leg, channel]));
    const before = new Set(first.map((channel) => channel.leg));
    const ghosts = this.#ghosts;
    this.#ghosts = new Set();
    const isGone = async (leg: LegId) => {
      if (seen.has(leg)) {
        if (runner.callOfLeg(leg)?.call.state !== 'ending' || (await target.exists(leg)) !== false) return false;
        if (ghosts.has(leg)) return true;
        this.#ghosts.add(leg);
        this.#lookAgain();
        return false;
      }
      // In the first snapshot still: the next pair of snapshots decides.
      if (before.has(leg)) this.#lookAgain();
      return !before.has(leg) && (await target.exists(leg)) === false;
    };
    for (const live of [...runner.live.values()]) await this.#lookAt(live, seen, isGone, heard.get(live.call.id));
    const standing = await listOperatorLegs(db, { switchId });
    for (const { leg, operatorId } of standing) {
      if (!(await isGone(leg))) continue;
      log.info({ operatorId, leg }, 'standing leg is gone');
      await lines.hungUp(leg);
    }
    const known = new Set(standing.map(({ leg }) => leg));
    const strangers = second.map(({ leg }) => leg).filter((leg) => before.has(leg) && !known.has(leg) && !runner.callOfLeg(leg));
    if (strangers.length > 0) await this.#meet(strangers);
  }

  /** Legs that no record has: a page that called in unheard, or what outlived its call or a switch that was declared lost. */
  async #meet(strangers: readonly LegId[]): Promise<void> {
    const { db, target, switchId, log } = this.options;
    const lost = await isDeclaredLost(db, { switchId });
    const orphans = await listLegsOfEndedCalls(db, { legs: strangers });
    for (const leg of strangers) {
      if (!lost && !orphans.has(leg)) {
        await this.#attach(leg);
        continue;
      }
      // Nobody would ever hang it up.
      log.warn({ leg, lost }, 'a leg of a call that is over is hung up');
      await target.hangup(leg, 'NORMAL_CLEARING');
    }
  }

  /** A page, an operator's or a manager's, that called in while nobody listened: its CHANNEL_PARK never comes again, and the page believes itself on line. */
  async #attach(leg: LegId): Promise<void> {
    const variables = await this.options.target.variables(leg);
    const sipAuthUsername = variables?.['sip_auth_username'];
    if (variables?.['exchange_leg'] !== leg || sipAuthUsername === undefined) return;
    const at = Date.now();
    await (isManagerUsername(sipAuthUsername) ? this.options.managerLines : this.options.lines).parked({ kind: 'parked', leg, sipAuthUsername, variables, at, receivedAt: at });
  }

  /** `heard`: how many events the call had been told before the snapshots; none for a call that is younger. */
  async #lookAt(live: LiveCall, seen: ReadonlyMap<LegId, ChannelSnapshot>, isGone: (leg: LegId) => Promise<boolean>, heard: number | undefined): Promise<void> {
    const { runner, log } = this.options;
    // The contact first: a call that has lost everybody has not lost its operator only.
    let told = 0;
    const legs = Object.entries(live.call.legs).sort(([, { role }], [, other]) => Number(other.role === 'contact') - Number(role === 'contact'));
    for (const [leg, { role, status }] of legs) {
      // A released operator's leg serves the next call already.
      if (status === 'gone' || (role === 'operator' && (leg !== live.call.operatorLeg || live.call.releasedAt !== null))) continue;
      const channel = seen.get(leg);
      const at = Date.now();
      if (await isGone(leg)) {
        const event = await this.#goneUnseen(live.call, leg, at);
        if (event === undefined) continue;
        log.warn({ callId: live.call.id, leg, role, status, event: event.type }, 'leg is gone unseen');
        told += 1;
        await runner.apply(live.call.id, event);
      } else if (channel)
        for (const event of await this.#missed(live, channel, at)) {
          // Told of the switch since: two who were parted a moment ago must not be taken for joined.
          if (live.heard - told !== heard) return this.#repeats < mostRepeats ? this.#lookAgain() : this.lookSoon(unansweredPauseMs);
          told += 1;
          await runner.apply(live.call.id, event);
        }
    }
  }

  /** How a leg that the switch has no more came to its end, as far as anybody can know; `undefined` while its order may still be on its way. */
  async #goneUnseen(call: Call, leg: LegId, at: number): Promise<CallEvent | undefined> {
    const { role = 'contact', status = 'ordered' } = call.legs[leg] ?? {};
    const lostAt = Math.min(at, this.options.deafSince() ?? at);
    if (status !== 'ordered' && call.createdAt < this.options.restartedAt()) return { type: 'LegLost', leg, cause: switchRestarted, at: lostAt };
    // The operator's leg remembers why its dial reached nobody.
    const cause = role === 'contact' && status !== 'answered' ? await this.options.target.howDialEnded(call.operatorLeg, leg) : undefined;
    if (cause !== undefined) return { type: 'LegHungUp', leg, cause, at };
    if (status !== 'ordered') return { type: 'LegLost', leg, at: lostAt };
    const orderedAt = role === 'manager' ? (call.transfer?.since ?? call.createdAt) : call.createdAt;
    return call.createdAt < this.options.restartedAt() || this.#isOverdue(orderedAt, at) ? { type: 'OriginateFailed', leg, fate: 'unknown', reason: 'no channel', at } : undefined;
  }

  /** An order that has no channel by now will have none. Looked at again by itself while it still may. */
  #isOverdue(orderedAt: number, at: number): boolean {
    const takenOverAt = this.options.takenOverAt();
    const waitMs = orderedAt < takenOverAt ? takenOverAt + formerGraceMs - at : orderedAt + orderGraceMs - at;
    if (waitMs <= 0) return true;
    this.lookSoon(waitMs);
    return false;
  }

  /** A manager's telephone that was answered may still be listening to the whisper: only a parked leg has accepted. */
  async #isParked({ call }: LiveCall, leg: LegId, role: LegRole): Promise<boolean> {
    if (role !== 'manager' || call.state !== 'ringingManager') return true;
    return (await this.options.target.variables(leg))?.['current_application'] === 'park';
  }

  /** Facts that a channel shows and that nobody told us. What we know already comes out as late and changes nothing. */
  async #missed(live: LiveCall, channel: ChannelSnapshot, at: number): Promise<CallEvent[]> {
    const { leg } = channel;
    const known = live.call.legs[leg];
    if (known === undefined) return [];
    const events: CallEvent[] = [];
    if (known.status === 'ordered') events.push({ type: 'LegCreated', leg, at });
    if (known.status !== 'answered' && known.status !== 'ringing' && (channel.callState === 'RINGING' || channel.callState === 'EARLY')) events.push({ type: 'LegProgressed', leg, earlyMedia: channel.callState === 'EARLY', at });
    if (known.status !== 'answered' && (channel.callState === 'ACTIVE' || channel.callState === 'HELD')) {
      const variables = await this.options.target.variables(leg);
      // Caller-Channel-Answered-Time: microseconds since the epoch, 0 while unanswered.
      const answeredAt = Math.round(Number(variables?.['Caller-Channel-Answered-Time'] ?? 0) / 1000);
      if (answeredAt > 0) events.push({ type: 'LegAnswered', leg, at: this.options.target.ownTime(answeredAt) });
    }
    if (channel.bridgedTo !== undefined && live.call.legs[channel.bridgedTo] !== undefined) {
      if (known.parked || live.call.state !== 'talking') events.push({ type: 'LegsBridged', leg, other: channel.bridgedTo, at });
    } else if (!known.parked && channel.bridgedTo === undefined && known.role !== 'contact' && channel.callState === 'ACTIVE' && (await this.#isParked(live, leg, known.role))) {
      events.push({ type: 'LegParked', leg, at });
    }
    return events;
  }
}
