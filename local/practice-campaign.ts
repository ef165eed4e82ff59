import { defaultDispositions, type Question } from '../domain/campaign.ts';
import type { SeedCampaign, SeedContact } from '../platform/postgres/seed.ts';

/** What an operator can try everything with. All people and numbers are invented; robots answer, chosen by a number's last two digits. */

const script = `# Окна для дома · Windows for the home

**Здравствуйте, {name}!** Меня зовут …, я звоню из компании «Тёплый дом». Удобно говорить минуту?
*Hello, {name}! I am calling from “Warm House”. Do you have a minute?*

1. Мы меняем окна в городе {город} и до конца месяца замеряем бесплатно.
   *We replace windows in {city} and measure for free until the end of the month.*
2. Сколько окон вы хотели бы поменять? · *How many windows would you like to replace?*
3. Когда удобно, чтобы приехал мастер? · *When may our fitter come?*

> **Дорого?** Рассрочка на год без процентов. · *Too dear? A year's instalments without interest.*
>
> **Уже поменяли?** Поздравляю! Может быть, балкон? · *Done already? Congratulations! The balcony, perhaps?*

Интересно → **T**: соединяю с менеджером Ольгой, она всё посчитает.
*Interested → **T**: I put you through to Olga, our manager.*
`;

const questions: readonly Question[] = [
  { key: 'windows', label: 'Сколько окон? · How many windows?', kind: 'number', choices: [], required: false },
  { key: 'house', label: 'Дом · House', kind: 'choice', choices: ['Квартира · Flat', 'Частный дом · House', 'Дача · Cottage'], required: false },
  { key: 'owner', label: 'Решает сам? · Decides alone?', kind: 'yesNo', choices: [], required: false },
];

const russian = new Map(defaultDispositions('ru').map(({ key, label }) => [key, label]));
/** "Interested · Интересно": whoever tries the exchange out reads one of them. */
const inBothLanguages = defaultDispositions('en').map((disposition) => ({ ...disposition, label: `${disposition.label} · ${russian.get(disposition.key) ?? ''}` }));

export const practiceCampaign: Omit<SeedCampaign, 'customerId' | 'createdBy' | 'managerUserId' | 'recordCalls'> = {
  name: 'Practice: windows',
  country: 'RU',
  language: 'ru',
  timeZone: 'Europe/Moscow',
  managerName: 'Ольга',
  managerPhone: '+79000000099',
  script,
  questions,
  dispositions: inBothLanguages,
};

const person = (name: string, company: string, city: string, time_zone: string, e164: string, windows: string): SeedContact => ({ name, company, city, time_zone, e164, fields: { Окна: windows } });

export const practiceContacts: readonly SeedContact[] = [
  person('Анна Смирнова', '', 'Москва', 'Europe/Moscow', '+79000001001', '4'),
  person('Иван Петров', 'ООО «Ромашка»', 'Тверь', 'Europe/Moscow', '+79000001002', '12'),
  // busy, then nobody answers: the retry rules at work
  person('Мария Кузнецова', '', 'Самара', 'Europe/Samara', '+79000001090', '3'),
  person('Пётр Соколов', '', 'Казань', 'Europe/Moscow', '+79000001003', ''),
  person('Елена Попова', 'ИП Попова', 'Екатеринбург', 'Asia/Yekaterinburg', '+79000001091', '8'),
  person('Дмитрий Лебедев', '', 'Новосибирск', 'Asia/Novosibirsk', '+79000001004', '5'),
  // rejected, invalid
  person('Ольга Козлова', '', 'Омск', 'Asia/Omsk', '+79000001092', '2'),
  person('Сергей Новиков', 'ТСЖ «Берёзка»', 'Пермь', 'Asia/Yekaterinburg', '+79000001005', '40'),
  person('Наталья Морозова', '', 'Уфа', 'Asia/Yekaterinburg', '+79000001093', '6'),
  // repeats what it hears: the operator hears himself
  person('Эхо', '', 'Москва', 'Europe/Moscow', '+79000001096', ''),
  person('Алексей Волков', '', 'Владивосток', 'Asia/Vladivostok', '+79000001006', '7'),
  person('Татьяна Зайцева', 'Школа № 7', 'Ростов-на-Дону', 'Europe/Moscow', '+79000001007', '64'),
];
