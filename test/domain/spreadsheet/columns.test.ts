import { describe, expect, test } from 'vitest';
import { columnLetters, guessLayout, layoutBelow, type Cell } from '../../../domain/spreadsheet/columns.ts';
import { columnsBy, faultOf, usesOf } from '../../../domain/spreadsheet/mapping.ts';
import { assembleRow } from '../../../domain/spreadsheet/row.ts';

const roles = (rows: Cell[][], country = 'RU') => guessLayout(rows, country).columns.map(({ role }) => role);

describe('the columns of a list', () => {
  test.each<[string[], string[]]>([
    [['Телефон', 'Имя', 'Компания', 'Город', 'Когда удобно'], ['phone', 'name', 'company', 'city', 'field']],
    [['Клиника', 'Контактное лицо', 'Телефон 1', 'Телефон 2', 'Примечание'], ['company', 'name', 'phone', 'phone', 'field']],
    [['first_name', 'last_name', 'phone', 'time_zone', 'language'], ['firstName', 'lastName', 'phone', 'timeZone', 'language']],
    [['Фамилия', 'Имя', 'Отчество', 'Моб. тел.', 'Рабочий телефон'], ['lastName', 'firstName', 'middleName', 'phone', 'phone']],
    [['Ф.И.О.', 'ИНН', 'Номер телефона', 'Часовой пояс'], ['name', 'field', 'phone', 'timeZone']],
    [['CompanyName', 'FullName', 'MobilePhone', 'City'], ['company', 'name', 'phone', 'city']],
    [['Название', 'Контакт', 'Тел', 'Название проекта'], ['company', 'name', 'phone', 'field']],
  ])('%j are %j', (header, expected) => {
    expect(roles([header, header.map(() => 'x')])).toEqual(expected);
  });

  test('are told by their cells where the headers say nothing', () => {
    expect(roles([['Кому', 'Куда'], ['Анна', '8 916 000-11-11'], ['Пётр', '8 916 000-11-12']])).toEqual(['field', 'phone']);
    expect(roles([['ИНН', 'Номер'], [7701234567, 79160001111], [7701234568, 79160001112]])).toEqual(['field', 'phone']);
  });

  test('are found below empty and title rows, and without any header', () => {
    expect(guessLayout([[''], ['Список клиентов, телефоны'], [], ['Телефон', 'Имя'], ['8 916 000-11-11', 'Анна']], 'RU')).toMatchObject({ headerIndex: 3 });
    expect(guessLayout([['8 916 000-11-11', 'Анна'], ['8 916 000-11-12', 'Пётр']], 'RU')).toEqual({
      headerIndex: -1,
      columns: [{ index: 0, label: 'A', role: 'phone' }, { index: 1, label: 'B', role: 'field' }],
      phones: 'clear',
    });
  });

  test('are not clear where none holds phones, or two may as well', () => {
    expect(guessLayout([['Имя', 'Город'], ['Анна', 'Москва']], 'RU')).toMatchObject({ phones: 'none', headerIndex: 0, columns: [{ role: 'name' }, { role: 'city' }] });
    expect(guessLayout([], 'RU')).toMatchObject({ phones: 'none', columns: [] });
    expect(guessLayout([['8 916 000-11-11', '8 495 123-45-67'], ['8 916 000-11-12', '8 495 123-45-68']], 'RU').phones).toBe('unsure');
    expect(guessLayout([['Телефон', 'Кому'], ['да', '8 916 000-11-11'], ['нет', '8 916 000-11-12']], 'RU').phones).toBe('unsure');
    expect(guessLayout([['Телефон', 'Моб.'], ['8 916 000-11-11', '8 495 123-45-67']], 'RU').phones).toBe('clear');
  });

  test('keep their headers below titles and with a header row that a person names', () => {
    const rows = [['Выгрузка', ''], ['Кому', 'Куда'], ['Анна', '8 916 000-11-11']];
    expect(layoutBelow(rows, 1, 'RU')).toMatchObject({ headerIndex: 1, columns: [{ label: 'Кому', role: 'field' }, { label: 'Куда', role: 'phone' }] });
    expect(layoutBelow(rows, -1, 'RU')).toMatchObject({ headerIndex: -1, columns: [{ label: 'A' }, { label: 'B' }] });
  });

  test('have labels that differ', () => {
    expect(guessLayout([['Телефон', 'Заметка', 'Заметка', ''], ['8 916 000-11-11', 'a', 'b', 'c']], 'RU').columns.map(({ label }) => label)).toEqual(['Телефон', 'Заметка', 'Заметка 2', 'D']);
    expect([columnLetters(0), columnLetters(25), columnLetters(26), columnLetters(701)]).toEqual(['A', 'Z', 'AA', 'ZZ']);
  });
});

