import type { Trunk } from '../../domain/api.ts';
import type { DestinationRules } from '../../domain/destination.ts';
import type { DestinationType } from '../../domain/destination-types.ts';
import type { Db } from './database.ts';

/** A gateway's trunk, made when missing with careful limits; an administrator's own settings are never overwritten. */
export async function ensureTrunk(db: Db, { gateway, limits }: { gateway: string; limits: { callsPerSecond: number; concurrency: number; pricePerMinute: number; callerId: string | null; countries: readonly string[] } }): Promise<void> {
  await db.raw(
    `insert into trunks (id, gateway, calls_per_second, concurrency, price_per_minute, caller_id, countries)
     values (:gateway, :gateway, :callsPerSecond, :concurrency, :pricePerMinute, :callerId, :countries::text[]) on conflict (id) do nothing`,
    { gateway, ...limits, countries: [...limits.countries] } as never,
  );
}

/** What the house's trunks allow: a number must pass one of them. */
export async function listTrunkRules(db: Db): Promise<DestinationRules[]> {
  const { rows } = await db.raw<{ rows: { countries: string[] | null; types: DestinationType[] }[] }>(
    `select countries, types from trunks where gateway is not null or not exists (select from trunks t where t.gateway is not null)`,
  );
  return rows;
}

/** With what they carry now and what they have cost today. */
export async function listTrunks(db: Db): Promise<Trunk[]> {
  const { rows } = await db.raw<{ rows: Trunk[] }>(
    `select t.id, t.gateway, t.calls_per_second as "callsPerSecond", t.concurrency, t.price_per_minute::float8 as "pricePerMinute", t.caller_id as "callerId", t.countries, t.types,
       (select count(*) + count(k.manager_leg) from calls k where k.trunk_id = t.id and k.ended_at is null)::int as live,
       coalesce((select s.spent from spend_days s, house_limits h where s.trunk_id = t.id and s.day = (now() at time zone h.time_zone)::date), 0)::text as "spentMinor",
       coalesce((select jsonb_agg(jsonb_build_object('prefix', r.prefix, 'pricePerMinute', r.price_per_minute) order by r.prefix) from trunk_rates r where r.trunk_id = t.id), '[]') as rates
     from trunks t order by t.id`,
  );
  return rows;
}

/** What is named changes; null takes a limit away. */
export interface LinesChange {
  readonly dailySpendCapMinor?: number | undefined;
  readonly trunk?: ({ readonly id: string } & { readonly [Key in Exclude<keyof Trunk, 'id' | 'gateway' | 'live' | 'spentMinor'>]?: Trunk[Key] | undefined }) | undefined;
  readonly campaign?: { readonly id: string; readonly callerId?: string | null | undefined; readonly maxLiveCalls?: number | null | undefined; readonly maxCallsPerSecond?: number | null | undefined } | undefined;
}

const named = (columns: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));

/** One transaction. @returns what there is none of, and then nothing is changed. */
export async function changeLines(db: Db, { dailySpendCapMinor, trunk, campaign }: LinesChange): Promise<'changed' | 'trunk' | 'campaign'> {
  return db.transaction(async (trx) => {
    if (trunk && (await trx('trunks').where({ id: trunk.id }).forUpdate().first('id')) === undefined) return 'trunk';
    if (campaign && (await trx('campaigns').where({ id: campaign.id }).first('id')) === undefined) return 'campaign';
    if (dailySpendCapMinor !== undefined) await trx('house_limits').update({ daily_spend_cap: dailySpendCapMinor });
    if (trunk) {
      const columns = named({
        calls_per_second: trunk.callsPerSecond, concurrency: trunk.concurrency, price_per_minute: trunk.pricePerMinute, caller_id: trunk.callerId,
        countries: trunk.countries, types: trunk.types,
      });
      if (Object.keys(columns).length > 0) await trx('trunks').where({ id: trunk.id }).update(columns);
      if (trunk.rates) {
        await trx('trunk_rates').where({ trunk_id: trunk.id }).delete();
        await trx.batchInsert('trunk_rates', trunk.rates.map(({ prefix, pricePerMinute }) => ({ trunk_id: trunk.id, prefix, price_per_minute: pricePerMinute })), 1_000);
      }
    }
    if (campaign) {
      const columns = named({ caller_id: campaign.callerId, max_live_calls: campaign.maxLiveCalls, max_calls_per_second: campaign.maxCallsPerSecond });
      if (Object.keys(columns).length > 0) await trx('campaigns').where({ id: campaign.id }).update(columns);
    }
    return 'changed';
  });
}
