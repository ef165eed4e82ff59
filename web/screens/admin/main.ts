import { html, type TemplateResult } from 'lit-html';
import type { AdminLines, SwitchState } from '../../../domain/api.ts';
import { type Api, asApiError } from '../../api.ts';
import { bar, type RoleContext, type RoleScreen } from '../../frame.ts';
import { adminProblem, tad } from '../../texts/admin.ts';
import { t } from '../../texts/texts.ts';
import { AuditScreen } from './audit/screen.ts';
import { LinesScreen } from './lines/screen.ts';
import { emptyOverview, notices, type Overview } from './overview.ts';
import type { Part, PartContext } from './part.ts';
import { SwitchesScreen } from './switches/screen.ts';

const readEveryMs = 5_000;
type Section = 'switches' | 'lines' | 'audit';

/** The administrator's pages: switches first, lines, audit log. What is wrong with the house stands above each. */
export function open(context: RoleContext, api: Api): RoleScreen {
  let overview: Overview = emptyOverview;
  let section: Section | null = null;
  let part: Part | null = null;
  let queued = false;
  let closed = false;
  const draw = () => {
    queued = false;
    if (!part || closed) return;
    document.title = `${part.title()} · ${t.brand}`;
    context.draw(html`${bar('/admin', tabs(section), context.frame)}<main class="page wide admin" id="content" tabindex="-1">${page(part, overview, section)}</main>`);
  };
  const changed = () => {
    if (queued) return;
    queued = true;
    queueMicrotask(draw);
  };
  const read = async () => {
    try {
      const [{ switches }, lines] = await Promise.all([api.get<{ switches: readonly SwitchState[] }>('/switches'), api.get<AdminLines>('/admin/lines')]);
      overview = { switches, lines, readAt: Date.now(), problem: null };
    } catch (thrown) {
      overview = { ...overview, problem: adminProblem(asApiError(thrown)) };
    }
    changed();
  };
  const parts: PartContext = { api, changed, read, overview: () => overview };
  const timer = setInterval(() => void read(), readEveryMs);
  return {
    show([wanted]) {
      const next: Section = wanted === 'lines' || wanted === 'audit' ? wanted : 'switches';
      if (next !== section) {
        part?.close();
        part = { switches: () => new SwitchesScreen(parts), lines: () => new LinesScreen(parts), audit: () => new AuditScreen(parts) }[next]();
        section = next;
      }
      changed();
      void read();
    },
    render: changed,
    close() {
      closed = true;
      clearInterval(timer);
      part?.close();
    },
  };
}

function tabs(current: Section | null) {
  return [
    { path: '/admin', label: tad().switches.title, current: current === 'switches' },
    { path: '/admin/lines', label: tad().lines.title, current: current === 'lines' },
    { path: '/admin/audit', label: tad().auditTab, current: current === 'audit' },
  ];
}

const page = (part: Part, overview: Overview, section: Section | null): TemplateResult => html`
  <div class="page-head"><div><h1>${part.title()}</h1><p class="muted">${part.text()}</p></div></div>
  ${notices(overview, section)}${part.view()}`;
