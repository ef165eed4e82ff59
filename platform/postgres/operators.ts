import type { OperatorState } from '../../domain/api.ts';
import type { Db } from './database.ts';
import { wrapUpExtensions } from './cockpit.ts';

/** The page is there. Another page of the same operator, which has no leg, keeps nothing alive. */
export async function recordHeartbeat(db: Db, { operatorId, pageId }: { operatorId: string; pageId: string }): Promise<boolean> {
  const rows = await db('operators').where({ operator_id: operatorId, page_id: pageId }).update({ page_seen_at: db.fn.now() });
  return rows === 1;
}

export type TakeRefusal = 'noSuchCampaign' | 'campaignNotRunning' | 'callOpen';

/**
 * Takes a campaign from the pool, which ends a pause, or leaves (null); the former one's contact goes back. One transaction.
 * Between calls only: a call's wrap-up belongs to its own campaign.
 */
export async function takeCampaign(db: Db, { operatorId, campaignId }: { operatorId: string; campaignId: string | null }): Promise<{ ok: true; former: string | null } | { ok: false; code: TakeRefusal }> {
  return db.transaction(async (trx) => {
    await trx('operators').insert({ operator_id: operatorId }).onConflict('operator_id').ignore();
    const operator = (await trx('operators').where({ operator_id: operatorId }).forUpdate().first('state', 'campaign_id')) as { state: OperatorState; campaign_id: string | null } | undefined;
    if (operator?.state === 'onCall' || operator?.state === 'wrapUp') return { ok: false, code: 'callOpen' };
    if (campaignId !== null) {
      const campaign = (await trx('campaigns').where({ id: campaignId }).first('state')) as { state: string } | undefined;
      if (!campaign || campaign.state === 'draft') return { ok: false, code: 'noSuchCampaign' };
      if (campaign.state !== 'running') return { ok: false, code: 'campaignNotRunning' };
    }
    const former = operator?.campaign_id ?? null;
    if (former !== campaignId) await trx('call_queue').where({ claimed_by: operatorId }).update({ claimed_by: null, lease_until: null });
    // Whoever takes a campaign goes on: a pause belongs to what was left.
    const goesOn = campaignId !== null && operator?.state === 'paused';
    await trx('operators').where({ operator_id: operatorId })
      .update({ campaign_id: campaignId, version: trx.raw('version + 1'), ...(goesOn ? { pause_reason: null, since: trx.fn.now(), state: trx.raw(`case when leg is null then 'offline' else 'ready' end`) } : {}) });
    return { ok: true, former };
  });
}

/**
 * Pauses or goes on. In a call and its wrap-up the wish is kept and begins afterwards; between calls it begins now
 * and the claimed contact goes back. One transaction.
 */
export async function setPause(db: Db, { operatorId, paused, reason }: { operatorId: string; paused: boolean; reason: string }): Promise<OperatorState | undefined> {
  return db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { state: OperatorState }[] }>(
      `update operators set version = version + 1, pause_reason = case when :paused::boolean then :reason end,
         since = case when state in ('ready','reserved','paused') then now() else since end,
         state = case when :paused::boolean and state in ('ready','reserved') then 'paused'
                      when not :paused::boolean and state = 'paused' then case when leg is null then 'offline' else 'ready' end
                      else state end
       where operator_id = :operatorId returning state`,
      { operatorId, paused, reason },
    );
    const state = rows[0]?.state;
    if (state === 'paused') await trx('call_queue').where({ claimed_by: operatorId }).update({ claimed_by: null, lease_until: null });
    return state;
  });
}

/** Puts the end of a wrap-up off. @returns false when there is no countdown or it was extended ten times. */
export async function extendWrapUp(db: Db, { operatorId, callId, byMs }: { operatorId: string; callId: string; byMs: number }): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update operators o set wrap_up_until = greatest(wrap_up_until, now()) + :byMs * interval '1 ms', wrap_up_extensions = wrap_up_extensions + 1, version = version + 1
     where operator_id = :operatorId and state = 'wrapUp' and wrap_up_until is not null and wrap_up_extensions < :most
       and exists (select from calls k where k.id = :callId and k.operator_id = o.operator_id and k.disposition is null and not k.operator_bound)`,
    { operatorId, callId, byMs, most: wrapUpExtensions },
  );
  return rowCount === 1;
}

/** Switches the countdown of a wrap-up off. @returns false when the call is not in wrap-up. */
export async function stopWrapUpCountdown(db: Db, { operatorId, callId }: { operatorId: string; callId: string }): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update operators o set wrap_up_until = null, version = version + 1
     where operator_id = :operatorId and state = 'wrapUp'
       and exists (select from calls k where k.id = :callId and k.operator_id = o.operator_id and k.disposition is null and not k.operator_bound)`,
    { operatorId, callId },
  );
  return rowCount === 1;
}

/** Operators who work on a campaign: whose screens change with it. */
export async function listCampaignOperators(db: Db, { campaignId }: { campaignId: string }): Promise<string[]> {
  const rows = (await db('operators').where({ campaign_id: campaignId }).select('operator_id')) as { operator_id: string }[];
  return rows.map((row) => row.operator_id);
}
