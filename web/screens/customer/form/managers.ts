import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { ManagerRing } from '../../../../domain/campaign.ts';
import { t } from '../../../texts/texts.ts';
import { fieldId, type ManagerForm, moved, nobody } from './state.ts';
import { choice, field, type FormActions, type FormPage } from './view.ts';

/** Who takes interested contacts over, in the order to ring them. */
export function managersEditor({ form, errors }: FormPage, actions: FormActions): TemplateResult {
  const { managers } = form;
  const put = (next: readonly ManagerForm[]) => actions.change({ managers: next });
  const several = managers.length > 1;
  return html`
    <section class="card-x"><h2>${t.customer.manager}</h2><p class="muted small section-hint">${t.customer.managerHint}</p>
      ${managers.map((manager, index) => managerFields(errors, manager, index, several, {
        change: (part) => put(managers.map((each, at) => (at === index ? { ...each, ...part } : each))),
        move: (by) => put(moved(managers, index, by)),
        remove: () => put(managers.filter((_, at) => at !== index)),
        isLast: index === managers.length - 1,
      }))}
      ${several ? html`<div class="fields rules-end">${choice(errors, 'managerRing', t.customer.managerRing, form.managerRing, [['inTurn', t.customer.managerRings.inTurn], ['together', t.customer.managerRings.together]], (value) => actions.change({ managerRing: value as ManagerRing }))}</div>` : nothing}
      ${managers.some(({ kind }) => kind === 'none') || managers.length >= 10 ? nothing : html`<button type="button" class="btn slim rules-end" @click=${() => put([...managers, { ...nobody, kind: 'phone' }])}>${t.customer.addManager}</button>`}
    </section>`;
}

interface ItemActions { readonly change: (part: Partial<ManagerForm>) => void; readonly move: (by: -1 | 1) => void; readonly remove: () => void; readonly isLast: boolean }

function managerFields(errors: FormPage['errors'], manager: ManagerForm, index: number, several: boolean, act: ItemActions): TemplateResult {
  const { kind } = manager;
  const path = (name: string) => `managers.${index}.${name}`;
  const kinds = [...(several ? [] : [['none', t.customer.managerNone] as const]), ['phone', t.customer.managerPhone], ['sip', t.customer.managerSip], ['page', t.customer.managerPage]] as const;
  return html`
    <fieldset class="manager-item">${several ? html`<legend class="small muted">${t.customer.managerNumber(index + 1)}</legend>` : nothing}
      <div class="fields">
        ${choice(errors, path('kind'), t.customer.managerKind, kind, kinds, (value) => act.change({ kind: value as ManagerForm['kind'] }))}
        ${kind === 'none' ? nothing : field(errors, path('name'), t.customer.managerName, manager.name, (value) => act.change({ name: value }), { maxlength: 80 })}
        ${kind === 'phone' || kind === 'sip' ? field(errors, path('address'), t.customer.managerAddress, manager.address, (value) => act.change({ address: value }), { hint: kind === 'sip' ? 'name@sip.example.org' : '+7 495 123-45-67', inputmode: kind === 'phone' ? 'tel' : 'email' }) : nothing}
        ${kind === 'none' ? nothing : field(errors, path('email'), t.customer.managerLogin, manager.email, (value) => act.change({ email: value }), { hint: t.customer.managerLoginHint, inputmode: 'email', maxlength: 254 })}
      </div>
      ${kind === 'phone' || kind === 'sip' ? html`<label class="form-check"><input class="form-check-input" id=${fieldId(path('acceptKey'))} type="checkbox" .checked=${live(manager.acceptKey)} @change=${(event: Event) => act.change({ acceptKey: (event.target as HTMLInputElement).checked })}><span>${t.customer.acceptKey}</span></label>` : nothing}
      ${kind === 'none' ? html`<p class="small wait-text">${t.customer.nobodyHint}</p>` : nothing}
      ${kind === 'page' ? html`<p class="small muted rules-end">${t.customer.managerPageHint}</p>` : nothing}
      ${several ? html`<div class="manager-acts">
        <button type="button" class="btn slim" ?disabled=${index === 0} @click=${() => act.move(-1)}>${t.customer.up}</button>
        <button type="button" class="btn slim" ?disabled=${act.isLast} @click=${() => act.move(1)}>${t.customer.down}</button>
        <button type="button" class="btn slim end" @click=${act.remove}>${t.customer.remove}</button></div>` : nothing}
    </fieldset>`;
}
