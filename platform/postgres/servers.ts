import type { Db } from './database.ts';

/** A server that said nothing for longer has not heard any page either, ms. It says so every 2 s. */
const deafAfterMs = 6_000;

/** This server hears pages. One that was stopped, frozen or without its database meanwhile begins anew. */
export async function recordListening(db: Db, { serverId }: { serverId: string }): Promise<void> {
  await db.raw(
    `insert into servers as s (id) values (:serverId)
     on conflict (id) do update set seen_at = now(),
       listening_since = case when s.seen_at < now() - :deafAfterMs * interval '1 ms' then now() else s.listening_since end`,
    { serverId, deafAfterMs },
  );
}

/** It leaves; rows of servers that never said so are swept after a day. */
export async function forgetServer(db: Db, { serverId }: { serverId: string }): Promise<void> {
  await db.raw(`delete from servers where id = :serverId or seen_at < now() - interval '1 day'`, { serverId });
}

/** Condition, for a query of others: somebody has been listening for that long without a pause. */
export const somebodyListened = `exists (select from servers where seen_at > now() - interval '${deafAfterMs} ms' and listening_since < now() - :silentMs * interval '1 ms')`;
