import type { Cockpit, NewDevice, OperatorDevice, PhoneCredentials, Task } from '../../../domain/api.ts';
import { type Api, asApiError, isAway } from '../../api.ts';
import { announce, type RoleContext, type RoleScreen } from '../../frame.ts';
import { listenToKeys } from '../../shortcuts/keyboard.ts';
import { type ExchangeSocket, openSocket } from '../../socket.ts';
import { RingTone } from '../../softphone/ring-tone.ts';
import { Softphone } from '../../softphone/softphone.ts';
import { isOnLine, type PhoneState } from '../../softphone/state.ts';
import { readStored } from '../../stored.ts';
import { errorText, t } from '../../texts/texts.ts';
import { answerRefused, carryOut, type Desk } from './actions.ts';
import { announcementOf, lastCallOf } from './announcements.ts';
import { draftFor, isUnsaved, keptKey } from './draft.ts';
import { type Intention, intentionOfKey, isDecisive } from './intentions.ts';
import { LineKeeper, reloadWhenBarred } from './line-keeper.ts';
import { NotesSaver } from './notes-saver.ts';
import { answerFor } from './presence.ts';
import { keepChoice, OwnPhone, readChoice } from './own-phone.ts';
import { firstPage, type LineChoice, managerRings, type OperatorPage, stageKey, withCockpit } from './state.ts';
import { titleOf } from './strip.ts';
import { operatorView } from './view.ts';

const tickMs = 500;
/** Whoever missed a nudge recovers by reading. */
const rereadMs = 15_000;

export function open(context: RoleContext, api: Api): RoleScreen {
  return new OperatorScreen(context, api);
}

class OperatorScreen implements RoleScreen, Desk {
  readonly api: Api;
  readonly saver: NotesSaver;
  private state: OperatorPage;
  private readonly context: RoleContext;
  private readonly softphone: Softphone;
  private readonly ownPhone: OwnPhone;
  private readonly keeper: LineKeeper;
  private readonly socket: ExchangeSocket;
  private readonly stops: (() => void)[] = [];
  private readonly ringTone = new RingTone();
  private drawing = false;
  private closed = false;

  constructor(context: RoleContext, api: Api) {
    this.context = context;
    this.api = api;
    this.state = { ...firstPage(freshPageId(), Date.now()), choice: readChoice() };
    this.ownPhone = new OwnPhone({ api, page: () => this.state, onState: (phone) => this.phoneChanged(phone), onRefusal: (thrown) => { this.keeper.setWanted(false); this.showError(thrown); } });
    this.saver = new NotesSaver(api, () => this.state.draft, (draft) => this.update({ draft }), (question) => answerRefused(this, question));
    this.softphone = new Softphone({
      audio: remoteAudio(),
      credentials: (unreachable) => api.post<PhoneCredentials>('/operator/phone', { pageId: this.state.pageId, ...(unreachable ? { unreachable } : {}) }),
      onState: (phone) => this.phoneChanged(phone),
      onLevel: (level) => this.update({ level }),
      onQuality: (quality) => this.update({ quality }),
      isUnreachable: (thrown) => isAway(asApiError(thrown)),
      onRefusal: (thrown) => this.showError(thrown),
    });
    this.keeper = new LineKeeper({ page: () => this.state, reread: () => this.reread(), callIn: () => this.callIn(), dropped: () => (this.byBrowser() ? this.softphone.dropped() : this.ownPhone.seen()) }, this.state.pageId);
    this.socket = openSocket({ pageId: this.state.pageId }, {
      connected: () => { this.update({ server: 'up' }); void this.reread().then(() => this.keeper.serverBack()); void this.saver.flush(); },
      disconnected: () => this.update({ server: this.state.server === 'connecting' ? 'connecting' : 'lost' }),
      cut: () => void this.reread(),
      cockpit: (cockpit) => this.take(cockpit),
    });
    this.listen();
    reloadWhenBarred();
    void this.keeper.loaded();
    if (this.state.choice.kind === 'device') void this.readDevices().catch(() => undefined);
  }

