import { randomUUID } from 'node:crypto';
import type { Call } from '../domain/call/call.ts';
import type { CallEvent } from '../domain/call/event.ts';
import type { Logger } from '../platform/log.ts';
import type { Nudges } from '../platform/nudges.ts';
import { authoriseAttempt } from '../platform/postgres/authorise-attempt.ts';
import { listAbsentPages } from '../platform/postgres/campaign-managers.ts';
import { StaleOwner } from '../platform/postgres/call-store.ts';
import type { Db } from '../platform/postgres/database.ts';
import { answerRequest, listPendingRequests, RequestTooLate, staleAfterMs, type PendingRequest } from '../platform/postgres/request-queue.ts';
import type { Switch } from './esl/switch.ts';
import { readRing, type RingingOperators } from './ringing-operators.ts';
import type { Runner } from './runner.ts';

export type RequestResult = { readonly ok: true; readonly callId?: string } | { readonly ok: false; readonly code: string };
/** `answered`: written already, in one with the attempt or the step that carried the request out. */
type Answer = RequestResult & { readonly answered?: boolean };

/** A manager's page that has not been heard of for this long does not stand open: the contact need not wait for it. */
const silentManagerPageMs = 15_000;
/** A dial waits this long for its trunk's or campaign's turn; the server waits for our answer 2 s. */
const rateWaitMs = 1_500;
const rateRetryMs = 120;
const isRate = (code: string): boolean => code === 'trunkRate' || code === 'campaignRate';

export interface RequestDrainOptions {
  readonly db: Db; readonly runner: Runner; readonly target: Switch; readonly nudges: Nudges; readonly log: Logger;
  readonly switchId: string; readonly epoch: bigint;
  readonly ringing: RingingOperators;
  /** The trunk that phone numbers leave by. */
  readonly trunkId: string;
  /** The day's spend cap refused an attempt. */
  readonly onSpendCap: () => void;
  /** Whether new calls may be made: not while draining, nor while the link is down. */
  readonly mayDial: () => boolean;
  /** Another controller owns the switch. */
  readonly onStale: () => void;
}

/** One that was listed, and may wait behind the same operator's others. */
interface TakenRequest extends PendingRequest { isTooLate(): boolean }

const tooLate = { ok: false, code: 'tooLate' } as const satisfies RequestResult;

/** Drains people's requests: in order for each operator, each once. */
export class RequestDrain {
  readonly #tails = new Map<string, Promise<void>>();
  /** Requests taken up; kept until a list is read that does not have them any more, since one may be on its way. */
  readonly #seen = new Set<string>();
  readonly #handled = new Set<string>();
  #stopped = false;
  #running: Promise<void> | undefined;
  #again = false;
  /** Closed until the switch has been looked at: what is asked of a call must meet the call as it is. */
  #open = false;

  constructor(readonly options: RequestDrainOptions) {}

