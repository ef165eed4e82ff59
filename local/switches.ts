import type { SwitchState } from '../domain/api.ts';
import { recordAudit } from '../platform/postgres/audit.ts';
import { openDatabase } from '../platform/postgres/database.ts';
import { listSwitches, setDraining } from '../platform/postgres/switch-service.ts';

const usage = 'npm run switches -- list | drain <id> | resume <id>';

/** `npm run switches`: what stands on each switch; takes one out of service or back into it. @returns the exit code */
export async function switches(args: readonly string[], env: NodeJS.ProcessEnv, say: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Promise<number> {
  const [command = 'list', id, ...rest] = args;
  if (!['list', 'drain', 'resume'].includes(command) || rest.length > 0 || (command === 'list') !== (id === undefined)) return fail(say, usage);
  const url = env['DATABASE_URL'];
  if (!url) return fail(say, 'DATABASE_URL is not set: give the one that the servers have, or use PUT /api/v1/switches/{id} as an administrator.');
  const db = openDatabase({ url, applicationName: 'switches', poolMax: 1 });
  try {
    if (id !== undefined) {
      const found = await db.transaction(async (trx) => {
        if (!(await setDraining(trx, { switchId: id, draining: command === 'drain' }))) return false;
        await recordAudit(trx, { userId: null, role: null, address: null, action: command === 'drain' ? 'switchDrained' : 'switchResumed', subject: 'switch', subjectId: id });
        return true;
      });
      if (!found) return fail(say, `There is no switch "${id}". \`npm run switches -- list\` has their names.`);
    }
    for (const line of table(await listSwitches(db))) say(line);
    return 0;
  } finally {
    await db.destroy();
  }
}

function fail(say: (line: string) => void, line: string): number {
  say(line);
  return 2;
}

function table(states: readonly SwitchState[]): string[] {
  const rows = [['switch', 'state', 'operators', 'calls', 'sessions', 'browsers'], ...states.map((state) => [
    state.id, stateOf(state), String(state.operators), String(state.calls), `${state.sessions}/${state.maxSessions ?? '?'}`, state.wsUrl ?? 'not known yet',
  ])];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd());
}

function stateOf({ up, drainingSince, empty }: SwitchState): string {
  if (drainingSince === null) return up ? 'up' : 'down';
  return empty ? 'drained, may be taken out' : up ? 'draining' : 'draining, down';
}
