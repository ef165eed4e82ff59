import type { ManagerRinging } from '../domain/api.ts';
import { findManagerPage, forgetManagerPage, recordManagerPage } from '../platform/postgres/campaign-managers.ts';
import { findRinging } from '../platform/postgres/manager-transfers.ts';
import { storeTransferToken } from '../platform/postgres/transfer-tokens.ts';
import type { House } from './house.ts';
import type { ManagerAccess } from './manager-access.ts';
import { hashOfToken, newToken } from './manager-links.ts';
import { createRefresher } from './refresher.ts';
import type { ExchangeSocket, Io } from './sockets.ts';

type Page = NonNullable<ManagerAccess['page']>;
/** A link for one transfer is good for as long as that may ring. */
const tokenLiveMs = 120_000;
const roomOf = (managerId: string) => `manager:${managerId}`;

export interface ManagerPages {
  /** A transfer to this manager, or their link, has changed. */
  changed(managerId: string): void;
  everyone(): void;
  /** This server stops: nobody is asked any more whether a page stands open elsewhere. */
  leaving(): void;
  idle(): Promise<void>;
}

/** Managers' own pages: they wait, and ring with a link for the one transfer. */
export function openManagerPages({ db, log }: Pick<House, 'db' | 'log'>, io: Io): ManagerPages {
  const failed = (error: Error) => log.warn({ error: error.message }, 'manager’s page not told; the slow tick will');
  const pages = createRefresher(async (managerId) => {
    const sockets = [...(io.sockets.adapter.rooms.get(roomOf(managerId)) ?? [])].flatMap((id) => io.sockets.sockets.get(id) ?? []);
    if (sockets.length === 0) return;
    for (const socket of sockets) if (socket.data.page && !(await isLivePage({ db }, socket.data.page))) linkOver(socket);
    const { now, transfer } = await findRinging(db, { managerId });
    for (const socket of sockets.filter(({ connected }) => connected)) {
      const token = transfer === null || socket.data.rangFor === transfer.id ? null : newToken();
      if (token !== null && transfer !== null) await storeTransferToken(db, { tokenHash: hashOfToken(token), transferId: transfer.id, liveMs: tokenLiveMs });
      socket.data.rangFor = transfer?.id ?? null;
      socket.emit('ringing', { now: now.toISOString(), transfer, token } satisfies ManagerRinging);
    }
  }, failed);

  const seen = async (socket: ExchangeSocket, page: Page) => {
    if (await recordManagerPage(db, page)) return;
    linkOver(socket);
  };
  /** The page may stand open a second time, on another server. Where that is not known, its next word puts it right. */
  let isLeaving = false;
  const closing = new Set<Promise<void>>();
  const lastClosed = async (page: Page) => {
    const others = isLeaving ? [] : await io.in(roomOf(page.managerId)).fetchSockets().catch(() => []);
    if (others.length === 0) await forgetManagerPage(db, page);
  };
  io.on('connection', (socket) => {
    const { page } = socket.data;
    if (!page) return;
    void socket.join(roomOf(page.managerId));
    void seen(socket, page).then(() => pages.refresh(page.managerId)).catch(failed);
    socket.on('present', () => void seen(socket, page).catch(failed));
    socket.once('disconnect', () => {
      const closed = lastClosed(page).catch(failed);
      closing.add(closed);
      void closed.then(() => closing.delete(closed));
    });
  });
  const rooms = () => [...io.sockets.adapter.rooms.keys()].filter((room) => room.startsWith(roomOf(''))).map((room) => room.slice(roomOf('').length));
  return {
    changed: (managerId) => pages.refresh(managerId),
    everyone: () => rooms().forEach((managerId) => pages.refresh(managerId)),
    leaving() {
      isLeaving = true;
    },
    async idle() {
      await Promise.all([pages.idle(), ...closing]);
    },
  };
}

/** The link was taken back, or another was made: this page rings no more. */
function linkOver(socket: ExchangeSocket): void {
  socket.emit('linkOver', {});
  socket.disconnect(true);
}

/** Whether the link behind a page's session still opens it. */
export async function isLivePage({ db }: Pick<House, 'db'>, page: Page): Promise<boolean> {
  return (await findManagerPage(db, { linkHash: page.linkHash }))?.managerId === page.managerId;
}
