import { parsePhoneNumberFromString, type CountryCode, type NumberType, type PhoneNumber } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/max/metadata';
import type { PhoneReason } from './phone-reasons.ts';

export { phoneReasons, phoneReasonText, type PhoneReason } from './phone-reasons.ts';

/**
 * Phone numbers as people write them → E.164. What must never be dialled (emergency, premium rate …) is refused here,
 * each refusal with a stable code. Numbering plans: libphonenumber's full metadata.
 */

export type PhoneReading =
  | { readonly ok: true; readonly e164: string; /** 1 to 8 digits, dialled after the answer. */ readonly extension?: string }
  | { readonly ok: false; readonly reason: PhoneReason };

const refuse = (reason: PhoneReason): PhoneReading => ({ ok: false, reason });

/** Refused whatever the campaign's country is: a roaming handset or a foreign trunk reaches help with them. */
const emergencyEverywhere = ['112', '911', '999', '000'];
/** National emergency numbers beside those. Source: national numbering plans, ITU-T E.161.1. */
const emergencyByCountry: Readonly<Record<string, readonly string[]>> = {
  RU: ['01', '02', '03', '04', '010', '020', '030', '040', '101', '102', '103', '104'],
  KZ: ['101', '102', '103', '104'], BY: ['101', '102', '103', '104'], UA: ['101', '102', '103', '104'], UZ: ['101', '102', '103', '104'],
  KG: ['101', '102', '103', '104'], AM: ['101', '102', '103'], AZ: ['101', '102', '103', '104'], GE: ['111'], MD: ['901', '902', '903'],
  GB: ['101', '111'], IE: [], DE: ['110'], AT: ['122', '133', '144'], CH: ['117', '118', '144'], FR: ['15', '17', '18', '114'],
  ES: ['061', '062', '080', '085', '091', '092'], IT: ['113', '115', '118'], PL: ['997', '998'], CZ: ['150', '155', '158'], TR: ['110', '155', '156'],
  IL: ['100', '101', '102'], CN: ['110', '119', '120', '122'], JP: ['110', '118', '119'], KR: ['113', '119'], IN: ['100', '101', '102', '108'],
  AU: ['106'], NZ: ['111'], BR: ['190', '192', '193'], MX: ['066'], ZA: ['10111', '10177'], AE: ['997', '998', '901'],
};
const isEmergency = (digits: string, country: string): boolean =>
  emergencyEverywhere.includes(digits) || (emergencyByCountry[country]?.includes(digits) ?? false);

