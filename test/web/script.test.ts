import { describe, expect, it } from 'vitest';
import { fillIn, mappedColumns, mappedNames, placeholdersOf, plainScript, scriptColumns, splitPlaceholders, unknownPlaceholders } from '../../domain/script.ts';

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

  it('finds a mapped column by its header in the file and by the name of the field, in both languages', () => {
    const list = ([['phone', 'Tel'], ['name', 'Person in charge'], ['city', 'Town'], ['timeZone', 'Zone'], ['leaveOut', 'Secret']] as const).map(([role, label], index) => ({ index, role, label }));
    const mapped = mappedColumns(list, { name: 'Anna Petrova', city: 'Moscow', timeZone: 'Europe/Moscow', phone: '+7 ···' });
    const columns = scriptColumns({ ...contact, city: 'Moscow', mapped });
    for (const word of ['town', 'TOWN', 'City', 'ГОРОД']) expect(fillIn(`{${word}}`, columns), word).toEqual([{ kind: 'value', column: word, text: 'Moscow' }]);
    expect(fillIn('{person_in_charge}|{ФИО}|{tel}|{телефон}|{zone}', columns).filter(({ kind }) => kind !== 'text')).toMatchObject([{ text: 'Anna Petrova' }, { text: 'Anna Petrova' }, { text: '+7 ···' }, { text: '+7 ···' }, { text: 'Europe/Moscow' }]);
    expect(fillIn('{secret}', columns)).toEqual([{ kind: 'ask', column: 'secret' }]);
    expect(unknownPlaceholders('{town} {Person in charge} {ТЕЛЕФОН} {secret}', mappedNames(list))).toEqual(['secret']);
  });

  it('tells the parts of a name apart where that is sure', () => {
    const parts = ([['lastName', 'Фамилия'], ['firstName', 'Имя']] as const).map(([role, label]) => ({ role, label }));
    const of = (name: string) => scriptColumns({ ...contact, name, mapped: mappedColumns(parts, { name }) });
    expect(fillIn('{имя} {фамилия}', of('Anna Petrova')).flatMap((part) => (part.kind === 'value' ? [part.text] : []))).toEqual(['Anna', 'Petrova']);
    expect(fillIn('{фамилия}', of('Anna'))).toEqual([{ kind: 'ask', column: 'фамилия' }]);
    expect(fillIn('{имя}', of('Anna'))).toMatchObject([{ text: 'Anna' }]);
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
