import { html, nothing, type TemplateResult } from 'lit-html';
import type { TransferHistoryItem } from '../../../../domain/api.ts';
import { type ManagerOutcome, managerOutcomes } from '../../../../domain/manager-outcome.ts';
import { day, isSameDay, timeOfDay } from '../../../format.ts';
import { tm } from '../../../texts/manager.ts';
import { language, t } from '../../../texts/texts.ts';

export function historyView(transfers: readonly TransferHistoryItem[] | null, judge: (id: string, outcome: ManagerOutcome) => void): TemplateResult {
  if (transfers === null) return html`<p class="muted" role="status">${t.loading}</p>`;
  if (transfers.length === 0) return html`<section class="card-x empty"><h2>${tm().historyNone}</h2><p class="muted">${tm().historyNoneText}</p><p class="small muted">${tm().onePageOnly}</p></section>`;
  return html`<ul class="transfers">${transfers.map((transfer) => html`<li class="card-x">${item(transfer, judge)}</li>`)}</ul>`;
}

function item(transfer: TransferHistoryItem, judge: (id: string, outcome: ManagerOutcome) => void): TemplateResult {
  const { missed, handedOver, state } = transfer;
  const words: Readonly<Record<string, string>> = tm().state;
  const at = timeOfDay(transfer.at, language);
  return html`
    <div class="transfer-head"><h2 class="word-break">${transfer.contactName || transfer.phone}</h2><span class="chip ${missed ? 'wait' : handedOver ? 'live' : ''}">${words[state] ?? words['missed']}</span></div>
    <p class="small muted word-break"><span class="num">${isSameDay(transfer.at, Date.now()) ? at : `${day(transfer.at, language)}, ${at}`}</span> · ${transfer.campaignName}${transfer.managerName === '' ? '' : ` · ${transfer.managerName}`}</p>
    ${missed ? html`<p class="small">${tm().missedBecause[state] ?? ''}</p>` : nothing}
    <div class="transfer-acts">
      ${missed || handedOver ? html`<a class="btn ${missed ? 'go' : ''} num" href="tel:${transfer.phone}">${missed ? `${tm().callBack} ` : ''}${transfer.phone}</a>` : nothing}
      ${handedOver ? html`<div class="outcomes" role="group" aria-label=${tm().whatCame}>${managerOutcomes.map((outcome) => html`<button type="button" class="btn" aria-pressed=${transfer.outcome === outcome ? 'true' : 'false'} @click=${() => judge(transfer.id, outcome)}>${tm().outcomes[outcome]}</button>`)}</div>` : nothing}
    </div>`;
}
