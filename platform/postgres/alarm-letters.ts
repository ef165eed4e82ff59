import type { Spend } from '../../domain/api.ts';
import { raiseAlarm } from './alarms.ts';
import { recordAudit } from './audit.ts';
import type { Db } from './database.ts';

/** A letter that keeps failing is given up after so many tries, about nine hours. */
const mostTries = 14;

/**
 * The day's spend cap is reached: the alarm, its entry in the audit log and a letter to each administrator, in one
 * transaction. @returns undefined when it is raised already; else how many letters there are
 */
export async function raiseSpendAlarm(db: Db, spend: Spend): Promise<{ letters: number } | undefined> {
  return db.transaction(async (trx) => {
    if (!(await raiseAlarm(trx, { kind: 'spendCapReached', subject: spend.day, detail: { ...spend } }))) return undefined;
    await recordAudit(trx, { userId: null, role: null, address: null, action: 'spendCapReached', subject: 'lines', subjectId: 'house', details: { ...spend } });
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `insert into alarm_letters (alarm_id, user_id)
       select a.id, u.id from alarms a, users u where a.kind = 'spendCapReached' and a.subject = :day and a.cleared_at is null and u.role = 'admin'`,
      { day: spend.day },
    );
    return { letters: rowCount };
  });
}

export interface AlarmLetter { readonly id: string; readonly to: string; readonly name: string; readonly spend: Spend }

/** Takes up the next letter that is due, of an alarm that is still open; it is due again later unless it is marked as sent. */
export async function takeAlarmLetter(db: Db): Promise<AlarmLetter | undefined> {
  const { rows } = await db.raw<{ rows: { id: string; email: string; name: string; detail: Spend }[] }>(
    `with due as (
       select l.id from alarm_letters l join alarms a on a.id = l.alarm_id
       where l.sent_at is null and l.next_try_at <= now() and l.tries < :mostTries and a.cleared_at is null order by l.next_try_at limit 1 for update of l skip locked)
     update alarm_letters l set tries = l.tries + 1, next_try_at = now() + least(3600, 60 * power(2, least(l.tries, 6))) * interval '1 s'
     from due, alarms a, users u where l.id = due.id and a.id = l.alarm_id and u.id = l.user_id
     returning l.id, u.email, u.name, a.detail`,
    { mostTries },
  );
  return rows[0] && { id: rows[0].id, to: rows[0].email, name: rows[0].name, spend: rows[0].detail };
}

export async function markAlarmLetterSent(db: Db, { id }: { id: string }): Promise<void> {
  await db('alarm_letters').where({ id }).update({ sent_at: db.fn.now() });
}
