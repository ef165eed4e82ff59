import { randomUUID } from 'node:crypto';
import type { CallEvent } from '../domain/call/event.ts';
import type { RecordingsConfig, SwitchConfig } from '../platform/config.ts';
import type { Logger } from '../platform/log.ts';
import type { Nudges } from '../platform/nudges.ts';
import { adoptLiveCalls, type LiveCallRow } from '../platform/postgres/call-store.ts';
import { isOutage, type Db } from '../platform/postgres/database.ts';
import { judgeManagerNumber, practiceTrunk } from '../platform/postgres/authorise-trunk.ts';
import { ensureTrunk } from '../platform/postgres/trunks.ts';
import { isManagerUsername } from '../platform/postgres/leg-credentials.ts';
import { descriptionOf } from '../platform/switch-description.ts';
import { describeSwitch, recordLink, recordSessions } from '../platform/postgres/switches.ts';
import type { LinkFact, Switch, SwitchFact } from './esl/switch.ts';
import { acquireLease, type Lease } from './lease.ts';
import { linkUp } from './metrics.ts';
import { ManagerLines } from './manager-lines.ts';
import { Recorder } from './recordings/recorder.ts';
import { OperatorLines } from './operator-lines.ts';
import { nightWorkEveryMs, workAtNight } from './night-work.ts';
import { Reconciler } from './reconcile.ts';
import { RequestDrain } from './request-drain.ts';
import { RingingOperators } from './ringing-operators.ts';
import { Runner } from './runner.ts';
import { SpendAlarm } from './spend-alarm.ts';
import { soundLookMs, SoundWatch } from './sound-watch.ts';

export interface ControllerOptions {
  readonly db: Db; readonly target: Switch; readonly nudges: Nudges; readonly log: Logger; readonly switchConfig: SwitchConfig; readonly recordings: RecordingsConfig;
  /** Another controller took the switch over: leave. */
  readonly onLost: () => void;
}

export interface Controller {
  readonly runner: Runner;
  readonly reconciler: Reconciler;
  /** Whether the Event Socket is up and the switch is ours. */
  ready(): boolean;
  /** No new calls; running ones live on in the switch and the next controller picks them up. */
  stop(): Promise<void>;
}

/** A call that was written longer ago and is not driven here has been forgotten. */
const unansweredCommitMs = 20_000;

/** Requests wait this long for the first look at the switch. */
const switchAwayMs = 3_000;

const recordAgainMs = 1_000;

/** Takes the switch over and drives its calls until stopped. */
export async function startController(options: ControllerOptions, signal: AbortSignal = new AbortController().signal): Promise<Controller> {
  const { db, target, nudges, log, switchConfig } = options;
  const switchId = switchConfig.id;
  const lease = await acquireLease(db, { switchId, ownerId: randomUUID(), log, onLost: () => options.onLost(), signal });
  const { epoch } = lease;
  target.fence(lease);
  await describeSwitch(db, { epoch, ...descriptionOf(switchConfig) });
  let draining = false;
  // Nobody has heard the switch since its former owner did.
  const line: Line = { isUp: false, deafSince: lease.heardUntil ?? undefined, restartedAt: 0, isOver: false };

  const trunkId = switchConfig.gateway ?? practiceTrunk;
  const recorder = new Recorder({ db, target, nudges, log, config: options.recordings, switchId, standIn: switchConfig.standIn });
  const runner: Runner = new Runner({
    db, target, recorder, nudges, log, epoch,
    judgeManager: (callId, e164) => judgeManagerNumber(db, { callId, trunkId, e164 }),
    onReleased: (operatorId) => void lines.released(operatorId).catch((error: Error) => log.warn({ operatorId, error: error.message }, 'next contact not claimed')),
    onOperatorGone: (live) => void lines.replaceLeg(live).catch((error: Error) => log.warn({ callId: live.call.id, error: error.message }, 'new leg not looked for')),
    onDoubt: () => reconciler.lookSoon(),
    onStale: () => options.onLost(),
  });
  const spendAlarm = new SpendAlarm({ db, nudges, log });
  const onSpendCap = () => void spendAlarm.raise();
  const ringing = new RingingOperators({ db, target, nudges, log, trunkId, takesDevices: !switchConfig.standIn, onSpendCap });
  const lines = new OperatorLines({ db, target, runner, nudges, log, switchId, ringing });
  const managerLines = new ManagerLines({ db, target, runner, log, switchId });
  let takenOverAt = Number.POSITIVE_INFINITY;
  const reconciler = new Reconciler({ db, target, runner, lines, managerLines, log, switchId, deafSince: () => line.deafSince, restartedAt: () => line.restartedAt, takenOverAt: () => takenOverAt });
  if (switchConfig.trunk !== undefined) await ensureTrunk(db, { gateway: switchConfig.trunk.gateway, limits: switchConfig.trunk });
  const requests = new RequestDrain({ db, runner, target, nudges, log, switchId, epoch, trunkId, onSpendCap, ringing, mayDial: () => line.isUp && !draining, onStale: () => options.onLost() });

  const takeOver = async (olderThanMs: number) => {
    for (const row of await adoptLiveCalls(db, { switchId, epoch, olderThanMs, except: [...runner.live.keys()] })) adopt(runner, row, log);
  };
  await takeOver(0);
  takenOverAt = Date.now();

  target.onFact((fact) => {
    tell(fact, runner, lines, managerLines, ringing, log);
    // A dial that a former controller ordered, of a call that has been given up meanwhile: nobody would be there when it is answered.
    if (fact.kind === 'created' && !runner.callOfLeg(fact.leg)) reconciler.lookSoon();
  });
  followLink({ db, target, recorder, runner, reconciler, requests, log, switchId, epoch, line });

  const sound = new SoundWatch({ runner, target, log });
  const reconcile = () => takeOver(unansweredCommitMs).then(() => (line.isUp ? reconciler.look().then(() => runner.resume()) : undefined));
  const timers = startTicks({ db, sound, spendAlarm, requests, lines, nudges, switchId, log, reconcile });
  target.start();
  // A switch that stays away: what is asked meanwhile is refused with that reason.
  const unheard = setTimeout(() => void requests.open().catch((error: Error) => log.warn({ error: error.message }, 'drain failed; tried again')), switchAwayMs);
  recorder.start();

  return {
    runner, reconciler,
    ready: () => line.isUp,
    async stop() {
      draining = true;
      line.isOver = true;
      for (const timer of timers) clearInterval(timer);
      clearTimeout(unheard);
      reconciler.stop();
      // What was taken up is finished, orders and their marks as well; what hangs is left to the next controller.
      await Promise.race([requests.stop().then(() => runner.settled()), new Promise((resolve) => setTimeout(resolve, 3_000))]);
      runner.stop();
      await recorder.stop();
      await target.stop();
      await releaseQuietly(lease, log);
    },
  };
}

