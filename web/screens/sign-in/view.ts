import { html, nothing, type TemplateResult } from 'lit-html';
import type { SessionUser } from '../../../domain/api.ts';
import { phoneIcon } from '../../icons.ts';
import { codeField, codeIn, enrolmentView, recoveryCodesView } from '../../second-factor.ts';
import { ta } from '../../texts/account.ts';
import { t } from '../../texts/texts.ts';
import type { SignInPage } from './state.ts';

export interface SignInActs {
  readonly submit: (form: HTMLFormElement) => void;
  readonly code: (code: string) => void;
  readonly startOver: () => void;
  readonly copied: () => void;
  readonly kept: (user: SessionUser) => void;
  /** Shows the password, or hides it again. */
  readonly show: () => void;
}

export function signInView(page: SignInPage, acts: SignInActs, switches: TemplateResult): TemplateResult {
  return html`
    <main class="sign-in" id="content" tabindex="-1">
      <span class="brand">${phoneIcon} ${t.brand}</span>
      ${stepOf(page, acts)}
      <div>${switches}</div>
    </main>`;
}

function stepOf(page: SignInPage, acts: SignInActs): TemplateResult {
  const { step } = page;
  switch (step.kind) {
    case 'password': return passwordStep(page, acts);
    case 'code': return codeStep(page, acts);
    case 'enrol': return html`
      <section class="card-x stack"><h1>${ta().enrol.title}</h1><p class="muted">${ta().enrol.obligatory}</p>
        ${step.offer === null ? html`<p role="status">${t.loading}</p>` : enrolmentView({ offer: step.offer, problem: page.problem, busy: page.busy, copied: page.copied }, { confirm: acts.code, copied: acts.copied })}
        <button type="button" class="btn quiet" @click=${acts.startOver}>${ta().step.startOver}</button></section>`;
    case 'codes': return html`
      <section class="card-x stack"><h1>${ta().codes.title}</h1>${recoveryCodesView(step.codes, page.copied, { copied: acts.copied, kept: () => acts.kept(step.user) })}</section>`;
    default: return step satisfies never;
  }
}

function passwordStep(page: SignInPage, acts: SignInActs): TemplateResult {
  const field = (name: 'email' | 'password', label: string, missing: string) => html`
    <div class="field">
      <label class="form-label" for=${name}>${label}</label>
      <div class="field-row"><input class="form-control ${page.missing === name ? 'is-invalid' : ''}" id=${name} name=${name} type=${name === 'email' ? 'email' : page.shown ? 'text' : 'password'} autocomplete=${name === 'email' ? 'username' : 'current-password'}
        aria-invalid=${page.missing === name ? 'true' : nothing} aria-describedby=${page.missing === name ? `${name}-remedy` : nothing} autocapitalize="none" spellcheck="false">
        ${name === 'email' ? nothing : html`<button type="button" class="btn" aria-controls="password" aria-label=${page.shown ? t.signIn.hidePassword : t.signIn.showPassword} @click=${acts.show}>${page.shown ? t.signIn.hide : t.signIn.show}</button>`}</div>
      ${page.missing === name ? html`<div class="remedy" id="${name}-remedy">${missing}</div>` : nothing}
    </div>`;
  return html`
    <form class="card-x" novalidate @submit=${(event: SubmitEvent) => { event.preventDefault(); acts.submit(event.currentTarget as HTMLFormElement); }}>
      <h1>${t.signIn.title}</h1>
      ${page.problem === null ? nothing : html`<p class="notice no" role="alert">${page.problem}</p>`}
      ${field('email', t.signIn.email, t.signIn.emailMissing)}
      ${field('password', t.signIn.password, t.signIn.passwordMissing)}
      <button class="btn go" type="submit" aria-disabled=${page.busy ? 'true' : 'false'}>${page.busy ? t.loading : t.signIn.go}</button>
      <a class="small" href="/forgot-password">${ta().forgot}</a>
    </form>`;
}

function codeStep(page: SignInPage, acts: SignInActs): TemplateResult {
  const texts = ta().step;
  return html`
    <form class="card-x" novalidate @submit=${(event: SubmitEvent) => { event.preventDefault(); acts.code(codeIn(event)); }}>
      <h1>${texts.title}</h1>
      <p class="muted">${texts.text}</p>
      ${codeField(texts.code, page.problem)}
      <button class="btn go" type="submit" aria-disabled=${page.busy ? 'true' : 'false'}>${page.busy ? t.loading : texts.enter}</button>
      <p class="small muted">${texts.lost}</p>
      <button type="button" class="btn quiet" @click=${acts.startOver}>${texts.startOver}</button>
    </form>`;
}
