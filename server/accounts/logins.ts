import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Request } from 'express';
import type { SessionData } from 'express-session';
import type { Role } from '../../domain/api.ts';
import { recordAudit, type AuditEntry } from '../../platform/postgres/audit.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { endUserSession, insertUserSession, readSessionUser, type SignedIn } from '../../platform/postgres/user-sessions.ts';
import type { User } from '../../platform/postgres/users.ts';
import type { House } from '../house.ts';
import { addressOf } from '../http/address.ts';

/** Then one signs in again, whatever one does meanwhile: those who may much, every working day. */
const mostMs = (role: Role): number => (role === 'admin' || role === 'moderator' ? 12 * 3_600_000 : 30 * 86_400_000);

/** Who is signed in with this session, as PostgreSQL knows it now. */
export async function userOf({ db }: Pick<House, 'db'>, { userId, loginId }: Partial<SessionData>): Promise<SignedIn | undefined> {
  return userId === undefined || loginId === undefined ? undefined : readSessionUser(db, { sessionId: loginId, userId });
}

/** A new session id at each sign-in, so that one planted beforehand is worth nothing; the login that this browser had is over. */
export async function openLogin(house: Pick<House, 'db' | 'accountChanged'>, request: Request, user: User, details: AuditEntry['details'] = {}): Promise<void> {
  const before = request.session;
  const loginId = randomUUID();
  await house.db.transaction(async (tx) => {
    if (before.userId !== undefined && before.loginId !== undefined) await endUserSession(tx, { userId: before.userId, sessionId: before.loginId });
    await insertUserSession(tx, { id: loginId, userId: user.id, ...whence(request), liveMs: mostMs(user.role) });
    await audit(tx, request, user, { action: 'signedIn', subject: 'user', subjectId: user.id, details });
  });
  if (before.userId !== undefined) house.accountChanged(before.userId);
  await renewSession(request, { userId: user.id, loginId, signedInAt: new Date().toISOString() });
}

/** Gives this browser a session of a new id with nothing in it but what is given. */
export async function renewSession(request: Request, content: Partial<SessionData>): Promise<void> {
  await promisify(request.session.regenerate.bind(request.session))();
  Object.assign(request.session, content);
  await promisify(request.session.save.bind(request.session))();
}

/** The address that asks, and what its browser calls itself. */
export const whence = (request: Request): { address: string; userAgent: string } => ({ address: addressOf(request), userAgent: (request.get('user-agent') ?? '').slice(0, 300) });

/** Adds to the audit log who asks, as what, and from where. */
export async function audit(db: Db, request: Request, user: User | null, entry: Omit<AuditEntry, 'userId' | 'role' | 'address'>): Promise<void> {
  await recordAudit(db, { userId: user?.id ?? null, role: user?.role ?? null, customerId: user?.customerId ?? null, address: addressOf(request), ...entry });
}
