import { randomBytes } from 'node:crypto';
import type { Db } from './database.ts';

/** The house's own secret of this name, made by whoever asks first; every server of the house gets the same. */
export async function obtainSecret(db: Db, name: string): Promise<string> {
  const { rows } = await db.raw<{ rows: { value: string }[] }>(
    `insert into house_secrets (name, value) values (?, ?)
     on conflict (name) do update set name = excluded.name returning value`,
    [name, randomBytes(32).toString('base64url')],
  );
  const row = rows[0];
  if (!row) throw new Error(`no secret ${name}`);
  return row.value;
}

/** The fingerprint of the key that sealed what is in the database; undefined while nothing is sealed. */
export async function readKeyFingerprint(db: Db): Promise<string | undefined> {
  const row = (await db('house_secrets').where({ name: keyFingerprint }).first('value')) as { value: string } | undefined;
  return row?.value;
}

export async function storeKeyFingerprint(db: Db, fingerprint: string): Promise<void> {
  await db('house_secrets').insert({ name: keyFingerprint, value: fingerprint }).onConflict('name').ignore();
}

const keyFingerprint = 'secret key fingerprint';
