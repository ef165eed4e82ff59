/** Ends of Russian patronymics: Петрович, Ильич, Петровна, Ильинична. */
const patronymic = /(?:вич|ьич|вна|чна)$/i;

/** What somebody is called, of a full name in whatever order lists have it: «Иванова Анна Петровна» and “Anna Petrova” are both Anna. */
export function firstNameOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = '', second = '', third = ''] = words;
  return words.length >= 3 && patronymic.test(third) ? second : first;
}
