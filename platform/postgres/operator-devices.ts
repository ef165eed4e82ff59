import type { OperatorDevice } from '../../domain/api.ts';
import type { Db } from './database.ts';

/** A credential of each device that is kept: more than this one person has not. */
const mostDevices = 10;

export async function listDevices(db: Db, { operatorId }: { operatorId: string }): Promise<OperatorDevice[]> {
  const rows = (await db('operator_devices').where({ operator_id: operatorId, revoked_at: null }).orderBy('id').select('id', 'name', 'username', 'created_at', 'last_used_at')) as { id: string; name: string; username: string; created_at: Date; last_used_at: Date | null }[];
  return rows.map((row) => ({ id: row.id, name: row.name, username: row.username, createdAt: row.created_at.toISOString(), lastUsedAt: row.last_used_at?.toISOString() ?? null }));
}

/** @returns undefined when there are as many as one person may have */
export async function addDevice(db: Db, { operatorId, name, username, a1Hash }: { operatorId: string; name: string; username: string; a1Hash: string }): Promise<{ id: string } | undefined> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `insert into operator_devices (operator_id, name, username, a1_hash) select :operatorId, :name, :username, :a1Hash
     where (select count(*) from operator_devices where operator_id = :operatorId and revoked_at is null) < :mostDevices returning id`,
    { operatorId, name, username, a1Hash, mostDevices },
  );
  return rows[0];
}

/** Its credential opens nothing any more, and its standing leg ends as soon as it is in no call (`listLegsTakenBack`). @returns false for what is not this operator's */
export async function revokeDevice(db: Db, { operatorId, id }: { operatorId: string; id: string }): Promise<boolean> {
  return (await db('operator_devices').where({ id, operator_id: operatorId, revoked_at: null }).update({ revoked_at: db.fn.now() })) === 1;
}

/** The operator's device that is not taken back, about to be rung. */
export async function useDevice(db: Db, { operatorId, id }: { operatorId: string; id: string }): Promise<{ username: string } | undefined> {
  const [row] = (await db('operator_devices').where({ id, operator_id: operatorId, revoked_at: null }).update({ last_used_at: db.fn.now() }).returning('username')) as { username: string }[];
  return row;
}

export async function findDeviceCredentials(db: Db, { username }: { username: string }): Promise<{ a1Hash: string } | undefined> {
  const row = (await db('operator_devices').where({ username, revoked_at: null }).first('a1_hash')) as { a1_hash: string } | undefined;
  return row && { a1Hash: row.a1_hash };
}

/**
 * Standing legs of SIP phones whose credential was taken back. A leg is the phone's that was rung last: while it stands, no
 * other one is rung.
 */
export async function listLegsTakenBack(db: Db, { switchId }: { switchId: string }): Promise<{ operatorId: string; leg: string }[]> {
  const { rows } = await db.raw<{ rows: { operator_id: string; leg: string }[] }>(
    `select o.operator_id, o.leg from operators o
     cross join lateral (select d.revoked_at from operator_devices d where d.operator_id = o.operator_id and d.last_used_at is not null order by d.last_used_at desc limit 1) rung
     where o.switch_id = :switchId and o.leg is not null and o.line_kind = 'device' and rung.revoked_at is not null`,
    { switchId },
  );
  return rows.map((row) => ({ operatorId: row.operator_id, leg: row.leg }));
}
