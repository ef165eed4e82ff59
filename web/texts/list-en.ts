import type { ColumnUse } from '../../domain/spreadsheet/mapping.ts';

const count = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** Looking at a list before it is taken. */
export const listEn = {
  drop: 'Drop a spreadsheet here', dropText: 'Excel (xlsx, xls), csv or text with tabs, up to 20 MB. You see what becomes of it before anything is taken.', template: 'Empty template for Excel',
  notSpreadsheet: 'This is no spreadsheet. Save it as xlsx, xls or csv in your spreadsheet program.',
  rows: (n: number) => count(n, 'row', 'rows'), formats: { xlsx: 'Excel', xls: 'Excel 97–2003', csv: 'Text' }, sheetNamed: (name: string) => `sheet “${name}”`,
  sheet: 'Sheet', headerRow: 'Headers in row', noHeader: 'none',
  take: (n: number) => `Take ${count(n, 'contact', 'contacts')}`, takeUnknown: 'Take the contacts', taking: 'Taking the contacts…', looking: 'Reading the rows…', rowsRead: (n: number) => `${count(n, 'row', 'rows')} read`,
  useOf: (header: string) => `What is “${header}”?`,
  uses: {
    phone: 'Phone', secondPhone: 'Another phone', name: 'Name', firstName: 'First name', middleName: 'Middle name', lastName: 'Last name', company: 'Company', city: 'City, time zone', timeZone: 'Time zone', language: 'Language',
    field: 'Shown to the operator', leaveOut: 'Leave out',
  } satisfies Record<ColumnUse, string> as Record<ColumnUse, string>,
  unclear: 'Say which column holds the phone numbers: it cannot be told for sure.', choosePhone: 'Choose the column with the phone numbers.', stillChosen: 'What you chose is still here.',
  moreRows: (n: number) => `and ${count(n, 'more row', 'more rows')} in the file`,
  firstRows: 'The first rows of the file', badRows: 'Rows that are not taken', row: (n: number) => `row ${n.toLocaleString('en')}`, taken: (n: number) => `${count(n, 'contact', 'contacts')} taken`,
  alsoChanged: (header: string, use: string) => `“${header}” is now: ${use}.`, undo: 'Undo', fewNumbers: (header: string, numbers: number, rows: number) => `“${header}” hardly looks like phone numbers: ${numbers} of the ${rows} rows shown have one.`,
  draftReady: 'The campaign is a draft: nobody is called yet.', draftLacks: 'The campaign is a draft and cannot start yet.', lacksScript: 'It has no script.', writeScript: 'Write the script', lacksContacts: 'It has no contacts.',
  nobody: 'Nobody in this file can be called. Check the columns.',
};
export type ListTexts = typeof listEn;
