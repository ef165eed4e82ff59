import { html, nothing, type TemplateResult } from 'lit-html';
import type { CampaignSummary } from '../../../../domain/api.ts';
import type { CampaignState } from '../../../../domain/campaign.ts';
import { day } from '../../../format.ts';
import { language, t } from '../../../texts/texts.ts';
import { share } from '../live/state.ts';

export function campaignsView(campaigns: readonly CampaignSummary[] | null): TemplateResult {
  if (campaigns === null) return html`<div class="page"><h1>${t.customer.campaigns}</h1><p role="status" class="muted">${t.loading}</p></div>`;
  if (campaigns.length === 0) return html`<div class="page"><h1 class="visually-hidden">${t.customer.campaigns}</h1><section class="card-x empty"><h2>${t.customer.none}</h2><p class="muted">${t.customer.noneText}</p><a class="btn go" href="/customer/campaigns/new">${t.customer.newCampaign}</a></section></div>`;
  return html`
    <div class="page">
      <div class="page-head"><h1>${t.customer.campaigns}</h1><div class="acts-row"><a class="btn go" href="/customer/campaigns/new">${t.customer.newCampaign}</a></div></div>
      <div class="stack">${campaigns.map(campaignCard)}</div>
    </div>`;
}

function campaignCard({ id, name, state, counts, createdAt }: CampaignSummary): TemplateResult {
  const facts = [t.customer.contacts(counts.contacts), counts.calls > 0 ? t.customer.callsMade(counts.calls) : '', counts.contacts > 0 ? t.customer.contactsLeft(counts.contacts - counts.finished) : '', counts.interested > 0 ? t.customer.interested(counts.interested) : '', counts.handedOver > 0 ? t.customer.handedOver(counts.handedOver) : '', day(createdAt, language)];
  return html`
    <article class="card-x task">
      <div><h2><a class="plain-link word-break" href="/customer/campaigns/${id}">${name}</a> ${stateChip(state, counts.operatorsCalling)}</h2>
        <p class="muted num">${facts.filter((fact) => fact !== '').join(' · ')}</p>
        ${counts.calls === 0 ? nothing : html`<svg class="prog list-prog" width="100%" height="6" role="img" aria-label=${t.customer.progress(counts.finished, counts.contacts)}><rect width="100%" height="6" rx="3" class="ground"/><rect width="${share(counts.finished, counts.contacts)}%" height="6" rx="3" class="done"/></svg>`}</div>
      <div class="task-act"><a class="btn" href="/customer/campaigns/${id}" aria-label="${t.customer.open}: ${name}">${t.customer.open}</a></div>
    </article>`;
}

export function stateChip(state: CampaignState, operatorsCalling: number): TemplateResult {
  const look = { draft: '', running: 'live', paused: 'wait', finished: '' }[state];
  return html`<span class="chip ${look}">${state === 'running' && operatorsCalling > 0 ? t.customer.operatorsCalling(operatorsCalling) : t.customer.state[state]}</span>`;
}
