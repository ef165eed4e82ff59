/** `--soak`: very many calls by one operator, then a hundred at once for long; nothing may stay behind. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../platform/postgres/database.ts';
import { disposeCall } from '../../platform/postgres/dispositions.ts';
import { storeLegCredentials } from '../../platform/postgres/leg-credentials.ts';
import type { Nudges } from '../../platform/nudges.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { insertRequest, type RequestKind } from '../../platform/postgres/requests.ts';
import { ControllerProcess, measured, type House, type Measure } from './house.ts';
import { Observer } from './observer.ts';
import type { ChaosOptions } from './options.ts';
import { maxDurationMs, setScene, switchId } from './scene.ts';

const atOnce = 100;
/** Calls after which memory is measured for the first time: caches are filled by then. */
const warmUp = 0.15;

interface Standing { state: string; leg: string | null; call_id: string | null; call_state: string | null; wrapped: string | null }

/** An operator who calls one contact after another, each talk as long as told. */
class Caller {
  leg: string | undefined;
  calls = 0;
  #wake: () => void = () => undefined;

  constructor(readonly house: { readonly db: Db; readonly nudges: Nudges; readonly observer: Observer }, readonly operatorId: string, readonly campaignId: string) {}

  nudged(): void {
    this.#wake();
  }

  /** Calls until told to stop; what runs then is brought to its end. */
  async call(talkMs: () => number, isOver: () => boolean): Promise<void> {
    let hangUpAt = 0;
    for (let asked = ''; ; ) {
      const now = await this.#read();
      if (now === undefined) return;
      if (this.leg === undefined || !this.house.observer.isAlive(this.leg)) await this.#callIn();
      else if (now.call_id !== null) {
        if (now.call_state === 'talking' && asked !== now.call_id) {
          asked = now.call_id;
          hangUpAt = Date.now() + talkMs();
        }
        if (now.call_state === 'talking' && Date.now() >= hangUpAt) await this.#ask('hangUp', now.call_id);
      } else if (now.state === 'wrapUp' && now.wrapped !== null) {
        await disposeCall(this.house.db, { callId: now.wrapped, operatorId: this.operatorId, key: 'refused' });
        continue;
      } else if (isOver()) return;
      else if (now.state === 'ready' && now.leg === this.leg) {
        const claim = await claimNextContact(this.house.db, { operatorId: this.operatorId, campaignId: this.campaignId });
        if (claim === undefined) {
          await this.#demandContacts();
          continue;
        }
        this.calls += 1;
        await this.#ask('dial', undefined, { contactId: claim.contactId });
      }
      await this.#pause(now.call_state === 'talking' ? Math.max(5, Math.min(1_000, hangUpAt - Date.now())) : 200);
    }
  }

