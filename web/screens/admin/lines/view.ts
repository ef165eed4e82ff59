import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { AdminLines, Alarm, Spend, Trunk } from '../../../../domain/api.ts';
import { destinationTypes } from '../../../../domain/destination-types.ts';
import { wholeNumber } from '../../../format.ts';
import { tad } from '../../../texts/admin.ts';
import { language, t } from '../../../texts/texts.ts';
import { alarmText, moment } from '../overview.ts';
import { isAtCap, money, sharesOf, type TrunkField, type TrunkForm } from './state.ts';

/** The trunk that is being changed. */
export interface Edited { readonly id: string; readonly form: TrunkForm; readonly remedies: Partial<Record<TrunkField, string>>; readonly problem: string | null }
export interface LinesPage {
  readonly lines: AdminLines | null; readonly reading: boolean; readonly busy: boolean; readonly problem: string | null; readonly done: string | null;
  readonly cap: string | null; readonly capRemedy: string | null; readonly edited: Edited | null;
}
export interface LinesActs {
  readonly typeCap: (cap: string) => void; readonly saveCap: () => void;
  readonly edit: (id: string) => void; readonly type: (change: Partial<TrunkForm>) => void; readonly leave: () => void; readonly save: () => void;
}
export const trunkDialogId = 'dialog-trunk';
export const capFieldId = 'spend-cap';

export function linesView(page: LinesPage, acts: LinesActs): TemplateResult {
  const { lines, problem, done } = page;
  if (lines === null) return html`${page.reading ? html`<p class="muted" role="status">${t.loading}</p>` : nothing}`;
  return html`
    ${problem === null ? nothing : html`<p class="notice no" role="alert">${problem}</p>`}
    ${done === null ? nothing : html`<p class="notice plain">${done}</p>`}
    <div class="stack">
      ${spendCard(lines.spend, page, acts)}
      <div class="trunks">${repeat(lines.trunks, ({ id }) => id, (trunk) => trunkCard(trunk, lines.trunks.some(({ gateway }) => gateway !== null), acts))}</div>
      ${alarms(lines.alarms)}
    </div>
    ${trunkDialog(page, acts)}`;
}

function spendCard(spend: Spend, page: LinesPage, acts: LinesActs): TemplateResult {
  const texts = tad().lines;
  const { spent, live: mayAdd } = sharesOf(spend);
  const kpi = (minor: string, words: string) => html`<div><div class="kpi num">${money(minor, language)}</div><div class="muted">${words}</div></div>`;
  const remedy = page.capRemedy;
  return html`
    <section class="card-x" aria-labelledby="spend-title">
      <div class="switch-head"><h2 id="spend-title">${texts.today}</h2><span class="chip ${isAtCap(spend) ? 'no' : 'live'}">${isAtCap(spend) ? texts.stopped : texts.open}</span></div>
      <div class="kpis spend-kpis">${kpi(spend.spentMinor, texts.spent)}${kpi(spend.liveMostMinor, texts.liveMost)}${kpi(spend.capMinor, texts.cap)}</div>
      <svg class="prog" width="100%" height="10" aria-hidden="true"><rect width="100%" height="10" rx="5" class="ground"/>
        <rect width="${spent + mayAdd}%" height="10" rx="5" class="may-add"/><rect width="${spent}%" height="10" rx="5" class="done"/></svg>
      <p class="small muted lead-line">${texts.spendText}</p>
      <form class="cap-form" novalidate @submit=${(event: SubmitEvent) => { event.preventDefault(); acts.saveCap(); }}>
        <div class="field"><label class="form-label" for=${capFieldId}>${texts.capField}</label>
          <div class="field-row"><input class="form-control num ${remedy === null ? '' : 'is-invalid'}" id=${capFieldId} inputmode="decimal" maxlength="16" autocomplete="off" aria-invalid=${remedy === null ? nothing : 'true'} aria-describedby=${remedy === null ? nothing : 'cap-remedy'}
            .value=${live(page.cap ?? money(spend.capMinor, language))} @input=${(event: Event) => acts.typeCap((event.target as HTMLInputElement).value)}>
            <button class="btn ${page.cap === null ? '' : 'go'}" type="submit" aria-busy=${page.busy ? 'true' : nothing}>${texts.change}</button></div>
          ${remedy === null ? nothing : html`<div class="remedy" id="cap-remedy" role="alert">${remedy}</div>`}</div>
      </form>
    </section>`;
}

function trunkCard(trunk: Trunk, hasGateway: boolean, acts: LinesActs): TemplateResult {
  const texts = tad().lines;
  const titleId = `trunk-title-${trunk.id}`;
  const isPractice = trunk.gateway === null;
  return html`
    <section class="card-x trunk" aria-labelledby=${titleId}>
      <div class="switch-head"><h2 class="word-break" id=${titleId}>${isPractice ? texts.practice : trunk.id}</h2>
        ${isPractice ? html`<span class="chip">${hasGateway ? texts.spare : texts.only}</span>` : html`<span class="chip ${trunk.live > 0 ? 'live' : ''} num">${texts.legs(trunk.live)}</span>`}</div>
      ${isPractice ? html`<p class="muted">${texts.practiceText}</p>` : html`
        ${useBar(trunk)}
        <dl class="pairs">
          <dt>${texts.spentToday}</dt><dd class="num">${money(trunk.spentMinor, language)}</dd>
          <dt>${texts.price}</dt><dd class="num">${money(trunk.pricePerMinute, language)}${trunk.rates.length === 0 ? nothing : html` <span class="muted">${texts.rates(trunk.rates.length)}</span>`}</dd>
          <dt>${texts.rate}</dt><dd class="num">${trunk.callsPerSecond ?? texts.noLimit}</dd>
          <dt>${texts.callerId}</dt><dd class="num word-break">${trunk.callerId ?? texts.noCallerId}</dd>
          <dt>${texts.countries}</dt><dd class="word-break">${countriesText(trunk)}</dd>
          <dt>${texts.types}</dt><dd>${trunk.types.map((type) => texts.kinds[type]).join(', ')}</dd>
        </dl>
        <div class="row-acts"><button type="button" class="btn" aria-haspopup="dialog" aria-label=${`${texts.edit}: ${trunk.id}`} @click=${() => acts.edit(trunk.id)}>${texts.edit}</button></div>`}
    </section>`;
}

