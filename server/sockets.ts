import type { Server as HttpServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import type { RequestHandler } from 'express';
import type { Session, SessionData } from 'express-session';
import { Server, type Socket } from 'socket.io';
import type { Nudge } from '../platform/nudges.ts';
import { giveUpConnecting } from '../platform/postgres/leg-credentials.ts';
import type { User } from '../platform/postgres/users.ts';
import { openSocketBus } from '../platform/redis.ts';
import { userOf } from './accounts/logins.ts';
import { cutEndedLogins } from './ended-logins.ts';
import type { House } from './house.ts';
import { sayListening } from './listening.ts';
import { isForeign } from './http/security.ts';
import type { SessionStore } from './http/session-store.ts';
import { cockpitWithContact } from './next-contact.ts';
import { isLivePage, openManagerPages } from './manager-pages.ts';
import type { ManagerAccess } from './manager-access.ts';
import { createHealer, createRefresher } from './refresher.ts';
import { listenTo } from './socket-messages.ts';
import { readCockpitMarks } from '../platform/postgres/cockpit-marks.ts';

/** Under 5 s, so that a screen is right by then though every nudge is lost. */
const slowTickMs = 4_000;

interface SocketData {
  /** Who is signed in; absent on a manager's own page. */
  user?: User;
  /** A manager's own page, by their personal link. */
  page?: NonNullable<ManagerAccess['page']>;
  /** The transfer that the page was given a link for. */
  rangFor: string | null;
  /** The login's row (user_sessions). */
  loginId?: string;
}
export type ExchangeSocket = Socket<Record<string, (message: unknown) => void>, Record<string, (message: unknown) => void>, Record<string, never>, SocketData>;
export type Io = Server<Record<string, (message: unknown) => void>, Record<string, (message: unknown) => void>, Record<string, never>, SocketData>;

export interface Sockets {
  /** Logins of this account were ended: cuts their pages here. */
  accountChanged(userId: string): void;
  count(): number;
  stop(): Promise<void>;
}

/** The pages' sockets: nudges come in, every page is sent what it shows, read afresh. */
export function openSockets(house: Omit<House, 'accountChanged'>, http: HttpServer, { session, store }: { session: RequestHandler; store: SessionStore }): Sockets {
  const { config, db, log, nudges, requests } = house;
  const bus = openSocketBus(config.redisUrl, log);
  const io: Io = new Server(http, {
    serveClient: false,
    transports: ['websocket'],
    adapter: createAdapter(bus.publisher, bus.subscriber),
    maxHttpBufferSize: 16_384,
    allowRequest: (request, decide) => {
      const { origin, host, 'sec-fetch-site': fetchSite } = request.headers;
      decide(null, !isForeign(config.publicUrl, host, origin, typeof fetchSite === 'string' ? fetchSite : undefined));
    },
  });
  io.engine.use(session);
  io.use((socket, next) => void identify(house, socket).then(next, () => next(new Error('notAvailable'))));

  const cockpits = createRefresher(async (operatorId) => {
    const room = `operator:${operatorId}`;
    if (!io.sockets.adapter.rooms.has(room)) return;
    const cockpit = await cockpitWithContact(house, operatorId);
    if (cockpit) io.local.to(room).emit('cockpit', cockpit);
  }, (error) => log.warn({ error: error.message }, 'cockpit not sent; the slow tick will'));
  const idsOf = (prefix: string) => [...io.sockets.adapter.rooms.keys()].filter((room) => room.startsWith(prefix)).map((room) => room.slice(prefix.length));
  const everyOperator = () => idsOf('operator:').forEach((id) => cockpits.refresh(id));
  const tellResults = (id: string) => io.local.to(`campaign:${id}`).emit('results', { id });

  io.on('connection', (socket) => {
    greet(house, socket);
    keepSession(store, socket);
    if (socket.data.user?.role === 'operator') cockpits.refresh(socket.data.user.id);
  });
  const managerPages = openManagerPages(house, io);
  const cutEnded = cutEndedLogins(house, io);
  nudges.subscribe(
    (nudge: Nudge) => {
      switch (nudge.topic) {
        case 'operator': return cockpits.refresh(nudge.id);
        case 'campaign': return void tellResults(nudge.id);
        case 'pool': return everyOperator();
        case 'request': return requests.answered(nudge);
        case 'manager': return managerPages.changed(nudge.id);
        case 'account': return cutEnded(nudge.id);
        case 'switch': case 'alarm': return;
        default: return nudge satisfies never;
      }
    },
    () => { everyOperator(); managerPages.everyone(); idsOf('campaign:').forEach(tellResults); cutEnded(); },
  );
  const heal = createHealer((operatorIds) => readCockpitMarks(db, { operatorIds }), (id) => cockpits.refresh(id));
  const tick = setInterval(() => {
    if (nudges.deaf()) everyOperator();
    else heal(idsOf('operator:')).catch((error: Error) => log.warn({ error: error.message }, 'cockpits not looked over; the next tick does'));
    managerPages.everyone();
    if (nudges.deaf()) idsOf('campaign:').forEach(tellResults);
    cutEnded();
    giveUpConnecting(db).catch((error: Error) => log.warn({ error: error.message }, 'slow tick'));
  }, slowTickMs);

  const stopListening = sayListening(house);

  return {
    accountChanged: cutEnded,
    count: () => io.engine.clientsCount,
    async stop() {
      clearInterval(tick);
      managerPages.leaving();
      await io.close();
      await stopListening();
      await cockpits.idle();
      await managerPages.idle();
      bus.stop();
    },
  };
}

type WithSession = ExchangeSocket['request'] & { session?: Session & Partial<SessionData> };

/** Who opened the socket; the session's middleware has run. */
async function identify({ db }: Pick<House, 'db'>, socket: ExchangeSocket): Promise<Error | undefined> {
  const { session } = socket.request as WithSession;
  socket.data.rangFor = null;
  if (isManagerPage(socket)) {
    const page = session?.manager?.page;
    if (!session || !page || !(await isLivePage({ db }, page))) return new Error('linkOver');
    socket.data.page = page;
    return undefined;
  }
  const user = session && (await userOf({ db }, session));
  if (!user || session?.loginId === undefined) return new Error('notSignedIn');
  socket.data.user = user;
  socket.data.loginId = session.loginId;
  return undefined;
}

/** A browser may have both, a login and a manager's link: the page says which of them it is for. */
const isManagerPage = (socket: ExchangeSocket): boolean => (socket.handshake.auth as { page?: unknown }).page === 'manager';

/** The session of a page that stands open outlives an emptied Redis. */
function keepSession(store: SessionStore, socket: ExchangeSocket): void {
  const { session } = socket.request as WithSession;
  if (!session) return;
  void store.pageOpened(session.id, JSON.parse(JSON.stringify(session)) as SessionData);
  socket.once('disconnect', () => store.pageClosed(session.id));
}

/** What a page may say, and what it hears. */
function greet(house: Pick<House, 'db' | 'log'>, socket: ExchangeSocket): void {
  const { user } = socket.data;
  if (!user) return;
  listenTo(house, socket, user);
  if (user.role === 'operator') void socket.join(`operator:${user.id}`);
}
