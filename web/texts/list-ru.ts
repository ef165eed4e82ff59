import type { ListTexts } from './list-en.ts';

const form = new Intl.PluralRules('ru');
const count = (n: number, one: string, few: string, many: string): string => {
  const rule = form.select(n);
  return `${n.toLocaleString('ru')} ${rule === 'one' ? one : rule === 'few' ? few : many}`;
};

export const listRu: ListTexts = {
  drop: 'Перетащите сюда таблицу', dropText: 'Excel (xlsx, xls), csv или текст с табуляцией, до 20 МБ. Сначала покажем, что получится, и только потом возьмём.', template: 'Пустой шаблон для Excel',
  notSpreadsheet: 'Это не таблица. Сохраните её как xlsx, xls или csv.',
  rows: (n) => count(n, 'строка', 'строки', 'строк'), formats: { xlsx: 'Excel', xls: 'Excel 97–2003', csv: 'Текст' }, sheetNamed: (name) => `лист «${name}»`,
  sheet: 'Лист', headerRow: 'Заголовки в строке', noHeader: 'нет',
  take: (n) => `Взять ${count(n, 'контакт', 'контакта', 'контактов')}`, takeUnknown: 'Взять контакты', taking: 'Берём контакты…', looking: 'Читаем строки…', rowsRead: (n) => `прочитано: ${count(n, 'строка', 'строки', 'строк')}`,
  useOf: (header) => `Что такое «${header}»?`,
  uses: {
    phone: 'Телефон', secondPhone: 'Ещё телефон', name: 'Имя', firstName: 'Имя без фамилии', middleName: 'Отчество', lastName: 'Фамилия', company: 'Компания', city: 'Город, часовой пояс', timeZone: 'Часовой пояс', language: 'Язык',
    field: 'Показать оператору', leaveOut: 'Не брать',
  },
  unclear: 'Укажите, в каком столбце телефоны: точно понять это нельзя.', choosePhone: 'Выберите столбец с телефонами.', stillChosen: 'Ваш выбор сохранён.',
  moreRows: (n) => `и ещё ${count(n, 'строка', 'строки', 'строк')} в файле`,
  firstRows: 'Первые строки файла', badRows: 'Строки, которые не возьмём', row: (n) => `строка ${n.toLocaleString('ru')}`, taken: (n) => `${form.select(n) === 'one' ? 'взят' : 'взято'} ${count(n, 'контакт', 'контакта', 'контактов')}`,
  alsoChanged: (header, use) => `Столбец «${header}» теперь: ${use}.`, undo: 'Вернуть', fewNumbers: (header, numbers, rows) => `«${header}» мало похож на телефоны: номер есть в ${numbers} из ${rows} показанных строк.`,
  draftReady: 'Кампания — черновик: пока никому не звонят.', draftLacks: 'Кампания — черновик, начать её пока нельзя.', lacksScript: 'Нет сценария.', writeScript: 'Написать сценарий', lacksContacts: 'Нет контактов.',
  nobody: 'Звонить по этому файлу некому. Проверьте столбцы.',
};
