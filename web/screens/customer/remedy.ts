import { t } from '../../texts/texts.ts';

/** The schemas and the server give remedies in English, some of them with one number in it. */
export function remedyText(remedy: string): string {
  const number = /\d+/.exec(remedy)?.[0];
  return t.remedies[remedy] ?? (number === undefined ? undefined : t.remedies[remedy.replace(number, '#')]?.replace('#', number)) ?? remedy;
}
