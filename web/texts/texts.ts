import { readStored, writeStored } from '../stored.ts';
import { en, type Texts } from './en.ts';
import { ru } from './ru.ts';

export type Language = 'en' | 'ru';
export type { Texts } from './en.ts';

/** The dictionary in use; a live binding, so that the next rendering speaks the new language. */
export let t: Texts = en;
export let language: Language = 'en';

const storageKey = 'language';

export function startLanguage(): void {
  const stored = readStored(storageKey);
  const wanted = stored === 'en' || stored === 'ru' ? stored : navigator.languages.map((each) => each.slice(0, 2)).find((each) => each === 'en' || each === 'ru');
  use(wanted === 'ru' ? 'ru' : 'en');
}

export function switchLanguage(): void {
  use(language === 'en' ? 'ru' : 'en');
  writeStored(storageKey, language);
}

function use(next: Language): void {
  language = next;
  t = next === 'ru' ? ru : en;
  document.documentElement.lang = next;
}

/** The server's own words are English; what its code says is known here is said in the reader's language. */
export function errorText(code: string, detail: string): string {
  const known = (t.errors as Readonly<Record<string, string>>)[code] ?? t.refusals[code];
  return known ?? (detail === '' ? t.errors.unexpected : detail);
}
