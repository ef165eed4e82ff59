import { IANAZone } from 'luxon';
import { areaZones, callingCodeZones, cityZones, countryZones, northAmericanZones } from './spreadsheet/places.ts';

/**
 * Which clock a contact lives by. Asked in this order: the list's own column, the city, the number, the campaign.
 */

/** Russia counts from Moscow: "МСК+4". */
const zonesFromMoscow: Readonly<Record<string, string>> = {
  '-1': 'Europe/Kaliningrad', '0': 'Europe/Moscow', '1': 'Europe/Samara', '2': 'Asia/Yekaterinburg', '3': 'Asia/Omsk', '4': 'Asia/Krasnoyarsk',
  '5': 'Asia/Irkutsk', '6': 'Asia/Yakutsk', '7': 'Asia/Vladivostok', '8': 'Asia/Magadan', '9': 'Asia/Kamchatka',
};

/** IANA's name, "МСК+4" or "UTC+7" → an IANA name; undefined for anything else. */
export function readTimeZone(cell: string): string | undefined {
  const text = cell.trim();
  if (/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(text) && IANAZone.isValidZone(text)) return text;
  const moscow = /^(?:мск|msk)\s*([+-]\s*\d{1,2})?$/i.exec(text);
  if (moscow !== null) return zonesFromMoscow[String(Number((moscow[1] ?? '0').replace(/\s/g, '')))];
  const offset = /^(?:utc|gmt)\s*(?:([+-])\s*(\d{1,2})(?::?00)?)?$/i.exec(text);
  if (offset === null) return undefined;
  const hours = Number(offset[2] ?? 0);
  // POSIX counts the other way round: Etc/GMT-7 is seven hours ahead of Greenwich.
  const name = hours === 0 ? 'Etc/UTC' : `Etc/GMT${offset[1] === '+' ? '-' : '+'}${String(hours)}`;
  return IANAZone.isValidZone(name) ? name : undefined;
}

/** "г. Нижний Новгород" → its zone; undefined for a city that the table does not have. */
export function zoneOfCity(city: string): string | undefined {
  const name = city.normalize('NFKC').toLowerCase().replaceAll('ё', 'е').replace(/^\s*(?:г\.?|гор\.?|город|city of)\s+|^\s*г\./u, '').replace(/[,(].*$/, '').replace(/[\s-]+/g, ' ').trim();
  return name === '' ? undefined : cityZones.get(name);
}

/**
 * Where the number itself tells: Russian and North American areas, else the country. A Russian mobile number tells
 * nothing, its owner lives anywhere from Kaliningrad to Kamchatka.
 * @returns undefined where it does not tell
 */
export function zoneOfNumber(e164: string): string | undefined {
  if (e164.startsWith('+7')) return areaZones.get(e164.slice(2, 5)) ?? (/^\+7[67]/.test(e164) ? 'Asia/Almaty' : undefined);
  if (e164.startsWith('+1')) return northAmericanZones.get(e164.slice(2, 5)) ?? 'America/New_York';
  return callingCodeZones.get(e164.slice(1, 4)) ?? callingCodeZones.get(e164.slice(1, 3));
}

/** The clock of the country's most people; undefined for a country that the table does not have. */
export const zoneOfCountry = (country: string): string | undefined => countryZones.get(country);

export interface ContactPlace {
  /** The list's time zone column, as typed. */
  readonly timeZone: string;
  /** Or a time zone: one column may hold either. */
  readonly city: string;
  /** Their first number. */
  readonly e164: string;
}

/** The contact's IANA zone. `campaignZone` answers for whom nothing else does. */
export function zoneOfContact({ timeZone, city, e164 }: ContactPlace, campaignZone: string): string {
  return (timeZone === '' ? undefined : readTimeZone(timeZone)) ?? (city === '' ? undefined : (zoneOfCity(city) ?? readTimeZone(city))) ?? zoneOfNumber(e164) ?? campaignZone;
}
