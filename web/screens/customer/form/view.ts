import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { unknownPlaceholders } from '../../../../domain/script.ts';
import { scriptCache } from '../../../markdown.ts';
import { language, t } from '../../../texts/texts.ts';
import { remedyText } from '../remedy.ts';
import { dispositionsEditor, questionsEditor } from './lists.ts';
import { managersEditor } from './managers.ts';
import { countryChoices } from './countries.ts';
import { type CampaignForm, fieldId, type FormErrors, type NumberRule, type RulesForm, withCountry } from './state.ts';

/** `id` null: a new campaign. `asking`: whether changes may go, and where to then. */
export interface FormPage {
  readonly id: string | null; readonly form: CampaignForm; readonly errors: FormErrors; readonly problem: string | null; readonly saving: boolean;
  readonly dirty: boolean; readonly asking: 'leave' | 'stay' | null;
}
export interface FormActions {
  readonly change: (change: Partial<CampaignForm>) => void; readonly save: () => void; readonly insert: (column: string) => void;
  readonly cancel: () => void; readonly askDiscard: () => void; readonly keepEditing: () => void; readonly discard: () => void;
}
export const discardDialogId = 'dialog-discard';

interface FieldOptions { readonly hint?: string; readonly type?: string; readonly inputmode?: string; readonly list?: string; readonly maxlength?: number }

/** A label, its field, and beside it what is wrong and how to mend it. */
export function field(errors: FormErrors, path: string, label: string, value: string, typed: (value: string) => void, options: FieldOptions = {}): TemplateResult {
  const remedy = errors[path];
  const id = fieldId(path);
  return html`<div class="field"><label class="form-label" for=${id}>${label}</label>
    <input class="form-control ${remedy === undefined ? '' : 'is-invalid'}" id=${id} type=${options.type ?? 'text'} inputmode=${options.inputmode ?? nothing} list=${options.list ?? nothing} maxlength=${options.maxlength ?? 300} autocomplete="off"
      aria-invalid=${remedy === undefined ? nothing : 'true'} aria-describedby=${describedBy(id, remedy, options.hint)} .value=${live(value)} @input=${(event: Event) => typed((event.target as HTMLInputElement).value)}>
    ${below(id, remedy, options.hint)}</div>`;
}

export function choice(errors: FormErrors, path: string, label: string, value: string, options: readonly (readonly [string, string])[], chosen: (value: string) => void, hint?: string): TemplateResult {
  const remedy = errors[path];
  const id = fieldId(path);
  return html`<div class="field"><label class="form-label" for=${id}>${label}</label>
    <select class="form-select" id=${id} aria-invalid=${remedy === undefined ? nothing : 'true'} aria-describedby=${describedBy(id, remedy, hint)} @change=${(event: Event) => chosen((event.target as HTMLSelectElement).value)}>
      ${options.map(([key, text]) => html`<option value=${key} .selected=${live(key === value)}>${text}</option>`)}</select>${below(id, remedy, hint)}</div>`;
}

const describedBy = (id: string, remedy: string | undefined, hint: string | undefined): unknown => (remedy !== undefined ? `${id}-remedy` : hint === undefined ? nothing : `${id}-hint`);
export function below(id: string, remedy: string | undefined, hint: string | undefined): unknown {
  if (remedy !== undefined) return html`<div class="remedy" id="${id}-remedy">${remedyText(remedy)}</div>`;
  return hint === undefined ? nothing : html`<div class="hint" id="${id}-hint">${hint}</div>`;
}

export function formWaiting(problem: string | null, again: () => void): TemplateResult {
  return html`<div class="page wide"><div class="page-head"><h1>${t.customer.editTitle}</h1></div>
    ${problem === null ? html`<p role="status" class="muted">${t.loading}</p>` : html`<div class="notice no" role="alert"><p>${problem}</p><button type="button" class="btn slim" @click=${again}>${t.retry}</button></div>`}</div>`;
}

