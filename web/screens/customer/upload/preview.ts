import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { columnUses, type ColumnUse } from '../../../../domain/spreadsheet/mapping.ts';
import type { ListPreview, PreviewColumn, PreviewRow } from '../../../../domain/spreadsheet/preview.ts';
import { t } from '../../../texts/texts.ts';
import { remedyText } from '../remedy.ts';
import { lacksPhone, phoneDoubts, useAt, type UploadPage } from './state.ts';
import { chips, problemsLink, type UploadActions } from './view.ts';

/** A long cell is a note: its beginning tells what the column is. */
const cellCharacters = 90;
const headerRowsOffered = 15;

export function previewView(page: UploadPage, preview: ListPreview, listsPath: string, actions: UploadActions): TemplateResult {
  const { counts, fileName, format, sheet } = preview;
  const facts = [...(counts === null ? [] : [t.list.rows(counts.rows)]), t.list.formats[format], ...(sheet === null ? [] : [t.list.sheetNamed(sheet)])];
  const isTakeable = page.busy === null && !lacksPhone(page) && (counts === null || counts.accepted > 0 || page.isStale);
  return html`
    <div class="page-head preview-head"><div class="preview-name"><h1 class="word-break">${fileName}</h1><p class="muted num">${facts.join(' · ')}</p></div>
      <div class="acts-row"><button type="button" class="btn" ?disabled=${page.busy === 'taking'} @click=${actions.again}>${t.customer.another}</button>
        <button type="button" class="btn go" id="take" ?disabled=${!isTakeable} @click=${actions.take}>${page.isStale || counts === null ? t.list.takeUnknown : t.list.take(counts.accepted)}<kbd aria-hidden="true">↵</kbd></button></div></div>
    ${notices(page, preview)}
    ${changes(page, actions)}
    <div class="import-line"><span role="status">${counts === null || page.isStale ? nothing : chips(counts)}${working(page, counts?.rows ?? null)}</span>
      ${counts === null || page.isStale ? nothing : problemsLink(`${listsPath}/preview/${preview.uploadId}`, counts.duplicates + counts.rejected)}</div>
    ${isPlain(page, preview) ? nothing : places(page, preview, actions)}
    <section class="card-x table-card scroll-x" tabindex="0" role="region" aria-label=${t.list.firstRows} aria-busy=${page.busy !== null}><table class="table preview-table">
      <thead><tr>${preview.columns.map((column) => columnHead(page, column, actions))}</tr></thead>
      <tbody>${preview.rows.map((row) => previewRow(page, preview, row))}</tbody>
      ${preview.badRows.length === 0 || page.isStale ? nothing : html`<tbody aria-label=${t.list.badRows}>${preview.badRows.map((row) => previewRow(page, preview, row))}</tbody>`}
    </table></section>
    ${counts === null || page.isStale || counts.rows <= shownRows(preview) ? nothing : html`<p class="small muted num more-rows">${t.list.moreRows(counts.rows - shownRows(preview))}</p>`}
    ${isPlain(page, preview) ? places(page, preview, actions) : nothing}`;
}

function notices(page: UploadPage, { clear, counts }: ListPreview): TemplateResult | typeof nothing {
  if (page.problem !== null) return html`<p class="notice no" role="alert">${page.problem}</p>`;
  if (!clear && page.chosen.mapping === null) return html`<p class="notice" role="alert">${t.list.unclear}</p>`;
  return counts !== null && counts.accepted === 0 && !page.isStale ? html`<p class="notice" role="status">${t.list.nobody}</p>` : nothing;
}

/** What else a choice changed, and columns that hardly hold what they are said to. */
function changes(page: UploadPage, actions: UploadActions): TemplateResult {
  const { alsoChanged } = page;
  return html`<div class="changes" role="status">${alsoChanged === null ? nothing : html`<p class="notice plain"><span>${t.list.alsoChanged(shortened(alsoChanged.header), t.list.uses[alsoChanged.use])}</span><button type="button" class="btn slim" ?disabled=${page.busy === 'taking'} @click=${actions.undo}>${t.list.undo}</button></p>`}
    ${phoneDoubts(page).map(({ header, numbers, rows }) => html`<p class="notice">${t.list.fewNumbers(shortened(header), numbers, rows)}</p>`)}</div>`;
}

