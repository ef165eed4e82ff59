import { html, nothing, type TemplateResult } from 'lit-html';
import type { AuditEntryShown, AuditPage } from '../../../../domain/api.ts';
import { asApiError } from '../../../api.ts';
import { accountProblem, ta } from '../../../texts/account.ts';
import type { Part, PartContext } from '../part.ts';
import { auditView } from './view.ts';

export class AuditScreen implements Part {
  private entries: readonly AuditEntryShown[] | null = null;
  private next: string | null = null;
  private action = '';
  private problem: string | null = null;
  private readonly context: PartContext;

  constructor(context: PartContext) {
    this.context = context;
    void this.read(null);
  }

  title(): string { return ta().audit.title; }
  text(): string { return ta().audit.text; }
  view(): TemplateResult {
    return html`${this.problem === null ? nothing : html`<p class="notice no" role="alert">${this.problem}</p>`}
      ${auditView({ entries: this.entries, more: this.next !== null, action: this.action }, { choose: (chosen) => { this.action = chosen; void this.read(null); }, more: () => void this.read(this.next) })}`;
  }
  close(): void { /* nothing runs */ }

  private async read(cursor: string | null): Promise<void> {
    const asked = this.action;
    const query = new URLSearchParams({ ...(cursor === null ? {} : { cursor }), ...(asked === '' ? {} : { action: asked }) });
    try {
      const page = await this.context.api.get<AuditPage>(`/audit?${query.toString()}`);
      if (asked !== this.action) return;
      this.entries = cursor === null ? page.entries : [...(this.entries ?? []), ...page.entries];
      this.next = page.next;
      this.problem = null;
    } catch (thrown) {
      this.problem = accountProblem(asApiError(thrown));
    }
    this.context.changed();
  }
}
