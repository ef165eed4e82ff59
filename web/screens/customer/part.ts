import type { TemplateResult } from 'lit-html';
import type { Api } from '../../api.ts';
import type { RoleContext } from '../../frame.ts';

/** One of the customer's pages. */
export interface Part {
  title(): string;
  view(): TemplateResult;
  close(): void;
}
/** What a part may use. */
export interface PartContext { readonly api: Api; readonly changed: () => void; readonly go: RoleContext['go'] }
