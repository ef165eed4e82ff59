/** Whether the record equals the switch at this moment, both ways. */
import type { Call } from '../../domain/call/call.ts';
import type { ChannelSnapshot } from '../../domain/leg.ts';
import type { Db } from '../../platform/postgres/database.ts';
import type { Observer } from './observer.ts';
import { switchId } from './scene.ts';

interface LiveRow { machine: Call; created_at: Date }

export interface Difference { readonly what: string; readonly leg?: string }

/** A page that calls in and a dial that was just ordered are on their way for so long. */
const onTheWayMs = 1_000;

export interface Record_ { readonly epoch: string; readonly linkUp: boolean; readonly calls: readonly LiveRow[]; readonly standing: ReadonlySet<string> }

export async function readRecord(db: Db): Promise<Record_> {
  const { rows } = await db.raw<{ rows: { epoch: string; link_up: boolean; calls: LiveRow[] | null; standing: string[] | null }[] }>(
    `select epoch, link_up,
       (select jsonb_agg(jsonb_build_object('machine', machine, 'created_at', created_at)) from calls where ended_at is null) as calls,
       (select array_agg(leg::text) from operators where leg is not null) as standing
     from switches where id = ?`,
    [switchId],
  );
  const row = rows[0];
  return { epoch: row?.epoch ?? '0', linkUp: row?.link_up === true, calls: (row?.calls ?? []).map((call) => ({ ...call, created_at: new Date(call.created_at) })), standing: new Set(row?.standing ?? []) };
}

/** @param since ms since the epoch: what was ordered before it must have its channel by now */
export async function compare(db: Db, observer: Observer, since: number): Promise<{ record: Record_; differences: Difference[] } | undefined> {
  const record = await readRecord(db);
  const channels = await observer.channels();
  if (channels === undefined) return undefined;
  const seen = new Map(channels.map((channel) => [channel.leg, channel]));
  const differences = [...record.calls.flatMap(({ machine, created_at }) => ofCall(machine, created_at.getTime(), seen, since)), ...ofSwitch(record, channels, observer)];
  return { record, differences };
}

function ofCall(call: Call, createdAt: number, seen: ReadonlyMap<string, ChannelSnapshot>, since: number): Difference[] {
  const found: Difference[] = [];
  for (const [leg, { role, status }] of Object.entries(call.legs)) {
    if (status === 'gone' || (role === 'operator' && (leg !== call.operatorLeg || call.releasedAt !== null))) continue;
    const orderedAt = role === 'manager' ? (call.transfer?.since ?? createdAt) : createdAt;
    if (status === 'ordered' ? orderedAt < since && !seen.has(leg) : !seen.has(leg)) found.push({ what: `${call.state}: ${role}'s leg is ${status}, the switch has none`, leg });
    if (status === 'ordered' && seen.has(leg)) found.push({ what: `${call.state}: ${role}'s leg is there, the record does not know`, leg });
  }
  const pair = call.state === 'talking' ? [call.operatorLeg, call.contactLeg] : call.state === 'briefing' ? [call.operatorLeg, call.managerLeg] : call.state === 'handedOver' ? [call.contactLeg, call.managerLeg] : undefined;
  if (pair?.[0] && pair[1] && seen.get(pair[0])?.bridgedTo !== pair[1]) found.push({ what: `${call.state}: the two are not joined`, leg: pair[0] });
  return found;
}

function ofSwitch({ calls, standing }: Record_, channels: readonly ChannelSnapshot[], observer: Observer): Difference[] {
  const known = new Set(calls.flatMap(({ machine }) => Object.entries(machine.legs).flatMap(([leg, { status }]) => (status === 'gone' ? [] : [leg]))));
  return channels
    .filter(({ leg, createdAt }) => !known.has(leg) && !standing.has(leg) && Date.now() - createdAt > onTheWayMs + 1_000)
    .map(({ leg, state }) => ({ what: `a channel that no call knows (${observer.legs.get(leg)?.number ?? '?'}, ${state})`, leg }));
}
