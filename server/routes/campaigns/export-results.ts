import { DateTime } from 'luxon';
import { z } from 'zod';
import { resultFilters, type ResultFilters } from '../../../domain/results-filter.ts';
import type { Db } from '../../../platform/postgres/database.ts';
import { listExportedCalls, listExportedContacts, readExportShape, type ExportedContact, type ExportShape } from '../../../platform/postgres/exports.ts';
import type { ResultsCursor } from '../../../platform/postgres/results.ts';
import { callColumns, contactColumns, type ExportColumn } from '../../exports/columns.ts';
import { tableFile, tableFormats, tableTypes, type TableRows } from '../../exports/table-file.ts';
import { exportLanguages, exportWords, type ExportWords } from '../../exports/words.ts';
import { audit } from '../../accounts/logins.ts';
import { fileAnswer, notFound } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

const rowsAtOnce = 1_000;

export const exportResults = route({
  method: 'get',
  path: '/campaigns/{id}/export',
  roles: ['customer'],
  summary: 'A table file of the results as narrowed down (`rows=calls`), or of the contacts behind them with the columns that they came with (`rows=contacts`)',
  params: ofRow,
  query: z.object({
    ...resultFilters,
    format: z.enum(tableFormats, 'xlsx or csv').default('xlsx'),
    rows: z.enum(['calls', 'contacts'], 'calls or contacts').default('calls'),
    /** Of the headers; a csv in Russian parts its cells at semicolons. */
    language: z.enum(exportLanguages, 'ru or en').default('en'),
  }),
  answers: { 200: 'the file' },
  async handle({ house: { db }, params, query, user, request }) {
    const { format, rows, language, ...filters } = query;
    const own = { customerId: tenantOf(user), campaignId: params.id };
    const shape = await readExportShape(db, own);
    if (!shape) return notFound('The campaign');
    await audit(db, request, user, { action: 'resultsExported', subject: 'campaign', subjectId: params.id, details: { rows, format } });
    const words = exportWords[language];
    const table = rows === 'calls' ? callRows(db, { ...own, filters }, shape, words) : contactRows(db, { ...own, filters }, shape, words);
    const day = DateTime.now().setZone(shape.timeZone).toISODate() ?? '';
    return fileAnswer({ name: `${shape.campaignName.replace(/[\\/:*?"<>|]/g, '-')} ${words.sheets[rows]} ${day}.${format}`, type: tableTypes[format], content: tableFile(format, table, { language, sheet: words.sheets[rows] }) });
  },
});

interface Order { readonly customerId: string; readonly campaignId: string; readonly filters: ResultFilters }

const headersOf = <Row>(columns: readonly ExportColumn<Row>[]): string[][] => [columns.map(({ header }) => header)];
const cellsOf = <Row>(columns: readonly ExportColumn<Row>[], rows: readonly Row[]): string[][] => rows.map((row) => columns.map(({ cell }) => cell(row)));

async function* callRows(db: Db, order: Order, shape: ExportShape, words: ExportWords): TableRows & AsyncGenerator<string[][]> {
  const columns = callColumns(shape, words);
  yield headersOf(columns);
  let after: ResultsCursor | null = null;
  do {
    const page: Awaited<ReturnType<typeof listExportedCalls>> = await listExportedCalls(db, { ...order, after, limit: rowsAtOnce });
    yield cellsOf(columns, page.calls);
    after = page.next;
  } while (after);
}

async function* contactRows(db: Db, order: Order, shape: ExportShape, words: ExportWords): TableRows & AsyncGenerator<string[][]> {
  const columns = contactColumns(shape, words);
  yield headersOf(columns);
  let afterId: string | undefined = '0';
  while (afterId !== undefined) {
    const contacts: ExportedContact[] = await listExportedContacts(db, { ...order, afterId, limit: rowsAtOnce });
    yield cellsOf(columns, contacts);
    afterId = contacts.length === rowsAtOnce ? contacts.at(-1)?.id : undefined;
  }
}
