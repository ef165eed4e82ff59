import { html, nothing, type TemplateResult } from 'lit-html';
import type { Campaign, CampaignManager } from '../../../../domain/api.ts';
import { day } from '../../../format.ts';
import { language, t } from '../../../texts/texts.ts';
import { absentPages, askDialogId, type Asking, type FreshLink, isLoopback } from './state.ts';

export interface LinkActions {
  readonly makeLink: (managerId: string) => void; readonly copyLink: () => void;
  /** Taking a link back is asked about first, and so is replacing it. */
  readonly askRevoke: (managerId: string) => void; readonly keep: () => void; readonly goOn: () => void;
}

/** Personal links of managers who take calls on a page of their own. */
export function managerLinks(campaign: Campaign, fresh: FreshLink | null, busy: boolean, actions: LinkActions): TemplateResult | typeof nothing {
  const pages = campaign.managers.filter(({ kind }) => kind === 'page');
  if (pages.length === 0) return nothing;
  return html`<section class="card-x"><h2>${t.customer.managerLinks}</h2><p class="muted small section-hint">${t.customer.managerLinksText}</p>
    ${pages.map((manager) => linkOf(manager, fresh?.managerId === manager.id ? fresh : null, busy, actions))}${askDialogs(campaign, actions)}</section>`;
}

/** Why a manager’s page cannot ring. */
export const absentWord = ({ name, linkMadeAt }: CampaignManager): string => `${name || t.operator.manager}: ${linkMadeAt === null ? t.customer.noLink : t.customer.pageNotOpen}`;

function askDialogs(campaign: Campaign, actions: LinkActions): TemplateResult {
  const whoIsAbsent = html`<p>${t.customer.startNobodyText}</p><ul>${absentPages(campaign).map((manager) => html`<li class="word-break">${absentWord(manager)}</li>`)}</ul>`;
  return html`
    ${askDialog('revoke', t.customer.revokeTitle, html`<p>${t.customer.revokeText}</p>`, t.customer.keepLink, t.customer.revokeLink, 'end', actions)}
    ${askDialog('renew', t.customer.newLinkTitle, html`<p>${t.customer.newLinkText}</p>`, t.customer.keepLink, t.customer.newLink, 'end', actions)}
    ${askDialog('start', t.customer.startNobodyTitle, whoIsAbsent, t.customer.startNotYet, t.customer.startAnyway, 'go', actions)}`;
}

function askDialog(what: Asking['what'], title: string, text: TemplateResult, keep: string, goOn: string, look: string, actions: LinkActions): TemplateResult {
  return html`<dialog id=${askDialogId(what)} aria-labelledby="${what}-title" @close=${actions.keep}>
    <h2 id="${what}-title">${title}</h2>${text}
    <div class="dialog-actions"><button type="button" class="btn" autofocus @click=${actions.keep}>${keep}</button><button type="button" class="btn ${look}" @click=${actions.goOn}>${goOn}</button></div></dialog>`;
}

function linkOf(manager: CampaignManager, fresh: FreshLink | null, busy: boolean, actions: LinkActions): TemplateResult {
  const busyMark = busy ? 'true' : nothing;
  const id = `link-${manager.id}`;
  return html`
    <div class="manager-link"><b class="word-break">${manager.name || t.operator.manager}</b>
      <span class="chip ${manager.pageOpen ? 'live' : manager.linkMadeAt === null ? 'wait' : ''}">${manager.pageOpen ? t.customer.pageOpen : manager.linkMadeAt === null ? t.customer.noLink : t.customer.pageClosed(day(manager.linkMadeAt, language))}</span>
      <span class="acts-row">${manager.linkMadeAt === null ? nothing : html`<button type="button" class="btn slim end" aria-haspopup="dialog" aria-busy=${busyMark} @click=${() => actions.askRevoke(manager.id)}>${t.customer.revokeLink}</button>`}
        <button type="button" class="btn slim ${manager.linkMadeAt === null ? 'go' : ''}" aria-haspopup=${manager.linkMadeAt === null ? nothing : 'dialog'} aria-busy=${busyMark} @click=${once(() => actions.makeLink(manager.id))}>${manager.linkMadeAt === null ? t.customer.makeLink : t.customer.newLink}</button></span>
      ${fresh === null ? nothing : html`<div class="fresh-link" role="status"><label class="form-label" for=${id}>${t.customer.linkOnce}</label>
        <div class="fresh-link-row"><input class="form-control" id=${id} readonly .value=${fresh.url} @focus=${(event: Event) => (event.target as HTMLInputElement).select()}>
          <button type="button" class="btn" @click=${actions.copyLink}>${fresh.copied ? t.customer.copied : t.customer.copy}</button></div>
        ${isLoopback(fresh.url) ? html`<p class="small wait-text">${t.customer.linkLoopback(new URL(fresh.url).host)}</p>` : nothing}</div>`}
    </div>`;
}

/** The second click of a double click means nothing: the first has changed what stands there. */
const once = (act: () => void) => (event: MouseEvent): void => { if (event.detail < 2) act(); };
