import { expect, test } from 'vitest';
import { firstNameOf } from '../../domain/first-name.ts';

test.each([
  ['Иванова Анна Петровна', 'Анна'], ['Анна Петровна Иванова', 'Анна'], ['Ильин Пётр Ильич', 'Пётр'], ['Anna Petrova', 'Anna'], ['Anna', 'Anna'], ['  ', ''], ['ООО «Ромашка»', 'ООО'],
])('“%s” is called “%s”', (name, first) => {
  expect(firstNameOf(name)).toBe(first);
});
