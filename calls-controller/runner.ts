import type { Call } from '../domain/call/call.ts';
import type { CallCommand } from '../domain/call/command.ts';
import { moveTimeoutMs } from '../domain/call/draft.ts';
import type { CallEvent } from '../domain/call/event.ts';
import { stillWanted } from '../domain/call/resume.ts';
import { transition, type Step } from '../domain/call/transition.ts';
import type { LegId } from '../domain/leg.ts';
import type { Logger } from '../platform/log.ts';
import type { Nudges } from '../platform/nudges.ts';
import { findWrittenStep, quarantineCall, StaleOwner, writeStep, type LiveCallRow, type WrittenStep } from '../platform/postgres/call-store.ts';
import { isOutage, type Db } from '../platform/postgres/database.ts';
import { RequestTooLate } from '../platform/postgres/request-queue.ts';
import type { Switch } from './esl/switch.ts';
import { eventOfFailure, execute, type Carried, type Hands } from './execute.ts';
import { eventAge, lateEvents, liveCalls, ordersFailed, quarantined, transitions } from './metrics.ts';
import { Deadlines } from './deadlines.ts';
import { OrderMarks, type CarriedOut } from './order-marks.ts';

export interface LiveCall {
  call: Call;
  version: number;
  /** How many events it was told, those that wait included: what was read of the switch before the newest of them may be older than they are. */
  heard: number;
  readonly operatorId: string;
  readonly campaignId: string;
  /** The tail of this call's queue: one event at a time. */
  tail: Promise<unknown>;
  /** Orders that may or may not have been carried out. */
  readonly unanswered: { id: string; command: CallCommand }[];
}

/** The request that a step came of waited too long, for a database that was away: nothing was done. */
export interface TooLate { readonly kind: 'tooLate' }

export interface RunnerOptions {
  readonly db: Db;
  readonly target: Switch;
  readonly recorder: Hands['recorder'];
  readonly judgeManager: Hands['judgeManager'];
  readonly nudges: Nudges;
  readonly log: Logger;
  readonly epoch: bigint;
  /** The operator is free: claim the next contact for them. */
  readonly onReleased: (operatorId: string) => void;
  /** The operator's leg died in mid-call: a new one may be there already. */
  readonly onOperatorGone: (live: LiveCall) => void;
  /** A leg that an order did not find: the reconciler looks. */
  readonly onDoubt: (callId: string) => void;
  /** Another controller owns the switch. */
  readonly onStale: () => void;
}

/**
 * Handles one event of a call at a time: transition, commit of state and orders in one transaction, then the orders.
 * While the database is away a step waits and is tried again; the talk itself goes on.
 */
export class Runner {
  readonly #calls = new Map<string, LiveCall>();
  readonly #byLeg = new Map<LegId, string>();
  readonly #deadlines = new Deadlines((callId, name, at) => void this.apply(callId, { type: 'DeadlinePassed', name, at }));
  readonly #marks: OrderMarks;
  #stopped = false;

  constructor(readonly options: RunnerOptions) {
    this.#marks = new OrderMarks(options);
  }

  get live(): ReadonlyMap<string, LiveCall> {
    return this.#calls;
  }

  callOfLeg(leg: LegId): LiveCall | undefined {
    const id = this.#byLeg.get(leg);
    return id === undefined ? undefined : this.#calls.get(id);
  }

  /** Takes a call over that another process (or this one before a restart) has begun. Its orders wait for `resume`. */
  adopt({ call, version, operatorId, campaignId, deadlines, pending }: LiveCallRow): void {
    const live: LiveCall = { call, version, heard: 0, operatorId, campaignId, tail: Promise.resolve(), unanswered: [...pending] };
    this.#calls.set(call.id, live);
    this.#index(live);
    for (const { name, at } of deadlines) this.#deadlines.set(call.id, name, at);
    this.#countLive();
  }

  /** A call just written by `authoriseAttempt`: its first orders go out now. */
  async begin(row: Omit<LiveCallRow, 'pending' | 'deadlines' | 'version'>, commands: readonly CallCommand[], commandIds: readonly string[]): Promise<void> {
    this.adopt({ ...row, version: 0, pending: [], deadlines: commands.flatMap((command) => (command.type === 'SetDeadline' ? [{ name: command.name, at: command.at }] : [])) });
    const live = this.#calls.get(row.call.id);
    if (live) await this.#enqueue(live, () => this.#carryOut(live, commands, commandIds));
  }

