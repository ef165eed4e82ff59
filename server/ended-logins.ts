import { liveUserSessions } from '../platform/postgres/user-sessions.ts';
import type { House } from './house.ts';
import type { Io } from './sockets.ts';

/**
 * Cuts the sockets of this server whose login was ended, wherever that was done: told by a nudge, and looked at again
 * on the slow tick, because a nudge can be lost.
 * @returns takes whose; everybody's where none is given
 */
export function cutEndedLogins({ db, log }: Pick<House, 'db' | 'log'>, io: Io): (userId?: string) => void {
  return (userId) => void cut(db, io, userId).catch((error: Error) => log.warn({ error: error.message }, 'ended logins not looked at; the slow tick will'));
}

async function cut(db: House['db'], io: Io, userId: string | undefined): Promise<void> {
  const signedIn = [...io.sockets.sockets.values()].flatMap((socket) => {
    const { user, loginId } = socket.data;
    return user !== undefined && loginId !== undefined && (userId === undefined || user.id === userId) ? [{ socket, loginId }] : [];
  });
  const live = await liveUserSessions(db, [...new Set(signedIn.map(({ loginId }) => loginId))]);
  for (const { socket, loginId } of signedIn) if (!live.has(loginId)) socket.disconnect(true);
}
