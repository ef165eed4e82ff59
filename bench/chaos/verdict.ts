/** What must hold at the end of a run. */
import type { Db } from '../../platform/postgres/database.ts';
import type { Interruption, Observer } from './observer.ts';

export interface Verdict {
  readonly calls: number;
  readonly lost: readonly string[];
  readonly doubleDialled: readonly string[];
  /** Not closed exactly once: one final transition, one release of the operator, one follow-up of the contact. */
  readonly doubleSettled: readonly string[];
  /** Ended as `unknown`: nobody saw how. */
  readonly unknown: number;
  /** Of those the ones that somebody had answered. */
  readonly answersUnseen: number;
}

interface CallRow {
  id: string; e164: string; contact_id: string; contact_leg: string; state: string; outcome: string | null; ended_by: string | null; ended: boolean; answered: boolean; disposed: boolean;
  endings: number; releases: number; deadlines: number; bound: boolean;
}

export async function judge(db: Db, observer: Observer, standing: ReadonlySet<string>): Promise<Verdict> {
  const { rows } = await db.raw<{ rows: CallRow[] }>(
    `select k.id, k.e164, k.contact_id, k.contact_leg, k.state, k.outcome, k.ended_by, k.ended_at is not null as ended, k.answered_at is not null as answered, k.disposition is not null as disposed,
       k.operator_bound or k.number_live as bound,
       (select count(*)::int from call_transitions t where t.call_id = k.id and t.to_state = 'ended' and t.from_state <> 'ended') as endings,
       (select count(*)::int from call_transitions t where t.call_id = k.id and t.from_state = 'ended') as releases,
       (select count(*)::int from call_deadlines d where d.call_id = k.id) as deadlines from calls k`,
  );
  const calls = new Map(rows.map((row) => [row.contact_leg, row]));
  const lost = rows.filter((row) => !row.ended || row.ended_by === 'quarantine' || row.outcome === null || row.bound || row.deadlines > 0).map((row) => `call ${row.id} is ${row.state}, ended by ${row.ended_by}, outcome ${row.outcome}`);
  for (const { leg, number } of observer.legs.values()) if (observer.isAlive(leg) && !standing.has(leg)) lost.push(`channel ${leg} (${number}) is left on the switch`);
  lost.push(...(await inLimbo(db)));
  const unknown = rows.filter(({ outcome }) => outcome === 'unknown');
  return {
    calls: rows.length, lost, doubleDialled: doubleDialled(rows, calls, observer), doubleSettled: await doubleSettled(db, rows),
    unknown: unknown.length, answersUnseen: unknown.filter(({ contact_leg }) => observer.legs.get(contact_leg)?.answeredAt !== undefined).length,
  };
}

/** The switch's own count: a leg is created once, a number no oftener than there are calls to it, and never without a call. */
function doubleDialled(rows: readonly CallRow[], calls: ReadonlyMap<string, CallRow>, observer: Observer): string[] {
  const found = [...observer.doubleCreated.map((leg) => `leg ${leg} was created twice`), ...observer.rungTwice.map((text) => `one number rung twice at once: ${text}`)];
  const allowed = new Map<string, number>();
  for (const { e164 } of rows) allowed.set(e164.slice(1), (allowed.get(e164.slice(1)) ?? 0) + 1);
  const rung = new Map<string, number>();
  for (const { leg, number } of observer.legs.values()) {
    if (number.startsWith('790000000')) continue;
    rung.set(number, (rung.get(number) ?? 0) + 1);
    if (!calls.has(leg)) found.push(`${number} was rung by leg ${leg}, which is of no call`);
  }
  for (const [number, times] of rung) if (times > (allowed.get(number) ?? 0)) found.push(`${number} was rung ${times} times in ${allowed.get(number) ?? 0} calls`);
  return found;
}

async function doubleSettled(db: Db, rows: readonly CallRow[]): Promise<string[]> {
  const found = rows.filter((row) => row.ended && row.ended_by !== 'quarantine' && (row.endings !== 1 || row.releases > 0)).map((row) => `call ${row.id} has ${row.endings} final transitions and ${row.releases} after them`);
  const due = new Map<string, number>();
  for (const row of rows) due.set(row.contact_id, (due.get(row.contact_id) ?? 0) + ((row.ended && !row.answered) || row.disposed ? 1 : 0));
  const { rows: followed } = await db.raw<{ rows: { contact_id: string; times: number }[] }>(`select contact_id, count(*)::int as times from chaos_followups group by 1`);
  const times = new Map(followed.map((row) => [row.contact_id, row.times]));
  for (const [contactId, expected] of due) if ((times.get(contactId) ?? 0) !== expected) found.push(`contact ${contactId} was followed up ${times.get(contactId) ?? 0} times after ${expected} calls`);
  for (const [contactId] of times) if (!due.has(contactId)) found.push(`contact ${contactId} was followed up without a call`);
  return found;
}

/** Contacts that nobody will ever call and nobody judges. */
async function inLimbo(db: Db): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select c.id from contacts c where c.state = 'queued' and not exists (select from call_queue q where q.contact_id = c.id)
       and not exists (select from calls k where k.contact_id = c.id and (k.ended_at is null or (k.answered_at is not null and k.disposition is null)))`,
  );
  return rows.map(({ id }) => `contact ${id} is neither waiting, nor finished, nor in a call or wrap-up`);
}

/** How the call of an interrupted conversation went, times in ms from the interruption, and when the controller was killed near it. */
export async function wayOf(db: Db, { what, at, legs }: Interruption, killedAt: readonly number[]): Promise<string> {
  const { rows } = await db.raw<{ rows: { after: number; event: string; to_state: string }[] }>(
    `select round(extract(epoch from t.at) * 1000 - :at::float8)::int as after, concat_ws(' ', t.event->>'type', t.event->>'name', t.event->>'cause', left(t.event->>'leg', 4)) as event, t.to_state
     from call_transitions t join calls k on k.id = t.call_id where jsonb_exists(k.machine->'legs', :a) and jsonb_exists(k.machine->'legs', :b) order by t.version`,
    { at, a: legs[0] ?? '', b: legs[1] ?? '' },
  );
  const kills = killedAt.filter((kill) => Math.abs(kill - at) < 10_000).map((kill) => `killed ${kill - at}`);
  return `${what}; ${kills.join(', ')}; ${rows.map(({ after, event, to_state }) => `${after} ${event} → ${to_state}`).join(', ')}`;
}
