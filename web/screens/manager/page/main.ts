import type { TemplateResult } from 'lit-html';
import type { ManagerRinging, ManagerSession, ManagerTransfer, PhoneCredentials } from '../../../../domain/api.ts';
import type { ManagerOutcome } from '../../../../domain/manager-outcome.ts';
import { asApiError, createApi } from '../../../api.ts';
import { announce, type FrameActions, type RoleScreen } from '../../../frame.ts';
import { type ExchangeSocket, openManagerSocket } from '../../../socket.ts';
import { Softphone } from '../../../softphone/softphone.ts';
import { isOnLine, type PhoneState } from '../../../softphone/state.ts';
import { tm } from '../../../texts/manager.ts';
import { errorText, t } from '../../../texts/texts.ts';
import { Ring } from './ring.ts';
import { firstPage, isInCall, isOtherScreen, type ManagerPage, stageOf, withClock, withRinging } from './state.ts';
import { type PageActions, pageView } from './view.ts';

const tickMs = 500;
/** Whoever missed a nudge recovers by reading. */
const rereadMs = 3_000;
const mostTries = 8;
/** A second tap does not meet what has just come to stand under the finger. */
const settleMs = 500;

export function openManagerPage(draw: (content: TemplateResult) => void, frame: FrameActions, token: string): RoleScreen {
  return new ManagerPageScreen(draw, frame, token);
}

class ManagerPageScreen implements RoleScreen {
  /** Nobody is signed in here: a refusal is shown by the page itself. */
  private readonly api = createApi(() => undefined);
  private state = firstPage(Date.now());
  private readonly drawNow: (content: TemplateResult) => void;
  private readonly frame: FrameActions;
  private readonly token: string;
  private readonly softphone: Softphone;
  private readonly ring: Ring;
  private readonly timers: ReturnType<typeof setInterval>[];
  private settled: ReturnType<typeof setTimeout> | undefined;
  private socket: ExchangeSocket | null = null;
  /** Times that the page called in again by itself. */
  private comingBack = 0;
  private drawing = false;
  private closed = false;

  constructor(draw: (content: TemplateResult) => void, frame: FrameActions, token: string) {
    this.drawNow = draw;
    this.frame = frame;
    this.token = token;
    const audio = document.createElement('audio');
    audio.autoplay = true;
    document.body.append(audio);
    this.softphone = new Softphone({
      audio,
      credentials: () => this.api.post<PhoneCredentials>(`${this.transferPath()}/accept`),
      onState: (phone) => this.phoneChanged(phone),
      onLevel: () => undefined,
      onQuality: () => undefined,
      isUnreachable: (thrown) => asApiError(thrown).code === 'network',
      onRefusal: (thrown) => this.refused(thrown),
    });
    this.ring = new Ring((aloud) => this.update({ aloud }));
    this.timers = [setInterval(() => this.update({ nowMs: Date.now() + this.state.skewMs }), tickMs), setInterval(() => void this.reread(), rereadMs)];
    addEventListener('pagehide', this.leave);
    addEventListener('beforeunload', this.askBeforeLeaving);
    this.softphone.prepare();
    void this.openLink();
  }

  show(): void { this.render(); }