  /**
   * Orders whose answer nobody saw (a former controller's, or lost with the link), once the record has been compared with
   * the switch: those that the call still waits for are given again, but never a dial. A move gets its whole time anew.
   */
  async resume(): Promise<void> {
    await Promise.all([...this.#calls.values()].filter(({ unanswered }) => unanswered.length > 0).map((live) => this.#enqueue(live, () => this.#giveAgain(live))));
  }

  async #giveAgain(live: LiveCall): Promise<void> {
    const done: CarriedOut[] = [];
    for (const { id, command } of live.unanswered.splice(0)) {
      if (!stillWanted(live.call, command)) {
        done.push({ id, result: 'left: overtaken, or never repeated' });
        continue;
      }
      if ((command.type === 'PlayToLeg' && live.call.state === 'moving') || command.type === 'BridgeLegs') this.#deadlines.set(live.call.id, 'move', Date.now() + moveTimeoutMs);
      const result = await execute(this.options, live.call.id, command);
      this.options.log.info({ callId: live.call.id, order: command.type, reply: result?.reply }, 'order given again');
      done.push({ id, result: `again: ${result?.reply ?? ''}` });
      if (result?.ok === false) this.options.onDoubt(live.call.id);
    }
    // Not awaited by the step.
    this.#marks.add(done);
  }

  /** `requestId` is the request that this event came of: a step that it leads to answers it. @returns the step, or undefined when there is no such live call. */
  apply(callId: string, event: CallEvent, requestId?: string): Promise<Step | TooLate | undefined> {
    const live = this.#calls.get(callId);
    if (!live || this.#stopped) return Promise.resolve(undefined);
    live.heard += 1;
    return this.#enqueue(live, () => this.#step(live, event, requestId));
  }

  /** While the switch cannot be heard, or has not been looked at again, no time passes for the calls: they may have been answered. */
  holdDeadlines(): void {
    this.#deadlines.hold();
  }

  releaseDeadlines(): void {
    this.#deadlines.release();
  }

  /** Everything asked so far is done. */
  async settled(): Promise<void> {
    await Promise.all([...this.#calls.values()].map((live) => live.tail));
    await this.#marks.settled();
  }

  stop(): void {
    this.#stopped = true;
    this.#deadlines.stop();
  }

  #enqueue<T>(live: LiveCall, work: () => Promise<T>): Promise<T> {
    const next = live.tail.then(work);
    live.tail = next.catch((error: unknown) => this.#failed(live, error));
    return next;
  }

  #failed(live: LiveCall, error: unknown): void {
    if (error instanceof StaleOwner) {
      this.options.onStale();
      return;
    }
    // A broken invariant ends this call, kindly and loudly, not the process; its record stays for study.
    this.options.log.error({ callId: live.call.id, state: live.call.state, error: String((error as Error).stack ?? error) }, 'call quarantined');
    quarantined.inc();
    this.#quarantine(live).catch((failure: Error) => this.options.log.error({ callId: live.call.id, error: failure.message }, 'quarantine not written; the next owner takes the call over'));
  }

  async #quarantine(live: LiveCall): Promise<void> {
    this.#forget(live);
    for (const [leg, { role, status }] of Object.entries(live.call.legs)) if (role !== 'operator' && status !== 'gone') await this.options.target.hangup(leg, 'NORMAL_CLEARING');
    await quarantineCall(this.options.db, { callId: live.call.id, epoch: this.options.epoch });
    this.#announce(live);
    this.options.onReleased(live.operatorId);
  }

  async #step(live: LiveCall, event: CallEvent, requestId?: string): Promise<Step | TooLate | undefined> {
    const { log } = this.options;
    if (this.#calls.get(live.call.id) !== live) return undefined;
    const before = live.call;
    if ('leg' in event) eventAge.observe(Math.max(0, Date.now() - event.at) / 1000);
    const step = transition(before, event);
    if (step.kind !== 'moved') {
      live.call = step.call;
      if (step.kind === 'late') lateEvents.inc({ event: event.type });
      log.debug({ callId: before.id, state: before.state, event: event.type, ...(step.kind === 'refused' ? { refused: step.code } : { late: true }) }, 'no transition');
      return step;
    }
    const written = await this.#write(live, before, step, event, requestId);
    if (written === undefined || 'kind' in written) return written;
    live.call = step.call;
    live.version += 1;
    transitions.inc({ event: event.type, to: step.call.state });
    log.info({ callId: before.id, from: before.state, event: event.type, to: step.call.state }, 'transition');
    this.#index(live);
    for (const command of step.commands) {
      if (command.type === 'SetDeadline') this.#deadlines.set(before.id, command.name, command.at);
      if (command.type === 'ClearDeadline') this.#deadlines.clear(before.id, command.name);
    }
    await this.#carryOut(live, step.commands, written.commandIds);
    if (written.released) this.options.onReleased(live.operatorId);
    if (step.call.state === 'ended') this.#forget(live);
    else if (step.call.releasedAt === null && isGone(step.call, step.call.operatorLeg) && !isGone(before, before.operatorLeg)) this.options.onOperatorGone(live);
    return step;
  }

  async #write(live: LiveCall, before: Call, step: Step, event: CallEvent, requestId?: string): Promise<WrittenStep | TooLate | undefined> {
    const row = { before, call: step.call, version: live.version, epoch: this.options.epoch, event, commands: step.commands, requestId };
    for (let pauseMs = 50, unanswered = false; !this.#stopped; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        // The answer to a commit may be what was lost: then the step is written, and its orders still wait for us.
        const written = unanswered ? await findWrittenStep(this.options.db, row) : undefined;
        return written ?? (await writeStep(this.options.db, row));
      } catch (error) {
        unanswered = true;
        if (error instanceof RequestTooLate) return { kind: 'tooLate' };
        if (error instanceof StaleOwner || !isOutage(error)) throw error;
        this.options.log.warn({ callId: before.id, error: (error as Error).message }, 'database away, the step waits');
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    return undefined;
  }

  /** Orders in their order. A failure comes back as an event, after this step. */
  async #carryOut(live: LiveCall, commands: readonly CallCommand[], ids: readonly string[]): Promise<void> {
    const { log } = this.options;
    const done: CarriedOut[] = [];
    let next = 0;
    // Told first: the state is committed, and no screen need wait for the switch's answers.
    for (const command of commands) {
      if (command.type === 'AnnounceCall') this.#announce(live);
      if (command.type === 'InviteManager' || command.type === 'RecordInvitation') this.options.nudges.publish({ topic: 'manager', id: command.manager });
    }
    for await (const { command, result } of this.#give(live, commands)) {
      const id = ids[next++];
      if (id !== undefined) {
        if (!result.ok && result.reason === 'unknown') live.unanswered.push({ id, command });
        else done.push({ id, result: result.reply });
      }
      if (result.ok) continue;
      ordersFailed.inc({ order: command.type, reason: result.reason });
      log.warn({ callId: live.call.id, order: command.type, reason: result.reason, reply: result.reply }, 'order failed');
      const event = eventOfFailure(command, result, Date.now());
      if (event) void this.apply(live.call.id, event);
      else this.options.onDoubt(live.call.id);
    }
    // Not awaited by the step.
    this.#marks.add(done);
  }

  /** Each order after the answer to the one before, but for arming: the switch carries out in order, so what follows is on its way at once. */
  async *#give(live: LiveCall, commands: readonly CallCommand[]): AsyncGenerator<{ command: CallCommand; result: Carried }> {
    const given: { command: CallCommand; answer: Promise<Carried | undefined> }[] = [];
    for (const [index, command] of commands.entries()) {
      given.push({ command, answer: execute(this.options, live.call.id, command) });
      if (command.type === 'ArmLeg' && index < commands.length - 1) continue;
      for (const { command, answer } of given.splice(0)) {
        const result = await answer;
        if (result !== undefined) yield { command, result };
      }
    }
  }

