import { html, nothing, type TemplateResult } from 'lit-html';
import type { CallResult } from '../../../../domain/api.ts';
import { day, isSameDay, timeOfDay } from '../../../format.ts';
import { language, t } from '../../../texts/texts.ts';

/** What the manager said of the contact, or why there was none, and which calls are still wished for; the same wherever a result stands. */
export function whatFollows({ manager, managerCallbackAt, managerMissedBecause, callback }: CallResult, nowMs: number): TemplateResult {
  const missed = t.customer.managerMissed[managerMissedBecause ?? ''];
  return html`
    ${missed === undefined ? nothing : html`<div class="small wait-text">${missed}</div>`}
    ${manager?.outcome ? html`<div class="small word-break">${manager.name ? `${manager.name}: ` : ''}<b>${t.customer.managerOutcomes[manager.outcome]}</b></div>` : nothing}
    ${managerCallbackAt === null ? nothing : managerWish(managerCallbackAt, nowMs)}
    ${callback === null ? nothing : html`<div class="small num">${t.customer.callback(day(callback.at, language, callback.timeZone), timeOfDay(callback.at, language, callback.timeZone))}</div>`}`;
}

/** By the reader's clock; the day is named where it is not today. A wish whose time is over is told as one that was. */
function managerWish(at: string, nowMs: number): TemplateResult {
  const time = `${isSameDay(at, nowMs) ? '' : `${day(at, language)}, `}${timeOfDay(at, language)}`;
  return Date.parse(at) < nowMs
    ? html`<div class="small muted num">${t.customer.managerCallbackWas(time)}</div>`
    : html`<div class="small wait-text num">${t.customer.managerCallback(time)}</div>`;
}
