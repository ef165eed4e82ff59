import { html, nothing, type TemplateResult } from 'lit-html';
import type { CockpitContact } from '../../../../domain/api.ts';
import { t } from '../../../texts/texts.ts';
import type { Send } from '../intentions.ts';
import { lastCallText } from '../announcements.ts';
import { lineChoice } from '../line-choice.ts';
import { heldElsewhere, type OperatorPage, sinceMs, type Stage, stageOf } from '../state.ts';
import { afterView } from './after.ts';
import { act, contactCard, noticeLine, notesCard, practiceLine, questionFields, scriptCard } from './parts.ts';
import { transferView } from './transfer.ts';

/** As long as the server tells it. */
const lastCallShownMs = 60_000;

export function cockpitView(page: OperatorPage, send: Send): TemplateResult {
  const stage = stageOf(page);
  const contact = page.cockpit?.contact ?? null;
  return html`
    <div class="cockpit ${stage}">
      <h1 class="visually-hidden">${t.operator.call}</h1>
      <div class="notices">${elsewhereLine(page, stage, send)}${noticeLine(page, send)}${transferEnded(page)}${lastCallLine(page, stage)}${practiceLine(page)}</div>
      ${stageView(page, stage, contact, send)}
    </div>`;
}

function stageView(page: OperatorPage, stage: Stage, contact: CockpitContact | null, send: Send): unknown {
  switch (stage) {
    case 'loading': return html`<section class="card-x message"><p role="status">${t.loading}</p></section>`;
    case 'noTask': return html`<section class="card-x message"><h2>${t.operator.stage.noTask}</h2><a class="btn go" href="/operator/tasks">${t.operator.chooseTask}</a></section>`;
    case 'offLine': return html`${offLineCard(page, send)}${scriptCard(page)}`;
    case 'waiting': return html`<section class="card-x message"><h2>${t.operator.stage.waiting}</h2><p class="muted">${t.operator.waitingText}</p>
      <div class="acts plain-acts">${act(t.operator.pause, 'pause', { kind: 'pause' }, send)}</div></section>${scriptCard(page)}`;
    case 'paused': return pausedView(page, send);
    case 'before': return html`${contact ? contactCard(page, contact) : nothing}${scriptCard(page)}
      <div class="acts">${act(t.operator.callVerb, 'call', { kind: 'call' }, send, { look: 'go', busy: page.pending === 'call' })}
        <div class="pair">${act(t.operator.skip, 'skip', { kind: 'skip' }, send, { busy: page.pending === 'skip' })}${act(t.operator.pause, 'pause', { kind: 'pause' }, send)}</div>
        <p class="small muted">${t.operator.skipText}</p></div>`;
    case 'dialling': return html`${contact ? contactCard(page, contact) : nothing}${scriptCard(page)}${page.draft ? notesCard(page.draft, send) : nothing}
      <div class="acts">${act(t.operator.hangUp, 'hangUp', { kind: 'hangUp' }, send, { look: 'end', busy: page.pending === 'hangUp' })}</div>`;
    case 'during': return html`${contact ? contactCard(page, contact) : nothing}${scriptCard(page, questionFields(page, page.cockpit?.campaign?.questions ?? [], send))}
      ${page.draft ? notesCard(page.draft, send) : nothing}
      <span class="only-phone"><button type="button" class="btn" @click=${() => send({ kind: 'openAddContact' })}>${t.operator.addContact}</button></span>${duringActs(page, send)}`;
    case 'transfer': return transferView(page, contact, send);
    case 'after': return afterView(page, contact, send);
    default: return stage satisfies never;
  }
}

function duringActs(page: OperatorPage, send: Send): TemplateResult {
  const ending = page.cockpit?.call?.state === 'ending';
  const manager = page.cockpit?.campaign?.managerName;
  return html`
    <div class="acts">
      ${manager === null || manager === undefined ? nothing : act(t.operator.transfer, 'transfer', { kind: 'transfer' }, send, { look: 'go', off: ending, busy: page.pending === 'transfer' })}
      <div class="pair">${act(page.muted ? t.operator.unmute : t.operator.mute, 'mute', { kind: 'mute' }, send, { pressed: page.muted, off: heldElsewhere(page) })}
        <span class="hide-phone">${act(t.operator.addContact, 'addContact', { kind: 'openAddContact' }, send)}</span>
        <span class="only-phone">${act(t.operator.hangUp, 'hangUp', { kind: 'hangUp' }, send, { look: 'end', off: ending })}</span></div>
      <span class="hide-phone">${act(t.operator.hangUp, 'hangUp', { kind: 'hangUp' }, send, { look: 'end', off: ending, busy: page.pending === 'hangUp' })}</span>
    </div>`;
}

