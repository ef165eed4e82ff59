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
  readonly e164: string; readonly managers: readonly (CallManager & { readonly price: string })[]; readonly maxDurationMs: number;
}

/** What the attempt goes out by. */
export interface TrunkTicket {
  readonly ok: true;
  /** E.164: the campaign's own number, else the trunk's. */
  readonly callerId: string | null;
  /** Those whose telephones may be dialled; pages and SIP addresses leave by no trunk. */
  readonly managers: readonly CallManager[];
  /** The most that it can cost, where limits are looked at before it leaves; null where there are none. */
  readonly most: bigint | null;
  /** What is written with the call; null where nothing is counted. */
  readonly counted: { readonly price: string; readonly managerPrice: string; readonly most: string } | null;
}

/** Trunk and campaign as `read_claim` reads them. */
export interface LimitsRow {
  gateway: string | null; calls_per_second: number | null; concurrency: number | null; trunk_caller: string | null; countries: string[] | null; types: DestinationType[];
  campaign_caller: string | null; allowed_countries: string[] | null; allowed_types: DestinationType[] | null; max_live_calls: number | null; max_calls_per_second: number | null;
  price: string;
}

/** Held until the attempt is written, so that two dials at once do not both take the last place. Any number that nobody else uses. */
export const outgoingLock = 4_127_001;

/**
 * Whether an attempt may leave by this trunk at all, and what it may cost. Calls per second, calls at once and what the day
 * may still cost are looked at under the lock, by `begin_call`, which writes the attempt.
 */
export function ticketFor(limits: LimitsRow | null, order: TrunkOrder): TrunkTicket | { readonly ok: false; readonly code: TrunkRefusal } {
  if (!limits) return { ok: false, code: 'noTrunk' };
  const lists = rulesOf(limits);
  if (judgeDestination(order.e164, lists) !== undefined) return { ok: false, code: 'destinationNotAllowed' };
  const managers = order.managers.filter(({ place }) => place.kind !== 'phone' || judgeDestination(place.e164, lists) === undefined).map(({ price: _price, ...manager }) => manager);
  const callerId = limits.campaign_caller ?? limits.trunk_caller;
  const isTrunkCounted = limits.gateway !== null || limits.calls_per_second !== null || limits.concurrency !== null || limits.price !== '0';
  if (!isTrunkCounted && limits.max_live_calls === null && limits.max_calls_per_second === null) return { ok: true, callerId, managers, most: null, counted: null };

  const price = BigInt(limits.price);
  const managerPrice = order.managers.filter(({ place }) => place.kind === 'phone').map((manager) => BigInt(manager.price)).reduce((most, each) => (each > most ? each : most), 0n);
  const most = mostACallCosts({
    contactPerMinute: price, managerPerMinute: managerPrice, telephonedManagers: managers.filter(({ place }) => place.kind === 'phone').length,
    mayHandOver: managers.length > 0, maxDurationMs: order.maxDurationMs,
  });
  return { ok: true, callerId, managers, most, counted: isTrunkCounted ? { price: String(price), managerPrice: String(managerPrice), most: String(most) } : null };
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
