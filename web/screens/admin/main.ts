import { html, nothing, type TemplateResult } from 'lit-html';
import type { AuditEntryShown, AuditPage } from '../../../domain/api.ts';
import { type Api, asApiError } from '../../api.ts';
import { bar, type RoleContext, type RoleScreen } from '../../frame.ts';
import { accountProblem, ta } from '../../texts/account.ts';
import { t } from '../../texts/texts.ts';
import { auditView } from './audit/view.ts';

/** The administrator's start page: the audit log. */
export function open(context: RoleContext, api: Api): RoleScreen {
  let entries: readonly AuditEntryShown[] | null = null;
  let next: string | null = null;
  let action = '';
  let problem: string | null = null;
  const draw = () => {
    const texts = ta().audit;
    document.title = `${texts.title} · ${t.brand}`;
    context.draw(html`
      ${bar('/admin', [{ path: '/admin', label: texts.title, current: true }], context.frame)}
      <main class="page wide" id="content" tabindex="-1">${content()}</main>`);
  };
  const content = (): TemplateResult => html`
    <div class="page-head"><div><h1>${ta().audit.title}</h1><p class="muted">${ta().audit.text}</p></div></div>
    ${problem === null ? nothing : html`<p class="notice no" role="alert">${problem}</p>`}
    ${auditView({ entries, more: next !== null, action }, { choose: (chosen) => { action = chosen; void read(null); }, more: () => void read(next) })}`;
  const read = async (cursor: string | null) => {
    const asked = action;
    const query = new URLSearchParams({ ...(cursor === null ? {} : { cursor }), ...(asked === '' ? {} : { action: asked }) });
    try {
      const page = await api.get<AuditPage>(`/audit?${query.toString()}`);
      if (asked !== action) return;
      entries = cursor === null ? page.entries : [...(entries ?? []), ...page.entries];
      next = page.next;
      problem = null;
    } catch (thrown) {
      problem = accountProblem(asApiError(thrown));
    }
    draw();
  };
  return { show: () => { draw(); void read(null); }, render: draw, close: () => undefined };
}
