import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { CockpitContact } from '../../../../domain/api.ts';
import type { Question } from '../../../../domain/campaign.ts';
import { scriptColumns } from '../../../../domain/script.ts';
import { timeOfDay } from '../../../format.ts';
import { scriptCache } from '../../../markdown.ts';
import { keyLabel, type Verb } from '../../../shortcuts/table.ts';
import { language, t } from '../../../texts/texts.ts';
import { type Draft, isUnsaved } from '../draft.ts';
import type { Intention, Send } from '../intentions.ts';
import type { OperatorPage } from '../state.ts';

export interface ActOptions { readonly look?: 'go' | 'end'; readonly off?: boolean; readonly busy?: boolean; readonly id?: string; readonly pressed?: boolean }

/** A button with its key on it. */
export function act(label: string, verb: Verb, intention: Intention, send: Send, options: ActOptions = {}): TemplateResult {
  return html`<button type="button" class="btn wide ${options.look ?? ''}" id=${options.id ?? nothing} ?disabled=${options.off === true} aria-busy=${options.busy ? 'true' : nothing}
    aria-pressed=${options.pressed === undefined ? nothing : String(options.pressed)} aria-keyshortcuts=${keyLabel(verb)} @click=${() => send(intention)}><span>${label}</span> <kbd aria-hidden="true">${keyLabel(verb)}</kbd></button>`;
}

export function contactCard(page: OperatorPage, contact: CockpitContact, extra: readonly { readonly label: string; readonly value: string }[] = []): TemplateResult {
  const there = timeOfDay(page.nowMs, language, contact.timeZone);
  const rows = [
    { label: t.operator.company, value: contact.company },
    { label: t.operator.city, value: [contact.city, contact.timeZone === '' ? '' : t.operator.there(there)].filter((part) => part !== '').join(', ') },
    ...contact.fields,
    ...extra,
  ].filter(({ value }) => value !== '');
  return html`
    <section class="card-x contact" aria-label=${t.operator.contact}>
      <h2 class="word-break">${contact.name === '' ? t.operator.noName : contact.name}</h2>
      <p class="muted num">${contact.phoneMasked} · ${t.operator.attempt(contact.attempt)}</p>
      ${rows.length === 0 ? nothing : html`<dl class="pairs">${rows.map(({ label, value }) => html`<dt>${label}</dt><dd class="word-break">${value}</dd>`)}</dl>`}
    </section>`;
}

export function notesCard(draft: Draft, send: Send): TemplateResult {
  return html`
    <section class="card-x notes">
      <div class="notes-head"><label class="h3" for="notes">${t.operator.notes} <kbd aria-hidden="true">${keyLabel('notes')}</kbd></label><span class="small ${draft.status === 'failed' ? 'warn' : 'muted'}" id="notes-state">${notesState(draft)}</span></div>
      <textarea class="form-control" id="notes" rows="4" maxlength="10000" placeholder=${t.operator.notesHint} aria-describedby="notes-state" .value=${live(draft.notes)}
        @input=${(event: Event) => send({ kind: 'typeNotes', text: (event.target as HTMLTextAreaElement).value })}></textarea>
    </section>`;
}

function notesState(draft: Draft): string {
  if (draft.status === 'failed') return t.operator.notesFailed;
  if (isUnsaved(draft) || draft.status === 'saving') return t.operator.savingNotes;
  return draft.savedAt === null ? '' : t.operator.savedAt(timeOfDay(draft.savedAt, language));
}

const scriptElement = scriptCache();
export function scriptCard(page: OperatorPage, below: unknown = nothing): TemplateResult {
  const campaign = page.cockpit?.campaign;
  const contact = page.cockpit?.contact ?? null;
  const script = campaign?.script ?? '';
  const content = script.trim() === ''
    ? html`<p class="muted">${t.operator.noScript}</p>`
    : scriptElement(script, contact && scriptColumns(contact), `${language} ${campaign?.id} ${campaign?.scriptVersion} ${JSON.stringify(contact)} ${script.length}`);
  return html`
    <section class="card-x script-card" id="script" tabindex="0" aria-label=${t.operator.script}>
      <div class="script-head"><h3>${campaign?.name ?? t.operator.script}</h3><span class="small muted hide-phone"><kbd>J</kbd> <kbd>K</kbd></span></div>
      ${content}${below}
    </section>`;
}

export function questionFields(page: OperatorPage, questions: readonly Question[], send: Send, title = t.operator.questions): unknown {
  const draft = page.draft;
  if (!draft || questions.length === 0) return nothing;
  return html`<div class="questions">${title === '' ? nothing : html`<h3>${title}</h3>`}<div class="question-grid">${questions.map((question) => questionField(page, question, draft.answers[question.key] ?? '', send))}</div></div>`;
}

export const questionId = (key: string): string => `question-${key}`;

function questionField(page: OperatorPage, question: Question, value: string, send: Send): TemplateResult {
  const id = questionId(question.key);
  const remedy = page.fieldError?.field === question.key ? page.fieldError.text : null;
  const typed = (event: Event) => send({ kind: 'answer', question: question.key, value: (event.target as HTMLInputElement | HTMLSelectElement).value });
  const invalid = remedy === null ? nothing : 'true';
  const described = remedy === null ? nothing : `${id}-remedy`;
  const options = question.kind === 'yesNo' ? [['yes', t.operator.yes], ['no', t.operator.no]] : question.choices.map((choice) => [choice, choice]);
  const field = question.kind === 'choice' || question.kind === 'yesNo'
    ? html`<select class="form-select ${remedy === null ? '' : 'is-invalid'}" id=${id} aria-invalid=${invalid} aria-describedby=${described} aria-required=${String(question.required)} @change=${typed}>
        <option value="" .selected=${live(value === '')}>${t.operator.choose}</option>
        ${options.map(([key, label]) => html`<option value=${key} .selected=${live(key === value)}>${label}</option>`)}</select>`
    : html`<input class="form-control ${remedy === null ? '' : 'is-invalid'}" id=${id} inputmode=${question.kind === 'number' ? 'decimal' : 'text'} autocomplete="off" maxlength="500" aria-invalid=${invalid} aria-describedby=${described}
        aria-required=${String(question.required)} .value=${live(value)} @input=${typed}>`;
  return html`<div class="field"><label class="form-label" for=${id}>${question.label}${question.required ? html` <span class="muted">(${t.operator.required})</span>` : nothing}</label>${field}
    ${remedy === null ? nothing : html`<div class="remedy" id="${id}-remedy">${remedy}</div>`}</div>`;
}

export function noticeLine(page: OperatorPage, send: Send): unknown {
  return page.notice === null ? nothing : html`<div class="notice ${page.notice.tone}"><p>${page.notice.text}</p><button type="button" class="btn slim" @click=${() => send({ kind: 'closeNotice' })}>${t.close}</button></div>`;
}
export const practiceLine = (page: OperatorPage): unknown => (page.cockpit?.line.practice ? html`<p class="notice plain">${t.operator.line.practice}${page.cockpit.line.keepsNoSound ? ` ${t.operator.line.keepsNoSound}` : ''}</p>` : nothing);
