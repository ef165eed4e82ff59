/** What is needed to say why the record and the switch stayed apart: kept for a kill that took long, and for no other. */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Db } from '../../platform/postgres/database.ts';
import type { Difference } from './in-step.ts';
import type { Observer } from './observer.ts';

/** In step later than this is looked into. */
export const longResyncMs = 8_000;
const mostLines = 60;
const mostRows = 40;

/** What differed, and from when on (ms after the start of the controller). */
export class Timeline {
  readonly #entries: { readonly afterMs: number; readonly what: string }[] = [];
  readonly legs = new Set<string>();

  note(afterMs: number, what: string, differences: readonly Difference[] = []): void {
    for (const { leg } of differences) if (leg !== undefined) this.legs.add(leg);
    if (this.#entries.at(-1)?.what !== what) this.#entries.push({ afterMs: Math.round(afterMs), what });
  }

  get lines(): string[] {
    const said = this.#entries.map(({ afterMs, what }) => `${afterMs} ms: ${what}`);
    return said.length <= mostLines ? said : [...said.slice(0, mostLines / 2), `… ${said.length - mostLines} more`, ...said.slice(-mostLines / 2)];
  }
}

const contentOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'none';
  }
};

/** While it lasts: whether the process has had the processor and the disk, and what PostgreSQL waits for. */
export async function whatHolds(db: Db, pid: number | undefined): Promise<string[]> {
  // proc(5): the name in brackets may hold blanks; of what follows the 1st is the state, the 10th major page faults, the 12th and 13th processor time and the 40th waits for a disk, in hundredths of a second.
  const stat = contentOf(`/proc/${pid}/stat`).replace(/^.*\) /s, '').split(' ');
  const { rows } = await db.raw<{ rows: object[] }>(
    `select pid, application_name, state, wait_event_type, wait_event, pg_blocking_pids(pid) as blocked_by, round(extract(epoch from clock_timestamp() - state_change) * 1000) as since_ms, left(regexp_replace(query, '\\s+', ' ', 'g'), 160) as query
     from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and (state <> 'idle' or application_name = 'calls-controller')`,
  );
  return [
    `process: state ${stat[0]}, ${stat[9]} major faults, ${Number(stat[11]) * 10 + Number(stat[12]) * 10} ms of a processor, ${Number(stat[39]) * 10} ms of waiting for a disk, in ${contentOf(`/proc/${pid}/wchan`)}`,
    `machine: load average ${loadavg().map((load) => load.toFixed(1)).join(' ')}; ${['cpu', 'io', 'memory'].map((kind) => `${kind} ${contentOf(`/proc/pressure/${kind}`).split('\n')[0]}`).join('; ')}`,
    ...rows.map((row) => JSON.stringify(row)),
  ];
}

/** Timeline, the controller's last lines, the record of the calls and operators whose legs differed, and the switch's word on those legs. */
export async function explain(db: Db, observer: Observer, timeline: Timeline, held: readonly string[], controllerSaid: readonly string[]): Promise<string> {
  const legs = [...timeline.legs].slice(-20);
  const { rows: calls } = await db.raw<{ rows: object[] }>(
    `select k.id, k.state, k.version, k.epoch, k.created_at, k.ended_at, k.ended_by, k.outcome, k.machine,
       (select jsonb_agg(jsonb_build_object('version', t.version, 'at', t.at, 'event', t.event, 'to', t.to_state) order by t.version) from call_transitions t where t.call_id = k.id) as transitions,
       (select jsonb_agg(jsonb_build_object('epoch', m.epoch, 'command', m.command, 'done', m.done_at, 'result', m.result) order by m.id) from call_commands m where m.call_id = k.id) as commands,
       (select jsonb_agg(jsonb_build_object('name', d.name, 'at', d.at)) from call_deadlines d where d.call_id = k.id) as deadlines
     from calls k where jsonb_exists_any(k.machine->'legs', :legs::text[]) order by k.created_at desc limit ${mostRows}`,
    { legs },
  );
  const { rows: operators } = await db.raw<{ rows: object[] }>(`select operator_id, state, leg, page_seen_at, version from operators where leg = any(:legs::uuid[])`, { legs });
  const { rows: owner } = await db.raw<{ rows: object[] }>(`select id, epoch, owner_marked, lease_until, link_up, link_changed_at, updated_at, now() from switches`);
  const channels = await observer.channels();
  const seen = legs.map((leg) => ({ ...observer.legs.get(leg), leg, channel: channels?.find((channel) => channel.leg === leg) }));
  const part = (title: string, lines: readonly string[]) => `  ${title}:\n${lines.map((line) => `    ${line}`).join('\n')}`;
  const json = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row));
  return [
    part('differences', timeline.lines), part(`after ${longResyncMs} ms`, held), part('switch', json(owner)), part('legs', json(seen)), part('operators', json(operators)), part('calls', json(calls)),
    part('the controller said', controllerSaid.slice(-mostLines)),
  ].join('\n');
}
