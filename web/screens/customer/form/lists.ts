import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { type DispositionMeaning, dispositionMeanings } from '../../../../domain/campaign.ts';
import { t } from '../../../texts/texts.ts';
import { type DispositionForm, fieldId, freeKey, moved, type QuestionForm } from './state.ts';
import { below, choice, field, type FormActions, type FormPage } from './view.ts';

const mostDispositions = 9;

export function questionsEditor({ form, errors }: FormPage, actions: FormActions): TemplateResult {
  const put = (questions: readonly QuestionForm[]) => actions.change({ questions });
  const change = (at: number, part: Partial<QuestionForm>) => put(form.questions.map((question, index) => (index === at ? { ...question, ...part } : question)));
  const kinds = Object.entries(t.customer.kinds);
  return html`
    <section class="card-x" id=${fieldId('questions')} tabindex="-1"><h2>${t.customer.questions}</h2><p class="muted small section-hint">${t.customer.questionsHint}</p>
      ${form.questions.map((question, index) => html`
        <fieldset class="item"><legend class="visually-hidden">${t.customer.question} ${index + 1}</legend>
          ${field(errors, `questions.${index}.label`, t.customer.question, question.label, (label) => change(index, { label }), { maxlength: 120 })}
          ${choice(errors, `questions.${index}.kind`, t.customer.kind, question.kind, kinds, (kind) => change(index, { kind: kind as QuestionForm['kind'] }))}
          ${moveButtons(form.questions, index, question.label, put)}
          ${question.kind === 'choice' ? choices(errors[`questions.${index}.choices`], index, question, change) : nothing}
          <label class="form-check item-wide"><input class="form-check-input" type="checkbox" .checked=${live(question.required)} @change=${(event: Event) => change(index, { required: (event.target as HTMLInputElement).checked })}><span>${t.customer.required}</span></label>
        </fieldset>`)}
      ${below(fieldId('questions'), errors['questions'], undefined)}
      <button type="button" class="btn" @click=${() => put([...form.questions, { key: freeKey('question', form.questions.map(({ key }) => key)), label: '', kind: 'text', choices: '', required: false }])}>${t.customer.addQuestion}</button>
    </section>`;
}

function choices(remedy: string | undefined, index: number, question: QuestionForm, change: (at: number, part: Partial<QuestionForm>) => void): TemplateResult {
  const id = fieldId(`questions.${index}.choices`);
  return html`<div class="field item-wide"><label class="form-label" for=${id}>${t.customer.choices}</label>
    <textarea class="form-control ${remedy === undefined ? '' : 'is-invalid'}" id=${id} rows="3" aria-invalid=${remedy === undefined ? nothing : 'true'} .value=${live(question.choices)} @input=${(event: Event) => change(index, { choices: (event.target as HTMLTextAreaElement).value })}></textarea>
    ${below(id, remedy, undefined)}</div>`;
}

export function dispositionsEditor({ form, errors }: FormPage, actions: FormActions): TemplateResult {
  const put = (dispositions: readonly DispositionForm[]) => actions.change({ dispositions });
  const change = (at: number, part: Partial<DispositionForm>) => put(form.dispositions.map((disposition, index) => (index === at ? { ...disposition, ...part } : disposition)));
  const meanings = dispositionMeanings.map((meaning) => [meaning, t.customer.meanings[meaning]] as const);
  return html`
    <section class="card-x" id=${fieldId('dispositions')} tabindex="-1"><h2>${t.customer.dispositions}</h2><p class="muted small section-hint">${t.customer.dispositionsHint}</p>
      ${form.dispositions.map((disposition, index) => html`
        <fieldset class="item numbered"><legend class="visually-hidden">${t.customer.ending} ${index + 1}</legend><kbd aria-hidden="true">${index + 1}</kbd>
          ${field(errors, `dispositions.${index}.label`, t.customer.label, disposition.label, (label) => change(index, { label }), { maxlength: 60 })}
          ${choice(errors, `dispositions.${index}.meaning`, t.customer.meaning, disposition.meaning, meanings, (meaning) => change(index, { meaning: meaning as DispositionMeaning }))}
          ${moveButtons(form.dispositions, index, disposition.label, put)}
        </fieldset>`)}
      ${below(fieldId('dispositions'), errors['dispositions'], undefined)}
      ${form.dispositions.length >= mostDispositions ? nothing : html`<button type="button" class="btn" @click=${() => put([...form.dispositions, { key: freeKey('ending', form.dispositions.map(({ key }) => key)), label: '', meaning: 'other' }])}>${t.customer.addDisposition}</button>`}
    </section>`;
}

function moveButtons<T>(items: readonly T[], index: number, label: string, put: (items: readonly T[]) => void): TemplateResult {
  return html`<div class="item-acts">
    <button type="button" class="btn slim" ?disabled=${index === 0} aria-label="${t.customer.up}: ${label}" title=${t.customer.up} @click=${() => put(moved(items, index, -1))}>↑</button>
    <button type="button" class="btn slim" ?disabled=${index === items.length - 1} aria-label="${t.customer.down}: ${label}" title=${t.customer.down} @click=${() => put(moved(items, index, 1))}>↓</button>
    <button type="button" class="btn slim" aria-label="${t.customer.remove}: ${label}" @click=${() => put(items.filter((_, at) => at !== index))}>${t.customer.remove}</button></div>`;
}
