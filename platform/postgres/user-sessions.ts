import type { Role } from '../../domain/api.ts';
import type { Db } from './database.ts';
import { prepared } from './prepared.ts';
import type { User } from './users.ts';

/** A login: what the cookie's session in Redis names. PostgreSQL says whether it still opens anything. */
export interface UserSession { readonly id: string; readonly address: string; readonly userAgent: string; readonly createdAt: Date; readonly seenAt: Date }

/** Seen in this time, or it has run out: as long as a cookie lives without a request. */
const idleMs = 24 * 3_600_000;
const live = `s.ended_at is null and s.expires_at > now() and s.seen_at > now() - interval '${idleMs} ms'`;
/** How exactly `seen_at` is kept: not every request is a write. */
const seenMs = 60_000;

export async function insertUserSession(db: Db, row: { id: string; userId: string; address: string; userAgent: string; liveMs: number }): Promise<void> {
  await db.raw(
    `with old as (delete from user_sessions where user_id = :userId and coalesce(ended_at, seen_at) < now() - interval '90 days')
     insert into user_sessions (id, user_id, address, user_agent, expires_at) values (:id, :userId, :address, :userAgent, now() + :liveMs * interval '1 ms')`,
    row,
  );
}

interface Row { id: string; customer_id: string | null; role: Role; email: string; name: string; due: boolean; at: number }

/** Who asks, and when: ms by PostgreSQL's clock. What they ask for is as old as this, whatever it meets on its way. */
export interface SignedIn extends User { readonly askedAt: number }

/** Who is behind a live login; undefined when it was ended, ran out or never was. */
export async function readSessionUser(db: Db, { sessionId, userId }: { sessionId: string; userId: string }): Promise<SignedIn | undefined> {
  const { rows } = await prepared<Row>(db, 'session_user',
    `select u.id, u.customer_id, u.role, u.email, u.name, s.seen_at < now() - interval '${seenMs} ms' as due, extract(epoch from clock_timestamp())::float8 * 1000 as at
     from user_sessions s join users u on u.id = s.user_id where s.id = :sessionId and s.user_id = :userId and ${live}`,
    { sessionId, userId },
  ); // Asked with each request.
  const [row] = rows;
  if (!row) return undefined;
  if (row.due) await touchUserSessions(db, [sessionId]);
  return { id: row.id, customerId: row.customer_id, role: row.role, email: row.email, name: row.name, askedAt: row.at };
}

async function touchUserSessions(db: Db, ids: readonly string[]): Promise<void> {
  await db.raw(`update user_sessions set seen_at = now() where id = any(?::uuid[]) and seen_at < now() - interval '${seenMs} ms' and ended_at is null`, [[...ids]]);
}

/** Which of these logins are live. They are in use: their pages stand open. */
export async function liveUserSessions(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await db.raw<{ rows: { id: string; due: boolean }[] }>(
    `select s.id, s.seen_at < now() - interval '${seenMs} ms' as due from user_sessions s where s.id = any(?::uuid[]) and ${live}`,
    [[...ids]],
  );
  const due = rows.filter((row) => row.due).map((row) => row.id);
  if (due.length > 0) await touchUserSessions(db, due);
  return new Set(rows.map((row) => row.id));
}

/** The account's live logins, the one used last first. */
export async function listUserSessions(db: Db, { userId }: { userId: string }): Promise<UserSession[]> {
  const { rows } = await db.raw<{ rows: { id: string; address: string; user_agent: string; created_at: Date; seen_at: Date }[] }>(
    `select s.id, s.address, s.user_agent, s.created_at, s.seen_at from user_sessions s where s.user_id = :userId and ${live} order by s.seen_at desc, s.created_at desc limit 100`,
    { userId },
  );
  return rows.map((row) => ({ id: row.id, address: row.address, userAgent: row.user_agent, createdAt: row.created_at, seenAt: row.seen_at }));
}

/** Ends one login of the account. @returns false when it is not one of its live ones */
export async function endUserSession(db: Db, { userId, sessionId }: { userId: string; sessionId: string }): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>('update user_sessions set ended_at = now() where id = :sessionId and user_id = :userId and ended_at is null returning id', { userId, sessionId });
  return rows.length > 0;
}

/** Ends the account's logins, all but one where one is named. @returns how many */
export async function endUserSessions(db: Db, { userId, except }: { userId: string; except: string | null }): Promise<number> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    'update user_sessions set ended_at = now() where user_id = :userId and ended_at is null and id is distinct from :except::uuid returning id',
    { userId, except },
  );
  return rows.length;
}
