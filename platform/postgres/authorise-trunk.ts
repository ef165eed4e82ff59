import type { CallManager } from '../../domain/call/call.ts';
import { mostACallCosts } from '../../domain/call-cost.ts';
import { judgeDestination, type DestinationRefusal, type DestinationRules } from '../../domain/destination.ts';
import type { DestinationType } from '../../domain/destination-types.ts';
import type { Db } from './database.ts';

/** Where nothing leaves the switch: the robots answer. */
export const practiceTrunk = 'robots';

export type TrunkRefusal = 'destinationNotAllowed' | 'noTrunk' | 'trunkRate' | 'trunkBusy' | 'campaignRate' | 'campaignBusy' | 'spendCapReached';

export interface TrunkOrder {
  readonly trunkId: string; readonly switchId: string; readonly campaignId: string; readonly e164: string;
  readonly managers: readonly CallManager[]; readonly maxDurationMs: number;
}

/** What the attempt goes out by. */
export interface TrunkTicket {
  readonly ok: true;
  /** E.164: the campaign's own number, else the trunk's. */
  readonly callerId: string | null;
  /** Those whose telephones may be dialled; pages and SIP addresses leave by no trunk. */
  readonly managers: readonly CallManager[];
  /** Null where nothing is counted. */
  readonly counted: { readonly price: string; readonly managerPrice: string; readonly most: string } | null;
}

interface LimitsRow {
  gateway: string | null; calls_per_second: number | null; concurrency: number | null; trunk_caller: string | null; countries: string[] | null; types: DestinationType[];
  campaign_caller: string | null; allowed_countries: string[] | null; allowed_types: DestinationType[] | null; max_live_calls: number | null; max_calls_per_second: number | null;
  price: string; manager_prices: string[] | null;
}
interface UsedRow { of_trunk_rate: number; of_trunk_live: number; of_campaign_rate: number; of_campaign_live: number; spent: string; live_most: string; cap: string }

/** Held until the attempt is written, so that two dials at once do not both take the last place. Any number that nobody else uses. */
export const outgoingLock = 4_127_001;

/**
 * Whether an attempt may leave by this trunk now: destination, calls per second, calls at once and what the day may still
 * cost. Part of the transaction that writes the attempt, and the last thing before it: attempts wait here for one another.
 */
export async function authoriseTrunk(trx: Db, order: TrunkOrder): Promise<TrunkTicket | { readonly ok: false; readonly code: TrunkRefusal }> {
  const limits = await readLimits(trx, order);
  if (!limits) return { ok: false, code: 'noTrunk' };
  const lists = rulesOf(limits);
  if (judgeDestination(order.e164, lists) !== undefined) return { ok: false, code: 'destinationNotAllowed' };
  const managers = order.managers.filter(({ place }) => place.kind !== 'phone' || judgeDestination(place.e164, lists) === undefined);
  const callerId = limits.campaign_caller ?? limits.trunk_caller;
  const isTrunkCounted = limits.gateway !== null || limits.calls_per_second !== null || limits.concurrency !== null || limits.price !== '0';
  if (!isTrunkCounted && limits.max_live_calls === null && limits.max_calls_per_second === null) return { ok: true, callerId, managers, counted: null };

  const prices = { price: BigInt(limits.price), managerPrice: (limits.manager_prices ?? []).map(BigInt).reduce((most, each) => (each > most ? each : most), 0n) };
  const most = mostACallCosts({
    contactPerMinute: prices.price, managerPerMinute: prices.managerPrice, telephonedManagers: managers.filter(({ place }) => place.kind === 'phone').length,
    mayHandOver: managers.length > 0, maxDurationMs: order.maxDurationMs,
  });
  await trx.raw(`select pg_advisory_xact_lock(?)`, [outgoingLock]);
  const code = refusalOf(limits, await readUse(trx, order), most);
  if (code !== undefined) return { ok: false, code };
  return { ok: true, callerId, managers, counted: isTrunkCounted ? { price: String(prices.price), managerPrice: String(prices.managerPrice), most: String(most) } : null };
}

/**
 * Whether a manager of a call may be telephoned now: the lists of trunk and campaign may be others than when the contact was
 * dialled. @returns why not
 */
