// First: schemas are built as soon as they are imported.
import './zod-without-eval.ts';
import { html, type TemplateResult } from 'lit-html';
import type { CampaignSummary } from '../../../domain/api.ts';
import { type Api, asApiError } from '../../api.ts';
import { bar, type RoleContext, type RoleScreen } from '../../frame.ts';
import { errorText, t } from '../../texts/texts.ts';
import { campaignsView } from './campaigns/view.ts';
import { FormScreen } from './form/screen.ts';
import { LiveScreen } from './live/screen.ts';
import type { Part, PartContext } from './part.ts';
import { ResultsScreen } from './results/screen.ts';
import { UploadScreen } from './upload/screen.ts';

export function open(context: RoleContext, api: Api): RoleScreen {
  let part: Part | null = null;
  let queued = false;
  const draw = () => {
    queued = false;
    if (!part) return;
    document.title = `${part.title()} – ${t.brand}`;
    const tabs = [{ path: '/customer', label: t.customer.campaigns, current: true }];
    context.draw(html`${bar('/customer', tabs, context.frame)}<main id="content" tabindex="-1">${part.view()}</main>`);
  };
  const changed = () => {
    if (queued) return;
    queued = true;
    queueMicrotask(draw);
  };
  return {
    show(rest) {
      part?.close();
      part = partOf(rest, { api, changed, go: context.go });
      changed();
    },
    render: changed,
    close: () => { part?.close(); part = null; },
  };
}

function partOf(rest: readonly string[], context: PartContext): Part {
  const [section, id, page] = rest;
  if (section === undefined) return new CampaignsScreen(context);
  if (section === 'campaigns' && id === 'new') return new FormScreen(context, null);
  if (section === 'campaigns' && id !== undefined) {
    if (page === undefined) return new LiveScreen(context, id);
    if (page === 'edit') return new FormScreen(context, id);
    if (page === 'results') return new ResultsScreen(context, id);
    if (page === 'contacts') return new UploadScreen(context, id);
  }
  return { title: () => t.notFound, close: () => undefined, view: () => html`<div class="page"><section class="card-x empty"><h1>${t.notFound}</h1><a class="btn go" href="/customer">${t.toStart}</a></section></div>` };
}

class CampaignsScreen implements Part {
  private campaigns: readonly CampaignSummary[] | null = null;
  private problem: string | null = null;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly context: PartContext;

  constructor(context: PartContext) {
    this.context = context;
    this.timer = setInterval(() => void this.read(), 10_000);
    void this.read();
  }

  title(): string { return t.customer.campaigns; }
  view(): TemplateResult {
    return this.problem === null ? campaignsView(this.campaigns) : html`<div class="page"><h1>${t.customer.campaigns}</h1><p class="notice no" role="alert">${this.problem}</p></div>`;
  }
  close(): void { clearInterval(this.timer); }

  private async read(): Promise<void> {
    try {
      this.campaigns = (await this.context.api.get<{ campaigns: readonly CampaignSummary[] }>('/campaigns')).campaigns;
      this.problem = null;
    } catch (thrown) {
      const error = asApiError(thrown);
      this.problem = errorText(error.code, error.message);
    }
    this.context.changed();
  }
}
