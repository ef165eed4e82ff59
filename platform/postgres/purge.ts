import type { Db } from './database.ts';

/** Days that a record is kept for study; calls themselves, their results and notes are not touched. */
export const keptDays = { transitions: 90, commands: 30, requests: 30 } as const;

/** Deletes the oldest records beyond their age, at most `limit` of each kind, so that no run is long. @returns how many went */
export async function purgeOldRecords(db: Db, { limit = 20_000, days = keptDays }: { limit?: number; days?: Readonly<Record<keyof typeof keptDays, number>> } = {}): Promise<Record<keyof typeof keptDays, number>> {
  const count = async (sql: string, keepDays: number) => (await db.raw<{ rowCount: number }>(sql, { keepDays, limit })).rowCount;
  return {
    transitions: await count(
      `delete from call_transitions where ctid = any(array(
         select t.ctid from call_transitions t join calls k on k.id = t.call_id where t.at < now() - :keepDays * interval '1 day' and k.ended_at is not null limit :limit))`,
      days.transitions,
    ),
    // What was never marked as done belongs to calls that ended without it.
    commands: await count(
      `delete from call_commands where ctid = any(array(
         (select m.ctid from call_commands m where m.done_at < now() - :keepDays * interval '1 day' limit :limit)
         union all
         (select m.ctid from call_commands m join calls k on k.id = m.call_id where m.done_at is null and k.ended_at < now() - :keepDays * interval '1 day' limit :limit)))`,
      days.commands,
    ),
    requests: await count(
      `delete from requests where ctid = any(array(select r.ctid from requests r where r.created_at < now() - :keepDays * interval '1 day' limit :limit))`,
      days.requests,
    ),
  };
}
