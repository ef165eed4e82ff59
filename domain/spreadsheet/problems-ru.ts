import { rowReasons } from './problems.ts';

/** The reasons of rows in Russian, beside the English that is stored. */
const russian: Readonly<Record<keyof typeof rowReasons, string>> = {
  empty: 'номера нет', noDigits: 'в номере нет цифр', scientificNotation: 'номер обрезан (7.9E+10): сделайте столбец текстовым и выгрузите снова',
  emergency: 'это экстренный номер', tooShort: 'номер слишком короткий', tooLong: 'номер слишком длинный', premiumRate: 'это платный номер', sharedCost: 'это номер с разделённой оплатой',
  specialService: 'это пейджер, голосовая почта или переадресация', internationalNetwork: 'это спутниковая или международная сеть', invalid: 'такого номера не бывает',
  unclosedQuote: 'в строке не закрыта кавычка', cellTooLong: 'в ячейке больше 32 767 знаков', tooManyColumns: 'в строке больше 100 столбцов', totals: 'это строка итогов, а не контакт',
  doNotCall: 'этот человек просил не звонить', alreadyInCampaign: 'номер уже есть в этой кампании',
};

/** English sentence → Russian; `#` stands for a number. */
export const rowReasonsRu: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(rowReasons).map(([code, sentence]) => [sentence, russian[code as keyof typeof rowReasons]])),
  'the same number as in row #': 'тот же номер, что в строке #',
};

export function rowReasonRu(reason: string): string {
  const number = /\d+$/.exec(reason)?.[0];
  return rowReasonsRu[reason] ?? (number === undefined ? undefined : rowReasonsRu[reason.replace(number, '#')]?.replace('#', number)) ?? reason;
}
