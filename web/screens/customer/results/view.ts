import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { CallResult } from '../../../../domain/api.ts';
import { type ResultFilters, resultOutcomes } from '../../../../domain/results-filter.ts';
import { dispositionMeanings } from '../../../../domain/campaign.ts';
import { clock, day, timeOfDay, wholeNumber } from '../../../format.ts';
import { playIcon } from '../../../icons.ts';
import { language, t } from '../../../texts/texts.ts';
import { chipLook, nowOf, talkedMs } from '../live/state.ts';
import { chipText } from '../live/view.ts';
import { whatFollows } from './what-follows.ts';
import { isFiltered, queryOf, resultValue, type ResultsPage, withResult } from './state.ts';

export interface ResultsActions { readonly filter: (filters: ResultFilters) => void; readonly search: (q: string) => void; readonly more: () => void; readonly count: () => void; readonly closeNotice: () => void; readonly listen: (result: CallResult) => void }

export function resultsView(page: ResultsPage, actions: ResultsActions, listening: TemplateResult): TemplateResult {
  const { campaign } = page;
  return html`
    <div class="page wide">
      <div class="page-head"><h1 class="word-break">${t.results.title}</h1>${campaign ? html`<a class="muted word-break" href="/customer/campaigns/${campaign.id}">${campaign.name}</a>` : nothing}
        <div class="acts-row">${campaign ? downloads(page, campaign.id, actions) : nothing}</div></div>
      <div class="stack">
        ${page.notice === null ? nothing : html`<div class="notice no" role="alert"><p>${page.notice}</p><button type="button" class="btn slim" @click=${actions.closeNotice}>${t.close}</button></div>`}
        ${filterForm(page, actions)}
        <section class="card-x table-card" aria-label=${t.results.title} aria-busy=${page.busy ? 'true' : 'false'}>${page.busy ? html`<div class="busy-line"></div>` : html`<div class="quiet-line"></div>`}${table(page, actions)}</section>
      </div>
      ${listening}
    </div>`;
}

function filterForm({ campaign, operators, filters }: ResultsPage, actions: ResultsActions): TemplateResult {
  const field = (id: string, label: string, control: TemplateResult) => html`<div class="field"><label class="form-label" for="filter-${id}">${label}</label>${control}</div>`;
  const option = (value: string, label: string, chosen: string) => html`<option value=${value} .selected=${live(value === chosen)}>${label}</option>`;
  const select = (id: string, label: string, chosen: string, options: unknown, choose: (value: string) => ResultFilters) =>
    field(id, label, html`<select class="form-select" id="filter-${id}" @change=${(event: Event) => actions.filter(choose((event.target as HTMLSelectElement).value))}>${option('', t.results.any, chosen)}${options}</select>`);
  const dayField = (name: 'from' | 'to', label: string) =>
    field(name, label, html`<input class="form-control" type="date" id="filter-${name}" .value=${live(filters[name] ?? '')} @change=${(event: Event) => actions.filter({ ...filters, [name]: (event.target as HTMLInputElement).value })}>`);
  return html`
    <form class="filters" role="search" @submit=${(event: Event) => event.preventDefault()}>
      ${field('q', t.results.search, html`<input class="form-control" type="search" id="filter-q" maxlength="200" autocomplete="off" placeholder=${t.results.searchHint} .value=${live(filters.q ?? '')} @input=${(event: Event) => actions.search((event.target as HTMLInputElement).value)}>`)}
      ${select('result', t.results.result, resultValue(filters), html`
        <optgroup label=${t.results.result}>${(campaign?.dispositions ?? []).map(({ key, label }) => option(`disposition ${key}`, label, resultValue(filters)))}</optgroup>
        <optgroup label=${t.results.means}>${dispositionMeanings.map((meaning) => option(`meaning ${meaning}`, t.customer.meanings[meaning], resultValue(filters)))}</optgroup>`, (value) => withResult(filters, value))}
      ${select('outcome', t.results.outcome, filters.outcome ?? '', resultOutcomes.map((outcome) => option(outcome, t.results.outcomes[outcome], filters.outcome ?? '')), (outcome) => ({ ...filters, outcome: outcome as ResultFilters['outcome'] }))}
      ${select('operator', t.results.operator, filters.operator ?? '', operators.map(({ id, name }) => option(id, name, filters.operator ?? '')), (operator) => ({ ...filters, operator }))}
      ${dayField('from', t.results.from)}${dayField('to', t.results.to)}
      ${isFiltered(filters) ? html`<button type="button" class="btn slim clear" @click=${() => actions.filter({})}>${t.results.clear}</button>` : nothing}
    </form>`;
}

