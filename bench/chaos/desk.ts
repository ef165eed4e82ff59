/**
 * One operator at work, as their page and the server would: calls in, claims, asks for calls, transfers, hand-overs and
 * returns by rows in `requests`, judges calls. Every now and then the contact, the manager or the page itself is gone.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, CallState } from '../../domain/call/call.ts';
import type { Nudges } from '../../platform/nudges.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { disposeCall } from '../../platform/postgres/dispositions.ts';
import { storeLegCredentials } from '../../platform/postgres/leg-credentials.ts';
import { claimNextContact } from '../../platform/postgres/queue.ts';
import { insertRequest, type RequestKind } from '../../platform/postgres/requests.ts';
import type { Observer } from './observer.ts';
import type { Chance } from './random.ts';
import { maxDurationMs, switchId } from './scene.ts';

type Action = 'hangUp' | 'transfer' | 'return' | 'handOver' | 'contactGoes' | 'managerGoes' | 'pageGoes' | 'nothing';
type Plan = readonly (readonly [weight: number, action: Action])[];

/** What is done in a state, and after how long (ms). What makes no sense there is refused, as for a person. */
const plans: Partial<Record<CallState, { readonly within: readonly [number, number]; readonly actions: Plan }>> = {
  dialling: { within: [0, 2_500], actions: [[18, 'hangUp'], [2, 'pageGoes'], [80, 'nothing']] },
  talking: { within: [50, 2_500], actions: [[36, 'hangUp'], [12, 'contactGoes'], [44, 'transfer'], [5, 'pageGoes'], [3, 'nothing']] },
  moving: { within: [0, 50], actions: [[10, 'return'], [5, 'contactGoes'], [85, 'nothing']] },
  ringingManager: { within: [0, 2_500], actions: [[18, 'return'], [8, 'contactGoes'], [4, 'pageGoes'], [70, 'nothing']] },
  joining: { within: [0, 30], actions: [[15, 'return'], [85, 'nothing']] },
  briefing: { within: [0, 2_000], actions: [[50, 'handOver'], [22, 'return'], [10, 'contactGoes'], [10, 'managerGoes'], [8, 'pageGoes']] },
  handingOver: { within: [0, 30], actions: [[10, 'contactGoes'], [10, 'managerGoes'], [80, 'nothing']] },
  farewell: { within: [0, 800], actions: [[80, 'hangUp'], [20, 'managerGoes']] },
};
/** A state that lasts longer than this is left by hanging up (or coming back): nobody waits for ever. */
const patienceMs = 12_000;

interface Standing { state: string; leg: string | null; call_id: string | null; machine: Call | null; wrapped: string | null; refusable: boolean }

export class Desk {
  leg: string | undefined;
  /** Calls asked for. */
  asked = 0;
  #working = false;
  #dialling = true;
  #seenState = '';
  #seenAt = 0;
  #legs: readonly string[] = [];
  #contactLeg = '';
  #wake: () => void = () => undefined;
  #run: Promise<void> = Promise.resolve();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(readonly house: { readonly db: Db; readonly nudges: Nudges; readonly observer: Observer; readonly onRequest: () => void }, readonly operatorId: string, readonly campaignId: string, readonly chance: Chance) {}