  page(): OperatorPage { return this.state; }

  update(change: Partial<OperatorPage>): void {
    if (this.closed) return;
    const before = stageKey(this.state);
    this.state = { ...this.state, ...change };
    this.ringTone.set(managerRings(this.state));
    if (stageKey(this.state) !== before) this.state = { ...this.state, stageSinceMs: Date.now() };
    this.render();
  }

  show(rest: readonly string[]): void {
    if (rest[0] === 'tasks' || rest[0] === 'call') this.update({ tab: rest[0] });
    else this.render();
    if (rest[0] === 'tasks') void this.readTasks();
  }

  render(): void {
    if (this.drawing || this.closed) return;
    this.drawing = true;
    queueMicrotask(() => { this.drawing = false; this.draw(); });
  }

  close(): void {
    this.closed = true;
    this.ringTone.set(false);
    this.softphone.close();
    this.socket.close();
    this.saver.close();
    for (const stop of this.stops) stop();
  }

  goOnLine(): void {
    if (isOnLine(this.state.phone)) return;
    this.keeper.setWanted(true);
    this.callIn();
  }

  choose(choice: LineChoice): void {
    keepChoice(choice);
    const [first] = this.state.devices.list;
    this.update({ choice: choice.kind === 'device' && choice.deviceId === '' && first ? { ...choice, deviceId: first.id } : choice });
    if (choice.kind === 'device' && first === undefined) void this.readDevices().catch((thrown: unknown) => this.showError(thrown));
  }

  async makeDevice(): Promise<void> {
    const made = await this.api.post<NewDevice>('/operator/devices', { name: `SIP ${this.state.devices.list.length + 1}` });
    this.update({ devices: { ...this.state.devices, made } });
    await this.readDevices();
    this.choose({ ...this.state.choice, deviceId: made.id });
  }

  async dropDevice(): Promise<void> {
    const { choice: { deviceId }, devices: { made } } = this.state;
    if (deviceId === '') return;
    await this.api.delete(`/operator/devices/${encodeURIComponent(deviceId)}`);
    if (made?.id === deviceId) this.update({ devices: { ...this.state.devices, made: null } });
    await this.readDevices();
    this.choose({ ...this.state.choice, deviceId: this.state.devices.list[0]?.id ?? '' });
  }

  private async readDevices(): Promise<void> {
    const { devices } = await this.api.get<{ devices: readonly OperatorDevice[] }>('/operator/devices');
    const { deviceId } = this.state.choice;
    this.update({ devices: { ...this.state.devices, list: devices } });
    if (!devices.some(({ id }) => id === deviceId) && devices[0]) this.choose({ ...this.state.choice, deviceId: devices[0].id });
  }

  private byBrowser(): boolean { return this.state.choice.kind === 'browser'; }

  private callIn(): void {
    if (this.byBrowser()) void this.softphone.goOnLine();
    else void this.ownPhone.goOnLine(this.state.choice);
  }

  goOffLine(): void {
    this.keeper.setWanted(false);
    if (this.byBrowser()) this.softphone.goOffLine();
    else this.ownPhone.goOffLine();
    void this.api.delete('/operator/phone').catch((thrown: unknown) => this.showError(thrown)).then(() => this.reread());
  }

  setMuted(muted: boolean): void { this.softphone.setMuted(muted); }
  showCall(): void { this.context.go('/operator/call'); }
  showTasks(): void { this.context.go('/operator/tasks'); }
  signOut(): void { this.context.frame.signOut(); }

  async reread(): Promise<void> {
    try {
      this.take(await this.api.get<Cockpit>('/operator/cockpit'));
      if (this.state.tab === 'tasks') await this.readTasks();
    } catch (thrown) {
      if (asApiError(thrown).code !== 'network') this.showError(thrown);
    }
  }

  private async readTasks(): Promise<void> {
    const { tasks } = await this.api.get<{ tasks: readonly Task[] }>('/operator/tasks').catch(() => ({ tasks: this.state.tasks ?? [] }));
    this.update({ tasks });
  }

