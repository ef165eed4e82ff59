import type { Cockpit, CockpitCall, NewDevice, OperatorDevice, Task, TransferState } from '../../../domain/api.ts';
import { wrongAnswerOf } from '../../../domain/answers.ts';
import type { Disposition, Question } from '../../../domain/campaign.ts';
import { idle, isOnLine, type PhoneState, type Quality } from '../../softphone/state.ts';
import type { Draft } from './draft.ts';

/** Everything that the operator's page shows. Time is the server's clock, so that timers agree with what is recorded. */
export interface OperatorPage {
  readonly cockpit: Cockpit | null;
  readonly tasks: readonly Task[] | null;
  readonly skewMs: number;
  readonly nowMs: number;
  readonly server: 'connecting' | 'up' | 'lost';
  readonly pageId: string;
  readonly phone: PhoneState;
  readonly muted: boolean;
  readonly level: number;
  readonly quality: Quality | null;
  readonly draft: Draft | null;
  readonly tab: 'tasks' | 'call';
  readonly dialog: 'none' | 'keys' | 'addContact' | 'callback';
  /** The agreed time of a call back, on the contact's own clock; `key`: the disposition that waits for it. */
  readonly callback: Callback | null;
  readonly extraContact: ExtraContact;
  /** The verb that waits for its answer: its button is busy. What it asked for may be seen before the answer is here, and the next key counts then. */
  readonly pending: string | null;
  readonly notice: Notice | null;
  readonly fieldError: { readonly field: string; readonly text: string } | null;
  readonly pauseAfter: boolean;
  readonly choice: LineChoice;
  readonly devices: Devices;
  readonly stageSinceMs: number;
}

/** By what the operator goes on line; kept in this browser. */
export interface LineChoice { readonly kind: 'browser' | 'device' | 'phone'; readonly number: string; readonly deviceId: string }
/** The operator's SIP phones, and one just made with the password that is shown this once. */
export interface Devices { readonly list: readonly OperatorDevice[]; readonly made: NewDevice | null }
export interface Notice { readonly tone: 'wait' | 'no' | 'plain'; readonly text: string }
export interface ExtraContact { readonly phone: string; readonly name: string; readonly note: string; readonly error: { readonly field: string; readonly text: string } | null; readonly saving: boolean }
export interface Callback { readonly key: string; readonly zone: string; readonly at: string; readonly error: string | null; /** On the clock of events. */ readonly openedMs: number }
export const noExtraContact: ExtraContact = { phone: '', name: '', note: '', error: null, saving: false };

export type Stage = 'loading' | 'noTask' | 'offLine' | 'waiting' | 'paused' | 'before' | 'dialling' | 'during' | 'transfer' | 'after';

export function firstPage(pageId: string, nowMs: number): OperatorPage {
  return {
    cockpit: null, tasks: null, skewMs: 0, nowMs, server: 'connecting', pageId, phone: idle, muted: false, level: 0, quality: null, draft: null,
    tab: 'tasks', dialog: 'none', callback: null, extraContact: noExtraContact, pending: null, notice: null, fieldError: null, pauseAfter: false, stageSinceMs: 0,
    choice: { kind: 'browser', number: '', deviceId: '' }, devices: { list: [], made: null },
  };
}

export function stageOf(page: Pick<OperatorPage, 'cockpit' | 'phone' | 'pageId'>): Stage {
  const { cockpit, phone } = page;
  if (!cockpit) return 'loading';
  const { call, operator } = cockpit;
  if (call) {
    if (call.state === 'ended') return 'after';
    if (call.state === 'transfer') return 'transfer';
    if (call.state === 'dialling' || call.state === 'ringing') return 'dialling';
    return call.state === 'ending' && call.answeredAt === null ? 'dialling' : 'during';
  }
  if (!cockpit.campaign) return 'noTask';
  if (operator.state === 'paused') return 'paused';
  if (heldElsewhere(page)) return 'offLine';
  if (!(cockpit.line.legUp || phone.name === 'up') || operator.state === 'offline' || operator.state === 'connecting') return 'offLine';
  return cockpit.contact ? 'before' : 'waiting';
}

/** An answer that was overtaken by a newer one is dropped: pushes and reads race. */
export function withCockpit(page: OperatorPage, cockpit: Cockpit, pageNowMs: number): OperatorPage {
  const serverNowMs = Date.parse(cockpit.now);
  if (page.cockpit && serverNowMs < Date.parse(page.cockpit.now)) return page;
  const next = { ...page, cockpit, skewMs: serverNowMs - pageNowMs, nowMs: serverNowMs };
  const changed = stageKey(next) !== stageKey(page);
  const newCall = cockpit.call?.id !== page.cockpit?.call?.id;
  return {
    ...next,
    ...(changed ? { stageSinceMs: pageNowMs, pending: null, fieldError: null, ...(stageOf(page) === 'waiting' ? {} : { notice: null }) } : {}),
    ...(newCall && !cockpit.call ? { pauseAfter: false } : {}),
  };
}

