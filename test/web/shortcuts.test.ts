import { describe, expect, it } from 'vitest';
import { type KeyPress, shortcutFor } from '../../web/shortcuts/match.ts';
import { shortcuts } from '../../web/shortcuts/table.ts';

const press = (key: string, code: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key, code, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, repeat: false, isComposing: false, altGraph: false, inField: false, ...more,
});
const verb = (given: KeyPress, settledForMs = 1_000) => shortcutFor(given, settledForMs)?.verb ?? null;

describe('shortcuts', () => {
  it('are found by their Latin character', () => {
    expect([verb(press('c', 'KeyC')), verb(press('h', 'KeyH')), verb(press('t', 'KeyT'))]).toEqual(['call', 'hangUp', 'transfer']);
  });

  it('work in the Russian layout by the physical key', () => {
    expect([['с', 'KeyC'], ['р', 'KeyH'], ['е', 'KeyT'], ['и', 'KeyB'], ['ь', 'KeyM'], ['т', 'KeyN'], ['ф', 'KeyA'], ['ы', 'KeyS'], ['з', 'KeyP'], ['о', 'KeyJ'], ['л', 'KeyK'], ['к', 'KeyR']]
      .map(([key = '', code = '']) => verb(press(key, code))))
      .toEqual(['call', 'hangUp', 'transfer', 'back', 'mute', 'notes', 'addContact', 'skip', 'pause', 'scriptDown', 'scriptUp', 'speakStatus']);
  });

  it('follow the letter on Dvorak, not the place', () => {
    expect(verb(press('h', 'KeyJ'))).toBe('hangUp');
    expect(verb(press('j', 'KeyC'))).toBe('scriptDown');
  });

  it('take digits from the digit row of AZERTY and from the number pad', () => {
    for (const given of [press('&', 'Digit1'), press('1', 'Digit1', { shiftKey: true }), press('1', 'Numpad1'), press('1', 'Digit1')]) expect(shortcutFor(given, 1_000)).toMatchObject({ verb: 'choose', key: '1' });
    expect(verb(press('!', 'Digit1', { shiftKey: true }))).toBeNull();
  });

  it('typed into a note only write', () => {
    for (const [key, code] of [['h', 'KeyH'], ['t', 'KeyT'], ['c', 'KeyC'], ['р', 'KeyH'], ['1', 'Digit1'], ['?', 'Slash']] as const) expect(verb(press(key, code, { inField: true }))).toBeNull();
  });

  it('have function keys and chords that work inside fields', () => {
    expect(['F2', 'F4', 'F8', 'F9'].map((key) => verb(press(key, key, { inField: true })))).toEqual(['call', 'hangUp', 'transfer', 'mute']);
    expect(verb(press('и', 'KeyB', { inField: true, ctrlKey: true, altKey: true }))).toBe('back');
  });

  it('stay away from repeat, composition, AltGr, Ctrl and Meta', () => {
    for (const more of [{ repeat: true }, { isComposing: true }, { altGraph: true, ctrlKey: true, altKey: true }, { ctrlKey: true }, { metaKey: true }, { altKey: true }, { shiftKey: true }]) {
      expect(verb(press('h', 'KeyH', more)), JSON.stringify(more)).toBeNull();
    }
  });

  it('wait 400 ms after the state has changed', () => {
    expect(verb(press('h', 'KeyH'), 399)).toBeNull();
    expect(verb(press('h', 'KeyH'), 400)).toBe('hangUp');
  });

  it('are each bound once', () => {
    const keys = shortcuts.flatMap(({ key, fieldKey }) => (fieldKey === undefined ? [key] : [key, fieldKey]));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
