import type { Outcome } from '../../domain/call/call.ts';
import type { ManagerOutcome } from '../../domain/manager-outcome.ts';

export const exportLanguages = ['ru', 'en'] as const;
export type ExportLanguage = (typeof exportLanguages)[number];

/** Headers and words of an export. Those of a contact's own columns are the words by which an import knows them again. */
export interface ExportWords {
  readonly phone: string; readonly name: string; readonly company: string; readonly city: string; readonly timeZone: string;
  readonly at: string; readonly operator: string; readonly attempt: string; readonly outcome: string; readonly disposition: string;
  readonly talkSeconds: string; readonly manager: string; readonly managerOutcome: string; readonly managerMissed: string; readonly managerCallback: string; readonly callback: string; readonly notes: string; readonly yes: string; readonly no: string;
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly managerOutcomes: Readonly<Record<ManagerOutcome, string>>;
  /** By why the last transfer came back; what is not here (a manager who asks for a later call, an operator who went back) is none or stands in a column of its own. */
  readonly managerMissedBecause: Readonly<Record<string, string>>;
  readonly sheets: { readonly calls: string; readonly contacts: string };
}

export const exportWords: Readonly<Record<ExportLanguage, ExportWords>> = {
  ru: {
    phone: 'Телефон', name: 'ФИО', company: 'Компания', city: 'Город', timeZone: 'Часовой пояс',
    at: 'Когда звонили', operator: 'Оператор', attempt: 'Попытка', outcome: 'Исход', disposition: 'Итог', talkSeconds: 'Разговор, секунд', manager: 'Менеджер', managerOutcome: 'Итог менеджера', managerMissed: 'Почему без менеджера', managerCallback: 'Менеджер просил звонок', callback: 'Перезвонить (по часам контакта)', notes: 'Заметки', yes: 'да', no: 'нет',
    outcomes: { handedOver: 'передан', talked: 'поговорили', busy: 'занято', noAnswer: 'не ответили', rejected: 'отклонили', invalidNumber: 'номера не существует', cancelled: 'отменён', failed: 'не дозвониться', unknown: 'неизвестно' },
    managerOutcomes: { sold: 'продано', interested: 'интересно', no: 'нет' },
    managerMissedBecause: { notOpen: 'страница менеджера не открыта', noAnswer: 'не ответил', busy: 'занят', declined: 'отклонил', failed: 'не дозвониться', notAllowed: 'на этот номер звонить нельзя', hungUp: 'положил трубку до передачи', contactHungUp: 'контакт не дождался' },
    sheets: { calls: 'Результаты', contacts: 'Контакты' },
  },
  en: {
    phone: 'Phone', name: 'Full name', company: 'Company', city: 'City', timeZone: 'Time zone',
    at: 'Called at', operator: 'Operator', attempt: 'Attempt', outcome: 'Outcome', disposition: 'Result', talkSeconds: 'Talk, seconds', manager: 'Manager', managerOutcome: 'Manager’s result', managerMissed: 'Why no manager', managerCallback: 'Manager asked for a call', callback: 'Call back (contact’s clock)', notes: 'Notes', yes: 'yes', no: 'no',
    outcomes: { handedOver: 'handed over', talked: 'talked', busy: 'busy', noAnswer: 'no answer', rejected: 'declined', invalidNumber: 'no such number', cancelled: 'cancelled', failed: 'not reached', unknown: 'unknown' },
    managerOutcomes: { sold: 'sold', interested: 'interested', no: 'no' },
    managerMissedBecause: { notOpen: 'no manager’s page was open', noAnswer: 'no answer', busy: 'busy', declined: 'declined', failed: 'not reached', notAllowed: 'that number may not be telephoned', hungUp: 'hung up before the hand-over', contactHungUp: 'the contact hung up while waiting' },
    sheets: { calls: 'Results', contacts: 'Contacts' },
  },
};
