import type { Db } from './database.ts';
import { prepared } from './prepared.ts';

/** What an operator works on now. */
export async function readOperatorCampaign(db: Db, { operatorId }: { operatorId: string }): Promise<{ state: string; leg: string | null; campaignId: string | null; campaignRunning: boolean; draining: boolean; lineKind: string } | undefined> {
  const { rows } = await prepared<{ state: string; leg: string | null; campaign_id: string | null; running: boolean | null; draining: boolean; line_kind: string }>(db, 'operator_campaign',
    `select o.state, o.leg, o.campaign_id, p.state = 'running' as running, s.draining_at is not null as draining, o.line_kind
     from operators o left join campaigns p on p.id = o.campaign_id left join switches s on s.id = o.switch_id where o.operator_id = :operatorId`,
    { operatorId },
  );
  return rows[0] && { state: rows[0].state, leg: rows[0].leg, campaignId: rows[0].campaign_id, campaignRunning: rows[0].running === true, draining: rows[0].draining, lineKind: rows[0].line_kind };
}