function working({ busy, rowsRead }: UploadPage, rows: number | null): TemplateResult | typeof nothing {
  if (busy === null) return nothing;
  const words = busy === 'taking' ? t.list.taking : t.list.looking;
  return html`<span class="working"><span class="muted num">${words}${rowsRead > 0 ? ` ${t.list.rowsRead(rowsRead)}` : ''}</span>${
    rows !== null && rows > 0 && rowsRead > 0 ? html`<progress max=${rows} .value=${rowsRead} aria-label=${words}></progress>` : html`<span class="busy-line" role="progressbar" aria-label=${words}></span>`}</span>`;
}

const shownRows = ({ rows, badRows }: ListPreview): number => rows.length + badRows.length;

/** One sheet with its headers in the first row: nobody needs to look at where the rows are. */
const isPlain = ({ chosen }: UploadPage, { sheets, headerRow, clear }: ListPreview): boolean => sheets.length < 2 && headerRow === 1 && clear && chosen.headerRow === null;

function places(page: UploadPage, { sheets, sheet, headerRow }: ListPreview, actions: UploadActions): TemplateResult {
  const row = page.chosen.headerRow ?? headerRow;
  const offered = Array.from({ length: Math.max(headerRowsOffered, row) + 1 }, (_, at) => at);
  const value = (event: Event) => (event.target as HTMLSelectElement).value;
  return html`<div class="places">
    ${sheets.length < 2 ? nothing : html`<label>${t.list.sheet}<select class="form-select slim" .value=${live(page.chosen.sheet ?? sheet ?? '')} @change=${(event: Event) => actions.sheet(value(event))}>${sheets.map((name) => html`<option value=${name} ?selected=${name === (page.chosen.sheet ?? sheet)}>${name}</option>`)}</select></label>`}
    <label>${t.list.headerRow}<select class="form-select slim" .value=${live(String(row))} @change=${(event: Event) => actions.headerRow(Number(value(event)))}>${offered.map((at) => html`<option value=${at} ?selected=${at === row}>${at === 0 ? t.list.noHeader : at}</option>`)}</select></label></div>`;
}

function columnHead(page: UploadPage, { index, header }: PreviewColumn, actions: UploadActions): TemplateResult {
  const use = useAt(page, index);
  return html`<th scope="col"><span class="column-name">${shortened(header)}</span>
    <select class="form-select slim ${use === 'leaveOut' ? '' : 'taken'}" aria-label=${t.list.useOf(header)} ?disabled=${page.busy === 'taking'} .value=${live(use)} @change=${(event: Event) => actions.use(index, (event.target as HTMLSelectElement).value as ColumnUse)}>
      ${columnUses.map((each) => html`<option value=${each} ?selected=${each === use}>${t.list.uses[each]}</option>`)}</select></th>`;
}

function previewRow(page: UploadPage, { columns }: ListPreview, { row, cells, verdict, reason }: PreviewRow): TemplateResult {
  const isBad = !page.isStale && reason !== null && verdict !== 'accepted';
  const look = isBad ? (verdict === 'duplicate' ? 'dup' : 'bad') : '';
  // The reason stays in sight however far a narrow screen has scrolled sideways.
  return html`<tr class="${look}${isBad ? ' has-why' : ''}">${columns.map(({ index }) => html`
    <td class=${useAt(page, index) === 'leaveOut' ? 'left-out' : ''}>${shortened(cells[index] ?? '')}</td>`)}</tr>
    ${isBad ? html`<tr class=${look}><td class="why-cell" colspan=${columns.length}><span class="why">${t.list.row(row)}: ${remedyText(reason)}</span></td></tr>` : nothing}`;
}

const shortened = (text: string): string => (text.length > cellCharacters ? `${text.slice(0, cellCharacters)}…` : text);
