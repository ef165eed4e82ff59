import type { SwitchState } from '../domain/api.ts';
import { recordAudit } from '../platform/postgres/audit.ts';
import { openDatabase, type Db } from '../platform/postgres/database.ts';
import { declareSwitchLost } from '../platform/postgres/lost-switch.ts';
import { listSwitches, setDraining } from '../platform/postgres/switch-service.ts';

const usage = 'npm run switches -- list | drain <id> | resume <id> | lost <id> [--confirm]';

/** `npm run switches`: what stands on each switch; takes one out of service or back into it. @returns the exit code */
export async function switches(args: readonly string[], env: NodeJS.ProcessEnv, say: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Promise<number> {
  const [command = 'list', id, ...rest] = args;
  const confirmed = command === 'lost' && rest.length === 1 && rest[0] === '--confirm';
  if (!['list', 'drain', 'resume', 'lost'].includes(command) || (rest.length > 0 && !confirmed) || (command === 'list') !== (id === undefined)) return fail(say, usage);
  const url = env['DATABASE_URL'];
  if (!url) return fail(say, 'DATABASE_URL is not set: give the one that the servers have, or use PUT /api/v1/switches/{id} as an administrator.');
  const db = openDatabase({ url, applicationName: 'switches', poolMax: 1 });
  try {
    if (id !== undefined) {
      const refusal = await carryOut(db, command, id, confirmed);
      if (refusal !== undefined) return fail(say, refusal);
    }
    for (const line of table(await listSwitches(db))) say(line);
    return 0;
  } finally {
    await db.destroy();
  }
}

/** One transaction, with its entry in the audit log. @returns why not */
async function carryOut(db: Db, command: string, id: string, confirmed: boolean): Promise<string | undefined> {
  return db.transaction(async (trx) => {
    const entry = { userId: null, role: null, address: null, subject: 'switch', subjectId: id };
    if (command === 'lost') {
      const lost = await declareSwitchLost(trx, { switchId: id, confirmed });
      if (lost.kind !== 'lost') return refusals[lost.kind](id);
      await recordAudit(trx, { ...entry, action: 'switchDeclaredLost', details: { calls: lost.calls, operators: lost.operatorIds.length } });
      return undefined;
    }
    const done = await setDraining(trx, { switchId: id, draining: command === 'drain' });
    if (done !== 'changed') return refusals[done](id);
    await recordAudit(trx, { ...entry, action: command === 'drain' ? 'switchDrained' : 'switchResumed' });
    return undefined;
  });
}

const refusals = {
  noSwitch: (id: string) => `There is no switch "${id}". \`npm run switches -- list\` has their names.`,
  stillLost: (id: string) => `"${id}" was declared lost and is not up: start the switch and its controller first.`,
  held: (id: string) => `A controller holds "${id}", or did a minute ago: drain it first, or wait a minute.`,
  notConfirmed: (id: string) => `A controller holds "${id}", or did a minute ago: add --confirm if its calls are to be closed.`,
} as const;

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

function stateOf({ up, drainingSince, lostSince, empty }: SwitchState): string {
  if (lostSince !== null) return up ? 'lost, up again' : 'lost';
  if (drainingSince === null) return up ? 'up' : 'down';
  return empty ? 'drained, may be taken out' : up ? 'draining' : 'draining, down';
}
