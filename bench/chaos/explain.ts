/** What is needed to say why the record and the switch stayed apart: kept for a kill that took long, and for no other. */
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

/** Timeline, the controller's last lines, the record of the calls and operators whose legs differed, and the switch's word on those legs. */
export async function explain(db: Db, observer: Observer, timeline: Timeline, controllerSaid: readonly string[]): Promise<string> {
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
    part('differences', timeline.lines), part('switch', json(owner)), part('legs', json(seen)), part('operators', json(operators)), part('calls', json(calls)),
    part('the controller said', controllerSaid.slice(-mostLines)),
  ].join('\n');
}
