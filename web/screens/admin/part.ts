import type { TemplateResult } from 'lit-html';
import type { Api } from '../../api.ts';
import type { Overview } from './overview.ts';

/** One of the administrator's pages. */
export interface Part {
  title(): string;
  /** What stands under the title. */
  text(): string;
  view(): TemplateResult;
  close(): void;
}
/** What a part may use. `read` asks for the overview anew. */
export interface PartContext { readonly api: Api; readonly changed: () => void; readonly overview: () => Overview; readonly read: () => Promise<void> }
