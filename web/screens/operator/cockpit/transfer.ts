import { html, nothing, type TemplateResult } from 'lit-html';
import type { CockpitContact } from '../../../../domain/api.ts';
import { t } from '../../../texts/texts.ts';
import type { Send } from '../intentions.ts';
import { type Apart, apartOf, heldElsewhere, type OperatorPage } from '../state.ts';
import { act, contactCard, notesCard, questionFields } from './parts.ts';

export function transferView(page: OperatorPage, contact: CockpitContact | null, send: Send): TemplateResult {
  const call = page.cockpit?.call;
  const state = call ? apartOf(call) : 'requested';
  const over = state === 'operatorAway' || state === 'contactGone';
  const moving = state === 'handingOver' || state === 'returning' || state === 'handedOver';
  const manager = call?.transfer?.managers || t.operator.manager;
  const task = over ? t.operator.managerTask[state] : moving ? t.operator.managerTask.moving : state === 'briefing' ? t.operator.managerTask.briefing(manager) : t.operator.managerTask.ringing(manager);
  return html`
    ${contact ? contactCard(page, contact) : nothing}
    <section class="card-x script-card" id="script" tabindex="0" aria-label=${t.operator.summary}>
      ${over ? nothing : steps(state)}
      <p class="transfer-task">${task}</p>
      ${summary(page, contact)}
      ${questionFields(page, page.cockpit?.campaign?.questions ?? [], send)}
    </section>
    ${page.draft ? notesCard(page.draft, send) : nothing}
    <div class="acts">${over ? act(t.operator.hangUp, 'hangUp', { kind: 'hangUp' }, send, { look: 'end', busy: page.pending === 'hangUp' }) : html`
      ${act(t.operator.handOver, 'transfer', { kind: 'handOver' }, send, { look: 'go', off: state !== 'briefing', busy: page.pending === 'handOver' })}
      <div class="pair">${act(t.operator.back, 'back', { kind: 'return' }, send, { off: moving, busy: page.pending === 'return' })}
        ${act(page.muted ? t.operator.unmute : t.operator.mute, 'mute', { kind: 'mute' }, send, { pressed: page.muted, off: heldElsewhere(page) })}</div>`}
    </div>`;
}

function steps(state: Apart): TemplateResult {
  const at = state === 'requested' || state === 'ringing' ? 0 : state === 'briefing' || state === 'returning' ? 1 : 2;
  const words = [t.operator.transferSteps.calling, t.operator.transferSteps.briefing, t.operator.transferSteps.handOver];
  return html`<ol class="steps">${words.map((word, index) => html`<li aria-current=${index === at ? 'step' : nothing}>${word}</li>`)}</ol>`;
}

/** What the manager has to know before the contact is on the line. */
function summary(page: OperatorPage, contact: CockpitContact | null): TemplateResult {
  const draft = page.draft;
  const questions = page.cockpit?.campaign?.questions ?? [];
  const answers = questions.map((question) => ({ label: question.label, value: draft?.answers[question.key] ?? '' })).filter(({ value }) => value !== '');
  const who = [contact?.name, contact?.company, contact?.city].filter((part) => part !== undefined && part !== '').join(', ');
  return html`
    <h3>${t.operator.summary}</h3>
    <div class="script summary"><blockquote>
      <p><b>${who}</b></p>
      ${answers.map(({ label, value }) => html`<p>${label}: ${shown(value)}</p>`)}
      <p class="word-break">${draft && draft.notes.trim() !== '' ? draft.notes : answers.length === 0 ? t.operator.summaryNone : ''}</p>
    </blockquote></div>`;
}

export const shown = (value: string): string => (value === 'yes' ? t.operator.yes : value === 'no' ? t.operator.no : value);
