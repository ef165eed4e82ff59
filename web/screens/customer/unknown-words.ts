import { html, nothing, type TemplateResult } from 'lit-html';
import type { Campaign } from '../../../domain/api.ts';
import { unknownPlaceholders } from '../../../domain/script.ts';
import { t } from '../../texts/texts.ts';

/** Before calls begin: what the script asks for and no list has. */
export function unknownWords({ id, state, script, columns, headers, counts }: Campaign): TemplateResult | typeof nothing {
  const unknown = state === 'running' || state === 'finished' || counts.contacts === 0 ? [] : unknownPlaceholders(script, [...columns, ...headers]);
  return unknown.length === 0 ? nothing : html`<p class="notice">${t.customer.unknownPlaceholders(unknown.map((word) => `{${word}}`).join(', '))} <a href="/customer/campaigns/${id}/edit">${t.customer.toScript}</a></p>`;
}
