import { html, nothing, type TemplateResult } from 'lit-html';
import type { AdminLines, Alarm, SwitchState } from '../../../domain/api.ts';
import { day, isSameDay, timeOfDay } from '../../format.ts';
import { tad } from '../../texts/admin.ts';
import { language } from '../../texts/texts.ts';

/** What the administrator's pages read again every few seconds. `readAt`: when it was so, ms; `problem`: why it is no newer. */
export interface Overview { readonly switches: readonly SwitchState[] | null; readonly lines: AdminLines | null; readonly readAt: number; readonly problem: string | null }
export const emptyOverview: Overview = { switches: null, lines: null, readAt: 0, problem: null };

/** 12:04, or 18 Nov, 12:04 on another day. */
export function moment(at: string | number): string {
  const time = timeOfDay(at, language);
  return isSameDay(at, Date.now()) ? time : `${day(new Date(at).toISOString(), language)}, ${time}`;
}

/** Open alarms and a lost connection stand above every page. */
export function notices({ lines, readAt, problem }: Overview, section: string | null): TemplateResult {
  const open = lines?.alarms.filter(({ clearedAt }) => clearedAt === null) ?? [];
  return html`<div class="admin-notices">
    ${problem === null ? nothing : html`<p class="notice" role="status">${readAt === 0 ? problem : tad().stale(problem, moment(readAt))}</p>`}
    ${open.map((alarm) => html`<div class="notice no" role="alert"><p>${alarmText(alarm)}</p>${alarm.kind === 'spendCapReached' && section !== 'lines' ? html`<a class="btn slim" href="/admin/lines">${tad().toLines}</a>` : nothing}</div>`)}</div>`;
}

export function alarmText({ kind, subject, detail }: Alarm): string {
  const texts = tad().alarms;
  if (kind === 'spendCapReached') return texts.spendCapReached;
  return (typeof detail['problem'] === 'string' && detail['problem'].startsWith('diskFull') ? texts.diskFull : texts.recordingsStopped)(subject);
}
