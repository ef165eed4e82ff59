import Mousetrap from 'mousetrap';
import { combosOf, comboOf, settleMs, type KeyPress } from './match.ts';
import { type Shortcut, shortcuts } from './table.ts';

/** Mousetrap's own hook between reading an event and looking up what is bound; its types leave it out. */
type HandleKey = (character: string, modifiers: string[], event: KeyboardEvent) => void;
type Hooked = Mousetrap.MousetrapInstance & { handleKey: HandleKey; stopCallback: (event: KeyboardEvent, element: Element) => boolean };

export interface KeyboardOptions {
  readonly act: (shortcut: Shortcut) => void;
  /** Pressed while the screen was changing: not done, and not to be passed over in silence. */
  readonly early: (shortcut: Shortcut) => void;
  /** How long the screen has been in its present state. */
  readonly settledForMs: () => number;
  /** A modal dialog is open: its own keys only. */
  readonly suspended: () => boolean;
}

/**
 * Mousetrap keeps the bindings and dispatches. It names a key by its key code, which knows neither Dvorak's letters nor
 * a Cyrillic one's place, so the name is ours (match.ts) and so is the decision when a key is meant as text.
 */
export function listenToKeys(options: KeyboardOptions): () => void {
  const trap = new Mousetrap(document.documentElement) as Hooked;
  const dispatch = trap.handleKey.bind(trap);
  trap.handleKey = (_character, _modifiers, event) => {
    const combo = event.type === 'keydown' ? comboOf(pressOf(event)) : null;
    if (combo === null || options.suspended()) return;
    // Mousetrap stores "?" as the key that bears it on a US keyboard.
    if (combo === '?') dispatch('/', ['shift'], event);
    else dispatch(combo.replace('ctrl+alt+', ''), combo.startsWith('ctrl+alt+') ? ['ctrl', 'alt'] : [], event);
  };
  trap.stopCallback = () => false;
  for (const shortcut of shortcuts) {
    trap.bind(combosOf(shortcut), () => {
      if (options.settledForMs() >= settleMs) options.act(shortcut);
      else options.early(shortcut);
      // A function key must not open the browser's own menu or reload half of a call away.
      return false;
    }, 'keydown');
  }
  const leaveField = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !options.suspended() && !event.isComposing && isField(event.target)) event.target.blur();
  };
  document.addEventListener('keydown', leaveField);
  return () => {
    trap.reset();
    document.removeEventListener('keydown', leaveField);
  };
}

export function pressOf(event: KeyboardEvent): KeyPress {
  return {
    key: event.key, code: event.code, shiftKey: event.shiftKey, ctrlKey: event.ctrlKey, altKey: event.altKey, metaKey: event.metaKey,
    repeat: event.repeat, isComposing: event.isComposing, altGraph: event.getModifierState('AltGraph'), inField: isField(event.target),
  };
}

function isField(target: EventTarget | null): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['button', 'submit', 'checkbox', 'radio', 'range', 'file'].includes(target.type);
}
