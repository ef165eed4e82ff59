import { describe, expect, test } from 'vitest';
import { IANAZone } from 'luxon';
import { areaZones, callingCodeZones, cityZones, countryZones, northAmericanZones } from '../../../domain/spreadsheet/places.ts';
import { readTimeZone, zoneOfCity, zoneOfContact, zoneOfCountry, zoneOfNumber } from '../../../domain/time-zone.ts';

describe('a contact’s time zone', () => {
  test('comes from the column, else the city, else the number, else the campaign', () => {
    const place = { timeZone: 'Asia/Tokyo', city: 'Омск', e164: '+73431234567' };
    expect(zoneOfContact(place, 'Europe/Moscow')).toBe('Asia/Tokyo');
    expect(zoneOfContact({ ...place, timeZone: 'somewhere' }, 'Europe/Moscow')).toBe('Asia/Omsk');
    expect(zoneOfContact({ ...place, timeZone: '', city: 'Нигде' }, 'Europe/Moscow')).toBe('Asia/Yekaterinburg');
    expect(zoneOfContact({ timeZone: '', city: '', e164: '+79160001111' }, 'Asia/Irkutsk')).toBe('Asia/Irkutsk');
  });

  test.each([
    ['Europe/London', 'Europe/London'], ['МСК+4', 'Asia/Krasnoyarsk'], ['мск', 'Europe/Moscow'], ['МСК -1', 'Europe/Kaliningrad'], ['UTC+7', 'Etc/GMT-7'], ['UTC', 'Etc/UTC'],
    ['Europe/Moskva', undefined], ['МСК+12', undefined], ['завтра', undefined], ['__proto__/x', undefined],
  ])('%s in the column is %s', (cell, zone) => {
    expect(readTimeZone(cell)).toBe(zone);
  });

  test.each([['г. Казань', 'Europe/Moscow'], ['Нижний  Новгород', 'Europe/Moscow'], ['Ростов-на-Дону', 'Europe/Moscow'], ['город Владивосток', 'Asia/Vladivostok'], ['Орёл', 'Europe/Moscow'], ['Leeds', 'Europe/London'], ['Омск, ул. Ленина', 'Asia/Omsk'], ['Тьмутаракань', undefined]])('the city %s lies in %s', (city, zone) => {
    expect(zoneOfCity(city)).toBe(zone);
  });

  test.each([['+74232000000', 'Asia/Vladivostok'], ['+78460000000', 'Europe/Samara'], ['+79160001111', undefined], ['+77012345678', 'Asia/Almaty'], ['+442079460958', 'Europe/London'], ['+375291234567', 'Europe/Minsk'], ['+12135550100', 'America/Los_Angeles'], ['+12125550100', 'America/New_York'], ['+9991234567', undefined]])('the number %s lies in %s', (e164, zone) => {
    expect(zoneOfNumber(e164)).toBe(zone);
  });

  test('is always one that exists', () => {
    const zones = [areaZones, cityZones, northAmericanZones, countryZones, callingCodeZones].flatMap((table) => [...table.values()]);
    expect(zones.filter((zone) => !IANAZone.isValidZone(zone))).toEqual([]);
    expect([...areaZones.keys(), ...northAmericanZones.keys()].filter((code) => !/^\d{3}$/.test(code))).toEqual([]);
    expect(zoneOfCountry('RU')).toBe('Europe/Moscow');
  });
});
