import { html, nothing, type TemplateResult } from 'lit-html';
import type { Campaign, ListProblem, ListResult } from '../../../../domain/api.ts';
import type { ColumnUse } from '../../../../domain/spreadsheet/mapping.ts';
import { language, t } from '../../../texts/texts.ts';
import { unknownWords } from '../unknown-words.ts';
import { absentWord } from '../live/managers.ts';
import { absentPages } from '../live/state.ts';
import { remedyText } from '../remedy.ts';
import { previewView } from './preview.ts';
import { canStart, type UploadPage } from './state.ts';

export interface UploadActions {
  readonly choose: (file: File | null) => void; readonly dragOver: (over: boolean) => void; readonly again: () => void;
  readonly use: (index: number, use: ColumnUse) => void; readonly sheet: (sheet: string) => void; readonly headerRow: (row: number) => void; readonly take: () => void;
  readonly undo: () => void; readonly start: () => void;
}

/** What the server lists of a file's faults, at most. */
const mostProblems = 1_000;

export function uploadView(page: UploadPage, campaignPath: string, listsPath: string, actions: UploadActions): TemplateResult {
  const shown = page.result ? resultView(page, page.result, campaignPath, listsPath, actions) : page.preview ? previewView(page, page.preview, listsPath, actions) : chooseView(page, campaignPath, actions);
  return html`<div class="page wide">${shown}</div>`;
}

function chooseView(page: UploadPage, campaignPath: string, actions: UploadActions): TemplateResult {
  const sending = page.sent !== null;
  const dropped = (event: DragEvent) => { event.preventDefault(); actions.dragOver(false); actions.choose(event.dataTransfer?.files[0] ?? null); };
  return html`
    <div class="page-head"><h1>${t.customer.uploadTitle}</h1><div class="acts-row"><a class="btn" href=${campaignPath}>${t.customer.toCampaign}</a></div></div>
    <div class="stack">
      ${page.problem === null ? nothing : html`<p class="notice no" role="alert">${page.problem}</p>`}
      <section class="card-x drop ${page.over ? 'over' : ''}" @dragover=${(event: DragEvent) => { event.preventDefault(); actions.dragOver(true); }} @dragleave=${() => actions.dragOver(false)} @drop=${dropped}>
        ${sending ? progress(page) : html`
          <h2>${t.list.drop}</h2><p class="muted drop-text">${t.list.dropText}</p>
          <label class="btn go">${t.customer.chooseFile}<input class="visually-hidden" type="file" accept=".xlsx,.xls,.csv,.tsv,.txt" @change=${(event: Event) => { const input = event.target as HTMLInputElement; actions.choose(input.files?.[0] ?? null); input.value = ''; }}></label>
          <a class="small" download href="/api/v1/lists/template?format=xlsx&language=${language}">${t.list.template}</a>`}
      </section>
      ${page.earlier.length === 0 ? nothing : html`<section class="card-x"><h3>${t.customer.earlier}</h3>${page.earlier.map((list) => html`<div class="earlier"><span class="word-break">${list.fileName}</span>${chips(list, t.list.taken)}</div>`)}</section>`}
    </div>`;
}

function progress(page: UploadPage): TemplateResult {
  const percent = Math.round((page.sent ?? 0) * 100);
  const words = percent < 100 ? t.customer.uploading(percent) : page.rowsRead > 0 ? t.list.rowsRead(page.rowsRead) : t.list.looking;
  return html`<h2 class="word-break">${page.fileName}</h2><p class="muted num" role="status">${words}</p>
    ${percent >= 100 ? html`<div class="busy-line wide-line" role="progressbar" aria-label=${words}></div>` : html`<progress class="wide-line" max="100" .value=${percent} aria-label=${words}></progress>`}`;
}

