import { readStored, writeStored } from './stored.ts';

export type Theme = 'system' | 'light' | 'dark';
const themes: readonly Theme[] = ['system', 'light', 'dark'];
const storageKey = 'theme';

export function currentTheme(): Theme {
  const stored = readStored(storageKey);
  return themes.find((theme) => theme === stored) ?? 'system';
}

export function applyTheme(theme: Theme): void {
  writeStored(storageKey, theme);
  if (theme === 'system') delete document.documentElement.dataset['bsTheme'];
  else document.documentElement.dataset['bsTheme'] = theme;
}

export const nextTheme = (theme: Theme): Theme => themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
