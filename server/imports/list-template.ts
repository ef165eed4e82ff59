import { writeXlsx } from 'hucre/xlsx';
import { csvLine } from '../../domain/inert-cell.ts';
import type { TableFormat } from '../exports/table-file.ts';
import type { ExportLanguage } from '../exports/words.ts';

/** Headers that an import understands by itself. No row of example: somebody would be called for it. */
const headers: Readonly<Record<ExportLanguage, readonly string[]>> = {
  en: ['Phone', 'Second phone', 'Name', 'Company', 'City', 'Time zone', 'Language', 'Note'],
  ru: ['Телефон', 'Второй телефон', 'Имя', 'Компания', 'Город', 'Часовой пояс', 'Язык', 'Примечание'],
};

/** An empty list to fill in; in the workbook every cell is text, so that zeros and plus signs stay. */
export async function* listTemplate(format: TableFormat, language: ExportLanguage): AsyncGenerator<string | Uint8Array, void, undefined> {
  const labels = headers[language];
  if (format === 'csv') yield `\ufeff${csvLine(labels, language === 'ru' ? ';' : ',')}`;
  else yield await writeXlsx({ sheets: [{ name: language === 'ru' ? 'Контакты' : 'Contacts', columns: labels.map(() => ({ numFmt: '@', width: 20 })), rows: [[...labels]] }] });
}
