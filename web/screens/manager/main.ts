import { html, nothing, type TemplateResult } from 'lit-html';
import type { TransferHistoryItem } from '../../../domain/api.ts';
import type { ManagerOutcome } from '../../../domain/manager-outcome.ts';
import { type Api, asApiError } from '../../api.ts';
import { bar, type RoleContext, type RoleScreen } from '../../frame.ts';
import { tm } from '../../texts/manager.ts';
import { errorText, t } from '../../texts/texts.ts';
import { historyView } from './history/view.ts';

const rereadMs = 15_000;

/** A manager who signs in sees what was handed over and what was missed; calls are taken on the page of the personal link. */
export function open(context: RoleContext, api: Api): RoleScreen {
  let transfers: readonly TransferHistoryItem[] | null = null;
  let problem: string | null = null;
  const draw = () => {
    document.title = `${tm().historyTitle} – ${t.brand}`;
    const tabs = [{ path: '/manager/history', label: tm().historyTitle, current: true }];
    context.draw(html`${bar('/manager/history', tabs, context.frame)}<main id="content" tabindex="-1">${content()}</main>`);
  };
  const content = (): TemplateResult => html`
    <div class="page"><div class="page-head"><h1>${tm().historyTitle}</h1></div>
      ${problem === null ? nothing : html`<p class="notice no" role="alert">${problem}</p>`}${historyView(transfers, (id, outcome) => void judge(id, outcome))}</div>`;
  const failed = (thrown: unknown) => {
    const error = asApiError(thrown);
    problem = errorText(error.code, error.message);
    draw();
  };
  const read = async () => {
    try {
      ({ transfers } = await api.get<{ transfers: readonly TransferHistoryItem[] }>('/manager/history'));
      problem = null;
      draw();
    } catch (thrown) {
      failed(thrown);
    }
  };
  const judge = (id: string, outcome: ManagerOutcome) => api.put(`/manager/transfers/${id}/outcome`, { outcome }).then(read, failed);
  const timer = setInterval(() => void read(), rereadMs);
  return { show: () => { draw(); void read(); }, render: draw, close: () => clearInterval(timer) };
}