/** What the keys mean depends on this; a change of it starts the 400 ms in which none acts. */
export function stageKey(page: OperatorPage): string {
  return `${stageOf(page)} ${page.cockpit?.call?.state === 'transfer' ? apartOf(page.cockpit.call) : ''} ${page.tab}`;
}

/** While the contact is not with the operator: a transfer's steps, and the two states beside them that have none. */
export type Apart = TransferState | 'operatorAway' | 'contactGone';
export function apartOf({ transfer, transferEnded }: CockpitCall): Apart {
  return transfer?.state ?? (transferEnded?.reason === 'contactHungUp' ? 'contactGone' : 'operatorAway');
}

/** The operator waits for a manager and would hear nothing. */
export const managerRings = ({ cockpit, phone }: Pick<OperatorPage, 'cockpit' | 'phone'>): boolean =>
  phone.name === 'up' && cockpit?.call?.state === 'transfer' && (cockpit.call.transfer?.state === 'requested' || cockpit.call.transfer?.state === 'ringing');

/** Another page of this operator is the phone: here nothing is heard and nobody is called. */
export const heldElsewhere = (page: Pick<OperatorPage, 'cockpit' | 'phone' | 'pageId'>): boolean => isAnothers(page) && !isOnLine(page.phone);

/** The exchange has given the line to another page. */
export function isAnothers({ cockpit, pageId }: Pick<OperatorPage, 'cockpit' | 'pageId'>): boolean {
  return cockpit !== null && cockpit.line.legUp && cockpit.line.pageId !== null && cockpit.line.pageId !== pageId;
}

/** This page believes in a leg that the exchange no longer has for it: its BYE was lost on the way. */
export const isForsaken = (page: OperatorPage): boolean => page.phone.name === 'up' && page.cockpit !== null && (isAnothers(page) || !page.cockpit.line.legUp);

export function talkingForMs(page: OperatorPage, call: CockpitCall): number {
  return call.answeredAt === null ? 0 : Math.max(0, (call.endedAt === null ? page.nowMs : Date.parse(call.endedAt)) - Date.parse(call.answeredAt));
}
export const sinceMs = (page: OperatorPage, at: string): number => Math.max(0, page.nowMs - Date.parse(at));
export const untilMs = (page: OperatorPage, at: string): number => Math.max(0, Date.parse(at) - page.nowMs);

export type Strip = 'plain' | 'live' | 'wait' | 'trouble';
export function stripOf(page: OperatorPage): Strip {
  const stage = stageOf(page);
  if (page.server === 'lost' || (page.phone.name === 'down' && page.cockpit?.line.legUp !== true) || page.phone.name === 'reconnecting') return 'trouble';
  if (stage === 'transfer') return page.cockpit?.call && apartOf(page.cockpit.call) === 'contactGone' ? 'plain' : 'wait';
  return stage === 'during' ? 'live' : 'plain';
}

/** Between calls the line is parked and silent by design. */
export function heardQuality(page: OperatorPage): Quality | null {
  const stage = stageOf(page);
  return page.quality === 'silent' && stage !== 'during' ? null : page.quality;
}

const meaningsWithAnswers: ReadonlySet<string> = new Set(['success', 'interested', 'callback']);

/** What the customer wants to know of everybody who is worth a second call; nobody is asked on behalf of a wrong number. */
export function requiredQuestions(questions: readonly Question[], disposition: Disposition): readonly Question[] {
  return meaningsWithAnswers.has(disposition.meaning) ? questions.filter((question) => question.required) : [];
}

/** An answer that the server would not take, where answers count at all. */
export function wrongAnswer(questions: readonly Question[], disposition: Disposition, answers: Readonly<Record<string, string>>): Question | null {
  if (!meaningsWithAnswers.has(disposition.meaning)) return null;
  return questions.find((question) => wrongAnswerOf(question, answers[question.key] ?? '') !== undefined) ?? null;
}

export function missingAnswer(questions: readonly Question[], disposition: Disposition, answers: Readonly<Record<string, string>>): Question | null {
  return requiredQuestions(questions, disposition).find((question) => (answers[question.key] ?? '').trim() === '') ?? null;
}
