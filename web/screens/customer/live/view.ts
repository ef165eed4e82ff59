import { html, nothing, svg, type TemplateResult } from 'lit-html';
import type { CallResult, Campaign, CampaignCounts } from '../../../../domain/api.ts';
import { clock, day, isSameDay, timeOfDay, wholeNumber } from '../../../format.ts';
import { language, t } from '../../../texts/texts.ts';
import { stateChip } from '../campaigns/view.ts';
import { type LinkActions, managerLinks } from './managers.ts';
import { unknownWords } from '../unknown-words.ts';
import { whatFollows } from '../results/what-follows.ts';
import { chipLook, funnelOf, type LivePage, nowOf, share, talkedMs } from './state.ts';

export interface LiveActions extends LinkActions { readonly start: () => void; readonly pause: () => void; readonly more: () => void; readonly closeNotice: () => void }

export function liveView(page: LivePage, actions: LiveActions): TemplateResult {
  const { campaign, counts } = page;
  if (!campaign || !counts) return html`<div class="page wide"><h1>${t.customer.editTitle}</h1>${page.notice === null ? html`<p role="status" class="muted">${t.loading}</p>` : html`<p class="notice no" role="alert">${page.notice}</p>`}</div>`;
  return html`
    <div class="page wide">
      ${head(campaign, counts, page.busy, actions)}
      <div class="stack">
        ${page.notice === null ? nothing : html`<div class="notice no" role="alert"><p>${page.notice}</p><button type="button" class="btn slim" @click=${actions.closeNotice}>${t.close}</button></div>`}
        ${page.stale ? html`<p class="notice">${t.customer.staleLive}</p>` : nothing}
        ${counts.contacts === 0 ? nothing : progress(counts)}
        ${campaign.managers.length > 0 ? nothing : html`<p class="notice">${t.customer.nobodyHint} <a href="/customer/campaigns/${campaign.id}/edit">${t.customer.addAManager}</a></p>`}
        ${unknownWords(campaign)}
        ${campaign.rules.recordCalls && campaign.lineRecords === false ? html`<p class="notice plain">${t.customer.lineKeepsNoSound}</p>` : nothing}
        ${managerLinks(campaign, page.freshLink, page.busy, actions)}
        <div class="live-columns">
          <section class="card-x"><h2>${t.customer.funnel}</h2>${funnel(counts)}<p class="small muted funnel-note">${t.customer.funnelNote}</p></section>
          <section class="card-x results"><div class="results-head"><h2>${t.customer.results}</h2><a href="/customer/campaigns/${campaign.id}/results">${t.results.all}</a></div>${resultsTable(page, actions)}</section>
        </div>
      </div>
    </div>`;
}

function head(campaign: Campaign, counts: CampaignCounts, busy: boolean, actions: LiveActions): TemplateResult {
  const empty = counts.contacts === 0;
  const busyMark = busy ? 'true' : nothing;
  return html`
    <div class="page-head"><h1 class="word-break">${campaign.name}</h1>${stateChip(campaign.state, counts.operatorsCalling)}
      <div class="acts-row">
        <a class="btn" href="/customer/campaigns/${campaign.id}/edit">${t.customer.edit}</a>
        <a class="btn ${empty ? 'go' : ''}" href="/customer/campaigns/${campaign.id}/contacts">${t.customer.upload}</a>
        ${campaign.state === 'running'
          ? html`<button type="button" class="btn" aria-busy=${busyMark} @click=${actions.pause}>${t.customer.pause}</button>`
          : empty ? nothing : html`<button type="button" class="btn go" aria-busy=${busyMark} @click=${actions.start}>${campaign.state === 'paused' ? t.customer.goOn : t.customer.start}</button>`}
      </div></div>`;
}

