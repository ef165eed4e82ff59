import type { CallRequestKind } from '../../../domain/api.ts';
import type { Question } from '../../../domain/campaign.ts';
import { fromWallTime, wallTime } from '../../zone-time.ts';
import { type Api, type ApiError, asApiError } from '../../api.ts';
import { announce } from '../../frame.ts';
import { errorText, t } from '../../texts/texts.ts';
import { questionId } from './cockpit/parts.ts';
import { answered, typedNotes } from './draft.ts';
import type { Intention } from './intentions.ts';
import type { NotesSaver } from './notes-saver.ts';
import { type LineChoice, missingAnswer, noExtraContact, type OperatorPage, wrongAnswer } from './state.ts';
import { spokenStatus } from './strip.ts';

/** As the server has it. */
const furthestCallbackMs = 366 * 86_400_000;
/** A manager who asks for a call later means a quarter of an hour. */
const managerLaterMs = 15 * 60_000;

/** What carrying out an intention needs of the page. */
export interface Desk {
  readonly api: Api;
  readonly saver: NotesSaver;
  page(): OperatorPage;
  update(change: Partial<OperatorPage>): void;
  reread(): Promise<void>;
  goOnLine(): void;
  goOffLine(): void;
  setMuted(muted: boolean): void;
  choose(choice: LineChoice): void;
  makeDevice(): Promise<void>;
  dropDevice(): Promise<void>;
  showCall(): void;
  showTasks(): void;
  signOut(): void;
}

export async function carryOut(desk: Desk, intention: Intention): Promise<void> {
  switch (intention.kind) {
    case 'goOnLine': return desk.goOnLine();
    case 'goOffLine': return desk.goOffLine();
    case 'chooseLine': return desk.choose(intention.choice);
    case 'makeDevice': return ask(desk, 'makeDevice', async () => { await desk.makeDevice(); });
    case 'dropDevice': return ask(desk, 'dropDevice', async () => { await desk.dropDevice(); });
    case 'signOut': return desk.signOut();
    case 'take': return take(desk, intention.campaignId);
    case 'leaveTask': return ask(desk, 'leaveTask', () => desk.api.post('/operator/campaign', { campaignId: null }).then(() => desk.showTasks()));
    case 'call': return call(desk);
    case 'skip': return ask(desk, 'skip', () => desk.api.post('/operator/skip'));
    case 'pause': return ask(desk, 'pause', () => desk.api.post('/operator/pause', { paused: true }));
    case 'resume': return ask(desk, 'resume', () => desk.api.post('/operator/pause', { paused: false }));
    case 'hangUp': case 'transfer': case 'handOver': case 'return': return request(desk, intention.kind);
    case 'noManager': return desk.update({ notice: { tone: 'wait', text: t.operator.noManager } });
    case 'backFirst': return desk.update({ notice: { tone: 'wait', text: t.operator.backFirst } });
    case 'mute': return mute(desk);
    case 'pauseAfter': return desk.update({ pauseAfter: !desk.page().pauseAfter });
    case 'dispose': return dispose(desk, intention.key);
    case 'typeCallback': return typeCallback(desk, intention.at);
    case 'callBack': return callBack(desk, intention.at);
    case 'moreTime': return wrapUp(desk, { extend: true });
    case 'noCountdown': return wrapUp(desk, { countdown: false });
    case 'typeNotes': return type(desk, (draft) => typedNotes(draft, intention.text));
    case 'answer': return type(desk, (draft) => answered(draft, intention.question, intention.value));
    case 'focusNotes': return focus('notes');
    case 'openAddContact': return desk.update({ dialog: 'addContact', extraContact: noExtraContact });
    case 'typeExtraContact': return desk.update({ extraContact: { ...desk.page().extraContact, [intention.field]: intention.value, error: null } });
    case 'saveExtraContact': return saveExtraContact(desk);
    case 'showKeys': return desk.update({ dialog: 'keys' });
    case 'closeDialog': return desk.update({ dialog: 'none' });
    case 'closeNotice': return desk.update({ notice: null });
    case 'speakStatus': return announce(spokenStatus(desk.page()), 'polite');
    case 'scrollScript': return scrollScript(intention.down);
    default: return intention satisfies never;
  }
}

