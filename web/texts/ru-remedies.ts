import { rowReasonsRu } from '../../domain/spreadsheet/problems-ru.ts';

/** What the schemas and the server say in English, in Russian. `#` stands for a number. */
export const ruRemedies: Readonly<Record<string, string>> = {
  'must not be empty': 'не должно быть пустым',
  'at most # characters': 'не больше # знаков', 'at most 60 characters': 'не больше 60 знаков', 'at most 120 characters': 'не больше 120 знаков', 'at most 80 characters': 'не больше 80 знаков', 'at most 50,000 characters': 'не больше 50 000 знаков',
  'a choice needs at least two answers': 'для выбора нужны хотя бы два варианта',
  'the manager needs a number or a SIP address': 'укажите номер или SIP-адрес менеджера',
  'a SIP address looks like name@sip.example.org': 'SIP-адрес выглядит так: name@sip.example.org',
  'at most 10 managers': 'не больше 10 менеджеров', 'there is no manager’s login with this e-mail': 'входа менеджера с такой почтой нет',
  'at least 10 s': 'не меньше 10 секунд', 'at most 2 h': 'не больше 2 часов', 'at least 5 s': 'не меньше 5 секунд', 'at most 2 min': 'не больше 2 минут', 'at most 10 min': 'не больше 10 минут', 'at least 1': 'не меньше 1', 'at most 20': 'не больше 20', 'at most 7 days': 'не больше 7 дней',
  'a time looks like 09:00': 'время выглядит так: 09:00', 'a time looks like 20:00': 'время выглядит так: 20:00', 'choose at least one day': 'выберите хотя бы один день', 'the window must end after it begins': 'конец должен быть позже начала',
  'a country is two letters, for example RU': 'страна — две буквы, например RU', 'a time zone looks like Europe/Moscow': 'пояс выглядит так: Europe/Moscow', 'a number, please': 'здесь нужно число',
  'at most 40 questions': 'не больше 40 вопросов', 'at least one disposition': 'нужен хотя бы один итог', 'at most nine: the keys are 1 to 9': 'не больше девяти: клавиши с 1 по 9',
  'a manager needs a number without extension': 'менеджеру нужен номер без добавочного', 'enter a name': 'введите имя', 'enter the phone number': 'введите номер', 'answer this question': 'ответьте на этот вопрос',
  'this is a short service number': 'это короткий служебный номер',
  'choose the column with the phone numbers': 'выберите столбец с телефонами', 'two columns are said to be the same: choose one of them': 'два столбца означают одно и то же: выберите один',
  ...rowReasonsRu,
  'this number is never telephoned: emergency, premium-rate, satellite or no number at all': 'по этому номеру не звонят никогда: экстренный, платный, спутниковый или не номер', 'numbers of this country are not telephoned here: ask the administrator to allow it': 'в эту страну отсюда не звонят: попросите администратора разрешить', 'numbers of this kind are not telephoned here: give a mobile or a city number': 'по номерам этого вида не звонят: нужен мобильный или городской',
  'this is a premium-rate number': 'это платный номер', 'this is a shared-cost number': 'это номер с разделённой оплатой', 'this is a pager, a voicemail or a personal redirecting number': 'это пейджер, голосовая почта или переадресация',
};

