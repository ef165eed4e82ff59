import type { Texts } from './en.ts';

const form = new Intl.PluralRules('ru');
const calls = (n: number): string => `${n.toLocaleString('ru')} ${{ one: 'звонок', few: 'звонка' }[form.select(n) as 'one' | 'few'] ?? 'звонков'}`;

export const resultsRu: Texts['results'] = {
  title: 'Результаты', all: 'Все результаты', search: 'Поиск', searchHint: 'Имя, телефон или заметка', result: 'Итог', means: 'Значит', outcome: 'Звонок', operator: 'Оператор', from: 'С', to: 'По', any: 'Любой',
  clear: 'Снять фильтры', none: 'Ничего не подходит', noneText: 'Уберите фильтр или ищите меньше.', export: 'Скачать',
  exportCalls: 'Эти звонки', exportContacts: 'Контакты этих звонков', exportAllContacts: 'Все контакты', exportFiltered: 'То, что оставили фильтры, и те, кому в них звонили. Контакты — со столбцами, с которыми их загружали: файл можно загрузить снова.', exportText: 'Все звонки и все контакты кампании, и те, кому ещё не звонили. Контакты — со столбцами, с которыми их загружали: файл можно загрузить снова.',
  phone: 'Телефон', shown: (n, isMore) => (isMore ? `Последние ${calls(n)}` : calls(n)),
  recording: {
    listen: 'Слушать', listenTo: (who, time) => `Слушать разговор: ${who}, ${time}`, title: (who) => `Разговор: ${who}`, player: 'Запись разговора', segments: 'Части записи',
    what: { conversation: 'Оператор и контакт', briefing: 'Оператор и менеджер', handedOver: 'Контакт и менеджер' },
    from: (clock) => `с ${clock}`, running: 'сохраняется…', erased: 'стёрта', erasedOn: (date) => `стёрта ${date}`, notRecorded: 'не записано', broken: 'Звук не загрузился. Попробуйте ещё раз.',
    reasons: {
      practiceLine: 'не записано: учебная линия', notAnnounced: 'не записано: не удалось предупредить', refused: 'не записано: отказ коммутатора', diskFull: 'не записано: нет места на диске', empty: 'тишина', lost: 'запись потеряна', unreadable: 'запись повреждена',
    },
  },
  outcomes: { live: 'на линии', handedOver: 'передан', talked: 'поговорили', noAnswer: 'не ответили', busy: 'занято', rejected: 'отклонили', invalidNumber: 'номера не существует', cancelled: 'отменён', failed: 'не дозвониться', unknown: 'неизвестно' },
};
