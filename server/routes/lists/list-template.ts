import { fileAnswer } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { listTemplate } from '../../imports/list-template.ts';
import { tableTypes } from '../../exports/table-file.ts';
import { tableQuery } from './list-problems.ts';

export const template = route({
  method: 'get',
  path: '/lists/template',
  roles: ['customer'],
  summary: 'An empty list whose columns are understood by themselves',
  query: tableQuery,
  answers: { 200: 'csv or xlsx' },
  handle: ({ query: { format, language } }) =>
    Promise.resolve(fileAnswer({ name: `${language === 'ru' ? 'контакты' : 'contacts'}.${format}`, type: tableTypes[format], content: listTemplate(format, language) })),
});
