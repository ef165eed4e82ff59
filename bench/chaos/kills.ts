/** The run: desks at work, the controller killed at random moments and started again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../platform/postgres/database.ts';
import { recordHeartbeat } from '../../platform/postgres/operators.ts';
import { Desk } from './desk.ts';
import { explain, longResyncMs, Timeline, whatHolds } from './explain.ts';
import { ControllerProcess, type House } from './house.ts';
import { compare, readRecord } from './in-step.ts';
import { Observer } from './observer.ts';
import type { ChaosOptions } from './options.ts';
import { Chance } from './random.ts';
import { maxDurationMs, setScene } from './scene.ts';
import { judge, wayOf, type Verdict } from './verdict.ts';

/** In step later than this counts as never. */
const longestResyncMs = 30_000;
const mostExplained = 5;

export interface KillReport extends Verdict {
  readonly kills: number;
  readonly resyncMs: readonly number[];
  readonly interrupted: readonly string[];
  readonly conversations: number;
  /** In how many kills a call was in this state. */
  readonly states: Readonly<Record<string, number>>;
  readonly neverInStep: readonly string[];
  /** Of kills that were followed by a long time out of step: what is needed to say why. */
  readonly explained: readonly string[];
  /** From the start of the process until it owned the switch, for each that was in step. */
  readonly ownerMs: readonly number[];
  readonly errors: readonly string[];
}

export class KillRun {
  readonly #observer: Observer;
  readonly #chance: Chance;
  readonly #desks: Desk[] = [];
  readonly #resyncMs: number[] = [];
  readonly #states: Record<string, number> = {};
  readonly #neverInStep: string[] = [];
  readonly #explained: string[] = [];
  readonly #ownerMs: number[] = [];
  readonly #errors: string[] = [];
  readonly #requestListeners = new Set<() => void>();
  #controller: ControllerProcess;
  #standby: ControllerProcess | undefined;
  #kills = 0;
  readonly #killedAt: number[] = [];

  constructor(readonly house: House, readonly options: ChaosOptions, readonly say: (line: string) => void) {
    this.#observer = new Observer(house.switchUrl, maxDurationMs);
    this.#chance = new Chance(options.seed);
    this.#controller = new ControllerProcess(house.env);
  }