function progress(counts: CampaignCounts): TemplateResult {
  const kpi = (value: number, words: string) => html`<div><div class="kpi num">${wholeNumber(value, language)}</div><div class="muted">${words}</div></div>`;
  return html`
    <section class="card-x" aria-label=${t.customer.progress(counts.finished, counts.contacts)}>
      <div class="kpis">${kpi(counts.interested, t.customer.interestedWord.toLowerCase())}${kpi(counts.handedOver, t.customer.handedOverWord.toLowerCase())}${kpi(counts.queued, t.customer.queued)}${counts.inHand === 0 ? nothing : kpi(counts.inHand, t.customer.inHand)}
        <p class="muted kpi-end num">${t.customer.progress(counts.finished, counts.contacts)}</p></div>
      <svg class="prog" width="100%" height="10" aria-hidden="true"><rect width="100%" height="10" rx="5" class="ground"/><rect width="${share(counts.finished, counts.contacts)}%" height="10" rx="5" class="done"/></svg>
    </section>`;
}

function funnel(counts: CampaignCounts): TemplateResult {
  return html`<dl class="funnel">${funnelOf(counts).map(({ key, value, percent, width }, index) => html`
    <dt>${{ dialled: t.customer.dialled, reached: t.customer.reached, talked: t.customer.talkedTo, interested: t.customer.interestedWord, handedOver: t.customer.handedOverWord }[key]}</dt>
    <dd><svg width="100%" height="26" aria-hidden="true">${svg`<rect class="step-${index}" height="26" rx="6" width=${`${width}%`}/>`}</svg></dd>
    <dd class="num funnel-number"><b>${wholeNumber(value, language)}</b> ${index === 0 ? nothing : html`<span class="muted">${t.customer.share(percent)}</span>`}</dd>`)}</dl>`;
}

function resultsTable(page: LivePage, actions: LiveActions): TemplateResult {
  if (page.results.length === 0) return html`<div class="empty"><b>${t.customer.resultsNone}</b><p class="muted">${t.customer.resultsNoneText}</p></div>`;
  return html`
    <table class="table results-table">
      <thead class="visually-hidden"><tr><th scope="col">${t.customer.when}</th><th scope="col">${t.customer.who}</th><th scope="col">${t.customer.ending}</th></tr></thead>
      <tbody>${page.results.map((result) => resultRow(result, nowOf(page)))}</tbody>
    </table>
    ${page.next === null ? nothing : html`<button type="button" class="btn more" aria-busy=${page.busy ? 'true' : nothing} @click=${actions.more}>${t.customer.more}</button>`}`;
}

function resultRow(result: CallResult, nowMs: number): TemplateResult {
  const talked = talkedMs(result, nowMs);
  const at = timeOfDay(result.at, language);
  const told = result.answers.filter(({ value }) => value !== '').map(({ label, value }) => `${label}: ${value === 'yes' ? t.operator.yes : value === 'no' ? t.operator.no : value}`).join(' · ');
  return html`
    <tr>
      <td class="num muted when">${isSameDay(result.at, nowMs) ? at : html`${day(result.at, language)}<br>${at}`}</td>
      <td class="word-break"><b class=${result.contactName === '' ? 'nowrap' : ''}>${result.contactName === '' ? result.phone : result.contactName}</b>${result.company === '' ? nothing : html` <span class="muted">${result.company}</span>`}
        ${result.notes === '' ? nothing : html`<div class="notes-text">${result.notes}</div>`}
        ${told === '' ? nothing : html`<div class="small">${told}</div>`}
        <div class="small muted num">${result.contactName === '' ? nothing : html`<span class="nowrap">${result.phone}</span> · `}${[result.operatorName, result.attempt > 1 ? t.customer.attempt(result.attempt) : ''].filter((part) => part !== '').join(' · ')}</div></td>
      <td class="ending"><span class="chip ${chipLook(result)}">${chipText(result)}</span>${talked === 0 ? nothing : html`<div class="small num muted">${clock(talked)}</div>`}
        ${whatFollows(result, nowMs)}</td>
    </tr>`;
}

export function chipText(result: CallResult): string {
  // The operator has judged it; contact and manager may still be talking.
  if (result.disposition) return result.disposition.label;
  if (result.state === 'live') return t.customer.live;
  if (result.state === 'wrapUp') return t.customer.beingWritten;
  return t.operator.cause[result.hangupCause ?? ''] ?? t.customer.unanswered;
}
