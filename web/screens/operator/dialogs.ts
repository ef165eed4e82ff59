import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { shortClock } from '../../format.ts';
import { wallTime } from '../../zone-time.ts';
import { settleMs } from '../../shortcuts/match.ts';
import { fieldKeyLabel, keyLabel, type Verb, verbs } from '../../shortcuts/table.ts';
import { t } from '../../texts/texts.ts';
import type { Send } from './intentions.ts';
import { type Callback, type OperatorPage, untilMs } from './state.ts';
import { moreTime } from './strip.ts';

/** Native dialogs; main.ts opens the one that the state names. */
export function dialogs(page: OperatorPage, send: Send): TemplateResult {
  const close = () => send({ kind: 'closeDialog' });
  return html`
    <dialog id="dialog-keys" aria-labelledby="keys-title" @close=${close}>${keys(close)}</dialog>
    <dialog id="dialog-addContact" aria-labelledby="extra-title" @close=${close}>${addContact(page, send, close)}</dialog>
    <dialog id="dialog-callback" aria-labelledby="callback-title" @close=${close}>${page.callback ? callBack(page, page.callback, send, close) : nothing}</dialog>`;
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

/** On the contact's clock, so that nobody counts hours between zones; Enter takes what stands in the field, a digit one of the choices. */
function callBack(page: OperatorPage, { zone, at, error, openedMs }: Callback, send: Send, close: () => void): TemplateResult {
  const dayAfter = (days: number) => wallTime(page.nowMs + days * 86_400_000, zone).slice(0, 10);
  const choices: readonly (readonly [string, string | null])[] = [
    [t.operator.callback.inAnHour, wallTime(page.nowMs + 3_600_000, zone)],
    [t.operator.callback.inThreeHours, wallTime(page.nowMs + 3 * 3_600_000, zone)],
    [t.operator.callback.tomorrow('10:00'), `${dayAfter(1)}T10:00`],
    [t.operator.callback.tomorrow('15:00'), `${dayAfter(1)}T15:00`],
    [t.operator.callback.noTime, null],
  ];
  // The keys of the page rest while a dialog is open; in the field a digit is part of the time.
  const byDigit = (event: KeyboardEvent) => {
    const [, when] = choices[Number(event.key) - 1] ?? [];
    if (when === undefined || event.timeStamp - openedMs < settleMs || event.target instanceof HTMLInputElement || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    send({ kind: 'callBack', at: when });
  };
  const wrapUp = page.cockpit?.wrapUp;
  return html`
    <h2 id="callback-title">${t.operator.callback.title}</h2>
    <form novalidate class="stack" @keydown=${byDigit} @submit=${(event: Event) => { event.preventDefault(); send({ kind: 'callBack', at }); }}>
      ${wrapUp ? html`<p class="time-left"><span class="num">${t.operator.callback.timeLeft(shortClock(untilMs(page, wrapUp.until)))}</span> ${moreTime(page, send)}</p>` : nothing}
      <p class="muted">${t.operator.callback.text(wallTime(page.nowMs, zone).slice(11), zone)}</p>
      <div class="field"><label class="form-label" for="callback-at">${t.operator.callback.at}</label>
        <input class="form-control ${error === null ? '' : 'is-invalid'}" id="callback-at" type="datetime-local" min=${wallTime(page.nowMs, zone)} aria-invalid=${error === null ? nothing : 'true'} aria-describedby=${error === null ? nothing : 'callback-remedy'}
          .value=${live(at)} @input=${(event: Event) => send({ kind: 'typeCallback', at: (event.target as HTMLInputElement).value })}>
        ${error === null ? nothing : html`<div class="remedy" id="callback-remedy">${error}</div>`}</div>
      <div class="dispositions">${choices.map(([label, when], index) => html`<button type="button" class="btn wide ${when === null ? 'quiet' : ''}" aria-keyshortcuts=${String(index + 1)} @click=${() => send({ kind: 'callBack', at: when })}><span>${label}</span> <kbd aria-hidden="true">${index + 1}</kbd></button>`)}</div>
      <div class="dialog-actions"><button type="button" class="btn" @click=${close}>${t.cancel}</button><button type="submit" class="btn go" autofocus>${t.operator.callback.save}</button></div>
    </form>`;
}