describe('a row of a list', () => {
  const columns = guessLayout([['Имя', 'Фамилия', 'Телефон', 'Второй телефон', 'Город', 'Часовой пояс', 'Долг', 'Заметка']], 'RU').columns;
  const read = (...cells: Cell[]) => assembleRow(cells, { columns, country: 'RU', timeZone: 'Europe/Moscow' });

  test('becomes a contact with its numbers in their order and its fields in theirs', () => {
    expect(read('Анна', 'Ким', '8 495 123-45-67 доб. 3, 8 916 000-11-11', 79160001112, 'г. Омск', '', 0.1 + 0.2, ' мест\nдва ')).toEqual({
      ok: true,
      contact: {
        name: 'Анна Ким', company: '', city: 'г. Омск', timeZone: 'Asia/Omsk',
        numbers: [{ e164: '+74951234567', extension: '3' }, { e164: '+79160001111' }, { e164: '+79160001112' }],
        fields: [{ label: 'Долг', value: '0.3' }, { label: 'Заметка', value: 'мест\nдва' }],
      },
    });
  });

  test('keeps a number once and does without one that is none', () => {
    expect(read('', '', '112', '+79160001111; 8 916 000-11-11')).toMatchObject({ ok: true, contact: { numbers: [{ e164: '+79160001111' }] } });
  });

  test.each(['Итого', 'ИТОГО:', 'Всего записей: 30', 'Total', 'Grand total', 'Итого по менеджеру'])('of totals says so: %j', (text) => {
    expect(read(text, '', 30)).toEqual({ ok: false, reason: 'totals' });
    expect(read(text, '', '8 916 000-11-11')).toMatchObject({ ok: true });
  });

  test('is refused with the reason of its first phone cell', () => {
    expect(read('Анна', 'Ким', '', '')).toEqual({ ok: false, reason: 'empty' });
    expect(read('Анна', 'Ким', '', '112')).toEqual({ ok: false, reason: 'emergency' });
    expect(read('Анна', 'Ким', '7.9E+10', '112')).toEqual({ ok: false, reason: 'scientificNotation' });
    expect(read()).toEqual({ ok: false, reason: 'empty' });
  });
});

describe('a mapping', () => {
  const columns = guessLayout([['Телефон', 'Имя', 'Моб', 'Долг'], ['8 495 123-45-67', 'Анна', '8 916 000-11-11', 5]], 'RU').columns;

  test('is guessed in the words that a person chooses from', () => {
    expect(usesOf(columns)).toEqual(['phone', 'name', 'secondPhone', 'field']);
  });
  test('changes which number is tried first and what is left out', () => {
    const chosen = columnsBy(['secondPhone', 'name', 'phone'], columns);
    expect(chosen.map(({ label, role }) => `${label} ${role}`)).toEqual(['Моб phone', 'Телефон phone', 'Имя name', 'Долг leaveOut']);
    expect(assembleRow(['8 495 123-45-67', 'Анна', '8 916 000-11-11', 5], { columns: chosen, country: 'RU', timeZone: 'Europe/Moscow' })).toMatchObject({ ok: true, contact: { numbers: [{ e164: '+79160001111' }, { e164: '+74951234567' }], fields: [] } });
  });
  test('needs a phone and one column at most for what a contact has once', () => {
    expect(faultOf(['name', 'field'])).toBe('noPhoneChosen');
    expect(faultOf(['phone', 'name', 'name'])).toBe('chosenTwice');
    expect(faultOf(['phone', 'phone', 'field', 'field', 'leaveOut', 'leaveOut', 'name'])).toBeUndefined();
  });
});