function offLineCard(page: OperatorPage, send: Send): TemplateResult {
  const { phone } = page;
  const going = phone.name !== 'idle' && phone.name !== 'down';
  const elsewhere = heldElsewhere(page);
  const failed = phone.name === 'down' && !elsewhere;
  const text = elsewhere ? t.operator.line.elsewhereText : phone.name === 'down' ? t.operator.line.down[phone.reason] : going ? (page.choice.kind === 'browser' ? t.operator.line[phone.name] : t.operator.ownPhone.ringing[page.choice.kind]) : page.choice.kind === 'browser' ? t.operator.line.offText : t.operator.ownPhone.offText;
  const label = elsewhere ? t.operator.line.takeHere : failed ? t.operator.line.again : t.operator.line.goOnLine;
  return html`
    <section class="card-x message">
      <h2>${elsewhere ? t.operator.line.elsewhere : going ? t.operator.line[phone.name] : t.operator.line.offTitle}</h2>
      <p class=${failed ? 'warn' : 'muted'}>${text}</p>
      ${going || elsewhere ? nothing : lineChoice(page, send)}
      ${going ? html`<div class="busy-line" role="progressbar" aria-label=${t.operator.line.connecting}></div>` : act(label, 'call', { kind: 'goOnLine' }, send, { look: 'go' })}
      <button type="button" class="btn quiet" @click=${() => send({ kind: 'leaveTask' })}>${t.operator.leaveTask}</button>
    </section>`;
}

function pausedView(page: OperatorPage, send: Send): TemplateResult {
  const text = { wrapUpOver: t.operator.pausedByCountdown, wrapUpLate: t.operator.pausedAfterLateResult }[page.cockpit?.operator.pauseReason ?? ''] ?? t.operator.pausedText;
  return html`
    <section class="card-x message"><h2>${t.operator.pausedTitle}</h2><p class="muted">${text}</p>
      ${act(t.operator.goOn, 'call', { kind: 'resume' }, send, { look: 'go', busy: page.pending === 'resume' })}
      <button type="button" class="btn quiet" @click=${() => send({ kind: 'leaveTask' })}>${t.operator.leaveTask}</button></section>${scriptCard(page)}`;
}

/** A second page shows the call and is not the phone. */
function elsewhereLine(page: OperatorPage, stage: Stage, send: Send): unknown {
  if (!heldElsewhere(page) || stage === 'offLine' || stage === 'loading' || stage === 'noTask') return nothing;
  return html`<div class="notice wait"><p>${t.operator.line.elsewhere}</p><button type="button" class="btn slim" @click=${() => send({ kind: 'goOnLine' })}>${t.operator.line.takeHere}</button></div>`;
}

/** What became of the attempt before this one, for as long as somebody may wonder. */
function lastCallLine(page: OperatorPage, stage: Stage): unknown {
  const lastCall = page.cockpit?.lastCall;
  if (!lastCall || sinceMs(page, lastCall.at) > lastCallShownMs || (stage !== 'before' && stage !== 'waiting' && stage !== 'paused')) return nothing;
  return html`<p class="notice plain num">${lastCallText(lastCall, page.nowMs)}</p>`;
}

function transferEnded(page: OperatorPage): unknown {
  const ended = page.cockpit?.call?.transferEnded;
  const stage = stageOf(page);
  if (!ended || (stage !== 'during' && stage !== 'after')) return nothing;
  if (stage === 'after' && ended.reason !== 'contactHungUp') return nothing;
  const text = t.operator.transferEnded[ended.reason] ?? t.operator.transferEnded['failed'];
  return html`<p class="notice ${ended.reason === 'cancelled' ? 'plain' : ''}">${text}</p>`;
}
