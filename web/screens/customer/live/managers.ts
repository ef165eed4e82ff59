import { html, nothing, type TemplateResult } from 'lit-html';
import type { Campaign, CampaignManager } from '../../../../domain/api.ts';
import { day } from '../../../format.ts';
import { language, t } from '../../../texts/texts.ts';
import type { FreshLink } from './state.ts';

export interface LinkActions { readonly makeLink: (managerId: string) => void; readonly revokeLink: (managerId: string) => void; readonly copyLink: () => void }

/** Personal links of managers who take calls on a page of their own. */
export function managerLinks(campaign: Campaign, fresh: FreshLink | null, busy: boolean, actions: LinkActions): TemplateResult | typeof nothing {
  const pages = campaign.managers.filter(({ kind }) => kind === 'page');
  if (pages.length === 0) return nothing;
  return html`<section class="card-x"><h2>${t.customer.managerLinks}</h2><p class="muted small section-hint">${t.customer.managerLinksText}</p>
    ${pages.map((manager) => linkOf(manager, fresh?.managerId === manager.id ? fresh : null, busy, actions))}</section>`;
}

function linkOf(manager: CampaignManager, fresh: FreshLink | null, busy: boolean, actions: LinkActions): TemplateResult {
  const busyMark = busy ? 'true' : nothing;
  const id = `link-${manager.id}`;
  return html`
    <div class="manager-link"><b class="word-break">${manager.name || t.operator.manager}</b>
      <span class="chip ${manager.pageOpen ? 'live' : manager.linkMadeAt === null ? 'wait' : ''}">${manager.pageOpen ? t.customer.pageOpen : manager.linkMadeAt === null ? t.customer.noLink : t.customer.pageClosed(day(manager.linkMadeAt, language))}</span>
      <span class="acts-row"><button type="button" class="btn slim ${manager.linkMadeAt === null ? 'go' : ''}" aria-busy=${busyMark} @click=${() => actions.makeLink(manager.id)}>${manager.linkMadeAt === null ? t.customer.makeLink : t.customer.newLink}</button>
        ${manager.linkMadeAt === null ? nothing : html`<button type="button" class="btn slim end" aria-busy=${busyMark} @click=${() => actions.revokeLink(manager.id)}>${t.customer.revokeLink}</button>`}</span>
      ${fresh === null ? nothing : html`<div class="fresh-link" role="status"><label class="form-label" for=${id}>${t.customer.linkOnce}</label>
        <div class="fresh-link-row"><input class="form-control" id=${id} readonly .value=${fresh.url} @focus=${(event: Event) => (event.target as HTMLInputElement).select()}>
          <button type="button" class="btn" @click=${actions.copyLink}>${fresh.copied ? t.customer.copied : t.customer.copy}</button></div></div>`}
    </div>`;
}
