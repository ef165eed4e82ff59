import { html, nothing, type TemplateResult } from 'lit-html';
import { phoneIcon } from '../../icons.ts';
import { t } from '../../texts/texts.ts';
import type { SignInPage } from './state.ts';

export function signInView(page: SignInPage, submit: (event: SubmitEvent) => void, switches: TemplateResult): TemplateResult {
  const field = (name: 'email' | 'password', label: string, missing: string) => html`
    <div class="field">
      <label class="form-label" for=${name}>${label}</label>
      <input class="form-control ${page.missing === name ? 'is-invalid' : ''}" id=${name} name=${name} type=${name === 'email' ? 'email' : 'password'} autocomplete=${name === 'email' ? 'username' : 'current-password'}
        aria-invalid=${page.missing === name ? 'true' : nothing} aria-describedby=${page.missing === name ? `${name}-remedy` : nothing}>
      ${page.missing === name ? html`<div class="remedy" id="${name}-remedy">${missing}</div>` : nothing}
    </div>`;
  return html`
    <main class="sign-in" id="content">
      <span class="brand">${phoneIcon} ${t.brand}</span>
      <form class="card-x" novalidate @submit=${submit}>
        <h1>${t.signIn.title}</h1>
        ${page.problem === null ? nothing : html`<p class="notice no" role="alert">${page.problem}</p>`}
        ${field('email', t.signIn.email, t.signIn.emailMissing)}
        ${field('password', t.signIn.password, t.signIn.passwordMissing)}
        <button class="btn go" type="submit" aria-disabled=${page.busy ? 'true' : 'false'}>${page.busy ? t.loading : t.signIn.go}</button>
      </form>
      <div>${switches}</div>
    </main>`;
}
