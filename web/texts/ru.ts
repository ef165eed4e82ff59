import type { Texts } from './en.ts';
import { managerRu } from './manager-ru.ts';
import { listRu } from './list-ru.ts';
import { resultsRu } from './results-ru.ts';
import { ruRefusals, ruRemedies } from './ru-remedies.ts';

const form = new Intl.PluralRules('ru');
const count = (n: number, one: string, few: string, many: string): string => {
  const rule = form.select(n);
  return `${n.toLocaleString('ru')} ${rule === 'one' ? one : rule === 'few' ? few : many}`;
};

export const ru: Texts = {
  brand: 'Коммутатор', skipToContent: 'К содержанию', signOut: 'Выйти', language: 'English', languageHint: 'Show in English',
  theme: { system: 'Тема: как в системе', light: 'Тема: светлая', dark: 'Тема: тёмная' },
  loading: 'Загрузка…', retry: 'Повторить', close: 'Закрыть', cancel: 'Отмена', save: 'Сохранить', pageMenu: 'Разделы',
  notFound: 'Такой страницы нет', toStart: 'На главную',
  absent: { title: 'Этого экрана ещё нет', text: 'Вы вошли, но для вашей роли здесь пока ничего нет.' },
  signIn: { title: 'Вход', email: 'Эл. почта', password: 'Пароль', go: 'Войти', wrong: 'Почта или пароль неверны. Проверьте и попробуйте ещё раз.', emailMissing: 'Введите эл. почту', passwordMissing: 'Введите пароль' },
  roles: { customer: 'Заказчик', operator: 'Оператор', manager: 'Менеджер', moderator: 'Модератор', admin: 'Администратор' },
  errors: {
    network: 'Нет связи с сервером. Проверьте сеть; ничего из введённого не потеряно.',
    unexpected: 'Что-то пошло не так. Попробуйте ещё раз.',
    tooMany: 'Слишком много попыток. Подождите минуту и попробуйте снова.',
  },
  remedies: ruRemedies, refusals: ruRefusals,
  operator: {
    tasks: 'Задания', call: 'Звонок', today: (calls, talk) => `Сегодня ${count(calls, 'звонок', 'звонка', 'звонков')} · ${talk} разговора`,
    chooseTask: 'Выберите, о чём звонить', chooseTaskText: 'Все свободные операторы видят один список.',
    noTasks: 'Заданий сейчас нет', noTasksText: 'Новое задание появится здесь само.',
    take: 'Взять', taken: 'Взято', toCall: 'К звонку', contactsLeft: (n) => `осталось ${count(n, 'контакт', 'контакта', 'контактов')}`,
    operatorsCalling: (n) => `${count(n, 'оператор звонит', 'оператора звонят', 'операторов звонят')}`, withManager: 'подключается менеджер', leaveTask: 'Оставить задание',
    finishFirst: 'Сначала закончите этот звонок.',
    line: {
      goOnLine: 'Выйти на линию', goOffLine: 'Уйти с линии', again: 'Выйти на линию снова', takeHere: 'Перенести сюда',
      offTitle: 'Вы не на линии', offText: 'Браузер спросит про микрофон, разрешите его для этого сайта. Лучше всего слышно в гарнитуре.',
      idle: 'Не на линии', askingMicrophone: 'Разрешите микрофон в браузере', connecting: 'Линия соединяется…', up: 'На линии', reconnecting: 'Восстанавливается…',
      lostMedia: 'Звук прервался. Восстанавливается само…', lostSignalling: 'Связь прервалась. Восстанавливается сама…',
      practice: 'Учебная линия: отвечают роботы, живым людям не звоним.',
      elsewhere: 'Телефон этой смены в другом окне.', elsewhereText: 'Телефоном бывает одно окно. Если перенести его сюда, звонок продолжится здесь.', serverLost: 'Нет связи с сервером, пробуем снова. Заметки хранятся здесь.',
      down: {
        microphoneDenied: 'Микрофон запрещён. Нажмите на замок возле адреса, разрешите микрофон и выйдите на линию снова.',
        microphoneMissing: 'Микрофон не найден. Подключите гарнитуру и выйдите на линию снова.',
        microphoneBusy: 'Микрофон занят другой программой. Закройте её и выйдите на линию снова.',
        unsupported: 'Этот браузер здесь звонить не может. Нужен свежий Chrome, Firefox, Edge или Safari и адрес https.',
        refused: 'Сервер отказал в линии. Выйдите на линию снова; если не поможет, войдите заново.',
        unreachable: 'Линия не достаёт до сервера. Проверьте сеть и брандмауэр и выйдите на линию снова.',
        mediaLost: 'Звук пропал и не вернулся. Проверьте сеть и выйдите на линию снова.',
        closed: 'Линия закрыта сервером.',
      },
      quality: { none: 'Связь: готова', good: 'Связь: хорошая', fair: 'Связь: средняя', poor: 'Связь: плохая, проверьте сеть', silent: 'Связь: звук не приходит' },
    },
    stage: {
      noTask: 'Задание не взято', offLine: 'Не на линии', waiting: 'Ждём контакт', paused: 'Пауза', before: 'Следующий контакт', dialling: 'Звоним', ringing: 'Гудки',
      during: 'Разговор', ending: 'Завершаем', after: 'После звонка', loading: 'Загрузка…',
      requested: 'Звоним менеджеру', managerRinging: 'У менеджера гудки', briefing: 'Разговор с менеджером', handingOver: 'Передаём', returning: 'Возвращаемся к контакту', handedOver: 'Передан', operatorAway: 'Ваша линия прерывалась', contactGone: 'Контакт положил трубку',
    },
    hearsMusic: (time) => `контакт слышит музыку ${time}`.trim(), limit: (time) => `предел ${time}`, limitIn: (time) => `закончится через ${time}`,
    microphoneOn: 'Микрофон включён', microphoneOff: 'Микрофон выключен', mic: 'Мик', talked: (time) => `Говорили ${time}`, notAnswered: 'Никто не ответил',
    unanswered: { busy: 'занято', noAnswer: 'не отвечает', rejected: 'звонок отклонён', invalidNumber: 'номера не существует', cancelled: 'вы положили трубку', unknown: 'чем кончилось, неизвестно', failed: 'дозвониться не удалось' },
    againAt: (day, time) => `Позвоним снова ${day === null ? '' : `${day} `}в ${time}.`, againSoon: 'Скоро позвоним снова.', neverAgain: 'Больше звонить не будем.',
    waitingText: 'Сейчас звонить некому: список пуст, неурочный час или всех разобрали. Следующий контакт появится здесь сам.',
    pausedTitle: 'Вы на паузе', pausedText: 'Контакт за вами не закреплён.', pausedByCountdown: 'Время вышло, поэтому вы на паузе. Ничего не отправлено.', goOn: 'Продолжить', pause: 'Пауза',
    pauseAfter: 'Пауза после звонка', pauseAfterOn: 'После звонка будет пауза', callVerb: 'Позвонить', skip: 'Пропустить', hangUp: 'Положить трубку', mute: 'Без звука', unmute: 'Включить звук',
    transfer: 'Подключить менеджера', handOver: 'Передать', back: 'Назад к контакту', backFirst: 'Сначала B: вернитесь к контакту, потом кладите трубку.', addContact: 'Новый контакт',
    notes: 'Заметки', notesHint: 'Что важно знать следующему', savedAt: (time) => `Сохранено ${time}`, savingNotes: 'Сохраняем…', notesFailed: 'Хранится здесь, ещё не отправлено: пробуем снова', script: 'Сценарий', noScript: 'У этого задания нет сценария.',
    questions: 'Заполнить по ходу разговора', questionsAfter: 'Заполнить', otherQuestions: 'Остальные вопросы', required: 'обязательно', choose: 'Выберите…', yes: 'Да', no: 'Нет', aNumber: 'Введите число, например 12 или 2,5', fillIn: (label) => `Сначала заполните «${label}»`,
    ask: (column) => `спросить: ${column}`, attempt: (n) => `${n}-я попытка`,
    company: 'Компания', city: 'Город', phone: 'Телефон', there: (time) => `там ${time}`, contact: 'Контакт', noName: 'Без имени',
    howEnded: 'Чем закончилось?', howEndedText: 'Одна клавиша, и следующий контакт.', plus30: '+30 с', noCountdown: 'Без отсчёта', extensionsLeft: (n) => `ещё ${n}`,
    transferSteps: { calling: 'Звоним менеджеру', briefing: 'Рассказ', handOver: 'Передача' }, manager: 'Менеджер',
    summary: 'Что сказать менеджеру', summaryNone: 'Заметок пока нет. Скажите, кто ждёт и что ему нужно.',
    managerTask: { ringing: (name) => `Звоним: ${name}. Контакт слышит музыку.`, briefing: (name) => `На линии ${name}: скажите, кто ждёт и зачем, и передайте.`, moving: 'Одну секунду…', operatorAway: 'Контакт слышит музыку и вернётся к вам, как только линия поднимется.', contactGone: 'Контакт положил трубку. Скажите менеджеру и завершите.' },
    transferEnded: {
      busy: 'Менеджер занят. Вы снова с контактом.', noAnswer: 'Менеджер не отвечает. Вы снова с контактом.', declined: 'Менеджер отклонил звонок. Вы снова с контактом.',
      failed: 'До менеджера не дозвониться. Вы снова с контактом.', hungUp: 'Менеджер положил трубку. Вы снова с контактом.', later: 'Менеджер просит перезвонить через 15 минут. Вы снова с контактом.', cancelled: 'Вы снова с контактом.', contactHungUp: 'Контакт положил трубку, пока ждал.',
    },
    extra: { title: 'Новый контакт', text: 'Тот, кого назвали в разговоре. Попадёт в этот же список, позвонит ему другой оператор.', name: 'Имя', phone: 'Телефон', note: 'Заметка', add: 'Добавить', added: 'Контакт добавлен.', phoneMissing: 'Введите номер, например +7 495 123-45-67', nameMissing: 'Введите имя' },
    keysTitle: 'Клавиши', keysText: 'Работают в любой раскладке. В поле они только пишут; Esc выходит из поля. Ctrl+Alt с буквой работает везде.', allKeys: 'все клавиши',
    verbs: {
      call: 'Позвонить, дальше', hangUp: 'Положить трубку', transfer: 'Подключить менеджера; ещё раз: передать', back: 'Назад к контакту', mute: 'Микрофон вкл., выкл.', notes: 'Заметки', addContact: 'Новый контакт', skip: 'Пропустить контакт',
      pause: 'Пауза, после звонка', scriptDown: 'Сценарий вниз', scriptUp: 'Сценарий вверх', speakStatus: 'Прочитать состояние вслух', choose: 'Взять задание, итог звонка', keys: 'Эти клавиши',
    },
    said: { answered: (name) => `${name}: ответили.`, ended: 'Звонок закончен.', callingManager: 'Звоним менеджеру.', briefing: 'Менеджер на линии.', handedOver: 'Передано.' },
    refused: { notTaken: 'Сервер не отвечает. Посмотрите на строку состояния и попробуйте снова.' },
    cause: {
      USER_BUSY: 'Занято', NO_ANSWER: 'Не отвечает', NO_USER_RESPONSE: 'Не отвечает', CALL_REJECTED: 'Отклонён', UNALLOCATED_NUMBER: 'Номера не существует', INVALID_NUMBER_FORMAT: 'Номера не существует', ALLOTTED_TIMEOUT: 'Не отвечает',
      ORIGINATOR_CANCEL: 'Отменён', NORMAL_CLEARING: 'Звонок закончен',
    },
  },
  manager: managerRu,
  list: listRu,
  results: resultsRu,
  customer: {
    campaigns: 'Кампании', newCampaign: 'Новая кампания', none: 'Кампаний пока нет', noneText: 'Кампания — это список контактов, сценарий и тот, кому передают заинтересованных.',
    state: { draft: 'Черновик', running: 'Идёт', paused: 'Приостановлена', finished: 'Закончена' },
    contacts: (n) => count(n, 'контакт', 'контакта', 'контактов'), interested: (n) => `${n} интересно`, handedOver: (n) => `${n} передано`,
    operatorsCalling: (n) => count(n, 'оператор звонит', 'оператора звонят', 'операторов звонят'), open: 'Открыть', edit: 'Изменить', upload: 'Добавить контакты', start: 'Начать звонки', pause: 'Приостановить', goOn: 'Продолжить звонки',
    steps: ['Кампания', 'Контакты', 'Звонки'], editTitle: 'Кампания', createAndUpload: 'Сохранить и добавить контакты', saved: 'Сохранено.', unsaved: 'Ещё не сохранено', wrongFields: (n) => `${count(n, 'поле нужно', 'поля нужно', 'полей нужно')} исправить; курсор в первом.`,
    name: 'Название', nameHint: 'Его видят операторы', country: 'Страна', countryHint: 'Как читать номера без кода страны', language: 'Язык звонков', timeZone: 'Часовой пояс', timeZoneHint: 'Для контактов, чей пояс неизвестен',
    script: 'Сценарий', scriptHint: 'Markdown. Вместо {столбца} будет слово из строки контакта.', preview: 'Как видит оператор', placeholders: 'Вставить:', unknownPlaceholders: (names) => `Нет ни в одном списке: ${names}. Оператор увидит, что об этом надо спросить.`,
    manager: 'Менеджеры', managerHint: 'Им передают заинтересованных прямо во время звонка.', managerNone: 'Нет', managerPhone: 'Телефон', managerSip: 'SIP-адрес', managerKind: 'Связь', managerName: 'Имя менеджера', managerAddress: 'Номер или SIP-адрес', managerPage: 'Страница на телефоне', managerPageHint: 'Звонит страница, которую менеджер держит открытой на телефоне или компьютере. Сохраните, а личную ссылку сделайте на странице кампании.',
    managerLogin: 'Вход менеджера', managerLoginHint: 'Почта; видит передачи и пропущенные. Можно не указывать', acceptKey: 'После ответа ждать клавишу 1, чтобы контакт не попал на автоответчик', managerNumber: (n: number) => `Менеджер ${n}`, addManager: 'Ещё менеджер',
    managerLinks: 'Страницы менеджеров', managerLinksText: 'Каждая ссылка личная и открывается без пароля. Отправьте её менеджеру: он держит страницу открытой на телефоне.', pageOpen: 'Сейчас открыта', pageClosed: (date: string) => `Ссылка от ${date}`, noLink: 'Ссылки ещё нет', makeLink: 'Сделать ссылку', newLink: 'Новая ссылка', revokeLink: 'Отозвать ссылку',
    linkOnce: 'Показывается один раз. Новая ссылка отменяет прежнюю.', copy: 'Копировать', copied: 'Скопировано', managerCallback: (time: string) => `Менеджер просит звонок в ${time}`,
    managerRing: 'Как звонить', managerRings: { inTurn: 'По очереди, в этом порядке', together: 'Всем сразу, берёт первый' },
    questions: 'Вопросы', questionsHint: 'Что заполняет оператор.', question: 'Вопрос', kind: 'Ответ', kinds: { text: 'Текст', number: 'Число', choice: 'Выбор', yesNo: 'Да или нет' }, choices: 'Варианты, по одному в строке', required: 'Обязателен для заинтересованных', addQuestion: 'Добавить вопрос', remove: 'Убрать', up: 'Выше', down: 'Ниже',
    dispositions: 'Чем может закончиться звонок', dispositionsHint: 'Клавиши оператора с 1 по 9, в этом порядке.', label: 'Надпись', meaning: 'Значит', addDisposition: 'Добавить итог',
    meanings: { success: 'Успех', interested: 'Интересно', callback: 'Перезвонить', refused: 'Отказ', doNotCall: 'Больше не звонить', wrongNumber: 'Не тот номер', machine: 'Автоответчик', broken: 'Связь оборвалась', other: 'Другое' },
    rules: 'Часы и пределы', windowFrom: 'Звонить с', windowTo: 'до', windowHint: 'По часам самого контакта', days: 'Дни', dayNames: ['Пн', 'Вт', 'Ср', 'Чт', 'Пт', 'Сб', 'Вс'], maxDuration: 'Самый долгий звонок, минут', ringTimeout: 'Ждать ответа, секунд', wrapUp: 'Время после звонка, секунд',
    maxAttempts: 'Попыток на контакт', busyPause: 'Если занято, повтор через, минут', noAnswerPause: 'Если не ответили, повтор через, минут', maskNumbers: 'Скрывать номера от операторов',
    uploadTitle: 'Добавить контакты', drop: 'Перетащите сюда таблицу', dropText: 'xlsx или csv со строкой заголовков и столбцом телефонов', chooseFile: 'Выбрать файл', uploading: (percent) => `Отправлено ${percent} %`, reading: 'Читаем строки…',
    notSpreadsheet: 'Это не xlsx и не csv. Сохраните таблицу в одном из этих видов.', accepted: (n) => `${n.toLocaleString('ru')} можно звонить`, duplicates: (n) => count(n, 'повтор', 'повтора', 'повторов'), rejected: (n) => `${n.toLocaleString('ru')} звонить нельзя`,
    row: 'Строка', what: 'Что', reason: 'Причина', duplicate: 'Повтор', rejectedWord: 'Нельзя звонить', allGood: 'По всем строкам можно звонить.', firstProblems: 'Показаны первые 1 000.', download: (n) => `Скачать ${count(n, 'строку', 'строки', 'строк')} с причинами`, another: 'Другой файл', toCampaign: 'К кампании', earlier: 'Прежние файлы',
    funnel: 'От списка до менеджера', dialled: 'Набрано', reached: 'Дозвонились', talkedTo: 'Поговорили', interestedWord: 'Интересно', handedOverWord: 'Передано', results: 'Результаты', resultsNone: 'Звонков ещё не было', resultsNoneText: 'Они появятся здесь сами, как только операторы начнут звонить.', more: 'Более ранние',
    when: 'Время', who: 'Контакт', notes: 'Заметки', ending: 'Итог', talk: 'Разговор', operator: 'Оператор', live: 'На линии', beingWritten: 'Записывается', progress: (done, all) => `Закончено ${done.toLocaleString('ru')} из ${all.toLocaleString('ru')} контактов`, queued: 'ждут', startHint: 'Сначала добавьте контакты', share: (n) => `${n} %`,
    unanswered: 'Без ответа', staleLive: 'Связь прервалась: цифры могли устареть.', attempt: (n) => `попытка ${n}`,
  },
};
