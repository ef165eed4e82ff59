import type { Alarm, Spend } from '../../domain/api.ts';
import type { Db } from './database.ts';

export type AlarmKind = Alarm['kind'];

/** Raises an alarm. @returns false when it is raised already: everybody has been told. */
export async function raiseAlarm(db: Db, { kind, subject, detail = {} }: { kind: AlarmKind; subject: string; detail?: Readonly<Record<string, unknown>> }): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `insert into alarms (kind, subject, detail) values (:kind, :subject, :detail::jsonb) on conflict (kind, subject) where cleared_at is null do nothing`,
    { kind, subject, detail: JSON.stringify(detail) },
  );
  return rowCount === 1;
}

/** @returns whether an alarm was open */
export async function clearAlarm(db: Db, { kind, subject }: { kind: AlarmKind; subject: string }): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(`update alarms set cleared_at = now() where kind = :kind and subject = :subject and cleared_at is null`, { kind, subject });
  return rowCount > 0;
}

/** The day after, or when the cap was raised: there is room again. @returns whether an alarm was open. */
export async function clearSpendAlarm(db: Db): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update alarms a set cleared_at = now() from house_limits h
     where a.kind = 'spendCapReached' and a.cleared_at is null
       and (a.subject <> (now() at time zone h.time_zone)::date::text or h.daily_spend_cap > (a.detail->>'capMinor')::bigint)`,
  );
  return rowCount > 0;
}

export async function isAlarmOpen(db: Db, { kind }: { kind: AlarmKind }): Promise<boolean> {
  return (await db('alarms').where({ kind, cleared_at: null }).first('id')) !== undefined;
}

/** Newest first; open ones before those that are over. */
export async function listAlarms(db: Db, { limit = 100 }: { limit?: number } = {}): Promise<Alarm[]> {
  const { rows } = await db.raw<{ rows: { id: string; kind: AlarmKind; subject: string; detail: Alarm['detail']; raised_at: Date; cleared_at: Date | null }[] }>(
    `select id, kind, subject, detail, raised_at, cleared_at from alarms order by cleared_at is not null, raised_at desc limit :limit`, { limit },
  );
  return rows.map(({ raised_at, cleared_at, ...row }) => ({ ...row, raisedAt: raised_at.toISOString(), clearedAt: cleared_at?.toISOString() ?? null }));
}

/** Today's spend at the trunks, the most that the live calls can add, and the cap. */
export async function readSpend(db: Db): Promise<Spend> {
  const { rows } = await db.raw<{ rows: { day: string; spent: string; live_most: string; cap: string }[] }>(
    `select d.day::text, h.daily_spend_cap::text as cap,
       (select coalesce(sum(s.spent), 0) from spend_days s where s.day = d.day)::text as spent,
       ((select coalesce(sum(k.most_minor), 0) from calls k where k.ended_at is null and k.trunk_id is not null) + (select coalesce(sum(o.line_most), 0) from operators o where o.line_most > 0))::text as live_most
     from house_limits h, lateral (select (now() at time zone h.time_zone)::date as day) d`,
  );
  const row = rows[0];
  if (!row) throw new Error('house_limits is empty');
  return { day: row.day, spentMinor: row.spent, liveMostMinor: row.live_most, capMinor: row.cap };
}

/** What of the day is spent or may still be, and the cap. */
export async function readSpendFor(trx: Db): Promise<{ readonly spent: bigint; readonly cap: bigint }> {
  const { spentMinor, liveMostMinor, capMinor } = await readSpend(trx);
  return { spent: BigInt(spentMinor) + BigInt(liveMostMinor), cap: BigInt(capMinor) };
}
