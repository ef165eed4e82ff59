import { findPhoneNumbersInText, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { maskPhone } from './phone.ts';

/** Fewer digits are no number that somebody could be called by. */
const leastDigits = 7;

/**
 * Masks telephone numbers in free text: what libphonenumber finds as a valid number of the country (or with its country
 * code), so that dates, prices, order and account numbers stay readable, and the contact's own numbers in whatever way
 * they are written.
 * @param country ISO 3166-1 alpha-2: what a number without a country code is read as
 * @param own the contact's own numbers, E.164
 */
export function maskPhonesIn(text: string, country: string, own: readonly string[] = []): string {
  if ((text.match(/\p{Nd}/gu)?.length ?? 0) < leastDigits) return text;
  let masked = '';
  let from = 0;
  for (const { startsAt, endsAt, number } of findPhoneNumbersInText(text, { defaultCountry: country as CountryCode })) {
    masked += text.slice(from, startsAt) + maskPhone(number.number);
    from = endsAt;
  }
  masked += text.slice(from);
  for (const e164 of own) masked = masked.replace(spelled(e164), maskPhone(e164));
  return masked;
}

/** The number's national digits in their order, with up to three other characters between each two. */
function spelled(e164: string): RegExp {
  const digits = parsePhoneNumberFromString(e164)?.nationalNumber ?? e164.replace(/\D/g, '');
  return new RegExp(`[+\\d\\s()-]{0,8}${[...digits].join('\\D{0,3}')}`, 'g');
}
