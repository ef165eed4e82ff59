import { html, nothing, type TemplateResult } from 'lit-html';
import type { TransferContact } from '../../../../domain/api.ts';
import { type ManagerOutcome, managerOutcomes } from '../../../../domain/manager-outcome.ts';
import { clock, shortClock } from '../../../format.ts';
import { type FrameActions, switches } from '../../../frame.ts';
import { phoneIcon } from '../../../icons.ts';
import { tm } from '../../../texts/manager.ts';
import { t } from '../../../texts/texts.ts';
import { type ManagerPage, sinceMs, stageOf } from './state.ts';

export interface PageActions {
  readonly accept: () => void; readonly decline: (reason: 'busy' | 'later') => void; readonly mute: () => void; readonly hangUp: () => void; readonly again: () => void;
  readonly judge: (outcome: ManagerOutcome) => void; readonly wait: () => void; readonly ringAloud: () => void; readonly closeNotice: () => void;
}

export function pageView(page: ManagerPage, actions: PageActions, frame: FrameActions): TemplateResult {
  const campaign = page.transfer?.campaignName ?? page.ringing?.campaignName ?? page.campaignName;
  return html`
    <div class="manager-page ${page.settling ? 'settling' : ''}">
      <header class="manager-head"><span class="brand">${phoneIcon} ${t.brand}</span><span class="small muted word-break">${campaign}</span></header>
      <main id="content" tabindex="-1">
        ${page.server === 'lost' && page.link === 'open' ? html`<p class="notice no" role="alert">${tm().noServer}</p>` : nothing}
        ${page.notice === null ? nothing : html`<div class="notice ${page.notice.tone}" role="status"><p>${page.notice.text}</p><button type="button" class="btn slim" @click=${actions.closeNotice}>${t.close}</button></div>`}
        ${body(page, actions, frame)}
      </main>
    </div>`;
}

function body(page: ManagerPage, actions: PageActions, frame: FrameActions): TemplateResult {
  const stage = stageOf(page);
  switch (stage) {
    case 'opening': return html`<p class="muted" role="status">${tm().opening}</p>`;
    case 'linkOver': return html`<section class="card-x empty"><h1>${tm().linkOver}</h1><p class="muted">${tm().linkOverText}</p><a class="btn" href="/manager/history" target="_blank" rel="noopener">${tm().signIn}</a></section>`;
    case 'waiting': return waiting(page, actions, frame);
    case 'ringing': return ringing(page, actions);
    case 'connecting': return connecting(page, actions);
    case 'briefing': case 'handedOver': return talking(page, actions);
    case 'elsewhere': return elsewhere(page);
    case 'over': return over(page, actions);
    default: return stage satisfies never;
  }
}

function waiting(page: ManagerPage, actions: PageActions, frame: FrameActions): TemplateResult {
  return html`
    <section class="card-x empty manager-wait"><h1>${tm().waiting}</h1><p class="muted">${tm().waitingText}</p>
      ${page.campaignName === '' ? nothing : html`<p><b>${tm().forCampaign(page.campaignName)}</b></p>`}
      ${page.aloud ? html`<p class="small muted">${tm().soundIsOn}</p>` : html`<p class="small muted">${tm().soundOff}</p>`}
      <button type="button" class="btn ${page.aloud ? '' : 'go'}" @click=${actions.ringAloud}>${page.aloud ? tm().tryRing : tm().soundOn}</button>
      ${page.hasLogin ? html`<p class="small manager-later"><a href="/manager/history" target="_blank" rel="noopener">${tm().historyNewTab}</a></p>` : nothing}</section>
    <div class="manager-foot">${switches(frame)}</div>`;
}

function ringing(page: ManagerPage, actions: PageActions): TemplateResult {
  const rings = page.ringing;
  if (!rings) return html``;
  const busy = (what: ManagerPage['pending']) => (page.pending === what ? 'true' : nothing);
  return html`
    <section class="banner wait ringing" aria-labelledby="who"><h1 id="who">${tm().onLine(rings.firstName || tm().somebody)}</h1>
      <p class="num">${tm().listening(shortClock(sinceMs(page, rings.onHoldSince)), rings.operatorName)}</p></section>
    <section class="card-x"><h2>${rings.firstName || tm().somebody}</h2><p class="word-break">${tm().forCampaign(rings.campaignName)}</p><p class="small muted manager-later">${tm().beforeAccept}</p></section>
    <div class="manager-acts-row">
      <button type="button" class="btn go accept" @click=${actions.accept}>${phoneIcon} ${tm().accept}</button>
      <div class="pair"><button type="button" class="btn" aria-busy=${busy('later')} @click=${() => actions.decline('later')}>${tm().later}</button>
        <button type="button" class="btn end" aria-busy=${busy('busy')} @click=${() => actions.decline('busy')}>${tm().busy}</button></div>
    </div>`;
}

