import { judgeDestination } from '../../domain/destination.ts';
import type { DestinationType } from '../../domain/destination-types.ts';
import { outgoingLock, type TrunkRefusal } from './authorise-trunk.ts';
import type { Db } from './database.ts';
import { readSpendFor } from './alarms.ts';

/** A standing leg to a telephone ends after this long, and the page rings again when the operator wants to go on. */
export const telephoneLegMs = 2 * 3_600_000;

/** Whether an operator's telephone may be rung over this trunk: destination and the day's cap, as for a call. One transaction. */
export async function authoriseLine(db: Db, { operatorId, trunkId, e164 }: { operatorId: string; trunkId: string; e164: string }): Promise<{ readonly ok: true; readonly callerId: string | null } | { readonly ok: false; readonly code: TrunkRefusal | 'onLine' }> {
  return db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { countries: string[] | null; types: DestinationType[]; caller_id: string | null; price: string; up: boolean }[] }>(
      `select t.countries, t.types, t.caller_id, trunk_price(t.id, :e164)::text as price, exists (select from operators o where o.operator_id = :operatorId and o.leg is not null) as up
       from trunks t where t.id = :trunkId`,
      { operatorId, trunkId, e164 },
    );
    const trunk = rows[0];
    if (!trunk) return { ok: false, code: 'noTrunk' };
    if (trunk.up) return { ok: false, code: 'onLine' };
    if (judgeDestination(e164, [trunk]) !== undefined) return { ok: false, code: 'destinationNotAllowed' };
    const price = BigInt(trunk.price);
    const most = price * BigInt(telephoneLegMs / 60_000 + 1);
    if (most > 0n) {
      await trx.raw(`select pg_advisory_xact_lock(?)`, [outgoingLock]);
      const { spent, cap } = await readSpendFor(trx);
      if (spent + most > cap) return { ok: false, code: 'spendCapReached' };
    }
    await trx.raw(`update operators set line_kind = 'phone', line_trunk_id = case when :most::bigint > 0 then :trunkId end, line_price = :price, line_most = :most where operator_id = :operatorId`, { operatorId, trunkId, price: String(price), most: String(most) });
    return { ok: true, callerId: trunk.caller_id };
  });
}
