import { dictionary } from '@zxcvbn-ts/language-common';

/** NIST SP 800-63B and OWASP ASVS 5 (6.2): length and well-known words count, not kinds of characters. */
export const passwordLength = { least: 10, most: 1_024 } as const;

let known: ReadonlySet<string> | undefined;
/** The 49,000 passwords that are tried first. */
const isKnown = (password: string): boolean => (known ??= new Set((dictionary as { 'passwords-common': readonly string[] })['passwords-common'])).has(password);

/** Endings that make no known word a new one: `password2026!`. */
const trimmed = (password: string): string => password.toLowerCase().replace(/(?<=\p{L}.*)[^\p{L}]+$/u, '');

/**
 * Why this may not become the account's password; undefined when it may.
 * @param about what a stranger knows of its owner: e-mail, name
 */
export function weakness(password: string, about: readonly string[]): 'tooShort' | 'tooLong' | 'known' | 'aboutYou' | undefined {
  if ([...password].length < passwordLength.least) return 'tooShort';
  if (password.length > passwordLength.most) return 'tooLong';
  const bare = trimmed(password);
  if (isKnown(password.toLowerCase()) || isKnown(bare) || new Set(bare).size < 3 || '01234567890987654321'.includes(bare)) return 'known';
  const words = [...about.flatMap((text) => text.toLowerCase().split(/[^\p{L}\d]+/u)), 'exchange'].filter((word) => word.length >= 4);
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), password.toLowerCase()).replace(/[^\p{L}]+/gu, '');
  return words.some((word) => bare.includes(word)) && rest.length < 4 ? 'aboutYou' : undefined;
}

export const weaknessText: Readonly<Record<NonNullable<ReturnType<typeof weakness>>, string>> = {
  tooShort: `at least ${passwordLength.least} characters; a few words in a row are easy to remember`,
  tooLong: `at most ${passwordLength.most} characters`,
  known: 'this one is on the lists that strangers try first: choose another, for example a few words in a row',
  aboutYou: 'this is your name or address: choose something that a stranger cannot know',
};