/** One request at a time in each stage of a call, and hanging up always; a refusal is shown, never swallowed. */
async function ask(desk: Desk, name: string, send: () => Promise<unknown>, refused?: (error: ApiError) => boolean): Promise<void> {
  const { pending } = desk.page();
  if (pending !== null && (name !== 'hangUp' || pending === name)) return;
  desk.update({ pending: name, notice: null });
  try {
    await send();
  } catch (thrown) {
    const error = asApiError(thrown);
    if (!refused?.(error)) desk.update({ notice: { tone: 'no', text: errorText(error.code, error.message) } });
  } finally {
    if (desk.page().pending === name) desk.update({ pending: null });
    await desk.reread();
  }
}

async function take(desk: Desk, campaignId: string): Promise<void> {
  if (desk.page().cockpit?.call) return desk.update({ notice: { tone: 'wait', text: t.operator.finishFirst } });
  await ask(desk, `take ${campaignId}`, async () => {
    await desk.api.post('/operator/campaign', { campaignId });
    await desk.reread();
    desk.showCall();
    desk.goOnLine();
  });
}

async function call(desk: Desk): Promise<void> {
  const contactId = desk.page().cockpit?.contact?.id;
  if (contactId !== undefined) await ask(desk, 'call', () => desk.api.post('/operator/calls', { contactId }));
}

const callPath = (desk: Desk): string => `/operator/calls/${encodeURIComponent(desk.page().cockpit?.call?.id ?? '')}`;

async function request(desk: Desk, kind: CallRequestKind): Promise<void> {
  await ask(desk, kind, () => desk.api.post(`${callPath(desk)}/requests`, { kind }));
}

const wrapUp = (desk: Desk, change: { extend: true } | { countdown: false }) => ask(desk, 'wrapUp', () => desk.api.post(`${callPath(desk)}/wrap-up`, change));

function mute(desk: Desk): void {
  // The voice does not go through this page.
  if (desk.page().cockpit?.line.kind !== 'browser') return desk.update({ notice: { tone: 'plain', text: t.operator.ownPhone.muteThere } });
  const muted = !desk.page().muted;
  desk.setMuted(muted);
  desk.update({ muted });
  announce(muted ? t.operator.microphoneOff : t.operator.microphoneOn, 'polite');
}

function type(desk: Desk, change: (draft: NonNullable<OperatorPage['draft']>) => NonNullable<OperatorPage['draft']>): void {
  const { draft } = desk.page();
  if (!draft) return;
  const next = change(draft);
  desk.update({ draft: next, fieldError: null });
  desk.saver.typed(next);
}

async function dispose(desk: Desk, key: string): Promise<void> {
  const { cockpit, draft, pending } = desk.page();
  const disposition = cockpit?.campaign?.dispositions.find((each) => each.key === key);
  if (!cockpit?.campaign || !disposition || pending !== null) return;
  const missing = cockpit.call?.answeredAt ? missingAnswer(cockpit.campaign.questions, disposition, draft?.answers ?? {}) : null;
  if (missing) return nameField(desk, missing.key, t.operator.fillIn(missing.label));
  const wrong = wrongAnswer(cockpit.campaign.questions, disposition, draft?.answers ?? {});
  if (wrong) return nameField(desk, wrong.key, remedyOf(wrong));
  if (disposition.meaning === 'callback') return askWhen(desk, key);
  await judge(desk, key);
}

async function judge(desk: Desk, key: string, callbackAt?: string): Promise<void> {
  const { cockpit, pauseAfter } = desk.page();
  await ask(desk, `dispose ${key}`, async () => {
    await desk.saver.flush();
    await desk.api.post(`${callPath(desk)}/disposition`, { key, ...(callbackAt === undefined ? {} : { callbackAt }), ...(pauseAfter ? { pause: true } : {}) });
  }, (error) => {
    const bad = error.fields[0];
    const question = cockpit?.campaign?.questions.find((each) => bad?.field === each.key || bad?.field.endsWith(`.${each.key}`));
    if (!bad || !question) return false;
    nameField(desk, question.key, bad.message === '' ? t.operator.fillIn(question.label) : bad.message);
    return true;
  });
}

