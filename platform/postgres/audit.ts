import type { Role } from '../../domain/api.ts';
import { auditActions, type AuditAction } from '../../domain/audit.ts';
import type { Db } from './database.ts';

export { auditActions, type AuditAction };

export interface AuditEntry {
  /** Who; null when nobody is signed in (a failed sign-in), or the house itself did it. */
  readonly userId: string | null;
  readonly role: Role | null;
  /** Whose tenant it concerns, where it does. */
  readonly customerId?: string | null;
  /** The network address that asked; null for the house itself. */
  readonly address: string | null;
  readonly action: AuditAction;
  /** What it was done to: `campaign`, `recording`, `user` … with its id. */
  readonly subject?: string;
  readonly subjectId?: string;
  /** Small facts for whoever reads the log. Never a secret, a telephone number or a note. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Adds to the audit log; in the transaction that does the thing, so that neither stands without the other. */
export async function recordAudit(db: Db, { userId, role, customerId = null, address, action, subject, subjectId, details = {} }: AuditEntry): Promise<void> {
  await db.raw(
    `insert into audit_entries (user_id, role, customer_id, address, action, subject, subject_id, details)
     values (:userId, :role, :customerId, :address, :action, :subject, :subjectId, :details::jsonb)`,
    { userId, role, customerId, address, action, subject: subject ?? null, subjectId: subjectId ?? null, details: JSON.stringify(details) },
  );
}

export interface StoredAuditEntry {
  readonly id: string;
  readonly at: Date;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly role: Role | null;
  readonly customerName: string | null;
  readonly address: string | null;
  readonly action: AuditAction;
  readonly subject: string | null;
  readonly subjectId: string | null;
  /** As it is called by now; null where it has no name, or is gone. */
  readonly subjectName: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Other subjects have no name of their own, and not every id is a number. */
const subjectName = `case when a.subject_id ~ '^[0-9]{1,18}$' then case a.subject
         when 'campaign' then (select p.name from campaigns p where p.id = a.subject_id::bigint)
         when 'user' then (select x.name from users x where x.id = a.subject_id::bigint)
         when 'list' then (select l.file_name from lists l where l.id = a.subject_id::bigint)
         when 'manager' then (select m.name from campaign_managers m where m.id = a.subject_id::bigint) end end`;

interface Row { id: string; at: Date; user_id: string | null; user_name: string | null; role: Role | null; customer_name: string | null; address: string | null; action: AuditAction; subject: string | null; subject_id: string | null; subject_name: string | null; details: Record<string, unknown> }

/** Newest first. @param before the id of the last one already seen; null begins at the newest */
export async function listAudit(db: Db, { before, action, limit }: { before: string | null; action: AuditAction | null; limit: number }): Promise<StoredAuditEntry[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select a.id, a.at, a.user_id, u.name as user_name, a.role, c.name as customer_name, a.address, a.action, a.subject, a.subject_id, ${subjectName} as subject_name, a.details
     from audit_entries a left join users u on u.id = a.user_id left join customers c on c.id = a.customer_id
     where (:before::bigint is null or a.id < :before::bigint) and (:action::text is null or a.action = :action) order by a.id desc limit :limit`,
    { before, action, limit },
  );
  return rows.map((row) => ({
    id: row.id, at: row.at, userId: row.user_id, userName: row.user_name, role: row.role, customerName: row.customer_name, address: row.address,
    action: row.action, subject: row.subject, subjectId: row.subject_id, subjectName: row.subject_name, details: row.details,
  }));
}
