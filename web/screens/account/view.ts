import { html, nothing, type TemplateResult } from 'lit-html';
import type { Account } from '../../../domain/api.ts';
import { day, timeOfDay } from '../../format.ts';
import { bar, type RoleContext } from '../../frame.ts';
import { newPasswordField } from '../../new-password-field.ts';
import { codeField, enrolmentView, recoveryCodesView } from '../../second-factor.ts';
import { ta } from '../../texts/account.ts';
import { language, t } from '../../texts/texts.ts';
import { type AccountPage, browserName, type Factor } from './state.ts';

type Proof = { readonly password: string; readonly code: string };
export interface AccountActs {
  readonly changePassword: (form: HTMLFormElement) => void;
  readonly show: () => void;
  readonly prove: (what: 'turnOn' | 'turnOff' | 'newCodes') => void;
  readonly proven: (what: 'turnOn' | 'turnOff' | 'newCodes', proof: Proof) => void;
  readonly confirm: (code: string) => void;
  readonly leave: () => void;
  readonly copied: () => void;
  readonly end: (id: string) => void;
  readonly everywhere: () => void;
}

export function accountView(page: AccountPage, { user, frame }: RoleContext, acts: AccountActs): TemplateResult {
  const { account, problem } = page;
  return html`
    ${bar(`/${user.role}`, [{ path: `/${user.role}`, label: t.toStart, current: false }], frame)}
    <main class="page" id="content" tabindex="-1">
      <div class="page-head"><div><h1>${ta().account.title}</h1><p class="muted word-break">${user.name} · ${user.email} · ${t.roles[user.role]}</p></div></div>
      ${problem === null ? nothing : html`<p class="notice no" role="alert">${problem}</p>`}
      ${account === null ? (problem === null ? html`<p class="muted" role="status">${t.loading}</p>` : nothing) : html`
        <div class="account-cards">${passwordCard(page, acts)}${factorCard(page, account, acts)}</div>
        ${sessionsCard(account, acts)}`}
    </main>`;
}

function passwordCard({ password, busy }: AccountPage, acts: AccountActs): TemplateResult {
  const texts = ta().account;
  return html`
    <section class="card-x" aria-labelledby="password-title">
      <form class="stack" novalidate @submit=${(event: SubmitEvent) => { event.preventDefault(); acts.changePassword(event.currentTarget as HTMLFormElement); }}>
        <h2 id="password-title">${texts.password}</h2>
        ${password.changed ? html`<p class="notice plain" role="status">${texts.changed}</p>` : nothing}
        ${passwordField('current', texts.current, password.remedies['current'])}
        ${newPasswordField({ name: 'next', shown: password.shown, remedy: password.remedies['next'] ?? null, show: acts.show })}
        <div><button class="btn go" type="submit" aria-disabled=${busy ? 'true' : 'false'}>${texts.change}</button></div>
      </form>
    </section>`;
}

function passwordField(name: string, label: string, remedy: string | undefined): TemplateResult {
  return html`
    <div class="field">
      <label class="form-label" for=${name}>${label}</label>
      <input class="form-control ${remedy === undefined ? '' : 'is-invalid'}" id=${name} name=${name} type="password" autocomplete="current-password" aria-invalid=${remedy === undefined ? nothing : 'true'} aria-describedby=${remedy === undefined ? nothing : `${name}-remedy`}>
      ${remedy === undefined ? nothing : html`<div class="remedy" id="${name}-remedy" role="alert">${remedy}</div>`}
    </div>`;
}

function factorCard(page: AccountPage, { secondFactor }: Account, acts: AccountActs): TemplateResult {
  return html`<section class="card-x stack" aria-labelledby="factor-title"><h2 id="factor-title">${ta().account.factor}</h2>${factorContent(page, page.factor, secondFactor, acts)}</section>`;
}

function factorContent(page: AccountPage, factor: Factor, secondFactor: Account['secondFactor'], acts: AccountActs): TemplateResult {
  const texts = ta().account;
  switch (factor.kind) {
    case 'proving': return proofForm(page, factor.what, acts);
    case 'enrol': return enrolmentView({ offer: factor.offer, problem: page.factorRemedies['code'] ?? null, busy: page.busy, copied: page.copied }, { confirm: acts.confirm, copied: acts.copied });
    case 'codes': return recoveryCodesView(factor.codes, page.copied, { copied: acts.copied, kept: acts.leave });
    case 'shown': return secondFactor.since === null
      ? html`<p class="muted">${texts.factorOff}</p><div><button type="button" class="btn go" @click=${() => acts.prove('turnOn')}>${texts.turnOn}</button></div>`
      : html`
        <p>${texts.factorOn(day(secondFactor.since, language))} ${secondFactor.obligatory ? texts.factorObligatory : nothing}</p>
        <p class=${secondFactor.recoveryCodesLeft < 3 ? 'notice' : 'muted'}>${texts.codesLeft(secondFactor.recoveryCodesLeft)}</p>
        <div class="row-acts"><button type="button" class="btn" @click=${() => acts.prove('newCodes')}>${texts.newCodes}</button>
          ${secondFactor.obligatory ? nothing : html`<button type="button" class="btn end" @click=${() => acts.prove('turnOff')}>${texts.turnOff}</button>`}</div>`;
    default: return factor satisfies never;
  }
}

function proofForm({ factorRemedies, busy }: AccountPage, what: 'turnOn' | 'turnOff' | 'newCodes', acts: AccountActs): TemplateResult {
  const texts = ta().account;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    acts.proven(what, { password: String(given.get('password') ?? ''), code: String(given.get('code') ?? '').trim() });
  };
  return html`
    <form class="stack" novalidate @submit=${submit}>
      ${passwordField('password', texts.yourPassword, factorRemedies['password'])}
      ${what === 'turnOn' ? nothing : codeField(texts.yourCode, factorRemedies['code'] ?? null)}
      <div class="row-acts"><button class="btn ${what === 'turnOff' ? 'end' : 'go'}" type="submit" aria-disabled=${busy ? 'true' : 'false'}>${what === 'turnOff' ? texts.turnOff : texts.goOn}</button><button type="button" class="btn quiet" @click=${acts.leave}>${t.cancel}</button></div>
    </form>`;
}

function sessionsCard({ sessions }: Account, acts: AccountActs): TemplateResult {
  const texts = ta().account;
  const when = (at: string) => `${day(at, language)}, ${timeOfDay(at, language)}`;
  return html`
    <section class="card-x stack sessions" aria-labelledby="sessions-title">
      <h2 id="sessions-title">${texts.sessions}</h2>
      <p class="muted">${texts.sessionsText}</p>
      <ul>${sessions.map((session) => html`
        <li>
          <div><b>${browserName(session.userAgent) || texts.unknownBrowser}</b> ${session.current ? html`<span class="chip live">${texts.thisOne}</span>` : nothing}
            <p class="small muted num">${session.address} · ${texts.since} ${when(session.signedInAt)} · ${texts.seen} ${when(session.seenAt)}</p></div>
          ${session.current ? nothing : html`<button type="button" class="btn slim" @click=${() => acts.end(session.id)}>${texts.end}</button>`}
        </li>`)}</ul>
      <div class="row-acts"><button type="button" class="btn end" @click=${acts.everywhere}>${texts.everywhere}</button><span class="small muted">${texts.everywhereText}</span></div>
    </section>`;
}