export const chips = (list: Pick<ListResult, 'accepted' | 'duplicates' | 'rejected'>, accepted = t.customer.accepted): TemplateResult => html`<span class="chips"><span class="chip live num">${accepted(list.accepted)}</span>
  ${list.duplicates === 0 ? nothing : html`<span class="chip wait num">${t.customer.duplicates(list.duplicates)}</span>`}${list.rejected === 0 ? nothing : html`<span class="chip no num">${t.customer.rejected(list.rejected)}</span>`}</span>`;

/** A workbook of the rows that were not taken, each with its reason. */
export const problemsLink = (path: string, bad: number): TemplateResult | typeof nothing =>
  bad === 0 ? nothing : html`<a class="problems-link" download href="${path}/problems?format=xlsx&language=${language}">${t.customer.download(bad)}</a>`;

function resultView(page: UploadPage, result: ListResult, campaignPath: string, listsPath: string, actions: UploadActions): TemplateResult {
  return html`
    <div class="page-head"><h1 class="word-break">${result.fileName}</h1>
      <div class="acts-row"><button type="button" class="btn" @click=${actions.again}>${t.customer.another}</button><a class="btn ${canStart(page) ? '' : 'go'}" href=${campaignPath}>${t.customer.toCampaign}</a></div></div>
    ${page.problem === null ? nothing : html`<p class="notice no" role="alert">${page.problem}</p>`}
    ${page.campaign === null ? nothing : unknownWords(page.campaign)}
    ${page.campaign?.state === 'draft' ? nextStep(page, page.campaign, campaignPath, actions) : nothing}
    <div class="import-line" role="status">${chips(result, t.list.taken)}${problemsLink(`${listsPath}/${result.id}`, result.duplicates + result.rejected)}</div>
    ${result.problems.length === 0 ? html`<section class="card-x empty"><b>${t.customer.allGood}</b></section>` : html`
      <section class="card-x table-card"><table class="table problems"><thead><tr><th scope="col">${t.customer.row}</th><th scope="col">${t.customer.what}</th><th scope="col">${t.customer.reason}</th></tr></thead>
        <tbody>${result.problems.map(problemRow)}</tbody></table></section>
      ${result.problems.length >= mostProblems ? html`<p class="small muted">${t.customer.firstProblems}</p>` : nothing}`}`;
}

/** A draft calls nobody: what it lacks, or the button that begins. */
function nextStep(page: UploadPage, campaign: Campaign, campaignPath: string, actions: UploadActions): TemplateResult {
  const edit = (words: string) => html`<a href="${campaignPath}/edit">${words}</a>`;
  const absent = absentPages(campaign);
  return html`<section class="card-x next-step"><div><b>${canStart(page) ? t.list.draftReady : t.list.draftLacks}</b>
      ${campaign.script.trim() === '' ? html`<p>${t.list.lacksScript} ${edit(t.list.writeScript)}</p>` : nothing}${campaign.counts.contacts === 0 ? html`<p>${t.list.lacksContacts}</p>` : nothing}
      ${campaign.managers.length === 0 ? html`<p class="wait-text">${t.customer.nobodyHint} ${edit(t.customer.addAManager)}</p>` : nothing}
      ${absent.length === 0 ? nothing : html`<p class="wait-text">${t.customer.startNobodyText} ${absent.map(absentWord).join(' · ')}. <a href=${campaignPath}>${t.customer.managerLinks}</a></p>`}</div>
    ${canStart(page) ? html`<button type="button" class="btn go" aria-busy=${page.starting ? 'true' : nothing} @click=${actions.start}>${absent.length === 0 ? t.customer.start : t.customer.startAnyway}</button>` : nothing}</section>`;
}

const problemRow = ({ row, kind, reason }: ListProblem): TemplateResult => html`
  <tr class=${kind === 'duplicate' ? 'dup' : 'bad'}><td class="num">${row}</td><td>${kind === 'duplicate' ? t.customer.duplicate : t.customer.rejectedWord}</td><td class="word-break">${remedyText(reason)}</td></tr>`;