  async run(): Promise<KillReport> {
    const { house, options } = this;
    const { db, nudges } = house;
    const startedAt = performance.now();
    const scene = await setScene(db, { operators: options.operators, contacts: 600 + options.kills * 12 });
    await this.#observer.start();
    const byOperator = new Map<string, Desk>();
    for (const { operatorId, campaignId } of scene.operators) {
      const desk = new Desk({ db, nudges, observer: this.#observer, onRequest: () => { for (const listener of [...this.#requestListeners]) listener(); } }, operatorId, campaignId, this.#chance.child());
      this.#desks.push(desk);
      byOperator.set(operatorId, desk);
    }
    nudges.subscribe((nudge) => { if (nudge.topic === 'operator') byOperator.get(nudge.id)?.nudged(); }, () => undefined);
    const beats = setInterval(() => void this.#beat(db), 4_000);
    try {
      await this.#inStep(Date.now(), '0', this.#controller.startedAt);
      if (options.standby) this.#standby = new ControllerProcess(house.env);
      for (const desk of this.#desks) desk.start();
      await sleep(1_500);
      // Nothing is proved by killing a controller that has nothing to do.
      for (const deadline = Date.now() + 20_000; Date.now() < deadline && (await readRecord(db)).calls.length === 0; ) await sleep(100);
      while (this.#kills < options.kills && performance.now() - startedAt < options.limitMs) await this.#killOnce();
      await this.#closeUp();
      const standing = new Set(this.#desks.flatMap(({ leg }) => (leg === undefined ? [] : [leg])));
      const verdict = await judge(db, this.#observer, standing);
      return {
        ...verdict, kills: this.#kills, resyncMs: this.#resyncMs, interrupted: await Promise.all(this.#observer.interrupted.slice(0, 20).map((each) => wayOf(db, each, this.#killedAt))), conversations: this.#observer.conversations, states: this.#states,
        neverInStep: this.#neverInStep, explained: this.#explained, ownerMs: this.#ownerMs, errors: this.#errors,
      };
    } finally {
      clearInterval(beats);
      await Promise.all(this.#desks.map((desk) => desk.stop()));
      await Promise.all([this.#controller.end('SIGTERM'), this.#standby?.end('SIGTERM')]);
      this.#noteErrors();
      await this.#observer.stop();
    }
  }

  async #killOnce(): Promise<void> {
    // Whoever stands by has started: nobody's controllers die one after another within seconds.
    for (const deadline = Date.now() + longestResyncMs; Date.now() < deadline && this.#standby?.last.some((line) => line.includes('waiting for its lease')) === false; ) await sleep(50);
    await this.#moment();
    // A controller that ends by itself is as bad as one that cannot be killed.
    if (!this.#controller.alive) this.#errors.push(`the controller ended by itself: ${this.#controller.last.slice(-3).join(' ')}`);
    // Whoever stands by has taken the switch before we can look.
    const before = this.#standby === undefined ? undefined : await readRecord(this.house.db);
    const endedAt = performance.now();
    await this.#controller.end(this.options.signal);
    this.#noteErrors();
    this.#kills += 1;
    const killedAt = Date.now();
    this.#killedAt.push(killedAt);
    // Whoever died may have taken the switch over just now: only the next owner's epoch counts.
    const { calls, epoch } = before ?? (await readRecord(this.house.db));
    for (const state of new Set(calls.map(({ machine }) => machine.state))) this.#states[state] = (this.#states[state] ?? 0) + 1;
    if (calls.length === 0) this.#states['none'] = (this.#states['none'] ?? 0) + 1;
    const fresh = new ControllerProcess(this.house.env);
    const since = this.#standby === undefined ? fresh.startedAt : endedAt;
    this.#controller = this.#standby ?? fresh;
    if (this.#standby !== undefined) this.#standby = fresh;
    // Some are killed while they are still taking over.
    if (this.#chance.next() < 0.1 && this.options.signal === 'SIGKILL') {
      await sleep(this.#chance.between(300, 2_000));
      return;
    }
    await this.#inStep(killedAt, epoch, since);
    if (this.#kills % 25 === 0) this.say(`${this.#kills} kills, ${this.#desks.reduce((sum, { asked }) => sum + asked, 0)} calls asked for, in step again after ${Math.round(this.#resyncMs.at(-1) ?? 0)} ms`);
  }

  /** Uniformly at random, or a breath after something happened: between the orders of a transition, between commit and order. */
  async #moment(): Promise<void> {
    if (this.#chance.next() < 0.45) return void (await sleep(this.#chance.between(0, 400)));
    await new Promise<void>((resolve) => {
      const skip = Math.floor(this.#chance.between(0, 6));
      let left = skip;
      const happened = () => {
        if (left-- > 0) return;
        stop();
        resolve();
      };
      const late = setTimeout(() => { stop(); resolve(); }, 1_000);
      const unsubscribe = this.#observer.onEvent(happened);
      this.#requestListeners.add(happened);
      const stop = () => {
        clearTimeout(late);
        unsubscribe();
        this.#requestListeners.delete(happened);
      };
    });
    // Finer than a timer's millisecond.
    const until = performance.now() + this.#chance.between(0, 8);
    while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
  }

  /** From the start of the process (of one that stands by: from the kill) until a new owner has heard the switch and the record equals it. */
  async #inStep(killedAt: number, formerEpoch: string, from: number): Promise<void> {
    const controller = this.#controller;
    const since = () => performance.now() - from;
    const timeline = new Timeline();
    let ownerMs: number | undefined;
    let inStepMs: number | undefined;
    let held: readonly string[] | undefined;
    while (inStepMs === undefined && controller.alive && since() < longestResyncMs) {
      const { epoch, linkUp } = await readRecord(this.house.db);
      if (!linkUp || BigInt(epoch) <= BigInt(formerEpoch)) timeline.note(since(), linkUp ? 'no new owner yet' : 'the link is down');
      else {
        ownerMs ??= since();
        const look = await compare(this.house.db, this.#observer, killedAt);
        if (look?.differences.length === 0) inStepMs = since();
        timeline.note(since(), look === undefined ? 'the switch gave no list' : look.differences.map(({ what, leg }) => `${what} (${leg ?? ''})`).join('; ') || 'in step', look?.differences);
      }
      if (inStepMs === undefined && since() > longResyncMs) held ??= await whatHolds(this.house.db, controller.child.pid);
      if (inStepMs === undefined) await sleep(30);
    }
    this.#resyncMs.push(inStepMs ?? longestResyncMs);
    if (inStepMs !== undefined && ownerMs !== undefined) this.#ownerMs.push(ownerMs);
    if (inStepMs === undefined) this.#neverInStep.push(`kill ${this.#kills}: ${controller.alive ? (timeline.lines.at(-1) ?? '') : `the controller ended: ${controller.last.slice(-3).join(' ')}`}`);
    if ((inStepMs ?? longestResyncMs) > longResyncMs && this.#explained.length < mostExplained)
      this.#explained.push(`kill ${this.#kills}, ${inStepMs === undefined ? 'never in step' : `in step after ${Math.round(inStepMs)} ms`}\n${await explain(this.house.db, this.#observer, timeline, held ?? [], controller.last)}`);
  }

  /** No more calls; those that run come to their end, if need be by hanging up; then nothing may be left. */
  async #closeUp(): Promise<void> {
    for (const desk of this.#desks) desk.closeUp();
    for (const deadline = Date.now() + 45_000; Date.now() < deadline; await sleep(200)) {
      const { calls } = await readRecord(this.house.db);
      const { rows } = await this.house.db.raw<{ rows: { open: number }[] }>(`select count(*)::int as open from calls where answered_at is not null and disposition is null`);
      if (calls.length === 0 && rows[0]?.open === 0) break;
      for (const { machine } of calls) if (machine.state === 'handedOver' || (machine.state === 'talking' && machine.answeredAt !== null && Date.now() - machine.answeredAt > 5_000)) await this.#observer.endLeg(machine.contactLeg, 'closing time');
    }
    // What was created late is found by the next look of the controller's slow tick.
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(200)) {
      const look = await compare(this.house.db, this.#observer, Date.now());
      if (look?.differences.length === 0 && look.record.calls.length === 0) return;
    }
  }

  async #beat(db: Db): Promise<void> {
    for (const { operatorId } of this.#desks) {
      const row = (await db('operators').where({ operator_id: operatorId }).first('page_id').catch(() => undefined)) as { page_id: string | null } | undefined;
      if (row?.page_id) await recordHeartbeat(db, { operatorId, pageId: row.page_id }).catch(() => undefined);
    }
  }

  #noteErrors(): void {
    this.#errors.push(...this.#controller.errors.splice(0));
  }
}