function connecting(page: ManagerPage, actions: PageActions): TemplateResult {
  const down = page.phone.name === 'down' ? page.phone.reason : null;
  return html`
    <section class="banner wait" role="status"><h1>${page.transfer?.stage === 'away' ? tm().backTo(page.transfer.firstName || tm().somebody) : tm().connecting}</h1><p>${page.phone.name === 'askingMicrophone' ? tm().allowMicrophone : ''}</p></section>
    ${down === null || down === 'closed' ? nothing : html`<p class="notice no" role="alert">${t.operator.line.down[down]}</p>`}
    ${page.transfer?.contact ? contactCard(page.transfer.contact) : nothing}
    ${down === null ? nothing : html`<div class="manager-acts-row"><button type="button" class="btn go" @click=${actions.again}>${tm().again}</button></div>`}`;
}

function talking(page: ManagerPage, actions: PageActions): TemplateResult {
  const { transfer, phone } = page;
  if (!transfer) return html``;
  const name = transfer.firstName || tm().somebody;
  const handedOver = transfer.stage === 'handedOver';
  return html`
    <section class="banner ${handedOver ? 'live' : 'wait'}" role="status">
      <h1>${handedOver ? tm().handedOver(name) : tm().briefing(transfer.operatorName)}</h1>
      <p class="num" aria-live="off">${handedOver ? tm().handedOverText(clock(sinceMs(page, transfer.since))) : tm().briefingText(name, shortClock(sinceMs(page, transfer.onHoldSince)))}</p></section>
    ${phone.name === 'reconnecting' ? html`<p class="notice no" role="alert">${tm().lineLost}</p>` : nothing}
    ${transfer.contact ? contactCard(transfer.contact) : nothing}
    <div class="manager-acts-row"><div class="pair">
      <button type="button" class="btn" aria-pressed=${page.muted ? 'true' : 'false'} @click=${actions.mute}>${page.muted ? tm().unmute : tm().mute}</button>
      <button type="button" class="btn end" @click=${actions.hangUp}>${tm().hangUp}</button></div></div>`;
}

/** The call goes on without this page: its line is on another one, or was cut a moment ago. */
function elsewhere({ transfer }: ManagerPage): TemplateResult {
  return html`
    <section class="banner wait" role="status"><h1>${tm().elsewhere(transfer?.firstName || tm().somebody)}</h1><p>${tm().elsewhereText}</p></section>
    ${transfer?.contact ? contactCard(transfer.contact) : nothing}`;
}

function over(page: ManagerPage, actions: PageActions): TemplateResult {
  const { transfer } = page;
  if (!transfer) return html``;
  return html`
    <section class="banner"><h1>${tm().ended}</h1><p>${transfer.outcome === null ? tm().whatCame : tm().outcomeSaved(tm().outcomes[transfer.outcome])}</p></section>
    ${transfer.contact ? contactCard(transfer.contact) : nothing}
    <div class="manager-acts-row">
      <div class="outcomes" role="group" aria-label=${tm().whatCame}>${outcomeButtons(transfer.outcome, actions.judge)}</div>
      <button type="button" class="btn ${transfer.outcome === null ? '' : 'go'}" @click=${actions.wait}>${tm().toWaiting}</button></div>`;
}

export const outcomeButtons = (chosen: ManagerOutcome | null, judge: (outcome: ManagerOutcome) => void): TemplateResult[] =>
  managerOutcomes.map((outcome) => html`<button type="button" class="btn" aria-pressed=${chosen === outcome ? 'true' : 'false'} @click=${() => judge(outcome)}>${tm().outcomes[outcome]}</button>`);

/** Who it is, what was said, what was answered: the summary first, since that is what the first words need. */
function contactCard(contact: TransferContact): TemplateResult {
  const pairs = [[tm().company, contact.company], [tm().city, contact.city], ...contact.answers.map(({ label, value }) => [label, value === 'yes' ? t.operator.yes : value === 'no' ? t.operator.no : value]), ...contact.fields.map(({ label, value }) => [label, value])]
    .filter(([, value]) => value !== '');
  return html`
    <section class="card-x"><h2 class="word-break">${contact.name || tm().somebody}</h2>
      <h3 class="manager-later">${tm().summary}</h3><p class="notes-text word-break">${contact.notes.trim() === '' ? tm().noNotes : contact.notes}</p>
      <dl class="pairs">${pairs.map(([label, value]) => html`<dt>${label}</dt><dd class="word-break">${value}</dd>`)}
        <dt>${tm().number}</dt><dd><a class="num" href="tel:${contact.phone}">${contact.phone}</a></dd></dl></section>`;
}
