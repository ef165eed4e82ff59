import { html, nothing, type TemplateResult } from 'lit-html';
import type { SessionUser } from '../domain/api.ts';
import { personIcon, phoneIcon } from './icons.ts';
import { t } from './texts/texts.ts';
import { currentTheme } from './theme.ts';

/** What every role's main.ts is given. */
export interface RoleContext {
  readonly user: SessionUser;
  readonly draw: (content: TemplateResult) => void;
  readonly go: (path: string, how?: 'push' | 'replace') => void;
  readonly frame: FrameActions;
  readonly onSignedOut: () => void;
}
export interface FrameActions { readonly signOut: () => void; readonly switchLanguage: () => void; readonly switchTheme: () => void }
export interface RoleScreen {
  /** The path below the role has changed, or is shown for the first time. */
  show(rest: readonly string[]): void;
  /** Language or theme changed. */
  render(): void;
  close(): void;
}

export interface Tab { readonly path: string; readonly label: string; readonly current: boolean }

/** The operator's line lives in its page, so that the account opens beside it. */
export function bar(home: string, tabs: readonly Tab[], actions: FrameActions, end: unknown = nothing): TemplateResult {
  return html`
    <a class="btn skip-link" href="#content">${t.skipToContent}</a>
    <header class="bar">
      <a class="brand" href=${home}>${phoneIcon} ${t.brand}</a>
      ${tabs.length === 0 ? nothing : html`<nav class="tabs" aria-label=${t.pageMenu}>${tabs.map((tab) => html`<a href=${tab.path} aria-current=${tab.current ? 'page' : nothing}>${tab.label}</a>`)}</nav>`}
      <div class="bar-end">${end}${switches(actions)}<a class="btn quiet" href="/account" aria-label=${t.account} title=${t.account} target=${home.startsWith('/operator') ? '_blank' : nothing}><span class="hide-phone">${t.account}</span><span class="only-phone">${personIcon}</span></a><button type="button" class="btn quiet" @click=${actions.signOut}>${t.signOut}</button></div>
    </header>`;
}

export function switches(actions: Pick<FrameActions, 'switchLanguage' | 'switchTheme'>): TemplateResult {
  const theme = t.theme[currentTheme()];
  return html`
    <button type="button" class="btn quiet" @click=${actions.switchTheme} aria-label=${theme} title=${theme}><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0m0 1.500v13a6.500 6.500 0 0 1 0-13"/></svg></button>
    <button type="button" class="btn quiet" @click=${actions.switchLanguage} title=${t.languageHint}>${t.language}</button>`;
}

/** Said once by a screen reader; the same words twice are said twice. */
export function announce(text: string, how: 'polite' | 'assertive'): void {
  const region = document.getElementById(how);
  if (!region) return;
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 60);
}
