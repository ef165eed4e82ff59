import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { DestinationType } from './destination-types.ts';
import { readPhone } from './phone.ts';


/** An allow-list; null allows every country, every type. */
export interface DestinationRules {
  /** ISO 3166-1 alpha-2. */
  readonly countries: readonly string[] | null;
  readonly types: readonly DestinationType[] | null;
}

/** `neverDialled`: emergency, short, premium-rate, shared-cost, satellite … whatever a list says. */
export type DestinationRefusal = 'neverDialled' | 'countryNotAllowed' | 'typeNotAllowed';

const typeOf = (libraryType: string | undefined): DestinationType =>
  libraryType === 'MOBILE' ? 'mobile' : libraryType === 'FIXED_LINE' || libraryType === 'FIXED_LINE_OR_MOBILE' ? 'fixed' : libraryType === 'TOLL_FREE' ? 'tollFree' : 'other';

/** Whether a number may be telephoned under all of these lists. @param e164 with its plus */
export function judgeDestination(e164: string, lists: readonly DestinationRules[]): DestinationRefusal | undefined {
  const parsed = parsePhoneNumberFromString(e164);
  if (parsed?.number !== e164 || !readPhone(e164, parsed.country ?? 'RU').ok) return 'neverDialled';
  const { country } = parsed;
  const libraryType = parsed.getType();
  const type = typeOf(libraryType);
  for (const { countries, types } of lists) {
    if (countries !== null && (country === undefined || !countries.includes(country))) return 'countryNotAllowed';
    // Where a plan does not tell mobiles from fixed lines (+1), either of them allows it.
    if (types !== null && !types.includes(type) && !(libraryType === 'FIXED_LINE_OR_MOBILE' && types.includes('mobile'))) return 'typeNotAllowed';
  }
  return undefined;
}

export const destinationRefusals: Readonly<Record<DestinationRefusal, string>> = {
  neverDialled: 'this number is never telephoned: emergency, premium-rate, satellite or no number at all',
  countryNotAllowed: 'numbers of this country are not telephoned here: ask the administrator to allow it',
  typeNotAllowed: 'numbers of this kind are not telephoned here: give a mobile or a city number',
};