/** When to call back is agreed with the contact: asked for on their own clock. To begin with when the manager wished it, else tomorrow at ten. */
function askWhen(desk: Desk, key: string): void {
  const { cockpit, nowMs } = desk.page();
  const zone = cockpit?.contact?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const ended = cockpit?.call?.transferEnded;
  const wishedMs = ended?.reason === 'later' ? Date.parse(ended.at) + managerLaterMs : 0;
  const at = wishedMs > nowMs + 60_000 ? wallTime(wishedMs, zone) : `${wallTime(nowMs + 86_400_000, zone).slice(0, 10)}T10:00`;
  desk.update({ dialog: 'callback', callback: { key, zone, at, error: null, openedMs: performance.now() } });
}

function typeCallback(desk: Desk, at: string): void {
  const { callback } = desk.page();
  if (callback) desk.update({ callback: { ...callback, at, error: null } });
}

/** At that time on the contact's clock; null: none was agreed, the campaign's pause decides. */
async function callBack(desk: Desk, at: string | null): Promise<void> {
  const { callback, nowMs } = desk.page();
  if (!callback) return;
  const atMs = at === null ? undefined : fromWallTime(at, callback.zone);
  if (at !== null && (atMs === undefined || atMs <= nowMs || atMs > nowMs + furthestCallbackMs)) {
    desk.update({ callback: { ...callback, at, error: t.operator.callback.wrong } });
    return focus('callback-at');
  }
  desk.update({ dialog: 'none', callback: null });
  await judge(desk, callback.key, atMs === undefined ? undefined : new Date(atMs).toISOString());
}

const remedyOf = ({ kind, label }: Question): string => (kind === 'number' ? t.operator.aNumber : t.operator.fillIn(label));

/** An answer that was not taken: its field says why, wherever the operator is typing now. */
export function answerRefused(desk: Desk, key: string): void {
  const question = desk.page().cockpit?.campaign?.questions.find((each) => each.key === key);
  if (question) desk.update({ fieldError: { field: key, text: remedyOf(question) } });
}

function nameField(desk: Desk, key: string, text: string): void {
  desk.update({ fieldError: { field: key, text } });
  focus(questionId(key));
}

async function saveExtraContact(desk: Desk): Promise<void> {
  const { extraContact: extra } = desk.page();
  if (extra.saving) return;
  const error = extra.name.trim() === '' ? { field: 'name', text: t.operator.extra.nameMissing } : extra.phone.trim() === '' ? { field: 'phone', text: t.operator.extra.phoneMissing } : null;
  desk.update({ extraContact: { ...extra, error, saving: error === null } });
  if (error) return focus(`extra-${error.field}`);
  try {
    await desk.api.post(`${callPath(desk)}/contacts`, { phone: extra.phone.trim(), name: extra.name.trim(), ...(extra.note.trim() === '' ? {} : { note: extra.note.trim() }) });
    desk.update({ dialog: 'none', extraContact: noExtraContact, notice: { tone: 'plain', text: t.operator.extra.added } });
    announce(t.operator.extra.added, 'polite');
  } catch (thrown) {
    const refusal = asApiError(thrown);
    const bad = refusal.fields[0];
    desk.update({ extraContact: { ...extra, saving: false, error: { field: bad?.field ?? '', text: bad?.message ?? errorText(refusal.code, refusal.message) } } });
    if (bad) focus(`extra-${bad.field}`);
  }
}

function focus(id: string): void {
  const element = document.getElementById(id);
  element?.focus();
  element?.scrollIntoView({ block: 'nearest' });
}

function scrollScript(down: boolean): void {
  const script = document.getElementById('script');
  const by = (down ? 1 : -1) * 160;
  if (script && script.scrollHeight > script.clientHeight + 4) script.scrollBy({ top: by });
  else window.scrollBy({ top: by });
}

