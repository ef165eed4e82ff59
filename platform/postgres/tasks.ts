import type { Task } from '../../domain/api.ts';
import type { Db } from './database.ts';

interface Row { id: string; name: string; language: string; contacts_left: number; operators_calling: number; script: string; has_manager: boolean }

/** The open pool: running campaigns, with what an operator chooses by. */
export async function listTasks(db: Db): Promise<Task[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select p.id, p.name, p.language, left(v.script, 280) as script, exists (select from campaign_managers m where m.campaign_id = p.id) as has_manager,
       (select count(*)::int from call_queue q where q.campaign_id = p.id) as contacts_left,
       (select count(*)::int from operators o where o.campaign_id = p.id and o.leg is not null) as operators_calling
     from campaigns p join script_versions v on v.campaign_id = p.id and v.version = p.script_version
     where p.state = 'running' order by p.priority desc, p.id`,
  );
  return rows.map((row) => ({
    id: row.id, name: row.name, language: row.language, contactsLeft: row.contacts_left, operatorsCalling: row.operators_calling,
    scriptPreview: row.script, hasManager: row.has_manager,
  }));
}
