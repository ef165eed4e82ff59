import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { fieldKeyLabel, keyLabel, type Verb, verbs } from '../../shortcuts/table.ts';
import { t } from '../../texts/texts.ts';
import type { Send } from './intentions.ts';
import type { OperatorPage } from './state.ts';

/** Native dialogs; main.ts opens the one that the state names. */
export function dialogs(page: OperatorPage, send: Send): TemplateResult {
  const close = () => send({ kind: 'closeDialog' });
  return html`
    <dialog id="dialog-keys" aria-labelledby="keys-title" @close=${close}>${keys(close)}</dialog>
    <dialog id="dialog-addContact" aria-labelledby="extra-title" @close=${close}>${addContact(page, send, close)}</dialog>`;
}

function keys(close: () => void): TemplateResult {
  return html`
    <h2 id="keys-title">${t.operator.keysTitle}</h2>
    <dl class="keys-list">${verbs.map((verb: Verb) => html`<dt><kbd>${keyLabel(verb)}</kbd>${fieldKeyLabel(verb) === null ? nothing : html` <kbd>${fieldKeyLabel(verb)}</kbd>`}</dt><dd>${t.operator.verbs[verb]}</dd>`)}</dl>
    <p class="small muted keys-text">${t.operator.keysText}</p>
    <div class="dialog-actions"><button type="button" class="btn" @click=${close}>${t.close}</button></div>`;
}

function addContact(page: OperatorPage, send: Send, close: () => void): TemplateResult {
  const { extraContact: extra } = page;
  const field = (name: 'phone' | 'name' | 'note', label: string, type: string) => {
    const remedy = extra.error?.field === name ? extra.error.text : null;
    return html`<div class="field"><label class="form-label" for="extra-${name}">${label}</label>
      <input class="form-control ${remedy === null ? '' : 'is-invalid'}" id="extra-${name}" type=${type} autocomplete="off" maxlength="500" aria-invalid=${remedy === null ? nothing : 'true'} aria-describedby=${remedy === null ? nothing : `extra-${name}-remedy`}
        .value=${live(extra[name])} @input=${(event: Event) => send({ kind: 'typeExtraContact', field: name, value: (event.target as HTMLInputElement).value })}>
      ${remedy === null ? nothing : html`<div class="remedy" id="extra-${name}-remedy">${remedy}</div>`}</div>`;
  };
  return html`
    <h2 id="extra-title">${t.operator.extra.title}</h2>
    <form novalidate class="stack" @submit=${(event: Event) => { event.preventDefault(); send({ kind: 'saveExtraContact' }); }}>
      <p class="muted">${t.operator.extra.text}</p>
      ${field('name', t.operator.extra.name, 'text')}${field('phone', t.operator.extra.phone, 'tel')}${field('note', t.operator.extra.note, 'text')}
      ${extra.error !== null && !['phone', 'name', 'note'].includes(extra.error.field) ? html`<p class="notice no" role="alert">${extra.error.text}</p>` : nothing}
      <div class="dialog-actions"><button type="button" class="btn" @click=${close}>${t.cancel}</button><button type="submit" class="btn go" aria-busy=${extra.saving ? 'true' : nothing}>${t.operator.extra.add}</button></div>
    </form>`;
}
