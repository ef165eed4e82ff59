import type { managerEn } from './manager-en.ts';

type Same<T> = T extends string ? string : T extends (...args: infer A) => string ? (...args: A) => string : { readonly [K in keyof T]: Same<T[K]> };

export const managerRu: Same<typeof managerEn> = {
  title: 'Передачи', historyTitle: 'Ваши передачи', historyNewTab: 'Ваши передачи (в новой вкладке)', opening: 'Открываем вашу страницу…',
  linkOver: 'Эта ссылка больше ничего не открывает', linkOverText: 'Попросите новую у того, кто её дал. Возможно, её заменили.', signIn: 'Войти и посмотреть прежние передачи',
  waiting: 'Ждём контакта', waitingText: 'Держите эту страницу открытой: она зазвонит, когда оператор кого-то соединит.', forCampaign: (name) => `Кампания «${name}»`,
  soundOff: 'Браузер держит страницу без звука, пока вы её не коснётесь.', soundOn: 'Включить звонок', soundIsOn: 'Звонок включён.', tryRing: 'Проверить звонок', noServer: 'Нет связи с сервером, пробуем снова. Сейчас страница не зазвонит.',
  onLine: (name) => `${name} на линии`, somebody: 'Контакт', somebodyLow: 'контакт', listening: (time, operator) => `Слушает музыку ${time}. Оператор ${operator} сейчас всё расскажет.`,
  beforeAccept: 'Полное имя, компания, номер и заметки оператора появятся, когда вы примете звонок.',
  accept: 'Принять', later: 'Через 15 минут', busy: 'Занят', connecting: 'Соединяем…', backTo: (name) => `${name} слушает музыку, возвращаем вас…`, allowMicrophone: 'Разрешите микрофон в браузере.',
  briefing: (operator) => `Вы говорите с оператором: ${operator}`, briefingText: (name, time) => `${name} слушает музыку ${time}. Сейчас вас соединят.`,
  handedOver: (name) => `${name} говорит с вами`, handedOverText: (time) => `Разговор ${time}.`, summary: 'Коротко', noNotes: 'Оператор пока ничего не записал.', number: 'Номер', company: 'Компания', city: 'Город',
  mute: 'Выключить микрофон', unmute: 'Включить микрофон', hangUp: 'Положить трубку', again: 'Позвонить ещё раз', lineLost: 'Звук прервался. Восстанавливаем…',
  elsewhere: (name) => `${name}: разговор идёт`, elsewhereText: 'Эта страница в нём не участвует: он может идти в другой вкладке или на другом устройстве.',
  ended: 'Разговор окончен', whatCame: 'Чем закончилось?', outcomes: { sold: 'Продано', interested: 'Интересно', no: 'Нет' }, outcomeSaved: (what) => `Сохранено: ${what}.`, toWaiting: 'Ждать следующего', callBack: 'Перезвонить',
  missedBecause: {
    taken: 'Коллега был быстрее.', busy: 'Вы были заняты, контакт снова у оператора.', later: 'Заказчик и оператор видят, что вы просите звонок через 15 минут.', noAnswer: 'Никто не ответил вовремя, контакт снова у оператора.',
    declined: 'Отклонено.', cancelled: 'Оператор вернулся к контакту.', contactHungUp: 'Контакт положил трубку, пока ждал.', failed: 'Не получилось вас соединить.', hungUp: 'Вы вышли, контакт снова у оператора.', operatorLost: 'Связь оператора оборвалась.',
  },
  historyNone: 'Передач ещё не было', historyNoneText: 'Здесь будут контакты, которых вам передали, и те, кого вы пропустили.', state: { handedOver: 'Передан', taken: 'Взял коллега', missed: 'Пропущен', later: 'Через 15 минут', busy: 'Вы были заняты' },
  saidRinging: (name) => `${name} на линии. Принять, занят или через 15 минут?`, onePageOnly: 'Ссылку на вашу страницу даёт заказчик.',
};