  private take(cockpit: Cockpit): void {
    const before = this.state.cockpit;
    const next = withCockpit(this.state, cockpit, Date.now());
    if (next === this.state || this.closed) return;
    const kept = cockpit.call ? readStored(keptKey(cockpit.call.id)) : null;
    const said = announcementOf(before, cockpit);
    // Nobody stays muted into the next call without knowing it.
    const unmute = before?.call && before.call.id !== cockpit.call?.id && this.state.muted;
    this.update({ ...next, draft: draftFor(this.state.draft, cockpit.call, kept), ...(unmute ? { muted: false } : {}) });
    if (unmute) this.softphone.setMuted(false);
    if (!this.byBrowser()) this.ownPhone.seen();
    if (said !== null) announce(said, 'assertive');
    const lastCall = lastCallOf(before, cockpit);
    if (lastCall !== null) announce(lastCall, 'polite');
    if (this.state.draft && isUnsaved(this.state.draft) && before?.call?.id !== cockpit.call?.id) void this.saver.flush();
    if (before === null && location.pathname === '/operator') this.context.go(cockpit.campaign ? '/operator/call' : '/operator/tasks', 'replace');
  }

  private listen(): void {
    this.stops.push(listenToKeys({
      act: ({ verb, key }) => { const intention = intentionOfKey(this.state, verb, key); if (intention) this.send(intention); },
      early: ({ verb, key }) => { if (isDecisive(intentionOfKey(this.state, verb, key))) this.update({ notice: { tone: 'plain', text: t.operator.tooEarly } }); },
      settledForMs: () => Date.now() - this.state.stageSinceMs,
      suspended: () => document.querySelector('dialog[open]') !== null,
    }));
    const tick = setInterval(() => { this.update({ nowMs: Date.now() + this.state.skewMs }); this.keeper.tick(); }, tickMs);
    const reread = setInterval(() => void this.reread(), rereadMs);
    const warn = (event: BeforeUnloadEvent) => { if (this.state.draft && isUnsaved(this.state.draft) && this.state.draft.status === 'failed') event.preventDefault(); };
    addEventListener('beforeunload', warn);
    // A BYE at once: the contact hears music and not silence until the page has called in again.
    const leave = () => this.softphone.close();
    addEventListener('pagehide', leave);
    // Kept in the browser's memory without its line and its socket: begun anew.
    const shownAgain = (event: PageTransitionEvent) => { if (event.persisted) location.reload(); };
    addEventListener('pageshow', shownAgain);
    this.stops.push(answerFor(this.state.pageId), () => removeEventListener('pageshow', shownAgain));
    this.stops.push(() => clearInterval(tick), () => clearInterval(reread), () => removeEventListener('beforeunload', warn), () => removeEventListener('pagehide', leave));
  }

  private phoneChanged(phone: PhoneState): void {
    const before = this.state.phone.name;
    this.update({ phone });
    if (phone.name === before) return;
    if (phone.name === 'up') void this.reread();
    else if (phone.name === 'down') void this.reread().then(() => this.keeper.phoneDown(phone));
  }

  private readonly send = (intention: Intention): void => void carryOut(this, intention);

  private showError(thrown: unknown): void {
    const error = asApiError(thrown);
    this.update({ notice: { tone: 'no', text: errorText(error.code, error.message) } });
  }

  private draw(): void {
    if (this.closed) return;
    this.context.draw(operatorView(this.state, this.context.frame, this.send));
    document.title = titleOf(this.state);
    for (const name of ['keys', 'addContact', 'callback'] as const) syncDialog(`dialog-${name}`, this.state.dialog === name);
  }
}

function syncDialog(id: string, wanted: boolean): void {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open === wanted) return;
  if (wanted) dialog.showModal();
  else dialog.close();
}

/** Of this load of this page: two windows, or a copied tab, are two pages. */
function freshPageId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function remoteAudio(): HTMLAudioElement {
  const audio = document.createElement('audio');
  audio.autoplay = true;
  document.body.append(audio);
  return audio;
}