function downloads({ filters, fileRows }: ResultsPage, id: string, actions: ResultsActions): TemplateResult {
  const contacts = isFiltered(filters) ? t.results.exportContacts : t.results.exportAllContacts;
  const rows = (what: 'calls' | 'contacts') => (fileRows === null ? '' : wholeNumber(fileRows[what], language));
  const link = (what: 'calls' | 'contacts', format: 'xlsx' | 'csv') =>
    html`<a class="btn" download href="/api/v1/campaigns/${id}/export${queryOf(filters, { format, rows: what, language })}" aria-label="${format}: ${what === 'calls' ? t.results.exportCalls : contacts}">${format}</a>`;
  const opened = (event: Event) => { if ((event.currentTarget as HTMLDetailsElement).open) actions.count(); };
  return html`
    <details class="downloads" @toggle=${opened} @keydown=${closeOnEscape} @focusout=${closeWhenLeft}><summary class="btn go">${t.results.export}</summary>
      <div class="card-x downloads-menu">
        <div class="download-line"><b>${t.results.exportCalls} <span class="muted num">${rows('calls')}</span></b>${link('calls', 'xlsx')}${link('calls', 'csv')}</div>
        <div class="download-line"><b>${contacts} <span class="muted num">${rows('contacts')}</span></b>${link('contacts', 'xlsx')}${link('contacts', 'csv')}</div>
        <p class="small muted">${isFiltered(filters) ? t.results.exportFiltered : t.results.exportText}</p></div></details>`;
}

function closeOnEscape(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.key !== 'Escape' || !menu.open) return;
  menu.open = false;
  menu.querySelector('summary')?.focus();
}

function closeWhenLeft(event: FocusEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
}

function table(page: ResultsPage, actions: ResultsActions): TemplateResult {
  const { results, next, busy, filters } = page;
  if (results === null) return html`<p class="empty muted" role="status">${t.loading}</p>`;
  if (results.length === 0)
    return isFiltered(filters) ? html`<div class="empty"><b>${t.results.none}</b><p class="muted">${t.results.noneText}</p></div>` : html`<div class="empty"><b>${t.customer.resultsNone}</b><p class="muted">${t.customer.resultsNoneText}</p></div>`;
  return html`
    <table class="table all-results">
      <caption class="small muted num">${t.results.shown(results.length, next !== null)}</caption>
      <thead><tr><th scope="col">${t.customer.when}</th><th scope="col">${t.customer.who}</th><th scope="col" class="wide-only">${t.results.operator}</th><th scope="col">${t.results.result}</th><th scope="col" class="wide-only">${t.customer.talk}</th><th scope="col" class="wide-only">${t.customer.notes}</th></tr></thead>
      <tbody>${results.map((result) => row(result, nowOf(page), actions))}</tbody>
    </table>
    ${next === null ? nothing : html`<button type="button" class="btn more" aria-busy=${busy ? 'true' : nothing} @click=${actions.more}>${t.customer.more}</button>`}`;
}

const shown = (value: string): string => (value === 'yes' ? t.operator.yes : value === 'no' ? t.operator.no : value);

/** That a line of practice keeps no sound stands on the campaign's page; of a real one the customer wants to know why. */
const unrecorded = ({ notRecorded }: CallResult): unknown =>
  notRecorded === null || notRecorded === 'practiceLine' ? nothing : html`<div class="small muted">${t.results.recording.reasons[notRecorded] ?? t.results.recording.notRecorded}</div>`;

function listenButton(result: CallResult, actions: ResultsActions): unknown {
  if (result.recordings === 0) return unrecorded(result);
  const who = result.contactName === '' ? result.phone : result.contactName;
  return html`<div><button type="button" class="btn slim listen" aria-haspopup="dialog" aria-label=${t.results.recording.listenTo(who, timeOfDay(result.at, language))} @click=${() => actions.listen(result)}>${playIcon}${t.results.recording.listen}</button></div>`;
}

function row(result: CallResult, nowMs: number, actions: ResultsActions): TemplateResult {
  const talked = talkedMs(result, nowMs);
  const told = result.answers.map(({ label, value }) => `${label}: ${shown(value)}`).join(' · ');
  const written = html`${result.notes === '' ? nothing : html`<div class="notes-text">${result.notes}</div>`}${told === '' ? nothing : html`<div class="small muted">${told}</div>`}`;
  return html`
    <tr>
      <td class="num when">${day(result.at, language)}<br>${timeOfDay(result.at, language)}</td>
      <td class="word-break"><b>${result.contactName === '' ? t.operator.noName : result.contactName}</b>${result.company === '' ? nothing : html`<div class="muted">${result.company}</div>`}<div class="small muted num"><span class="nowrap">${result.phone}</span>${result.attempt > 1 ? ` · ${t.customer.attempt(result.attempt)}` : ''}</div>
        <div class="narrow-only"><div class="small muted">${result.operatorName}</div>${written}</div></td>
      <td class="word-break wide-only">${result.operatorName}</td>
      <td><span class="chip ${chipLook(result)}">${chipText(result)}</span>${talked === 0 ? nothing : html`<div class="small num muted narrow-only">${clock(talked)}</div>`}${whatFollows(result, nowMs)}${listenButton(result, actions)}</td>
      <td class="num wide-only">${talked === 0 ? '' : clock(talked)}</td>
      <td class="word-break wide-only written">${written}</td>
    </tr>`;
}