function useBar({ live: legs, concurrency }: Trunk): TemplateResult {
  const said = concurrency === null ? tad().lines.atOnceNoLimit(legs) : tad().lines.atOnce(legs, wholeNumber(concurrency, language));
  return html`<div class="load"><svg class="prog" width="100%" height="8" aria-hidden="true"><rect width="100%" height="8" rx="4" class="ground"/><rect width="${concurrency === null ? 0 : Math.min(100, (legs / concurrency) * 100)}%" height="8" rx="4" class="done"/></svg>
    <span class="small muted num">${said}</span></div>`;
}

function countriesText({ countries }: Trunk): string {
  if (countries === null) return tad().lines.everyCountry;
  const names = new Intl.DisplayNames([language], { type: 'region' });
  return countries.map((code) => names.of(code) ?? code).join(', ');
}

function alarms(all: readonly Alarm[]): TemplateResult {
  const texts = tad().lines;
  return html`
    <section class="card-x" aria-labelledby="alarms-title"><h2 id="alarms-title">${texts.alarms}</h2>
      ${all.length === 0 ? html`<p class="muted lead-line">${texts.noAlarms}</p>` : html`<ul class="alarm-list">${all.slice(0, 10).map((alarm) => html`
        <li><span class="chip ${alarm.clearedAt === null ? 'no' : ''}">${alarm.clearedAt === null ? texts.alarmOpen : texts.alarmOver}</span>
          <div><div>${alarmText(alarm)}</div><div class="small muted num">${moment(alarm.raisedAt)}${alarm.clearedAt === null ? nothing : ` – ${moment(alarm.clearedAt)}`}</div></div></li>`)}</ul>`}
    </section>`;
}

function trunkDialog({ edited, busy }: LinesPage, acts: LinesActs): TemplateResult {
  const texts = tad().lines;
  return html`<dialog id=${trunkDialogId} class="trunk-dialog" aria-labelledby="trunk-edit-title" @close=${acts.leave}>${edited === null ? nothing : html`
    <form class="stack" novalidate @submit=${(event: SubmitEvent) => { event.preventDefault(); acts.save(); }}>
      <h2 id="trunk-edit-title" class="word-break">${texts.editTitle(edited.id)}</h2>
      ${edited.problem === null ? nothing : html`<p class="notice no" role="alert">${edited.problem}</p>`}
      <div class="fields">
        ${input(edited, 'concurrency', texts.atOnceField, texts.emptyNoLimit, acts)}
        ${input(edited, 'callsPerSecond', texts.rate, texts.emptyNoLimit, acts)}
        ${input(edited, 'pricePerMinute', texts.price, texts.priceHint, acts)}
        ${input(edited, 'callerId', texts.callerId, texts.callerIdHint, acts)}
      </div>
      ${input(edited, 'countries', texts.countries, texts.countriesHint, acts)}
      <fieldset class="kinds" id="trunk-types" tabindex="-1"><legend class="form-label">${texts.types}</legend>
        ${destinationTypes.map((type) => html`<label class="form-check"><input class="form-check-input" type="checkbox" .checked=${live(edited.form.types.includes(type))}
          @change=${(event: Event) => acts.type({ types: (event.target as HTMLInputElement).checked ? [...edited.form.types, type] : edited.form.types.filter((each) => each !== type) })}><span>${texts.kinds[type]}</span></label>`)}
        ${edited.remedies.types === undefined ? nothing : html`<div class="remedy" role="alert">${edited.remedies.types}</div>`}</fieldset>
      <p class="small muted">${texts.neverDialled}</p>
      <div class="dialog-actions"><button type="button" class="btn" @click=${acts.leave}>${t.cancel}</button><button class="btn go" type="submit" aria-busy=${busy ? 'true' : nothing}>${t.save}</button></div>
    </form>`}</dialog>`;
}

function input({ form, remedies }: Edited, name: Exclude<TrunkField, 'types'>, label: string, hint: string, acts: LinesActs): TemplateResult {
  const remedy = remedies[name];
  const id = `trunk-${name}`;
  return html`<div class="field"><label class="form-label" for=${id}>${label}</label>
    <input class="form-control ${remedy === undefined ? '' : 'is-invalid'}" id=${id} maxlength="400" autocomplete="off" inputmode=${name === 'callerId' ? 'tel' : name === 'countries' ? 'text' : 'decimal'}
      aria-invalid=${remedy === undefined ? nothing : 'true'} aria-describedby=${`${id}-below`} .value=${live(form[name])} @input=${(event: Event) => acts.type({ [name]: (event.target as HTMLInputElement).value })}>
    <div class=${remedy === undefined ? 'hint' : 'remedy'} id=${`${id}-below`}>${remedy ?? hint}</div></div>`;
}
