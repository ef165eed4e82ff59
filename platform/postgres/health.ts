import type { Db } from './database.ts';
import { switchIsUp } from './switch-service.ts';

/** `recordings`: `off` and the first word of why, while the switch's disk takes none. */
export interface SwitchHealth { readonly id: string; readonly up: boolean; readonly draining: boolean; readonly lost: boolean; readonly recordings: string }

/** Whether PostgreSQL answers, and what its newest word about the switches is. */
export async function checkHealth(db: Db): Promise<{ switches: SwitchHealth[] }> {
  const { rows } = await db.raw<{ rows: SwitchHealth[] }>(`select s.id, ${switchIsUp} as up, s.draining_at is not null as draining, s.lost_at is not null as lost,
     coalesce('off, ' || split_part(s.recording_problem, ':', 1), 'on') as recordings from switches s order by s.id`);
  return { switches: rows };
}