/** Refusals by their stable code. */
export const ruRefusals: Readonly<Record<string, string>> = {
  notOnLine: 'Вы не на линии: сначала выйдите на линию.', switchDraining: 'Этот коммутатор выводят из работы: вас переводят на другой, попробуйте через миг.', noSwitch: 'Все коммутаторы выводят из работы: попробуйте через несколько минут.', lineDown: 'До коммутатора сейчас не достать: попробуйте чуть позже.', alreadyOnCall: 'Вы уже в звонке.', wrapUpOpen: 'Сначала выберите, чем закончился прошлый звонок.', paused: 'Вы на паузе: сначала продолжите.',
  claimLost: 'Этот контакт уже не ваш: придёт следующий.', campaignNotRunning: 'Кампания приостановлена: выберите другую.', outsideWindow: 'У контакта сейчас неурочный час: придёт следующий.', doNotCall: 'По этому номеру просили не звонить.', tooManyAttempts: 'Этому контакту звонили достаточно: придёт следующий.',
  numberBusy: 'По этому номеру сейчас идёт другой звонок: попробуйте позже или пропустите.', numberNotAllowed: 'По этому номеру не звонят никогда: придёт следующий контакт.', destinationNotAllowed: 'В этой кампании по номерам этой страны или этого вида не звонят: придёт следующий контакт.', noTrunk: 'Нет линии в телефонную сеть: сообщите администратору.', trunkRate: 'Сейчас набирают многие: попробуйте через секунду.', trunkBusy: 'Все телефонные линии заняты: попробуйте чуть позже.', campaignRate: 'В этой кампании сейчас набирают многие: попробуйте через секунду.', campaignBusy: 'В этой кампании уже столько звонков сразу, сколько можно: попробуйте чуть позже.', spendCapReached: 'Дневной предел расходов на связь достигнут, новые звонки не уходят. Администратор предупреждён.',
  switchLost: 'Коммутатор переключается: попробуйте чуть позже.', tooLate: 'Просьба ждала слишком долго и не выполнена: попробуйте снова.', callEnded: 'Звонок закончен.', callOpen: 'Сначала закончите звонок.', noSuchCall: 'У вас нет такого звонка.',
  notTalking: 'Контакт ещё не на линии.', managerNotThere: 'Менеджер ещё не на линии.', nothingToReturnFrom: 'Возвращаться неоткуда.', returnFirst: 'На линии менеджер: сначала B, назад к контакту.', handedOver: 'Контакт уже у менеджера.', noManager: 'У кампании нет менеджера.', stillTalking: 'Звонок ещё идёт: сначала положите трубку.',
  alreadyJudged: 'Итог этого звонка уже есть.', noSuchDisposition: 'У кампании нет такого итога.', answersMissing: 'Сначала ответьте на обязательные вопросы.', noSuchCampaign: 'Такой кампании сейчас нет.', alreadyInCampaign: 'Этот номер в кампании уже есть.', noMoreTime: 'Больше времени добавить нельзя.',
  fileTooLarge: 'Файл больше 20 МБ. Разделите его и загрузите по частям.', emptyFile: 'Файл пуст.', passwordProtected: 'Книга под паролем. Сохраните без него и загрузите.', notASpreadsheet: 'Это не таблица. Нужен .xlsx, .xls, .csv или текст с табуляцией.',
  damagedFile: 'Книга повреждена. Откройте её, сохраните снова как .xlsx и загрузите.', unpacksTooLarge: 'Книга слишком велика. Сохраните один лист с контактами и загрузите.', tooManyRows: 'Больше 200 000 строк. Разделите и загрузите по частям.', tooManyColumns: 'Больше 100 столбцов. Оставьте только нужные операторам.', columnsUnclear: 'Непонятно, в каком столбце телефоны. Выберите его или назовите «Телефон».', noSuchSheet: 'Такого листа в книге нет. Выберите один из её листов.', uploadGone: 'Файл здесь больше не хранится: отправьте его снова.', uploadBusy: 'Файл ещё читается: подождите немного.', tooComplex: 'Файлу нужно слишком много памяти или времени. Сохраните один лист с контактами.',
  finished: 'Законченная кампания снова не начинается: сделайте новую.', notReady: 'Кампанию пока нельзя начать.', notRunning: 'Приостановить можно только идущую кампанию.',
  invalid: 'Исправьте отмеченные поля.', notFound: 'Ничего не найдено.', internal: 'Сбой на нашей стороне. Попробуйте ещё раз.', tooLarge: 'Слишком большой файл.',
};
