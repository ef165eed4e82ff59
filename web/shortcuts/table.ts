/** Every key of the cockpit, once: what is bound, what the buttons show and what the `?` overlay lists. */
export const verbs = [
  'call', 'hangUp', 'transfer', 'back', 'mute', 'notes', 'addContact', 'skip', 'pause', 'scriptDown', 'scriptUp', 'speakStatus', 'choose', 'keys',
] as const;
export type Verb = (typeof verbs)[number];

export interface Shortcut {
  readonly verb: Verb;
  /** The Latin character. */
  readonly key: string;
  /** Works inside text fields as well. */
  readonly fieldKey?: string;
  /** Ctrl+Alt and the key, for the verbs without a function key: screen readers swallow plain letters. */
  readonly chord: boolean;
}

const letter = (verb: Verb, key: string, fieldKey?: string): Shortcut =>
  fieldKey === undefined ? { verb, key, chord: true } : { verb, key, fieldKey, chord: false };

export const shortcuts: readonly Shortcut[] = [
  letter('call', 'c', 'f2'),
  letter('hangUp', 'h', 'f4'),
  letter('transfer', 't', 'f8'),
  letter('back', 'b'),
  letter('mute', 'm', 'f9'),
  letter('notes', 'n'),
  letter('addContact', 'a'),
  letter('skip', 's'),
  letter('pause', 'p'),
  letter('scriptDown', 'j'),
  letter('scriptUp', 'k'),
  letter('speakStatus', 'r'),
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => letter('choose', digit)),
  { verb: 'keys', key: '?', chord: false },
];

export function keyLabel(verb: Verb): string {
  if (verb === 'choose') return '1–9';
  return shortcuts.find((shortcut) => shortcut.verb === verb)?.key.toUpperCase() ?? '';
}
export function fieldKeyLabel(verb: Verb): string | null {
  return shortcuts.find((shortcut) => shortcut.verb === verb)?.fieldKey?.toUpperCase() ?? null;
}
