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
