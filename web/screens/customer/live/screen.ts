import type { TemplateResult } from 'lit-html';
import type { Campaign, ResultsPage } from '../../../../domain/api.ts';
import { asApiError, isAway } from '../../../api.ts';
import { type ExchangeSocket, openSocket } from '../../../socket.ts';
import { copyText } from '../../../copy-text.ts';
import { announce } from '../../../frame.ts';
import { errorText, t } from '../../../texts/texts.ts';
import { remedyText } from '../remedy.ts';
import type { Part, PartContext } from '../part.ts';
import { absentPages, askDialogId, type Asking, askings, emptyLive, isRunning, type LivePage, withNewest, withOlder } from './state.ts';
import { liveView } from './view.ts';

/** Twenty operators make many nudges; a reader cannot follow more than this. */
const shortestPauseMs = 700;
const slowTickMs = 15_000;
const secondMs = 1_000;

export class LiveScreen implements Part {
  private page: LivePage = emptyLive;
  private readonly socket: ExchangeSocket;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly second: ReturnType<typeof setInterval>;
  private soon: ReturnType<typeof setTimeout> | undefined;
  private readonly context: PartContext;
  private readonly path: string;
  private closed = false;

  constructor(context: PartContext, id: string) {
    this.context = context;
    this.path = `/campaigns/${encodeURIComponent(id)}`;
    this.socket = openSocket({ campaignId: id }, {
      connected: () => { this.put({ stale: false }); void this.read(); },
      disconnected: () => this.put({ stale: this.page.campaign !== null }),
      cut: () => void this.read(),
      results: () => { this.soon ??= setTimeout(() => { this.soon = undefined; void this.read(); }, shortestPauseMs); },
    });
    this.timer = setInterval(() => void this.read(), slowTickMs);
    this.second = setInterval(() => { if (isRunning(this.page.results)) this.context.changed(); }, secondMs);
    void this.read();
  }

  title(): string { return this.page.campaign?.name ?? t.customer.editTitle; }
  view(): TemplateResult {
    return liveView(this.page, { start: () => this.start(), pause: () => void this.order('pause'), more: () => void this.more(), closeNotice: () => this.put({ notice: null }),
      makeLink: (managerId) => this.askOrMakeLink(managerId), copyLink: () => void this.copyLink(),
      askRevoke: (managerId) => this.ask({ what: 'revoke', managerId }), keep: () => this.ask(null), goOn: () => void this.goOn(),
    });
  }
  close(): void {
    this.closed = true;
    clearInterval(this.timer);
    clearInterval(this.second);
    clearTimeout(this.soon);
    this.socket.close();
  }

  private async read(): Promise<void> {
    await this.guarded(async () => {
      const [campaign, newest] = await Promise.all([this.context.api.get<Campaign>(this.path), this.context.api.get<ResultsPage>(`${this.path}/results`)]);
      this.put({ ...withNewest(this.page, newest), campaign, ...(this.page.noticePasses ? { notice: null } : {}) });
    }, 'reading');
  }

  private async order(verb: 'start' | 'pause'): Promise<void> {
    if (this.page.busy) return;
    this.put({ busy: true, notice: null });
    await this.guarded(() => this.context.api.post(`${this.path}/${verb}`));
    this.put({ busy: false });
    await this.read();
  }

  private async makeLink(managerId: string): Promise<void> {
    await this.changeLink(async () => {
      const { url } = await this.context.api.post<{ url: string }>(`${this.path}/managers/${encodeURIComponent(managerId)}/link`);
      this.put({ freshLink: { managerId, url, copied: false } });
    });
  }

  /** A link that a manager has is replaced only after a question. */
  private askOrMakeLink(managerId: string): void {
    const hasLink = this.page.campaign?.managers.some(({ id, linkMadeAt }) => id === managerId && linkMadeAt !== null) ?? false;
    if (hasLink) this.ask({ what: 'renew', managerId });
    else void this.makeLink(managerId);
  }

  private start(): void {
    if (this.page.campaign && absentPages(this.page.campaign).length > 0) this.ask({ what: 'start' });
    else void this.order('start');
  }

  private ask(asking: Asking | null): void {
    this.put({ asking });
    for (const what of askings) {
      const dialog = document.getElementById(askDialogId(what));
      if (!(dialog instanceof HTMLDialogElement)) continue;
      if (what !== asking?.what) dialog.close();
      else if (!dialog.open) dialog.showModal();
    }
  }

  private async goOn(): Promise<void> {
    const { asking } = this.page;
    this.ask(null);
    if (asking?.what === 'start') await this.order('start');
    if (asking?.what === 'renew') await this.makeLink(asking.managerId);
    if (asking?.what === 'revoke') await this.revokeLink(asking.managerId);
  }

  private async revokeLink(managerId: string): Promise<void> {
    await this.changeLink(async () => {
      await this.context.api.delete(`${this.path}/managers/${encodeURIComponent(managerId)}/link`);
      this.put({ freshLink: null });
    });
  }

  private async changeLink(change: () => Promise<void>): Promise<void> {
    if (this.page.busy) return;
    this.put({ busy: true, notice: null });
    await this.guarded(change);
    this.put({ busy: false });
    await this.read();
  }

  private async copyLink(): Promise<void> {
    const { freshLink } = this.page;
    if (!freshLink) return;
    if (!(await copyText(freshLink.url, document.getElementById(`link-${freshLink.managerId}`)))) return;
    this.put({ freshLink: { ...freshLink, copied: true } });
    announce(t.customer.copied, 'polite');
  }

  private async more(): Promise<void> {
    if (this.page.busy || this.page.next === null) return;
    this.put({ busy: true });
    await this.guarded(async () => {
      const older = await this.context.api.get<ResultsPage>(`${this.path}/results?cursor=${encodeURIComponent(this.page.next ?? '')}`);
      this.put(withOlder(this.page, older));
    });
    this.put({ busy: false });
  }

  /** What could not be read, or met nobody, is no news any more once the page is read. */
  private async guarded(act: () => Promise<unknown>, what: 'reading' | 'order' = 'order'): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      const error = asApiError(thrown);
      this.put({ noticePasses: what === 'reading' || isAway(error), notice: [errorText(error.code, error.message), ...error.fields.map(({ message }) => remedyText(message))].join(' ') });
    }
  }

  private put(change: Partial<LivePage>): void {
    if (this.closed) return;
    this.page = { ...this.page, ...change };
    this.context.changed();
  }
}