/** The Event Socket as the controller knows it. */
interface Line {
  isUp: boolean;
  /** When the switch was heard for the last time, ms, while what happened since has not been looked at. */
  deafSince: number | undefined;
  /** When this switch was found to have been started anew, ms. */
  restartedAt: number;
  /** The controller is leaving. */
  isOver: boolean;
}

interface LinkFollower {
  readonly db: Db; readonly target: Switch; readonly recorder: Recorder; readonly runner: Runner; readonly reconciler: Reconciler; readonly requests: RequestDrain; readonly log: Logger;
  readonly switchId: string; readonly epoch: bigint; readonly line: Line;
}

/** Lost: no time passes for the calls. Up again: look at the switch, then give unanswered orders again, let time pass, take requests. */
function followLink({ db, target, recorder, runner, reconciler, requests, log, switchId, epoch, line }: LinkFollower): void {
  let newest: LinkFact | undefined;
  /** While the database is away it is told again and again, until there is something newer to tell: a switch of which it is not known that it is up gets no operators. */
  const record = async (fact: LinkFact, coreUuid: string | null): Promise<string | null> => {
    for (;;) {
      try {
        return await recordLink(db, { switchId, epoch, up: fact.kind === 'up', coreUuid });
      } catch (error) {
        if (!isOutage(error)) throw error;
        log.warn({ error: (error as Error).message }, 'link’s change not written; tried again');
        await new Promise((resolve) => setTimeout(resolve, recordAgainMs).unref());
        if (fact !== newest || line.isOver) return null;
      }
    }
  };
  /** One change after the other: a slow "down" written behind its "up" would stand. */
  let recorded: Promise<unknown> = Promise.resolve();
  const inTurn = (fact: LinkFact, coreUuid: string | null): Promise<string | null> => {
    const mine = recorded.then(() => record(fact, coreUuid));
    recorded = mine.catch(() => undefined);
    return mine;
  };
  const follow = async (fact: LinkFact) => {
    const coreUuid = fact.kind === 'up' ? fact.coreUuid : null;
    const before = await inTurn(fact, coreUuid);
    if (before !== null && coreUuid !== null && before !== coreUuid) {
      line.restartedAt = fact.at;
      log[runner.live.size > 0 ? 'warn' : 'info']({ before, coreUuid }, 'the switch was restarted');
    }
    if (fact.kind !== 'up') return;
    await reconciler.look();
    if (line.isUp) {
      await runner.resume();
      runner.releaseDeadlines();
      line.deafSince = undefined;
    }
    await requests.open();
    await recorder.resume([...runner.live.values()].map(({ call }) => call));
  };
  target.onLink((fact) => {
    if (fact.kind === 'heartbeat') return void recordSessions(db, { switchId, epoch, ...fact }).catch((error: Error) => log.warn({ error: error.message }, 'sessions not written'));
    newest = fact;
    line.isUp = fact.kind === 'up';
    linkUp.set(line.isUp ? 1 : 0);
    log[line.isUp ? 'info' : 'warn'](fact, line.isUp ? 'switch is up' : 'switch is lost; talks go on, reconnecting');
    if (!line.isUp) {
      runner.holdDeadlines();
      line.deafSince ??= fact.at;
    }
    follow(fact).catch((error: Error) => log.warn({ error: error.message }, 'link’s change not followed up; the slow ticks do'));
  });
}

