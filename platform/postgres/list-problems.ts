import type { Column } from '../../domain/spreadsheet/columns.ts';
import type { Db } from './database.ts';
import type { ProblemRow } from './judge-list.ts';

export interface StoredList { readonly id: string; readonly fileName: string; readonly columns: readonly Column[] }

/** One upload of a customer's campaign. */
export async function readStoredList(db: Db, { customerId, campaignId, listId }: { customerId: string; campaignId: string; listId: string }): Promise<StoredList | undefined> {
  const row = (await db('lists').where({ id: listId, campaign_id: campaignId, customer_id: customerId }).first('id', 'file_name', 'columns')) as { id: string; file_name: string; columns: Column[] } | undefined;
  return row && { id: row.id, fileName: row.file_name, columns: row.columns };
}

/** The rows of a list that became no contacts, behind one of them, in the file's order. */
export async function listProblemsBehind(db: Db, { customerId, listId, behindRow, limit }: { customerId: string; listId: string; behindRow: number; limit: number }): Promise<ProblemRow[]> {
  return (await db('list_problems').where({ list_id: listId, customer_id: customerId }).where('row_number', '>', behindRow).orderBy('row_number').limit(limit)
    .select('row_number as row', 'kind', 'reason', 'cells')) as ProblemRow[];
}
