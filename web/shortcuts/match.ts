import { type Shortcut, shortcuts } from './table.ts';

/** What a KeyboardEvent tells, as far as it matters here. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
  readonly isComposing: boolean;
  readonly altGraph: boolean;
  /** The press comes from a field that takes text. */
  readonly inField: boolean;
}

/** A change of state moves what a key means: for this long no key acts. */
export const settleMs = 400;

/** The Latin character where the layout gives one (Dvorak, AZERTY), else the physical key (Russian). */
export function latinKey(press: Pick<KeyPress, 'key' | 'code' | 'shiftKey'>): string | null {
  const key = press.key.toLowerCase();
  if (/^f([1-9]|1[0-2])$/.test(key)) return key;
  if (/^[a-z]$/.test(key)) return press.shiftKey ? null : key;
  if (/^[0-9?]$/.test(key)) return key;
  if (press.shiftKey) return null;
  const physical = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(press.code);
  return (physical?.[1] ?? physical?.[2])?.toLowerCase() ?? null;
}

/** The name under which the shortcut is bound, or null when this press is none. */
export function comboOf(press: KeyPress): string | null {
  if (press.repeat || press.isComposing || press.metaKey || press.altGraph) return null;
  const key = latinKey(press);
  if (key === null) return null;
  if (press.ctrlKey !== press.altKey) return null;
  if (press.ctrlKey) return /^[a-z0-9]$/.test(key) ? `ctrl+alt+${key}` : null;
  if (press.inField && !/^f\d/.test(key)) return null;
  return key;
}

export function combosOf(shortcut: Shortcut): string[] {
  return [shortcut.key, ...(shortcut.fieldKey === undefined ? [] : [shortcut.fieldKey]), ...(shortcut.chord ? [`ctrl+alt+${shortcut.key}`] : [])];
}

export function shortcutFor(press: KeyPress, settledForMs: number): Shortcut | null {
  const combo = comboOf(press);
  if (combo === null || settledForMs < settleMs) return null;
  return shortcuts.find((shortcut) => combosOf(shortcut).includes(combo)) ?? null;
}
