import type { TemplateResult } from 'lit-html';
import type { Campaign, ResultsPage as Page } from '../../../../domain/api.ts';
import type { ResultFilters } from '../../../../domain/results-filter.ts';
import { asApiError, isAway } from '../../../api.ts';
import { announce } from '../../../frame.ts';
import { errorText, t } from '../../../texts/texts.ts';
import type { Part, PartContext } from '../part.ts';
import { ListeningDialog } from '../recordings/listening.ts';
import { isRunning } from '../live/state.ts';
import { emptyResults, type FileRows, filtersOf, isUnfinished, queryOf, type ResultsPage, withPage, withUpdates } from './state.ts';
import { resultsView } from './view.ts';

/** A search is asked when the typing rests. */
const typingMs = 350;
const secondMs = 1_000;
/** Calls that go on are looked at again, and a server that was away is asked again. */
const againMs = 4_000;

export class ResultsScreen implements Part {
  private page: ResultsPage = emptyResults(filtersOf(location.search));
  private readonly context: PartContext;
  private readonly path: string;
  private readonly listening: ListeningDialog;
  /** Each question to the server; only the last one's answer is shown. */
  private asked = 0;
  private soon: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private readonly second: ReturnType<typeof setInterval>;
  private readonly again: ReturnType<typeof setInterval>;

  constructor(context: PartContext, id: string) {
    this.context = context;
    this.listening = new ListeningDialog(context);
    this.path = `/campaigns/${encodeURIComponent(id)}`;
    this.second = setInterval(() => { if (isRunning(this.page.results ?? [])) this.context.changed(); }, secondMs);
    this.again = setInterval(() => void this.keepTrue(), againMs);
    void this.readCampaign();
    void this.read('fresh');
  }

  title(): string { return this.page.campaign ? `${t.results.title}: ${this.page.campaign.name}` : t.results.title; }

  view(): TemplateResult {
    return resultsView(this.page, {
      filter: (filters) => this.filter(filters, 0),
      search: (q) => this.filter({ ...this.page.filters, q }, typingMs),
      more: () => void this.read('older'),
      count: () => void this.count(),
      closeNotice: () => this.put({ notice: null }),
      listen: (result) => this.listening.open(result),
    }, this.listening.view());
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.soon);
    clearInterval(this.second);
    clearInterval(this.again);
    this.listening.close();
  }

  private filter(filters: ResultFilters, afterMs: number): void {
    this.put({ filters, fileRows: null, busy: true });
    // Not a step of the history: Back leaves the table, and a copied address shows it as it is.
    history.replaceState(null, '', location.pathname + queryOf(filters));
    this.asked += 1;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => void this.read('fresh'), afterMs);
  }

  private async readCampaign(): Promise<void> {
    await this.guarded(async () => {
      const [campaign, { operators }] = await Promise.all([this.context.api.get<Campaign>(this.path), this.context.api.get<{ operators: ResultsPage['operators'] }>(`${this.path}/operators`)]);
      this.put({ campaign, operators });
    });
  }

  private async read(how: 'fresh' | 'older'): Promise<void> {
    const mine = (this.asked += 1);
    const { next } = this.page;
    this.put({ busy: true });
    await this.guarded(async () => {
      const page = await this.context.api.get<Page>(`${this.path}/results${queryOf(this.page.filters, how === 'older' && next !== null ? { cursor: next } : {})}`);
      if (mine !== this.asked) return;
      this.put(withPage(this.page, page, how));
      announce(t.results.shown(this.page.results?.length ?? 0, this.page.next !== null), 'polite');
    });
    if (mine !== this.asked) return;
    this.put({ busy: false });
    if (this.page.fileRows === null && document.querySelector('details.downloads[open]')) void this.count();
  }

  /** Rows of calls that were not over, and whatever could not be read while nobody answered. */
  private async keepTrue(): Promise<void> {
    if (this.page.busy) return;
    if (this.page.away) {
      this.put({ away: false });
      if (this.page.campaign === null) await this.readCampaign();
      await this.read('fresh');
      if (!this.page.away) this.put({ notice: null });
    } else if ((this.page.results ?? []).some(isUnfinished)) {
      const mine = this.asked;
      const page = await this.context.api.get<Page>(`${this.path}/results${queryOf(this.page.filters)}`).catch(() => null);
      if (page !== null && mine === this.asked) this.put(withUpdates(this.page, page));
    }
  }

  /** Of what the filters leave, when somebody is about to download it. */
  private async count(): Promise<void> {
    const { filters } = this.page;
    this.put({ fileRows: null });
    await this.guarded(async () => {
      const fileRows = await this.context.api.get<FileRows>(`${this.path}/export/counts${queryOf(filters)}`);
      if (this.page.filters === filters) this.put({ fileRows });
    });
  }

  private async guarded(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      const error = asApiError(thrown);
      this.put({ away: isAway(error), notice: errorText(error.code, error.message) });
    }
  }

  private put(change: Partial<ResultsPage>): void {
    if (this.closed) return;
    this.page = { ...this.page, ...change };
    this.context.changed();
  }
}
