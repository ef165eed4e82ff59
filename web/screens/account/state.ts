import type { Account } from '../../../domain/api.ts';
import type { Offer } from '../../second-factor.ts';

/** What the card of the second factor shows. */
export type Factor =
  | { readonly kind: 'shown' }
  /** The password (and a code where there is one) is asked for first. */
  | { readonly kind: 'proving'; readonly what: 'turnOn' | 'turnOff' | 'newCodes' }
  | { readonly kind: 'enrol'; readonly offer: Offer }
  | { readonly kind: 'codes'; readonly codes: readonly string[] };

export interface AccountPage {
  readonly account: Account | null;
  readonly problem: string | null;
  readonly busy: boolean;
  readonly password: { readonly shown: boolean; readonly changed: boolean; readonly remedies: Readonly<Record<string, string>> };
  readonly factor: Factor;
  readonly factorRemedies: Readonly<Record<string, string>>;
  readonly copied: boolean;
}
export const emptyAccount: AccountPage = {
  account: null, problem: null, busy: false, password: { shown: false, changed: false, remedies: {} }, factor: { kind: 'shown' }, factorRemedies: {}, copied: false,
};

const programs: readonly (readonly [RegExp, string])[] = [[/\bEdg\//, 'Edge'], [/\bOPR\//, 'Opera'], [/YaBrowser\//, 'Yandex'], [/\bFirefox\//, 'Firefox'], [/\bChrom(?:e|ium)\//, 'Chrome'], [/\bSafari\//, 'Safari']];
const systems: readonly (readonly [RegExp, string])[] = [[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']];

/** `Chrome · Windows`, where the browser says so of itself. */
export function browserName(userAgent: string): string {
  const found = [programs, systems].flatMap((list) => list.find(([pattern]) => pattern.test(userAgent))?.[1] ?? []);
  return found.join(' · ');
}