  render(): void {
    if (this.drawing || this.closed) return;
    this.drawing = true;
    queueMicrotask(() => {
      this.drawing = false;
      if (this.closed) return;
      const stage = stageOf(this.state);
      const name = this.state.transfer?.firstName ?? this.state.ringing?.firstName ?? '';
      document.title = `${stage === 'ringing' ? `☎ ${tm().onLine(name || tm().somebody)} – ` : ''}${tm().title} – ${t.brand}`;
      this.drawNow(pageView(this.state, this.actions, this.frame));
    });
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.settled);
    removeEventListener('pagehide', this.leave);
    removeEventListener('beforeunload', this.askBeforeLeaving);
    this.socket?.close();
    this.softphone.close();
    this.ring.close();
  }

  private readonly actions: PageActions = {
    accept: () => this.accept(),
    again: () => void this.softphone.goOnLine(),
    decline: (reason) => void this.decline(reason),
    mute: () => {
      this.softphone.setMuted(!this.state.muted);
      this.update({ muted: !this.state.muted });
    },
    hangUp: () => this.softphone.goOffLine(),
    judge: (outcome) => void this.judge(outcome),
    wait: () => this.update({ transfer: null, resumed: false, ringing: null, notice: null }),
    ringAloud: () => { this.ring.wake(); this.ring.once(); },
    closeNotice: () => this.update({ notice: null }),
  };

  /** A BYE at once: nobody talks into the void. In a briefing the operator is back with the contact; a contact who was handed over waits for the page a while. */
  private readonly leave = (): void => this.softphone.leave();

  private readonly askBeforeLeaving = (event: BeforeUnloadEvent): void => { if (isInCall(this.state)) event.preventDefault(); };

  private update(change: Partial<ManagerPage>): void {
    if (this.closed) return;
    const before = stageOf(this.state);
    const next = { ...this.state, ...change };
    if (isOtherScreen(this.state, next)) this.settle();
    this.state = { ...next, settling: this.settled !== undefined };
    const stage = stageOf(this.state);
    if (stage === 'ringing') this.ring.start();
    else this.ring.stop();
    if (stage === 'ringing' && before !== 'ringing') announce(tm().saidRinging(this.state.ringing?.firstName || tm().somebody), 'assertive');
    this.render();
  }

  private settle(): void {
    clearTimeout(this.settled);
    this.settled = setTimeout(() => { this.settled = undefined; this.update({}); }, settleMs);
  }

  /** The link's token becomes a cookie; a personal link then waits on its socket, the link of one transfer shows just that. */
  private async openLink(): Promise<void> {
    try {
      const session = await this.api.post<ManagerSession>('/manager/sessions', { token: this.token });
      if (session.kind === 'transfer') {
        await this.openTransfer(session.transferId);
        return this.update({ link: 'over', server: 'up' });
      }
      const { campaignName, hasLogin, transferId } = session;
      if (transferId !== null) {
        await this.openTransfer(transferId);
        this.update({ resumed: true });
        this.comeBack();
        this.rereadSoon();
      }
      this.update({ link: 'open', campaignName, hasLogin });
      this.socket ??= openManagerSocket({
        connected: () => { this.update({ server: 'up' }); void this.reread(); },
        disconnected: () => this.update({ server: 'lost' }),
        ringing: (told) => void this.rings(told),
        linkOver: () => { this.socket?.close(); this.update({ link: 'over', server: 'up' }); },
      });
    } catch (thrown) {
      const error = asApiError(thrown);
      if (error.code !== 'network' && error.status < 500) return this.update({ link: 'over' });
      this.update({ notice: { tone: 'no', text: errorText(error.code, error.message) } });
      setTimeout(() => { if (!this.closed) void this.openLink(); }, rereadMs);
    }
  }

  private async rings(told: ManagerRinging): Promise<void> {
    const { page, token, gone } = withRinging(this.state, told, Date.now());
    const was = this.state.ringing;
    this.update(page);
    if (gone && was) await this.tellMissed(was.id);
    if (token !== null && told.transfer) {
      try {
        await this.api.post<ManagerSession>('/manager/sessions', { token });
        this.update({ ringing: told.transfer, transfer: null, resumed: false, notice: null });
      } catch {
        // It stopped ringing on the way here; the socket says so.
      }
    } else await this.reread();
  }

  private async openTransfer(id: string): Promise<void> {
    const transfer = await this.api.get<ManagerTransfer>(`/manager/transfers/${id}`);
    this.update(withClock(this.state, transfer.now, Date.now()));
    this.update(transfer.stage === 'ringing' ? { ringing: transfer } : { transfer });
  }

  private async tellMissed(id: string): Promise<void> {
    const transfer = await this.api.get<ManagerTransfer>(`/manager/transfers/${id}`).catch(() => null);
    const text = transfer?.missedBecause ? tm().missedBecause[transfer.missedBecause] : undefined;
    if (text !== undefined) this.update({ notice: { tone: 'plain', text } });
  }

  private accept(): void {
    if (this.state.pending !== null) return;
    this.update({ pending: 'accept', notice: null });
    void this.softphone.goOnLine();
  }

  private async decline(reason: 'busy' | 'later'): Promise<void> {
    if (this.state.pending !== null) return;
    this.update({ pending: reason });
    try {
      await this.api.post(`${this.transferPath()}/decline`, { reason });
      this.update({ ringing: null, notice: { tone: 'plain', text: tm().missedBecause[reason] ?? '' } });
    } catch (thrown) {
      this.showError(thrown);
    } finally {
      this.update({ pending: null });
    }
  }

  private async judge(outcome: ManagerOutcome): Promise<void> {
    const { transfer } = this.state;
    if (!transfer || this.state.pending !== null) return;
    this.update({ pending: 'outcome' });
    try {
      await this.api.put(`${this.transferPath()}/outcome`, { outcome });
      this.update({ transfer: { ...transfer, outcome } });
      announce(tm().outcomeSaved(tm().outcomes[outcome]), 'polite');
    } catch (thrown) {
      this.showError(thrown);
    } finally {
      this.update({ pending: null });
    }
  }

  /** How far the accepted transfer has come. */
  private async reread(): Promise<void> {
    const { transfer } = this.state;
    if (!transfer || transfer.stage === 'over' || transfer.stage === 'missed') return;
    const now = await this.api.get<ManagerTransfer>(`/manager/transfers/${transfer.id}`).catch(() => null);
    if (now === null || this.state.transfer?.id !== now.id) return;
    this.update(withClock(this.state, now.now, Date.now()));
    const over = now.stage === 'over' || now.stage === 'missed';
    if (over && isOnLine(this.state.phone)) this.softphone.goOffLine();
    const missed = now.missedBecause === null ? undefined : tm().missedBecause[now.missedBecause];
    this.update({ transfer: now, ringing: null, ...(over ? { muted: false } : {}), ...(missed === undefined ? {} : { notice: { tone: 'plain', text: missed } }) });
    this.comeBack();
  }

  private rereadSoon(): void { setTimeout(() => { if (!this.closed) void this.reread(); }, settleMs); }

  /** The contact hears music until the page has called in again. */
  private comeBack(): void {
    const { transfer, phone } = this.state;
    const isForbidden = phone.name === 'down' && phone.reason.startsWith('microphone');
    if (transfer?.stage !== 'away' || isOnLine(phone) || isForbidden || this.comingBack > mostTries) return;
    this.comingBack += 1;
    this.update({ resumed: true });
    void this.softphone.goOnLine();
  }

  private phoneChanged(phone: PhoneState): void {
    const before = this.state.phone.name;
    this.update({ phone });
    if (phone.name === before) return;
    const { ringing, pending } = this.state;
    // Credentials were given: the transfer is ours, and says who it is.
    if (phone.name === 'up' && ringing) void this.openTransfer(ringing.id).then(() => this.update({ pending: null, ringing: null }), (thrown: unknown) => this.showError(thrown));
    else if (phone.name === 'down' && pending === 'accept') this.update({ pending: null, ...(phone.reason.startsWith('microphone') || phone.reason === 'unsupported' ? { notice: { tone: 'no', text: t.operator.line.down[phone.reason] } } : {}) });
    else {
      void this.reread();
      if (phone.name === 'up') this.rereadSoon();
    }
  }

  private refused(thrown: unknown): void {
    const gone = asApiError(thrown).code === 'transferOver';
    this.update({ pending: null, ...(gone ? { ringing: null } : {}) });
    this.showError(thrown);
  }

  private showError(thrown: unknown): void {
    const error = asApiError(thrown);
    this.update({ notice: { tone: 'no', text: errorText(error.code, error.message) } });
  }

  private transferPath(): string { return `/manager/transfers/${this.state.transfer?.id ?? this.state.ringing?.id ?? ''}`; }
}