  /** Called by nudges and by the slow tick; a call during a run makes it run once more. */
  drain(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Asked for between the run's last look and here.
      return this.#again && this.#open && !this.#stopped ? this.drain() : undefined;
    });
    return this.#running;
  }

  open(): Promise<void> {
    this.#open = true;
    return this.drain();
  }

  /** What comes from now on is the successor's. Resolves when what was taken up is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running?.catch(() => undefined);
    await Promise.all(this.#tails.values());
  }

  async #run(): Promise<void> {
    while (this.#again && this.#open && !this.#stopped) {
      this.#again = false;
      const pending = await listPendingRequests(this.options.db, { switchId: this.options.switchId });
      const listedAt = performance.now();
      const listed = new Set(pending.map(({ id }) => id));
      for (const id of this.#handled)
        if (!listed.has(id)) {
          this.#handled.delete(id);
          this.#seen.delete(id);
        }
      for (const request of pending) {
        if (this.#seen.has(request.id)) continue;
        this.#seen.add(request.id);
        const tail = (this.#tails.get(request.operatorId) ?? Promise.resolve()).then(() => this.#handle({ ...request, isTooLate: () => request.ageMs + performance.now() - listedAt > staleAfterMs }));
        this.#tails.set(request.operatorId, tail);
        void tail.then(() => {
          if (this.#tails.get(request.operatorId) === tail) this.#tails.delete(request.operatorId);
        });
      }
    }
  }

  async #handle(request: TakenRequest): Promise<void> {
    const { db, nudges, log } = this.options;
    if (this.#stopped) return;
    try {
      const { answered, ...result }: Answer = request.isTooLate() ? tooLate : await this.#answer(request);
      log.info({ requestId: request.id, kind: request.kind, callId: request.callId, ...result }, 'request');
      const isWritten = answered || (await answerRequest(db, { id: request.id, result, epoch: this.options.epoch }));
      // Not ours to answer any more, or answered already: what counts is read.
      nudges.publish({ topic: 'request', id: request.id, ...(isWritten ? { result } : {}) });
      nudges.publish({ topic: 'operator', id: request.operatorId });
    } catch (error) {
      log.error({ requestId: request.id, kind: request.kind, error: (error as Error).message }, 'request failed');
      if (error instanceof StaleOwner) this.options.onStale();
      // Tried again with the next list, until it is too late for it.
      this.#seen.delete(request.id);
      return;
    }
    this.#handled.add(request.id);
  }

  async #answer(request: TakenRequest): Promise<Answer> {
    if (request.kind === 'dial') return this.#dial(request).catch((error: Error) => { if (error instanceof RequestTooLate) return tooLate; throw error; });
    if (request.kind === 'endLeg') return this.#endLeg(request);
    if (request.kind === 'ring') return this.#ring(request);
    const live = this.options.runner.live.get(request.callId ?? '');
    if (!live || live.operatorId !== request.operatorId) return { ok: false, code: 'callEnded' };
    const event = await this.#eventOf(request, live.call);
    if (event === undefined) return { ok: false, code: 'unknownRequest' };
    const step = await this.options.runner.apply(live.call.id, event, request.id);
    if (step === undefined) return { ok: false, code: 'callEnded' };
    if (step.kind === 'tooLate') return tooLate;
    return step.kind === 'refused' ? { ok: false, code: step.code } : { ok: true, answered: step.kind === 'moved' };
  }

  async #dial(request: TakenRequest): Promise<Answer> {
    const { db, runner, switchId, epoch, trunkId } = this.options;
    const contactId = String(request.payload['contactId'] ?? '');
    if (!/^[0-9]{1,19}$/.test(contactId)) return { ok: false, code: 'claimLost' };
    if (!this.options.mayDial()) return { ok: false, code: 'lineDown' };
    const callId = randomUUID();
    const order = { operatorId: request.operatorId, contactId, switchId, epoch, callId, contactLeg: randomUUID(), requestId: request.id, trunkId };
    let authorised = await authoriseAttempt(db, { ...order, nowMs: Date.now() });
    // More calls a second than the trunk may have: it is the next one's turn in a moment, which nobody need press a key for.
    for (const patience = performance.now() + rateWaitMs; !authorised.ok && isRate(authorised.code) && performance.now() < patience && this.options.mayDial(); ) {
      await new Promise((resolve) => setTimeout(resolve, rateRetryMs));
      authorised = await authoriseAttempt(db, { ...order, nowMs: Date.now() });
    }
    if (!authorised.ok) {
      if (authorised.code === 'spendCapReached') this.options.onSpendCap();
      return { ok: false, code: authorised.code };
    }
    const { call, commands, commandIds, campaignId } = authorised;
    if (request.isTooLate()) {
      // The answer to the commit is what took so long. The call is written, and ends without a telephone that rings.
      const event: CallEvent = { type: 'OriginateFailed', leg: call.contactLeg, fate: 'refused', reason: 'the request waited too long', at: Date.now() };
      void runner.begin({ call, operatorId: request.operatorId, campaignId }, [], []).then(() => runner.apply(callId, event));
      return tooLate;
    }
    // Answered before the telephone rings: the screen need not wait for the switch.
    void runner.begin({ call, operatorId: request.operatorId, campaignId }, commands, commandIds);
    return { ok: true, callId, answered: true };
  }

  async #eventOf({ kind, payload }: PendingRequest, call: Call): Promise<CallEvent | undefined> {
    const at = Date.now();
    const transfer = String(payload['transfer'] ?? '');
    switch (kind) {
      case 'hangUp': return { type: 'HangupRequested', by: 'operator', at };
      case 'transfer': {
        const pages = call.managers.filter(({ place }) => place.kind === 'page').map(({ id }) => id);
        const absent = pages.length === 0 ? [] : await listAbsentPages(this.options.db, { managerIds: pages, silentMs: silentManagerPageMs });
        return { type: 'TransferRequested', managerLegs: call.managers.map(() => randomUUID()), absent, at };
      }
      case 'handOver': return { type: 'HandOverRequested', at };
      case 'return': return { type: 'ReturnRequested', at };
      case 'managerAccept': return { type: 'ManagerAccepting', transfer, at };
      case 'managerDecline': return { type: 'ManagerDeclined', transfer, reason: payload['reason'] === 'later' ? 'later' : 'busy', at };
      default: return undefined;
    }
  }

  /** The operator's own phone is rung; it may be in use for a call of theirs that goes on without the leg. */
  async #ring(request: PendingRequest): Promise<RequestResult> {
    const order = readRing(request.operatorId, request.payload);
    if (order === undefined) return { ok: false, code: 'unknownRequest' };
    return this.options.mayDial() ? this.options.ringing.ring(order) : { ok: false, code: 'lineDown' };
  }

  /** Off line: only between calls; in a call the operator hangs up first. */
  async #endLeg(request: PendingRequest): Promise<RequestResult> {
    const leg = String(request.payload['leg'] ?? '');
    if (!/^[0-9a-f-]{36}$/.test(leg)) return { ok: true };
    if (this.options.runner.callOfLeg(leg)) return { ok: false, code: 'callOpen' };
    await this.options.target.hangup(leg, 'NORMAL_CLEARING');
    return { ok: true };
  }
}

