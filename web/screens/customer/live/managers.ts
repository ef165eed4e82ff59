import { html, nothing, type TemplateResult } from 'lit-html';
import type { Campaign, CampaignManager } from '../../../../domain/api.ts';
import { day } from '../../../format.ts';
import { language, t } from '../../../texts/texts.ts';
import { type FreshLink, isLoopback } from './state.ts';

export interface LinkActions {
  readonly makeLink: (managerId: string) => void; readonly copyLink: () => void;
  /** Taking a link back is asked about first. */
  readonly askRevoke: (managerId: string) => void; readonly keepLink: () => void; readonly revokeLink: () => void;
}
export const revokeDialogId = 'dialog-revoke';

/** Personal links of managers who take calls on a page of their own. */
export function managerLinks(campaign: Campaign, fresh: FreshLink | null, busy: boolean, actions: LinkActions): TemplateResult | typeof nothing {
  const pages = campaign.managers.filter(({ kind }) => kind === 'page');
  if (pages.length === 0) return nothing;
  return html`<section class="card-x"><h2>${t.customer.managerLinks}</h2><p class="muted small section-hint">${t.customer.managerLinksText}</p>
    ${pages.map((manager) => linkOf(manager, fresh?.managerId === manager.id ? fresh : null, busy, actions))}${revokeDialog(actions)}</section>`;
}

function revokeDialog(actions: LinkActions): TemplateResult {
  return html`<dialog id=${revokeDialogId} aria-labelledby="revoke-title" @close=${actions.keepLink}>
    <h2 id="revoke-title">${t.customer.revokeTitle}</h2><p>${t.customer.revokeText}</p>
    <div class="dialog-actions"><button type="button" class="btn" autofocus @click=${actions.keepLink}>${t.customer.keepLink}</button><button type="button" class="btn end" @click=${actions.revokeLink}>${t.customer.revokeLink}</button></div></dialog>`;
}

function linkOf(manager: CampaignManager, fresh: FreshLink | null, busy: boolean, actions: LinkActions): TemplateResult {
  const busyMark = busy ? 'true' : nothing;
  const id = `link-${manager.id}`;
  return html`
    <div class="manager-link"><b class="word-break">${manager.name || t.operator.manager}</b>
      <span class="chip ${manager.pageOpen ? 'live' : manager.linkMadeAt === null ? 'wait' : ''}">${manager.pageOpen ? t.customer.pageOpen : manager.linkMadeAt === null ? t.customer.noLink : t.customer.pageClosed(day(manager.linkMadeAt, language))}</span>
      <span class="acts-row">${manager.linkMadeAt === null ? nothing : html`<button type="button" class="btn slim end" aria-haspopup="dialog" aria-busy=${busyMark} @click=${() => actions.askRevoke(manager.id)}>${t.customer.revokeLink}</button>`}
        <button type="button" class="btn slim ${manager.linkMadeAt === null ? 'go' : ''}" aria-busy=${busyMark} @click=${once(() => actions.makeLink(manager.id))}>${manager.linkMadeAt === null ? t.customer.makeLink : t.customer.newLink}</button></span>
      ${fresh === null ? nothing : html`<div class="fresh-link" role="status"><label class="form-label" for=${id}>${t.customer.linkOnce}</label>
        <div class="fresh-link-row"><input class="form-control" id=${id} readonly .value=${fresh.url} @focus=${(event: Event) => (event.target as HTMLInputElement).select()}>
          <button type="button" class="btn" @click=${actions.copyLink}>${fresh.copied ? t.customer.copied : t.customer.copy}</button></div>
        ${isLoopback(fresh.url) ? html`<p class="small wait-text">${t.customer.linkLoopback(new URL(fresh.url).host)}</p>` : nothing}</div>`}
    </div>`;
}

/** The second click of a double click means nothing: the first has changed what stands there. */
const once = (act: () => void) => (event: MouseEvent): void => { if (event.detail < 2) act(); };