export async function judgeManagerNumber(db: Db, { callId, trunkId, e164 }: { callId: string; trunkId: string; e164: string }): Promise<DestinationRefusal | 'noTrunk' | undefined> {
  const { rows } = await db.raw<{ rows: Pick<LimitsRow, 'countries' | 'types' | 'allowed_countries' | 'allowed_types'>[] }>(
    `select t.countries, t.types, p.allowed_countries, p.allowed_types from trunks t, calls k join campaigns p on p.id = k.campaign_id where t.id = :trunkId and k.id = :callId`,
    { callId, trunkId },
  ).options({ name: 'manager_lists' });
  return rows[0] ? judgeDestination(e164, rulesOf(rows[0])) : 'noTrunk';
}

/** The call is counted on its trunk from now on. Part of the same transaction, after the call's row. */
export async function bindTrunk(trx: Db, { callId, trunkId, counted }: { callId: string; trunkId: string; counted: NonNullable<TrunkTicket['counted']> }): Promise<void> {
  await trx.raw(`update calls set trunk_id = :trunkId, trunk_price = :price, manager_price = :managerPrice, most_minor = :most where id = :callId`, { callId, trunkId, ...counted });
}

const rulesOf = (row: Pick<LimitsRow, 'countries' | 'types' | 'allowed_countries' | 'allowed_types'>): DestinationRules[] => [{ countries: row.countries, types: row.types }, { countries: row.allowed_countries, types: row.allowed_types }];

async function readLimits(trx: Db, { trunkId, switchId, campaignId, e164, managers }: TrunkOrder): Promise<LimitsRow | undefined> {
  const { rows } = await trx.raw<{ rows: LimitsRow[] }>(
    `select t.gateway, t.calls_per_second, t.concurrency, t.caller_id as trunk_caller, t.countries, t.types,
       p.caller_id as campaign_caller, p.allowed_countries, p.allowed_types, p.max_live_calls, p.max_calls_per_second,
       trunk_price(t.id, :e164)::text as price, (select array_agg(trunk_price(t.id, m)::text) from unnest(:managers::text[]) m) as manager_prices
     from trunks t, campaigns p where t.id = :trunkId and (t.switch_id is null or t.switch_id = :switchId) and p.id = :campaignId`,
    { trunkId, switchId, campaignId, e164, managers: managers.flatMap(({ place }) => (place.kind === 'phone' ? [place.e164] : [])) } as never,
  ).options({ name: 'trunk_limits' });
  return rows[0];
}

async function readUse(trx: Db, { trunkId, campaignId }: TrunkOrder): Promise<UsedRow> {
  const { rows } = await trx.raw<{ rows: UsedRow[] }>(
    `select
       (select count(*) from calls k where k.trunk_id = :trunkId and k.created_at > clock_timestamp() - interval '1 s')::int as of_trunk_rate,
       (select count(*) + count(k.manager_leg) from calls k where k.trunk_id = :trunkId and k.ended_at is null)::int as of_trunk_live,
       (select count(*) from calls k where k.campaign_id = :campaignId and k.created_at > clock_timestamp() - interval '1 s' and k.ended_at is null)::int as of_campaign_rate,
       (select count(*) from calls k where k.campaign_id = :campaignId and k.ended_at is null)::int as of_campaign_live,
       (select coalesce(sum(s.spent), 0) from spend_days s where s.day = (now() at time zone h.time_zone)::date)::text as spent,
       ((select coalesce(sum(k.most_minor), 0) from calls k where k.ended_at is null and k.trunk_id is not null) + (select coalesce(sum(o.line_most), 0) from operators o where o.line_most > 0))::text as live_most,
       h.daily_spend_cap::text as cap
     from house_limits h`,
    { trunkId, campaignId },
  ).options({ name: 'trunk_use' });
  if (!rows[0]) throw new Error('house_limits is empty');
  return rows[0];
}

function refusalOf(limits: LimitsRow, used: UsedRow, most: bigint): TrunkRefusal | undefined {
  if (most > 0n && BigInt(used.spent) + BigInt(used.live_most) + most > BigInt(used.cap)) return 'spendCapReached';
  if (limits.concurrency !== null && used.of_trunk_live >= limits.concurrency) return 'trunkBusy';
  if (limits.max_live_calls !== null && used.of_campaign_live >= limits.max_live_calls) return 'campaignBusy';
  if (limits.calls_per_second !== null && used.of_trunk_rate >= limits.calls_per_second) return 'trunkRate';
  if (limits.max_calls_per_second !== null && used.of_campaign_rate >= limits.max_calls_per_second) return 'campaignRate';
  return undefined;
}