  start(): void {
    this.#working = true;
    this.house.observer.onEvent((leg, kind) => {
      if (kind !== 'CHANNEL_HANGUP_COMPLETE') return;
      // Without its contact a call lets go of whoever is left in it.
      if (leg === this.#contactLeg) for (const other of this.#legs) this.house.observer.excuse(other, 'the contact is gone');
      if (leg === this.leg) this.#wake();
    });
    this.#run = this.#work();
  }

  /** No new calls; what runs is brought to its end as planned. */
  closeUp(): void {
    this.#dialling = false;
  }

  async stop(): Promise<void> {
    this.#working = false;
    this.#wake();
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#run;
  }

  nudged(): void {
    this.#wake();
  }

  async #work(): Promise<void> {
    while (this.#working) {
      try {
        await this.#look();
      } catch (error) {
        if (this.#working) process.stderr.write(`desk ${this.operatorId}: ${(error as Error).message}\n`);
      }
      await Promise.race([new Promise<void>((resolve) => (this.#wake = resolve)), sleep(250, undefined, { ref: false })]);
    }
  }

  async #look(): Promise<void> {
    const { observer } = this.house;
    if (this.leg === undefined || (observer.legs.has(this.leg) && !observer.isAlive(this.leg))) return this.#callIn();
    const standing = await this.#read();
    if (standing === undefined) return;
    if (standing.call_id !== null && standing.machine !== null) return this.#inCall(standing.call_id, standing.machine);
    this.#contactLeg = '';
    if (standing.state === 'wrapUp' && standing.wrapped !== null) return this.#judge(standing.wrapped);
    if (standing.state === 'ready' && standing.leg === this.leg && this.#dialling) await this.#dial();
  }

  async #read(): Promise<Standing | undefined> {
    const { rows } = await this.house.db.raw<{ rows: Standing[] }>(
      `select o.state, o.leg, k.id as call_id, k.machine, (select w.id from calls w where w.operator_id = o.operator_id and w.answered_at is not null and w.disposition is null and not w.operator_bound
         order by w.created_at desc limit 1) as wrapped
       from operators o left join calls k on k.operator_id = o.operator_id and k.operator_bound where o.operator_id = ?`,
      [this.operatorId],
    );
    return rows[0];
  }

  /** A page loads: fresh credentials, and it calls in. The controller may be away. */
  async #callIn(): Promise<void> {
    await sleep(this.chance.between(100, 700));
    const username = `op-${this.operatorId}-${randomUUID().slice(0, 8)}`;
    const pageId = randomUUID();
    await storeLegCredentials(this.house.db, { username, operatorId: this.operatorId, switchId, pageId, a1Hash: 'x', liveMs: 60_000 });
    this.leg = randomUUID();
    await this.house.observer.callIn(this.leg, username);
    await sleep(150);
  }

  async #dial(): Promise<void> {
    const claim = await claimNextContact(this.house.db, { operatorId: this.operatorId, campaignId: this.campaignId });
    if (claim === undefined) return void (await sleep(200));
    this.asked += 1;
    await this.#ask('dial', undefined, { contactId: claim.contactId });
  }

  /** Waits for the answer, as the server does, but for longer: a controller may be away. */
  async #ask(kind: RequestKind, callId?: string, payload: Record<string, unknown> = {}): Promise<void> {
    const { db, nudges } = this.house;
    const { id } = await insertRequest(db, { switchId, operatorId: this.operatorId, kind, payload, ...(callId === undefined ? {} : { callId }) });
    nudges.publish({ topic: 'switch', id: switchId });
    this.house.onRequest();
    for (const deadline = Date.now() + 13_000; Date.now() < deadline && this.#working; ) {
      const row = (await db('requests').where({ id }).whereNotNull('handled_at').first('id')) as object | undefined;
      if (row) return;
      await Promise.race([new Promise<void>((resolve) => (this.#wake = resolve)), sleep(200, undefined, { ref: false })]);
    }
  }

  #inCall(callId: string, call: Call): Promise<void> | void {
    const { observer } = this.house;
    this.#contactLeg = call.contactLeg;
    this.#legs = Object.keys(call.legs);
    if (call.limitAt !== null && Date.now() > call.limitAt - 2_500) for (const leg of this.#legs) observer.excuse(leg, 'limit');
    const now = `${callId}/${call.state}/${call.transfer?.since ?? 0}`;
    if (now === this.#seenState) {
      if (Date.now() - this.#seenAt < patienceMs) return undefined;
      this.#seenAt = Date.now();
      const way: Action = call.state === 'ringingManager' || call.state === 'briefing' || call.state === 'joining' ? 'return' : 'hangUp';
      return this.#do(way, callId, call);
    }
    this.#seenState = now;
    this.#seenAt = Date.now();
    const plan = plans[call.state];
    if (plan === undefined) return undefined;
    const action = this.chance.pick(plan.actions);
    const delay = this.chance.between(...plan.within);
    if (action === 'nothing') return undefined;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#do(action, callId, call).catch((error: Error) => this.#working && process.stderr.write(`desk ${this.operatorId}: ${error.message}\n`));
    }, delay);
    this.#timers.add(timer);
    return undefined;
  }

  async #do(action: Action, callId: string, call: Call): Promise<void> {
    const { observer } = this.house;
    const now = (await this.#read())?.machine;
    if (!this.#working || now?.id !== callId) return;
    const { operatorLeg, contactLeg, managerLeg } = now;
    switch (action) {
      case 'nothing': return;
      case 'contactGoes': return observer.endLeg(contactLeg, 'contact hangs up');
      case 'managerGoes': return managerLeg === null ? undefined : observer.endLeg(managerLeg, 'manager hangs up');
      case 'pageGoes': return observer.endLeg(operatorLeg, 'page is gone');
      case 'hangUp':
        for (const leg of Object.keys(call.legs)) observer.excuse(leg, action);
        return this.#ask('hangUp', callId);
      default:
        // Whom the operator leaves by it: their own leg may be another one by the time that it is done, and any of the managers who are rung may have answered.
        for (const leg of action === 'transfer' ? [contactLeg] : leftByReturn(now)) observer.excuse(leg, action, true);
        return this.#ask(action, callId);
    }
  }

  async #judge(callId: string): Promise<void> {
    await sleep(this.chance.between(0, 600));
    const key = this.chance.pick([[5, 'refused'], [3, 'success'], [1, 'machine'], [1, 'callback']]);
    await disposeCall(this.house.db, { callId, operatorId: this.operatorId, key, ...(key === 'callback' ? { callbackAt: Date.now() + maxDurationMs * 60 } : {}) });
  }
}

function leftByReturn({ legs, operatorLeg }: Call): readonly string[] {
  const managers = Object.entries(legs).flatMap(([leg, { role, status }]) => (role === 'manager' && status !== 'gone' ? [leg] : []));
  return managers.length === 0 ? [operatorLeg] : managers;
}
