import type { CallManager } from '../../domain/call/call.ts';
import { mostACallCosts } from '../../domain/call-cost.ts';
import { judgeDestination, type DestinationRefusal, type DestinationRules } from '../../domain/destination.ts';
import type { DestinationType } from '../../domain/destination-types.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';

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
  /** Null where nothing is counted. */
  used: UsedRow | null;
}
interface UsedRow { of_trunk_rate: number; of_trunk_live: number; of_campaign_rate: number; of_campaign_live: number; spent: string; live_most: string; cap: string }

/** Held until the attempt is written, so that two dials at once do not both take the last place. Any number that nobody else uses. */
export const outgoingLock = 4_127_001;

/**
 * Whether an attempt may leave by this trunk now: destination, calls per second, calls at once and what the day may still
 * cost. Part of the transaction that writes the attempt, and the last thing before it: attempts wait here for one another.
 */
export async function authoriseTrunk(trx: Db, order: TrunkOrder): Promise<TrunkTicket | { readonly ok: false; readonly code: TrunkRefusal }> {
  const limits = await lockOutgoing(trx, order);
  if (!limits) return { ok: false, code: 'noTrunk' };
  const lists = rulesOf(limits);
  if (judgeDestination(order.e164, lists) !== undefined) return { ok: false, code: 'destinationNotAllowed' };
  const managers = order.managers.filter(({ place }) => place.kind !== 'phone' || judgeDestination(place.e164, lists) === undefined);
  const callerId = limits.campaign_caller ?? limits.trunk_caller;
  if (limits.used === null) return { ok: true, callerId, managers, counted: null };

  const prices = { price: BigInt(limits.price), managerPrice: (limits.manager_prices ?? []).map(BigInt).reduce((most, each) => (each > most ? each : most), 0n) };
  const most = mostACallCosts({
    contactPerMinute: prices.price, managerPerMinute: prices.managerPrice, telephonedManagers: managers.filter(({ place }) => place.kind === 'phone').length,
    mayHandOver: managers.length > 0, maxDurationMs: order.maxDurationMs,
  });
  const code = refusalOf(limits, limits.used, most);
  if (code !== undefined) return { ok: false, code };
  const isTrunkCounted = limits.gateway !== null || limits.calls_per_second !== null || limits.concurrency !== null || limits.price !== '0';
  return { ok: true, callerId, managers, counted: isTrunkCounted ? { price: String(prices.price), managerPrice: String(prices.managerPrice), most: String(most) } : null };
}

/**
 * Whether a manager of a call may be telephoned now: the lists of trunk and campaign may be others than when the contact was
 * dialled. @returns why not
 */
export async function judgeManagerNumber(db: Db, { callId, trunkId, e164 }: { callId: string; trunkId: string; e164: string }): Promise<DestinationRefusal | 'noTrunk' | undefined> {
  const { rows } = await prepared<Pick<LimitsRow, 'countries' | 'types' | 'allowed_countries' | 'allowed_types'>>(db, 'manager_lists',
    `select t.countries, t.types, p.allowed_countries, p.allowed_types from trunks t, calls k join campaigns p on p.id = k.campaign_id where t.id = :trunkId and k.id = :callId`,
    { callId, trunkId },
  );
  return rows[0] ? judgeDestination(e164, rulesOf(rows[0])) : 'noTrunk';
}

const rulesOf = (row: Pick<LimitsRow, 'countries' | 'types' | 'allowed_countries' | 'allowed_types'>): DestinationRules[] => [{ countries: row.countries, types: row.types }, { countries: row.allowed_countries, types: row.allowed_types }];

/** The limits of trunk and campaign and, where anything is counted, what is used of them, read under the lock: one round trip. */
async function lockOutgoing(trx: Db, { trunkId, switchId, campaignId, e164, managers }: TrunkOrder): Promise<LimitsRow | undefined> {
  const { rows } = await prepared<{ limits: LimitsRow }>(trx, 'lock_outgoing',
    `select limits from lock_outgoing(:lock, :trunkId, :switchId, :campaignId, :e164, :managers::text[]) limits`,
    { lock: outgoingLock, trunkId, switchId, campaignId, e164, managers: managers.flatMap(({ place }) => (place.kind === 'phone' ? [place.e164] : [])) },
  );
  return rows[0]?.limits;
}

function refusalOf(limits: LimitsRow, used: UsedRow, most: bigint): TrunkRefusal | undefined {
  if (most > 0n && BigInt(used.spent) + BigInt(used.live_most) + most > BigInt(used.cap)) return 'spendCapReached';
  if (limits.concurrency !== null && used.of_trunk_live >= limits.concurrency) return 'trunkBusy';
  if (limits.max_live_calls !== null && used.of_campaign_live >= limits.max_live_calls) return 'campaignBusy';
  if (limits.calls_per_second !== null && used.of_trunk_rate >= limits.calls_per_second) return 'trunkRate';
  if (limits.max_calls_per_second !== null && used.of_campaign_rate >= limits.max_calls_per_second) return 'campaignRate';
  return undefined;
}
