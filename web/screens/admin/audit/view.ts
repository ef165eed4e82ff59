import { html, nothing, type TemplateResult } from 'lit-html';
import type { AuditEntryShown } from '../../../../domain/api.ts';
import { day, timeOfDay } from '../../../format.ts';
import { ta } from '../../../texts/account.ts';
import { language, t } from '../../../texts/texts.ts';

export interface AuditShown { readonly entries: readonly AuditEntryShown[] | null; readonly more: boolean; /** Empty: all. */ readonly action: string }

export function auditView({ entries, more, action }: AuditShown, acts: { readonly choose: (action: string) => void; readonly more: () => void }): TemplateResult {
  const texts = ta().audit;
  return html`
    <section class="card-x stack">
      <label class="audit-filter"><span class="form-label">${texts.filter}</span>
        <select class="form-select" .value=${action} @change=${(event: Event) => acts.choose((event.target as HTMLSelectElement).value)}>
          <option value="">${texts.all}</option>
          ${Object.entries(texts.actions).map(([key, label]) => html`<option value=${key} ?selected=${key === action}>${label}</option>`)}
        </select></label>
      ${entries === null ? html`<p class="muted" role="status">${t.loading}</p>` : entries.length === 0 ? html`<p class="muted">${texts.none}</p>` : table(entries)}
      ${more ? html`<div><button type="button" class="btn" @click=${acts.more}>${texts.more}</button></div>` : nothing}
    </section>`;
}

function table(entries: readonly AuditEntryShown[]): TemplateResult {
  const texts = ta().audit;
  return html`
    <div class="scroll-x" tabindex="0" role="region" aria-label=${texts.title}><table class="table audit">
      <thead><tr><th scope="col">${texts.when}</th><th scope="col">${texts.who}</th><th scope="col">${texts.what}</th><th scope="col">${texts.to}</th><th scope="col">${texts.from}</th></tr></thead>
      <tbody>${entries.map(row)}</tbody>
    </table></div>`;
}

const alarming: readonly string[] = ['signInFailed', 'totpFailed', 'totpRemoved', 'recoveryCodeUsed'];

function row(entry: AuditEntryShown): TemplateResult {
  const texts = ta().audit;
  const said = (texts.actions as Readonly<Record<string, string>>)[entry.action] ?? entry.action;
  const subject = entry.subject === null ? '' : ((texts.subjects as Readonly<Record<string, string>>)[entry.subject] ?? entry.subject);
  const details = entry.action === 'campaignChanged' ? changedParts(entry.details) : Object.entries(entry.details).map(([key, value]) => `${key}: ${String(value)}`).join(', ');
  return html`
    <tr>
      <td class="num">${day(entry.at, language)}, ${timeOfDay(entry.at, language)}</td>
      <td class="word-break">${whoOf(entry)}</td>
      <td><span class="chip ${alarming.includes(entry.action) ? 'wait' : ''}">${said}</span></td>
      <td class="word-break">${subject} ${entry.subjectName ? html`<b>${entry.subjectName}</b>` : html`<span class="num muted">${entry.subjectId ?? ''}</span>`}${details === '' ? nothing : html`<div class="small muted">${details}</div>`}</td>
      <td class="num">${entry.address ?? ''}</td>
    </tr>`;
}

/** "managers (Olga), hours and limits (maxAttempts)": each part with what is known of it. */
function changedParts({ what, ...more }: AuditEntryShown['details']): string {
  const words = ta().audit.parts as Readonly<Record<string, string>>;
  return String(what ?? '').split(', ').map((part) => `${words[part] ?? part}${typeof more[part] === 'string' ? ` (${more[part]})` : ''}`).join(', ');
}

function whoOf({ userId, userName, role, customerName, address }: AuditEntryShown): TemplateResult | string {
  const texts = ta().audit;
  if (userId === null) return html`<span class="muted">${address === null ? texts.house : texts.nobody}</span>`;
  return html`${userName ?? userId}<div class="small muted">${[role === null ? null : t.roles[role], customerName].filter((part) => part !== null).join(' · ')}</div>`;
}
