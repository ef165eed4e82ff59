import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../domain/api.ts';
import type { Knex } from '../platform/postgres/database.ts';
import { hasUser, insertCampaign, insertContacts, insertCustomer, insertUser, lockSeed, setPasswordHash } from '../platform/postgres/seed.ts';
import { findUserByEmail } from '../platform/postgres/users.ts';
import { practiceCampaign, practiceContacts } from './practice-campaign.ts';

export interface Login {
  readonly role: Role;
  readonly email: string;
}

/** One login per role, the same in every practice installation. */
export const practiceLogins: readonly (Login & { readonly name: string })[] = [
  { role: 'customer', email: 'customer@example.org', name: 'Карина · Customer' },
  { role: 'operator', email: 'operator@example.org', name: 'Олег · Operator' },
  { role: 'manager', email: 'manager@example.org', name: 'Ольга · Manager' },
  { role: 'moderator', email: 'moderator@example.org', name: 'Марина · Moderator' },
  { role: 'admin', email: 'admin@example.org', name: 'Антон · Administrator' },
];
const emails = practiceLogins.map(({ email }) => email);

export interface SeedOptions {
  readonly dataDir: string;
  /** SEED_PASSWORD; where it is not set one is made up and kept in DATA_DIR/seed-password. */
  readonly password?: string | undefined;
  /** Whether the switch can record; true unless said otherwise. */
  readonly recordCalls?: boolean;
}

/**
 * The five practice logins and a practice campaign, once. A SEED_PASSWORD that differs from the one in use becomes the
 * password of the practice logins. @returns the password, undefined when this DATA_DIR does not know it.
 */
export async function seed(db: Knex, { dataDir, password: wanted, recordCalls = true }: SeedOptions): Promise<string | undefined> {
  const path = join(dataDir, 'seed-password');
  const kept = readKept(path);
  return db.transaction(async (tx) => {
    await lockSeed(tx);
    if (!(await hasUser(tx, 'customer@example.org'))) {
      const password = wanted ?? kept ?? randomBytes(9).toString('base64url');
      await seedHouse(tx, await hash(password), recordCalls);
      keep(path, password);
      return password;
    }
    const password = wanted ?? kept;
    if (password === undefined) return undefined;
    const account = await findUserByEmail(tx, 'customer@example.org');
    if (account && (await verify(account.passwordHash, password).catch(() => false))) return password;
    // Somebody changed it in the exchange itself: only an explicit SEED_PASSWORD overrules that.
    if (wanted === undefined) return undefined;
    await setPasswordHash(tx, emails, await hash(wanted));
    keep(path, wanted);
    return wanted;
  });
}

async function seedHouse(tx: Knex, passwordHash: string, recordCalls: boolean): Promise<void> {
  const customerId = await insertCustomer(tx, { name: 'Practice company' });
  let createdBy = '';
  let managerUserId = '';
  for (const { role, email, name } of practiceLogins) {
    const id = await insertUser(tx, { role, email, name, passwordHash, customerId: role === 'customer' || role === 'manager' ? customerId : null });
    if (role === 'customer') createdBy = id;
    if (role === 'manager') managerUserId = id;
  }
  const campaignId = await insertCampaign(tx, { ...practiceCampaign, customerId, createdBy, managerUserId, recordCalls });
  await insertContacts(tx, { customerId, campaignId, contacts: practiceContacts });
}

function readKept(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function keep(path: string, password: string): void {
  writeFileSync(path, `${password}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
}
