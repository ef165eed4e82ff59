import { html, nothing, type TemplateResult } from 'lit-html';
import { ta } from './texts/account.ts';

/** A password to be chosen: it can be looked at, pasted and made by a password manager. */
export function newPasswordField({ name, shown, remedy, show }: { readonly name: string; readonly shown: boolean; readonly remedy: string | null; readonly show: () => void }): TemplateResult {
  const texts = ta().fresh;
  return html`
    <div class="field">
      <label class="form-label" for=${name}>${texts.password}</label>
      <input class="form-control ${remedy === null ? '' : 'is-invalid'}" id=${name} name=${name} type=${shown ? 'text' : 'password'} autocomplete="new-password" spellcheck="false" autocapitalize="off"
        aria-invalid=${remedy === null ? nothing : 'true'} aria-describedby="${name}-hint">
      <div class=${remedy === null ? 'hint' : 'remedy'} id="${name}-hint" role=${remedy === null ? nothing : 'alert'}>${remedy ?? texts.hint}</div>
    </div>
    <label class="form-check"><input class="form-check-input" type="checkbox" .checked=${shown} @change=${show}> ${texts.show}</label>`;
}
