import type { ListProblem, ListResult } from '../../domain/api.ts';
import type { Db } from './database.ts';

const mostProblems = 1_000;
interface Row { id: string; file_name: string; accepted: number; duplicates: number; rejected: number; problems: ListProblem[] | null }

/** The uploads of a customer's campaign, newest first, each with its first problems. */
export async function listLists(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<ListResult[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select l.id, l.file_name, l.accepted, l.duplicates, l.rejected, x.problems
     from lists l
       left join lateral (
         select jsonb_agg(jsonb_build_object('row', b.row_number, 'kind', b.kind, 'reason', b.reason) order by b.row_number) as problems
         from (select * from list_problems b where b.list_id = l.id order by b.row_number limit :most) b) x on true
     where l.campaign_id = :campaignId and l.customer_id = :customerId order by l.id desc`,
    { customerId, campaignId, most: mostProblems },
  );
  return rows.map((row) => ({ id: row.id, fileName: row.file_name, accepted: row.accepted, duplicates: row.duplicates, rejected: row.rejected, problems: row.problems ?? [] }));
}
