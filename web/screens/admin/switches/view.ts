import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { SwitchState } from '../../../../domain/api.ts';
import { wholeNumber } from '../../../format.ts';
import { tad } from '../../../texts/admin.ts';
import { language, t } from '../../../texts/texts.ts';
import { moment } from '../overview.ts';
import { actsOf, chipOf, loadOf, lookOf, type Question, sinceOf } from './state.ts';

export interface SwitchesPage {
  readonly switches: readonly SwitchState[] | null; readonly reading: boolean;
  /** The switch that something is done with. */
  readonly busy: string | null;
  readonly problem: string | null; readonly done: string | null; readonly question: Question | null;
}
export interface SwitchesActs {
  readonly drain: (id: string) => void; readonly resume: (id: string) => void; readonly askLost: (id: string) => void;
  readonly leave: () => void; readonly confirm: () => void;
}
export const questionDialogId = 'dialog-switch';

export function switchesView(page: SwitchesPage, acts: SwitchesActs): TemplateResult {
  const { switches, problem, done } = page;
  return html`
    ${problem === null ? nothing : html`<p class="notice no" role="alert">${problem}</p>`}
    ${done === null ? nothing : html`<p class="notice plain">${done}</p>`}
    ${switches === null ? (page.reading ? html`<p class="muted" role="status">${t.loading}</p>` : nothing) : html`${summary(switches)}
      <div class="switches">${repeat(switches, ({ id }) => id, (state) => card(state, page.busy === state.id, acts))}</div>`}
    ${questionDialog(page, acts)}`;
}

function summary(switches: readonly SwitchState[]): TemplateResult {
  const texts = tad().switches;
  const sum = (value: (state: SwitchState) => number) => wholeNumber(switches.reduce((total, state) => total + value(state), 0), language);
  const kpi = (value: string, words: string) => html`<div><div class="kpi num">${value}</div><div class="muted">${words}</div></div>`;
  return html`<section class="card-x kpis" aria-label=${texts.all}>
    ${kpi(texts.ofAll(switches.filter(({ up, drainingSince }) => up && drainingSince === null).length, switches.length), texts.inService)}
    ${kpi(sum(({ operators }) => operators), texts.operators)}${kpi(sum(({ calls }) => calls), texts.calls)}</section>`;
}

function card(state: SwitchState, busy: boolean, acts: SwitchesActs): TemplateResult {
  const texts = tad().switches;
  const look = lookOf(state);
  const titleId = `switch-${state.id}`;
  return html`
    <section class="card-x switch ${chipOf[look]}" aria-labelledby=${titleId}>
      <div class="switch-head"><h2 class="word-break" id=${titleId}>${state.id}</h2><span class="chip ${chipOf[look]}">${texts.looks[look]}</span>
        <span class="muted small num">${texts.since(moment(sinceOf(state)))}</span></div>
      ${loadBar(state)}
      <dl class="pairs">
        <dt>${texts.standing}</dt><dd class="num">${texts.operatorsOn(state.operators)} · ${texts.callsOn(state.calls)}</dd>
        <dt>${texts.version}</dt><dd class="word-break">${state.version ?? texts.notHeard}</dd>
        <dt>${texts.browsers}</dt><dd class="word-break">${state.wsUrl ?? texts.notHeard}</dd>
        <dt>${texts.network}</dt><dd>${state.practice ? texts.practice : texts.trunk}</dd>
      </dl>
      ${advice(state)}
      ${buttons(state, busy, acts)}
    </section>`;
}

function loadBar(state: SwitchState): TemplateResult {
  const load = loadOf(state);
  const said = tad().switches.sessions(wholeNumber(state.sessions, language), state.maxSessions === null ? '?' : wholeNumber(state.maxSessions, language));
  return html`<div class="load"><svg class="prog" width="100%" height="8" aria-hidden="true"><rect width="100%" height="8" rx="4" class="ground"/><rect width="${state.up ? (load ?? 0) : 0}%" height="8" rx="4" class="done"/></svg>
    <span class="small muted num">${state.up ? said : tad().switches.unknownLoad}</span></div>`;
}

/** What to do next where it is not plain. */
function advice(state: SwitchState): TemplateResult | typeof nothing {
  const texts = tad().switches;
  const look = lookOf(state);
  const said = look === 'lost' ? texts.lostText : look === 'lostUp' ? texts.lostUpText : look === 'down' && !actsOf(state).lose ? texts.downText : look === 'drained' ? texts.drainedText : look === 'draining' ? texts.drainingText : undefined;
  return said === undefined ? nothing : html`<p class="small muted">${said}</p>`;
}

function buttons(state: SwitchState, busy: boolean, acts: SwitchesActs): TemplateResult {
  const texts = tad().switches;
  const can = actsOf(state);
  const mark = busy ? 'true' : nothing;
  return html`<div class="row-acts">
    ${can.drain ? html`<button type="button" class="btn" aria-label=${`${texts.drain}: ${state.id}`} aria-busy=${mark} @click=${() => acts.drain(state.id)}>${texts.drain}</button>` : nothing}
    ${can.resume ? html`<button type="button" class="btn ${state.up ? 'go' : ''}" aria-label=${`${texts.resume}: ${state.id}`} aria-busy=${mark} @click=${() => acts.resume(state.id)}>${texts.resume}</button>` : nothing}
    ${can.lose ? html`<button type="button" class="btn end" aria-haspopup="dialog" aria-label=${`${texts.lose}: ${state.id}`} aria-busy=${mark} @click=${() => acts.askLost(state.id)}>${texts.lose}</button>` : nothing}</div>`;
}

function questionDialog({ switches, question }: SwitchesPage, acts: SwitchesActs): TemplateResult {
  const texts = tad().switches;
  const of = switches?.find(({ id }) => id === question?.id);
  const isLost = question?.kind === 'lost';
  return html`<dialog id=${questionDialogId} aria-labelledby="switch-question" @close=${acts.leave}>
    <h2 id="switch-question" class="word-break">${isLost ? texts.loseTitle(of?.id ?? '') : texts.drainLastTitle(of?.id ?? '')}</h2>
    ${isLost ? html`<p>${texts.loseText(of?.calls ?? 0, of?.operators ?? 0)}</p><p class="small muted lead-line">${texts.loseMore}</p>` : html`<p>${texts.drainLastText}</p>`}
    <div class="dialog-actions"><button type="button" class="btn" autofocus @click=${acts.leave}>${t.cancel}</button>
      <button type="button" class="btn end" @click=${acts.confirm}>${isLost ? texts.lose : texts.drain}</button></div></dialog>`;
}