function discardDialog(actions: FormActions): TemplateResult {
  return html`<dialog id=${discardDialogId} aria-labelledby="discard-title" @close=${actions.keepEditing}>
    <h2 id="discard-title">${t.customer.discardTitle}</h2><p>${t.customer.discardText}</p>
    <div class="dialog-actions"><button type="button" class="btn" autofocus @click=${actions.keepEditing}>${t.customer.keepEditing}</button><button type="button" class="btn end" @click=${actions.discard}>${t.customer.discard}</button></div></dialog>`;
}

export function formView(page: FormPage, actions: FormActions): TemplateResult {
  const { form, errors } = page;
  const text = (path: 'name' | 'timeZone', label: string, options: FieldOptions) => field(errors, path, label, form[path], (value) => actions.change({ [path]: value }), options);
  return html`
    <form class="page wide campaign-form" novalidate @submit=${(event: Event) => { event.preventDefault(); actions.save(); }}>
      <div class="page-head"><h1>${page.id === null ? t.customer.newCampaign : form.name.trim() || t.customer.editTitle}</h1></div>
      ${page.problem === null ? nothing : html`<p class="notice no" role="alert">${page.problem}</p>`}
      <section class="card-x fields">
        ${text('name', t.customer.name, { hint: t.customer.nameHint, maxlength: 120 })}
        ${choice(errors, 'language', t.customer.language, form.language, [['ru', 'Русский'], ['en', 'English']], (value) => actions.change({ language: value as 'ru' | 'en' }))}
        ${choice(errors, 'country', t.customer.country, form.country, countryChoices(language, form.country), (value) => actions.change(withCountry(form, value)), t.customer.countryHint)}
        ${text('timeZone', t.customer.timeZone, { hint: t.customer.timeZoneHint, maxlength: 60, list: 'time-zones' })}
        <datalist id="time-zones">${timeZones}</datalist>
      </section>
      ${scriptEditor(page, actions)}
      ${managersEditor(page, actions)}
      ${questionsEditor(page, actions)}
      ${dispositionsEditor(page, actions)}
      ${rulesEditor(page, actions)}
      ${recordingEditor(page, actions)}
      <div class="form-end"><button class="btn go" type="submit" aria-busy=${page.saving ? 'true' : nothing}>${page.saving ? t.loading : page.id === null ? t.customer.createAndUpload : t.save}</button>
        <button type="button" class="btn" @click=${actions.cancel}>${t.cancel}</button>
        <span class="muted small" role="status">${page.dirty ? t.customer.unsaved : ''}</span>
        ${page.dirty ? html`<button type="button" class="btn quiet" aria-haspopup="dialog" @click=${actions.askDiscard}>${t.customer.discard}</button>` : nothing}</div>
      ${discardDialog(actions)}
    </form>`;
}

const timeZones = Intl.supportedValuesOf('timeZone').map((zone) => html`<option value=${zone}></option>`);
const preview = scriptCache();
const usualColumns = ['name', 'company', 'city'];

function scriptEditor({ form, errors }: FormPage, actions: FormActions): TemplateResult {
  const columns = [...new Set([...usualColumns, ...form.columns])];
  const unknown = form.columns.length === 0 ? [] : unknownPlaceholders(form.script, [...form.columns, ...form.headers]);
  const remedy = errors['script'];
  return html`
    <section class="card-x">
      <h2>${t.customer.script}</h2>
      <div class="script-columns">
        <div class="field">
          <label class="form-label" for=${fieldId('script')}>${t.customer.scriptHint}</label>
          <textarea class="form-control script-text ${remedy === undefined ? '' : 'is-invalid'}" id=${fieldId('script')} rows="14" aria-invalid=${remedy === undefined ? nothing : 'true'} .value=${live(form.script)}
            @input=${(event: Event) => actions.change({ script: (event.target as HTMLTextAreaElement).value })}></textarea>
          ${below(fieldId('script'), remedy, undefined)}
          <div class="placeholders"><span class="small muted">${t.customer.placeholders}</span>${columns.map((column) => html`<button type="button" class="btn slim" @click=${() => actions.insert(column)}>{${column}}</button>`)}</div>
          ${unknown.length === 0 ? nothing : html`<p class="small wait-text">${t.customer.unknownPlaceholders(unknown.join(', '))}</p>`}
        </div>
        <div class="preview" role="region" aria-label=${t.customer.preview} tabindex="0"><h3>${t.customer.preview}</h3>${form.script.trim() === '' ? nothing : preview(form.script, null, language + form.script)}</div>
      </div>
    </section>`;
}

