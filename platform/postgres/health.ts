import type { Db } from './database.ts';

/** Whether PostgreSQL answers, and what its newest word about this switch is. */
export async function checkHealth(db: Db, switchId: string): Promise<{ switchLinkUp: boolean }> {
  const { rows } = await db.raw<{ rows: { link_up: boolean }[] }>(
    `select link_up and coalesce(lease_until > now(), false) as link_up from switches where id = ?`,
    [switchId],
  );
  return { switchLinkUp: rows[0]?.link_up ?? false };
}

/** The switch's row, made when missing: credentials and requests name it. */
export async function ensureSwitch(db: Db, switchId: string): Promise<void> {
  await db('switches').insert({ id: switchId }).onConflict('id').ignore();
}