/** Of one leading digit with an exponent; the Cyrillic Е as well. */
const scientific = /^[+-]?\d(?:[.,]\d+)?\s*[eе]\s*\+?\s*\d{1,3}$/iu;
/** What a spreadsheet adds to a number that it holds as a decimal one. */
const decimalTail = /^(\+?\d{7,})[.,]0+$/;
const label = /^[\s.:;,]*(?:(?:телефон|тел|моб(?:ильный)?|раб(?:очий)?|дом(?:ашний)?|факс|т|м|phone|tel|mobile|mob|cell|work|home|fax)[\s.:№]*)+(?=[+(\d])/iu;
const extensionTail = /[\s,;(]*(?:добавочный|доб|внутренний|внутр|вн|extension|extn|ext|доп|x|х|#)[\s.:]*(\d{1,8})[\s).]*$/iu;
/**
 * The bulk of Russian lists, eight times as fast as through the library's parser: plainly written numbers that match its
 * own patterns for fixed lines and mobiles (the eleventh element of a country's metadata). A test holds both ways equal.
 */
const shortWay = /^(?:\+7|7|8)?[ -]?\(?(\d{3})\)?[ -]?(\d{3})[ -]?(\d{2})[ -]?(\d{2})$/;
const russianTypes = (metadata.countries.RU as unknown as readonly unknown[])[11] as readonly (readonly [pattern: string])[];
const russianPlan = new RegExp(`^(?:${russianTypes.slice(0, 2).map(([pattern]) => pattern).join('|')})$`);
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g;
/** Russia and Kazakhstan dial `8` before a long-distance number and `8 10` before a foreign one. */
const dialsEight = (country: string): boolean => country === 'RU' || country === 'KZ';

const refusedTypes: Readonly<Partial<Record<NumberType & string, PhoneReason>>> = {
  PREMIUM_RATE: 'premiumRate',
  SHARED_COST: 'sharedCost',
  PAGER: 'specialService',
  VOICEMAIL: 'specialService',
  // Numbers that follow a person (GB 070) cost many times a mobile call and are a known way of fraud.
  PERSONAL_NUMBER: 'specialService',
  // TOLL_FREE (8 800, 0800) is accepted: companies give it as their only number, it costs the caller nothing
  // and the one called has chosen to pay for it.
};

/**
 * Reads one number out of a cell.
 * @param cell text as typed, or the value of a numeric cell (exact up to 2⁵³)
 * @param country ISO 3166-1 alpha-2: what a number without a country code is read as
 */
export function readPhone(cell: string | number, country: string): PhoneReading {
  if (country === 'RU') {
    const national = shortWay.exec(typeof cell === 'number' ? String(cell) : cell);
    if (national !== null) {
      const digits = `${national[1]}${national[2]}${national[3]}${national[4]}`;
      if (russianPlan.test(digits)) return { ok: true, e164: `+7${digits}` };
    }
  }
  if (typeof cell === 'number') {
    if (!Number.isSafeInteger(cell) || cell < 0) return refuse(Math.abs(cell) > Number.MAX_SAFE_INTEGER ? 'tooLong' : 'invalid');
    return readText(String(cell), country);
  }
  const text = cell.normalize('NFKC').replace(invisible, '').trim();
  if (text === '') return refuse('empty');
  if (!/\d/.test(text)) return refuse('noDigits');
  if (scientific.test(text)) return refuse('scientificNotation');
  return readText(text.replace(decimalTail, '$1'), country);
}

function readText(text: string, country: string): PhoneReading {
  const unlabelled = text.replace(label, '');
  const tail = extensionTail.exec(unlabelled);
  // "x12" alone is no extension: something that can be a number must stand before it.
  const hasExtension = tail !== null && countDigits(unlabelled.slice(0, tail.index)) >= 5;
  const number = hasExtension ? unlabelled.slice(0, tail.index) : unlabelled;
  const digits = number.replace(/\D/g, '');
  const international = /^[\s(]*\+/.test(number);
  if (!international && isEmergency(digits, country)) return refuse('emergency');
  if (digits.length < 7) return refuse('tooShort');

  const parsed = parsePhoneNumberFromString(withPlainPrefix(number, digits, country), { defaultCountry: country as CountryCode, extract: true });
  if (parsed === undefined) return refuse(digits.length > 15 ? 'tooLong' : 'invalid');
  const reason = reasonAgainst(parsed, digits);
  if (reason !== undefined) return refuse(reason);
  const extension = hasExtension ? tail[1] : parsed.ext;
  if (extension === undefined) return { ok: true, e164: parsed.number };
  return /^\d{1,8}$/.test(extension) ? { ok: true, e164: parsed.number, extension } : refuse('invalid');
}

/** Prefixes that people of Russia and Kazakhstan write and the numbering plan does not know. */
function withPlainPrefix(number: string, digits: string, country: string): string {
  if (!dialsEight(country)) return number;
  // "+8 (495) …": no country's code is 8 alone, so a separator after it shows that the trunk prefix is meant.
  if (/^\s*\+8[\s(-]/.test(number) && digits.length === 11) return digits;
  if (/^\s*00[\s-]*[1-9]/.test(number)) return `+${digits.slice(2)}`;
  return number;
}

function reasonAgainst(parsed: PhoneNumber, digits: string): PhoneReason | undefined {
  if (parsed.isNonGeographic()) return 'internationalNetwork';
  if (!parsed.isValid()) {
    if (digits.length > 15) return 'tooLong';
    return parsed.isPossible() ? 'invalid' : lengthReason(parsed);
  }
  const type = parsed.getType();
  return type === undefined ? undefined : refusedTypes[type];
}

/** Only numbers of the +7 plan have one length (10 digits); elsewhere the shortest and longest count. */
function lengthReason({ countryCallingCode, nationalNumber }: PhoneNumber): PhoneReason {
  const [least, most] = countryCallingCode === '7' || countryCallingCode === '1' ? [10, 10] : [7, 12];
  if (nationalNumber.length < least) return 'tooShort';
  return nationalNumber.length > most ? 'tooLong' : 'invalid';
}

const countDigits = (text: string): number => text.replace(/\D/g, '').length;

/** What cannot be a tail of the number before it: five digits or more. */
const leastDigitsOfPhone = 5;

/**
 * Cuts a cell that holds several numbers ("8 495 …, 8 916 …") into one text a number, in their order. Extensions stay
 * with their number; a tail such as the `/68` of "765-10-67/68" is left out. A cell with one number comes back as it is.
 */
export function splitPhones(cell: string): string[] {
  if (shortWay.test(cell)) return [cell];
  const texts: string[] = [];
  for (const piece of cell.split(/[,;|\n\r\t]+|\s*[/\\]\s*|\s+(?:и|или|and|or)\s+|(?<=\d)\s*(?=\+)/iu)) {
    const trimmed = piece.trim();
    if (trimmed === '') continue;
    const last = texts.length - 1;
    if (extensionTail.test(trimmed) && countDigits(trimmed) <= 8 && last >= 0) texts[last] = `${texts[last]} ${trimmed}`;
    else if (countDigits(trimmed) >= leastDigitsOfPhone) texts.push(...splitAtSpaces(trimmed));
  }
  return texts.length === 0 ? [cell.trim()] : texts;
}

/** "89160001111 89160001112": whole numbers with nothing but a space between them. */
function splitAtSpaces(text: string): string[] {
  const words = text.split(/\s+/);
  return words.length > 1 && words.every((word) => /^\d{10,12}$/.test(word)) ? words : [text];
}

const hidden = '·';

/**
 * For screens and logs: country, area and the last two digits, e.g. `+7 495 ···-··-10`. At least four digits stay
 * hidden; of what is no E.164 number nothing is shown.
 */
export function maskPhone(e164: string): string {
  const parsed = /^\+\d{7,15}$/.test(e164) ? parsePhoneNumberFromString(e164) : undefined;
  if (parsed === undefined) return hidden.repeat(4);
  const formatted = parsed.formatInternational();
  // A few countries are formatted with digits that the number itself does not have.
  const asDialled = countDigits(formatted) === e164.length - 1 ? formatted : `+${parsed.countryCallingCode} ${parsed.nationalNumber}`;
  const [code = '', ...groups] = asDialled.split(/[\s-]+/);
  const nationalDigits = countDigits(groups.join(''));
  if (nationalDigits < 6) return hidden.repeat(4);
  const showArea = groups.length > 1 && countDigits(groups[0] ?? '') <= nationalDigits - 6;
  let before = nationalDigits;
  const masked = groups.map((group, index) =>
    index === 0 && showArea
      ? ((before -= countDigits(group)), group)
      : group.replace(/\d/g, (digit) => (before-- <= 2 ? digit : hidden)),
  );
  const shown = [code, ...masked].join(' ');
  // Where a plan's own formatting is at odds with the number, nothing is shown.
  if (countDigits(shown) > e164.length - 5) return hidden.repeat(4);
  return code === '+7' ? `${code} ${masked[0]} ${masked.slice(1).join('-')}` : shown;
}
