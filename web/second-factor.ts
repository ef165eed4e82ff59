import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { encode } from 'uqr';
import { ta } from './texts/account.ts';

/** What the server offers for the authenticator app. */
export interface Offer { readonly secret: string; readonly uri: string }

/** A QR code, drawn as one path: nothing inline for the content security policy to stop. */
export function qrCode(text: string, label: string): TemplateResult {
  const { data, size } = encode(text, { border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return svg`<svg class="qr" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${label} shape-rendering="crispEdges"><rect width=${size} height=${size} fill="#fff"/><path d=${path} fill="#000"/></svg>`;
}

/** In groups of four, as people read it aloud. */
const inGroups = (secret: string): string => secret.replace(/(.{4})(?!$)/g, '$1 ');

export interface EnrolmentView { readonly offer: Offer; readonly problem: string | null; readonly busy: boolean; readonly copied: boolean }

export function enrolmentView({ offer, problem, busy, copied }: EnrolmentView, act: { readonly confirm: (code: string) => void; readonly copied: () => void }): TemplateResult {
  const texts = ta().enrol;
  return html`
    <form class="enrolment" novalidate @submit=${(event: SubmitEvent) => { event.preventDefault(); act.confirm(codeIn(event)); }}>
      <p>${texts.scan}</p>
      ${qrCode(offer.uri, texts.qr)}
      <div><p class="small muted">${texts.orType}</p>
        <p class="secret"><code class="word-break">${inGroups(offer.secret)}</code> ${copyButton('btn slim', texts.copy, copied, offer.secret, act.copied)}</p>
        <p class="small"><a href=${offer.uri}>${texts.openApp}</a></p></div>
      ${codeField(texts.code, problem)}
      <button class="btn go" type="submit" aria-disabled=${busy ? 'true' : 'false'}>${texts.confirm}</button>
    </form>`;
}

export const codeIn = (event: SubmitEvent): string => String(new FormData(event.currentTarget as HTMLFormElement).get('code') ?? '').trim();

/** Takes recovery codes as well, so it is no numeric field by its type. */
export function codeField(label: string, problem: string | null): TemplateResult {
  return html`
    <div class="field">
      <label class="form-label" for="code">${label}</label>
      <input class="form-control num code ${problem === null ? '' : 'is-invalid'}" id="code" name="code" type="text" inputmode="text" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="40"
        aria-invalid=${problem === null ? nothing : 'true'} aria-describedby=${problem === null ? nothing : 'code-remedy'}>
      ${problem === null ? nothing : html`<div class="remedy" id="code-remedy" role="alert">${problem}</div>`}
    </div>`;
}

/** Shown once, after an enrolment or when new ones are made. */
export function recoveryCodesView(codes: readonly string[], copied: boolean, act: { readonly copied: () => void; readonly kept: () => void }): TemplateResult {
  const texts = ta().codes;
  const text = codes.join('\n');
  return html`
    <div class="enrolment">
      <p>${texts.text}</p>
      <ol class="recovery-codes num">${codes.map((code) => html`<li>${code}</li>`)}</ol>
      <div class="row-acts">
        ${copyButton('btn', texts.copy, copied, text, act.copied)}
        <a class="btn" href="data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}" download="exchange-recovery-codes.txt">${texts.download}</a>
      </div>
      <button type="button" class="btn go" @click=${act.kept}>${texts.kept}</button>
    </div>`;
}

/** Browsers give the clipboard to pages over https and on the own machine only. */
function copyButton(look: string, label: string, copied: boolean, text: string, done: () => void): TemplateResult | typeof nothing {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  return clipboard === undefined ? nothing : html`<button type="button" class=${look} @click=${() => void clipboard.writeText(text).then(done, () => undefined)}>${copied ? ta().enrol.copied : label}</button>`;
}
