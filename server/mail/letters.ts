import type { Spend } from '../../domain/api.ts';
import type { Letter } from './mailer.ts';

export type LetterLanguage = 'ru' | 'en';
type Written = Omit<Letter, 'to'>;

/** @param url with the token in its fragment, which no server on the way sees */
export function resetLetter(language: LetterLanguage, { name, url, minutes }: { name: string; url: string; minutes: number }): Written {
  return language === 'ru'
    ? {
        subject: 'Новый пароль',
        text: `Здравствуйте, ${name}!\n\nКто-то попросил новый пароль для вашей учётной записи. Если это вы, откройте ссылку (она действует ${minutes} минут и один раз):\n\n${url}\n\nЕсли не вы, ничего делать не нужно: пароль остаётся прежним.\n`,
      }
    : {
        subject: 'New password',
        text: `Hello ${name},\n\nsomebody asked for a new password for your account. If it was you, open this link (it works for ${minutes} minutes, once):\n\n${url}\n\nIf it was not you, there is nothing to do: your password stays as it is.\n`,
      };
}

/**
 * The day's spend cap is reached. In both languages: nobody asked for it in a browser that would say which.
 * @param spend amounts in minor units
 */
export function spendCapLetter({ name, spend, publicUrl }: { name: string; spend: Spend; publicUrl: string }): Written {
  const money = (minor: string, locale: string) => (Number(minor) / 100).toLocaleString(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const [spent, live, cap] = [spend.spentMinor, spend.liveMostMinor, spend.capMinor];
  return {
    subject: 'Достигнут дневной предел расходов · The day’s spend cap is reached',
    text: `Здравствуйте, ${name}!\n\nДостигнут дневной предел расходов на телефонию (${spend.day}): новые звонки не уходят, текущие продолжаются.\n\nПредел: ${money(cap, 'ru-RU')}\nПотрачено: ${money(spent, 'ru-RU')}\nЕщё могут стоить текущие звонки: ${money(live, 'ru-RU')}\n\nПоднять предел или подождать до завтра: ${publicUrl}/admin/lines\n\n`
      + `— — —\n\nHello ${name},\n\nthe day’s cap on telephone costs is reached (${spend.day}): no new calls leave, running ones go on.\n\nCap: ${money(cap, 'en-US')}\nSpent: ${money(spent, 'en-US')}\nWhat running calls may still cost: ${money(live, 'en-US')}\n\nRaise the cap or wait for tomorrow: ${publicUrl}/admin/lines\n`,
  };
}

export type SecurityChange = 'password' | 'totpOn' | 'totpOff' | 'recoveryCodeUsed' | 'recoveryCodesMade';

const changes: Readonly<Record<LetterLanguage, Readonly<Record<SecurityChange, string>>>> = {
  en: {
    password: 'The password of your account was changed. Every device was signed out, but the one that changed it.',
    totpOn: 'Your account now asks for a code of your authenticator app at sign-in.',
    totpOff: 'Your account no longer asks for a code at sign-in.',
    recoveryCodeUsed: 'Somebody signed in to your account with the password and a recovery code.',
    recoveryCodesMade: 'New recovery codes were made for your account; the ones before open nothing.',
  },
  ru: {
    password: 'Пароль вашей учётной записи изменён. Вход завершён на всех устройствах, кроме того, где его сменили.',
    totpOn: 'Теперь при входе нужен код из вашего приложения-аутентификатора.',
    totpOff: 'При входе больше не нужен код из приложения.',
    recoveryCodeUsed: 'В вашу учётную запись вошли с паролем и резервным кодом.',
    recoveryCodesMade: 'Для вашей учётной записи созданы новые резервные коды; прежние больше не действуют.',
  },
};

/** Told to the owner of the account after each change of what protects it. */
export function changeLetter(language: LetterLanguage, { name, change, publicUrl }: { name: string; change: SecurityChange; publicUrl: string }): Written {
  const said = changes[language][change];
  return language === 'ru'
    ? { subject: 'Безопасность учётной записи', text: `Здравствуйте, ${name}!\n\n${said}\n\nЕсли это сделали не вы, сразу смените пароль: ${publicUrl}/forgot-password\n` }
    : { subject: 'Security of your account', text: `Hello ${name},\n\n${said}\n\nIf it was not you, change your password at once: ${publicUrl}/forgot-password\n` };
}
