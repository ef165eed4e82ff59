import { describe, expect, it } from 'vitest';
import { fillIn, placeholdersOf, plainScript, scriptColumns, splitPlaceholders, unknownPlaceholders } from '../../domain/script.ts';

const contact = {
  name: 'Anna Petrova', company: 'ООО «Ромашка»', city: '',
  fields: [{ label: 'Когда удобно', value: 'после 18:00' }, { label: 'Долг', value: ' ' }],
};

describe('a script', () => {
  it('is filled in with the columns of the contact', () => {
    expect(fillIn('Hello {name} of { company }!', scriptColumns(contact))).toEqual([
      { kind: 'text', text: 'Hello ' },
      { kind: 'value', column: 'name', text: 'Anna Petrova' },
      { kind: 'text', text: ' of ' },
      { kind: 'value', column: 'company', text: 'ООО «Ромашка»' },
      { kind: 'text', text: '!' },
    ]);
  });

  it('tells the operator to ask for what is missing or blank', () => {
    expect(fillIn('{city} {Долг} {unknown}', scriptColumns(contact)).filter((part) => part.kind === 'ask').map((part) => part.column)).toEqual(['city', 'Долг', 'unknown']);
  });

  it('finds a column whatever its case, its spaces and underscores, in Russian too', () => {
    const columns = scriptColumns(contact);
    for (const text of ['{когда_удобно}', '{КОГДА  УДОБНО}', '{Когда удобно}']) expect(fillIn(text, columns)[0]).toMatchObject({ kind: 'value', text: 'после 18:00' });
    expect(fillIn('{имя}', columns)[0]).toMatchObject({ text: 'Anna Petrova' });
  });

  it('does not fill in what the contact itself brought', () => {
    const sly = scriptColumns({ ...contact, name: '{company}' });
    expect(fillIn('{name}', sly)).toEqual([{ kind: 'value', column: 'name', text: '{company}' }]);
  });

  it('leaves lone and empty braces alone', () => {
    expect(splitPlaceholders('a { b } {} { c')).toEqual([{ kind: 'text', text: 'a ' }, { kind: 'placeholder', column: 'b' }, { kind: 'text', text: ' {} { c' }]);
  });

  it('names each placeholder once, and those that no list knows', () => {
    expect(placeholdersOf('{name} {Name} {debt}')).toEqual(['name', 'debt']);
    expect(unknownPlaceholders('{name} {debt} {Долг}', ['долг'])).toEqual(['debt']);
  });

  it('has a beginning that reads as plain words', () => {
    expect(plainScript('# Окна · Windows\n\n**Hello, {first_name}!** Is it *2 * 2*?\n\n- one\n> two')).toBe('Окна · Windows Hello, …first name…! Is it 2 * 2? one two');
  });
});