  async #callIn(): Promise<void> {
    const username = `op-${this.operatorId}-${randomUUID().slice(0, 8)}`;
    await storeLegCredentials(this.house.db, { username, operatorId: this.operatorId, switchId, pageId: randomUUID(), a1Hash: 'x', liveMs: 60_000 });
    this.leg = randomUUID();
    await this.house.observer.callIn(this.leg, username);
    for (const deadline = Date.now() + 5_000; Date.now() < deadline && !this.house.observer.legs.has(this.leg); ) await sleep(20);
  }

  async #ask(kind: RequestKind, callId?: string, payload: Record<string, unknown> = {}): Promise<void> {
    const { db, nudges } = this.house;
    const { id } = await insertRequest(db, { switchId, operatorId: this.operatorId, kind, payload, ...(callId === undefined ? {} : { callId }) });
    nudges.publish({ topic: 'switch', id: switchId });
    while (((await db('requests').where({ id }).whereNull('handled_at').first('id')) as object | undefined) !== undefined) await this.#pause(100);
  }

  /** No claim: the operator was just not ready any more, or the run has used up its contacts. */
  async #demandContacts(): Promise<void> {
    const left = (await this.house.db('call_queue').where({ campaign_id: this.campaignId }).whereNull('claimed_by').where('next_attempt_at', '<=', this.house.db.fn.now()).first('contact_id')) as object | undefined;
    if (left === undefined) throw new Error(`campaign ${this.campaignId} has no contacts left after ${this.calls} calls of one operator: give fewer --calls`);
    await this.#pause(200);
  }

  #pause(longestMs: number): Promise<void> {
    return Promise.race([new Promise<void>((resolve) => (this.#wake = resolve)), sleep(longestMs, undefined, { ref: false })]);
  }

  async #read(): Promise<Standing | undefined> {
    const { rows } = await this.house.db.raw<{ rows: Standing[] }>(
      `select o.state, o.leg, k.id as call_id, k.state as call_state, case when o.state = 'wrapUp' then (select w.id from calls w where w.operator_id = o.operator_id and w.answered_at is not null
         and w.disposition is null and not w.operator_bound order by w.created_at desc limit 1) end as wrapped
       from operators o left join calls k on k.operator_id = o.operator_id and k.operator_bound where o.operator_id = ?`,
      [this.operatorId],
    );
    return rows[0];
  }
}

export interface SoakReport {
  readonly oneOperator: { readonly calls: number; readonly seconds: number };
  readonly atOnce: { readonly calls: number; readonly minutes: number; readonly most: number };
  /** Heap after each phase to the heap after its warm-up. */
  readonly heapRatio: readonly number[];
  readonly heapMb: readonly number[];
  readonly rssMb: readonly number[];
  readonly leaks: readonly string[];
}

const mb = (bytes: number): number => Math.round(bytes / 104_857.6) / 10;

export async function soak(house: House, options: ChaosOptions, say: (line: string) => void): Promise<SoakReport> {
  const { db, nudges } = house;
  const scene = await setScene(db, { operators: 1 + atOnce, contacts: 3 * Math.max(options.soakCalls + 10, options.soakMinutes * 60 * 8 + 200), who: [[[60, '90'], [40, '98']], [[100, '98']], [[100, '98']]] });
  const observer = new Observer(house.switchUrl, maxDurationMs);
  await observer.start();
  const controller = new ControllerProcess(house.env, measured);
  const callers = scene.operators.map(({ operatorId }, index) => new Caller({ db, nudges, observer }, operatorId, index === 0 ? scene.campaigns[0]! : scene.campaigns[1 + (index % 2)]!));
  for (const [index, { operatorId }] of scene.operators.entries()) await db('operators').where({ operator_id: operatorId }).update({ campaign_id: callers[index]!.campaignId });
  const byOperator = new Map(callers.map((caller) => [caller.operatorId, caller]));
  nudges.subscribe((nudge) => { if (nudge.topic === 'operator') byOperator.get(nudge.id)?.nudged(); }, () => undefined);
  const beats = setInterval(() => void db('operators').whereNotNull('page_id').update({ page_seen_at: db.fn.now() }).catch(() => undefined), 4_000);
  const measures: Measure[] = [];
  const measure = async (what: string) => {
    const taken = await controller.measure();
    measures.push(taken);
    say(`${what}: heap ${mb(taken.heapUsed)} MB, resident ${mb(taken.rss)} MB, ${JSON.stringify(taken.resources)}`);
    return taken;
  };
  try {
    while (((await db('switches').where({ id: switchId }).first('link_up')) as { link_up: boolean }).link_up !== true) await sleep(100);
    const one = callers[0]!;
    const startedAt = performance.now();
    await one.call(() => 0, () => one.calls >= options.soakCalls * warmUp);
    const before = await measure(`after ${one.calls} calls by one operator`);
    await one.call(() => 0, () => one.calls >= options.soakCalls);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const after = await measure(`after ${one.calls} calls`);

    const many = callers.slice(1);
    const beganAt = performance.now();
    const forMs = options.soakMinutes * 60_000;
    let most = 0;
    const work = Promise.all(many.map((caller, index) => sleep(index * 30).then(() => caller.call(() => 15_000 + (index % 10) * 1_000, () => performance.now() - beganAt > forMs))));
    const counting = setInterval(() => void db('calls').where({ state: 'talking' }).count<{ count: string }[]>().then((rows) => (most = Math.max(most, Number(rows[0]?.count ?? 0)))).catch(() => undefined), 1_000);
    await sleep(Math.max(45_000, forMs * warmUp));
    const early = await measure('a hundred at once, begun');
    await work;
    clearInterval(counting);
    const late = await measure('a hundred at once, over');
    return {
      oneOperator: { calls: one.calls, seconds },
      atOnce: { calls: many.reduce((sum, { calls }) => sum + calls, 0), minutes: Math.round((performance.now() - beganAt) / 6_000) / 10, most },
      heapRatio: [after.heapUsed / before.heapUsed, late.heapUsed / early.heapUsed].map((ratio) => Math.round(ratio * 1_000) / 1_000),
      heapMb: measures.map(({ heapUsed }) => mb(heapUsed)), rssMb: measures.map(({ rss }) => mb(rss)),
      leaks: await leaksOf(db, observer, callers, before, late),
    };
  } finally {
    clearInterval(beats);
    await controller.end('SIGTERM');
    await observer.stop();
  }
}

async function leaksOf(db: Db, observer: Observer, callers: readonly Caller[], before: Measure, late: Measure): Promise<string[]> {
  const leaks: string[] = [];
  const standing = new Set(callers.map(({ leg }) => leg));
  for (const { leg } of (await observer.channels()) ?? []) if (!standing.has(leg)) leaks.push(`channel ${leg} is left on the switch`);
  const { rows } = await db.raw<{ rows: { live: number; deadlines: number; pending: number }[] }>(
    `select (select count(*)::int from calls where ended_at is null) as live, (select count(*)::int from call_deadlines) as deadlines, (select count(*)::int from call_commands where done_at is null) as pending`,
  );
  for (const [name, count] of Object.entries(rows[0] ?? {})) if (count > 0) leaks.push(`${name}: ${count}`);
  // PostgreSQL's pool grows with the load and shrinks after half a minute: the most that it may have is not a leak.
  const allowed: Readonly<Record<string, number>> = { TCPSocketWrap: 16 };
  for (const [name, count] of Object.entries(late.resources)) if (count > (before.resources[name] ?? 0) + (allowed[name] ?? 4)) leaks.push(`${name}: ${count}, ${before.resources[name] ?? 0} before`);
  return leaks;
}