  #announce({ call, operatorId, campaignId }: LiveCall): void {
    this.options.nudges.publish({ topic: 'operator', id: operatorId });
    this.options.nudges.publish({ topic: 'campaign', id: campaignId });
    // A manager's page shows how far the call with it has come.
    const manager = call.managerLeg === null ? undefined : call.asked.find(({ leg }) => leg === call.managerLeg)?.manager;
    if (manager) this.options.nudges.publish({ topic: 'manager', id: manager.id });
  }

  /** The operator's leg leads to the call that binds the operator, the others to the call they are of. */
  #index(live: LiveCall): void {
    for (const [leg, { role }] of Object.entries(live.call.legs)) {
      if (role !== 'operator') this.#byLeg.set(leg, live.call.id);
      else if (live.call.releasedAt === null && leg === live.call.operatorLeg) this.#byLeg.set(leg, live.call.id);
      else if (this.#byLeg.get(leg) === live.call.id) this.#byLeg.delete(leg);
    }
  }

  #forget(live: LiveCall): void {
    this.#calls.delete(live.call.id);
    for (const leg of Object.keys(live.call.legs)) if (this.#byLeg.get(leg) === live.call.id) this.#byLeg.delete(leg);
    this.#deadlines.clearAll(live.call.id);
    this.#countLive();
  }

  #countLive(): void {
    liveCalls.set(this.#calls.size);
    this.options.target.setBusy(this.#calls.size > 0);
  }
}

const isGone = (call: Call, leg: LegId): boolean => call.legs[leg]?.status === 'gone';