function adopt(runner: Runner, row: LiveCallRow, log: Logger): void {
  log.info({ callId: row.call.id, state: row.call.state, pending: row.pending.length }, 'call taken over');
  runner.adopt(row);
  // Perhaps given, perhaps not: whoever may not have been told is not recorded.
  if (row.pending.some(({ command }) => command.type === 'AnnounceRecording')) void runner.apply(row.call.id, { type: 'AnnouncementFailed', reason: 'the controller ended', at: Date.now() });
}

interface Ticks {
  readonly db: Db; readonly sound: SoundWatch; readonly spendAlarm: SpendAlarm; readonly requests: RequestDrain; readonly lines: OperatorLines; readonly nudges: Nudges; readonly switchId: string; readonly log: Logger;
  /** A call whose commit was not answered is in the database and not here: taken over like a former owner's; then a look at the switch. */
  readonly reconcile: () => Promise<unknown>;
}

/** Nudges, and the slow ticks that heal what a lost nudge leaves. */
function startTicks({ db, sound, spendAlarm, requests, lines, nudges, switchId, log, reconcile }: Ticks): NodeJS.Timeout[] {
  const guard = (work: () => Promise<unknown>, what: string) => () => void work().catch((error: Error) => log.warn({ error: error.message }, `${what} failed; tried again`));
  const drain = guard(() => requests.drain(), 'drain');
  nudges.subscribe((nudge) => {
    if (nudge.topic === 'switch' && nudge.id === switchId) drain();
  }, drain);
  const night = guard(() => workAtNight(db, log, new Date()), 'night work');
  return [setInterval(night, nightWorkEveryMs), setInterval(guard(() => spendAlarm.tick(), 'look at the spend cap'), 10_000), setInterval(drain, 1_000), setInterval(guard(() => sound.look(), 'look for sound'), soundLookMs), setInterval(guard(() => lines.tick(), 'tick'), 2_000), setInterval(guard(reconcile, 'reconcile'), 15_000)];
}

async function releaseQuietly(lease: Lease, log: Logger): Promise<void> {
  await lease.release().catch((error: Error) => log.warn({ error: error.message }, 'lease not given back; it ends by itself'));
}

/** A switch's fact goes to the call of its leg; a standing leg's also to the operators' lines. */
function tell(fact: SwitchFact, runner: Runner, lines: OperatorLines, managerLines: ManagerLines, ringing: RingingOperators, log: Logger): void {
  const live = runner.callOfLeg(fact.leg) ?? ('other' in fact ? runner.callOfLeg(fact.other) : undefined);
  const role = live?.call.legs[fact.leg]?.role;
  if (live) {
    for (const event of eventsOf(fact)) void runner.apply(live.call.id, event);
  }
  const failed = (error: Error) => log.error({ leg: fact.leg, error: error.message }, 'page’s leg');
  if (fact.kind === 'parked' && (fact.sipAuthUsername !== undefined || ringing.has(fact.leg)))
    void (isManagerUsername(fact.sipAuthUsername ?? '') ? managerLines : lines).parked(fact).catch(failed);
  // A contact's or manager's leg is nobody's standing leg.
  if (fact.kind === 'hungUp' && (role ?? 'operator') === 'operator') void lines.hungUp(fact.leg).catch(failed);
}

/**
 * Facts in the call's words. A leg that leaves its bridge is on its own again: FreeSWITCH gives no new CHANNEL_PARK to a
 * leg that dialled out of its park and falls back there.
 */
export function eventsOf(fact: SwitchFact): CallEvent[] {
  const { leg, at } = fact;
  switch (fact.kind) {
    case 'created': return [{ type: 'LegCreated', leg, at }];
    case 'progressed': return [{ type: 'LegProgressed', leg, earlyMedia: fact.earlyMedia, at }];
    case 'answered': return [{ type: 'LegAnswered', leg, at }];
    case 'parked': return [{ type: 'LegParked', leg, at }];
    case 'bridged': return [{ type: 'LegsBridged', leg, other: fact.other, at }];
    case 'unbridged': return [{ type: 'LegParked', leg, at }, { type: 'LegParked', leg: fact.other, at }];
    case 'hungUp': return [{ type: 'LegHungUp', leg, cause: fact.cause, at }];
    default: return fact satisfies never;
  }
}