function rulesEditor({ form, errors }: FormPage, actions: FormActions): TemplateResult {
  const { rules } = form;
  const change = (part: Partial<RulesForm>) => actions.change({ rules: { ...rules, ...part } });
  const time = (name: 'windowFrom' | 'windowTo', label: string) => field(errors, `rules.${name}`, label, rules[name], (value) => change({ [name]: value }), { hint: t.customer.windowHint, maxlength: 5 });
  const number = (name: NumberRule, label: string) => field(errors, `rules.${name}`, label, rules[name], (value) => change({ [name]: value }), { inputmode: 'decimal', maxlength: 8 });
  return html`
    <section class="card-x"><h2>${t.customer.rules}</h2>
      <fieldset class="days" id=${fieldId('rules.windowDays')} tabindex="-1"><legend class="form-label">${t.customer.days}</legend>
        ${t.customer.dayNames.map((name, index) => html`<label class="form-check"><input class="form-check-input" type="checkbox" .checked=${live(rules.windowDays.includes(index + 1))}
          @change=${(event: Event) => change({ windowDays: (event.target as HTMLInputElement).checked ? [...rules.windowDays, index + 1].sort() : rules.windowDays.filter((day) => day !== index + 1) })}><span>${name}</span></label>`)}
        ${below(fieldId('rules.windowDays'), errors['rules.windowDays'], undefined)}</fieldset>
      <div class="fields">
        ${time('windowFrom', t.customer.windowFrom)}${time('windowTo', t.customer.windowTo)}
        ${number('maxDuration', t.customer.maxDuration)}${number('ringTimeout', t.customer.ringTimeout)}${number('wrapUp', t.customer.wrapUp)}
        ${number('maxAttempts', t.customer.maxAttempts)}${number('busyPause', t.customer.busyPause)}${number('noAnswerPause', t.customer.noAnswerPause)}
      </div>
      <label class="form-check"><input class="form-check-input" type="checkbox" .checked=${live(rules.maskNumbers)} @change=${(event: Event) => change({ maskNumbers: (event.target as HTMLInputElement).checked })}><span>${t.customer.maskNumbers}</span></label>
    </section>`;
}

function recordingEditor({ form, errors }: FormPage, actions: FormActions): TemplateResult {
  const { rules } = form;
  const change = (part: Partial<RulesForm>) => actions.change({ rules: { ...rules, ...part } });
  const check = (name: 'recordCalls' | 'announceRecording' | 'recordAfterHandOver') =>
    html`<label class="form-check"><input class="form-check-input" type="checkbox" .checked=${live(rules[name])} @change=${(event: Event) => change({ [name]: (event.target as HTMLInputElement).checked })}><span>${t.customer[name]}</span></label>`;
  return html`
    <section class="card-x"><h2>${t.customer.recording}</h2>
      <div class="stack">${check('recordCalls')}${form.lineRecords ? nothing : html`<p class="small muted">${t.customer.lineKeepsNoSound}</p>`}
      ${rules.recordCalls ? html`${check('announceRecording')}${check('recordAfterHandOver')}
        <div class="fields">${field(errors, 'rules.recordingDays', t.customer.recordingDays, rules.recordingDays, (value) => change({ recordingDays: value }), { inputmode: 'numeric', maxlength: 4 })}</div>` : nothing}</div>
    </section>`;
}
