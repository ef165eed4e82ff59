import type { Role } from '../../domain/api.ts';
import type { Db } from './database.ts';

export interface User { readonly id: string; readonly customerId: string | null; readonly role: Role; readonly email: string; readonly name: string }

interface UserRow { id: string; customer_id: string | null; role: Role; email: string; name: string; password_hash: string }

const toUser = (row: UserRow): User => ({ id: row.id, customerId: row.customer_id, role: row.role, email: row.email, name: row.name });

/** The account behind an e-mail, with its argon2id hash: for signing in and nothing else. */
export async function findUserByEmail(db: Db, email: string): Promise<{ user: User; passwordHash: string } | undefined> {
  const row = await db<UserRow>('users').where({ email: email.toLowerCase() }).first();
  return row && { user: toUser(row), passwordHash: row.password_hash };
}

export async function readUser(db: Db, userId: string): Promise<User | undefined> {
  const row = await db<UserRow>('users').where({ id: userId }).first();
  return row && toUser(row);
}
