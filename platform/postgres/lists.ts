import type { ListProblem, ListResult } from '../../domain/api.ts';
import type { CallingWindow } from '../../domain/calling-window.ts';
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

export interface ImportedInto {
  readonly id: string; readonly country: string; readonly timeZone: string; readonly language: string; readonly priority: number; readonly window: CallingWindow;
}

/** What an import needs to know of a customer's campaign. */
export async function readCampaignForImport(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<ImportedInto | undefined> {
  const row = (await db('campaigns').where({ id: campaignId, customer_id: customerId }).first()) as
    { id: string; country: string; time_zone: string; language: string; priority: number; window_from: string; window_to: string; window_days: number[] } | undefined;
  return row && {
    id: row.id, country: row.country, timeZone: row.time_zone, language: row.language, priority: row.priority,
    window: { from: row.window_from, to: row.window_to, days: row.window_days },
  };
}
