import { z } from 'zod';
import { listProblemsBehind, readStoredList } from '../../../platform/postgres/list-problems.ts';
import type { ProblemRow } from '../../../platform/postgres/judge-list.ts';
import { audit } from '../../accounts/logins.ts';
import { fileAnswer, notFound } from '../../http/answer.ts';
import { rowId } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { problemTable } from '../../imports/problem-table.ts';
import { tableFormats, tableTypes } from '../../exports/table-file.ts';
import { exportLanguages } from '../../exports/words.ts';
import { tenantOf } from '../campaigns/tenant.ts';

/** A browser that names no language asks in English. */
export const tableQuery = z.object({ format: z.enum(tableFormats, 'csv or xlsx').default('csv'), language: z.enum(exportLanguages, 'en or ru').default('en') });
export const problemsName = (fileName: string, { format, language }: z.output<typeof tableQuery>): string => `${fileName.replace(/\.\w{1,5}$/, '')} – ${language === 'ru' ? 'не взятые строки' : 'rows not taken'}.${format}`;

const pageRows = 2_000;

export const listProblems = route({
  method: 'get',
  path: '/campaigns/{id}/lists/{listId}/problems',
  roles: ['customer'],
  summary: 'Every row of a list that became no contact, as a table with number, reason and the original cells',
  params: z.object({ id: rowId, listId: rowId }),
  query: tableQuery,
  answers: { 200: 'csv or xlsx' },
  async handle({ house: { db }, params, query, user, request }) {
    const customerId = tenantOf(user);
    const list = await readStoredList(db, { customerId, campaignId: params.id, listId: params.listId });
    if (!list) return notFound('The list');
    await audit(db, request, user, { action: 'problemsExported', subject: 'list', subjectId: list.id });
    const pages = async function* (): AsyncGenerator<ProblemRow[], void, undefined> {
      for (let behindRow = 0; ; ) {
        const page = await listProblemsBehind(db, { customerId, listId: list.id, behindRow, limit: pageRows });
        yield page;
        const last = page.at(-1);
        if (last === undefined || page.length < pageRows) return;
        behindRow = last.row;
      }
    };
    return fileAnswer({ name: problemsName(list.fileName, query), type: tableTypes[query.format], content: problemTable({ ...query, columns: list.columns }, pages()) });
  },
});
