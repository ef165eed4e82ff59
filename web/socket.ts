import { io, type Socket } from 'socket.io-client';
import type { Cockpit, ManagerRinging } from '../domain/api.ts';

export interface ExchangeSocket {
  close(): void;
}
export interface SocketHandlers {
  /** Also after each reconnection: what was said meanwhile is lost, so the page reads again. */
  readonly connected: () => void;
  readonly disconnected: () => void;
  /** The server has cut this page: whoever was signed out elsewhere learns it by asking. */
  readonly cut: () => void;
  readonly cockpit?: (cockpit: Cockpit) => void;
  readonly results?: (campaignId: string) => void;
}

const heartbeatMs = 5_000;

/** WebSocket alone: what goes over several requests would have to reach the same server each time. */
const connection = { withCredentials: true, transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 4_000 };

export function openSocket(subject: { readonly pageId: string } | { readonly campaignId: string }, handlers: SocketHandlers): ExchangeSocket {
  const socket = io(connection);
  const beat = () => { if ('pageId' in subject && socket.connected) socket.emit('heartbeat', { pageId: subject.pageId }); };
  socket.on('connect', () => {
    if ('campaignId' in subject) socket.emit('campaign', { id: subject.campaignId });
    beat();
    handlers.connected();
  });
  socket.on('disconnect', (reason) => {
    handlers.disconnected();
    if (reason !== 'io server disconnect') return;
    handlers.cut();
    socket.connect();
  });
  const stopTrying = onRefused(socket, handlers.disconnected);
  if (handlers.cockpit) socket.on('cockpit', handlers.cockpit);
  if (handlers.results) socket.on('results', ({ id }: { id: string }) => handlers.results?.(id));
  const timer = setInterval(beat, heartbeatMs);
  return {
    close() {
      clearInterval(timer);
      stopTrying();
      socket.close();
    },
  };
}

const tryAgainMs = 3_000;

/** socket.io tries again by itself when nobody answers, but not after a server's no: one that had no database said it for the moment only. */
function onRefused(socket: Socket, tell: (error: Error) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  socket.on('connect_error', (error) => {
    tell(error);
    clearTimeout(timer);
    if (!socket.active && error.message === 'notAvailable') timer = setTimeout(() => socket.connect(), tryAgainMs);
  });
  return () => clearTimeout(timer);
}

export interface ManagerSocketHandlers {
  readonly connected: () => void;
  readonly disconnected: () => void;
  readonly ringing: (told: ManagerRinging) => void;
  /** The personal link was taken back or replaced. */
  readonly linkOver: () => void;
}

/** A manager's page says that it stands open, and is rung. */
export function openManagerSocket(handlers: ManagerSocketHandlers): ExchangeSocket {
  const socket = io({ ...connection, auth: { page: 'manager' } });
  const timer = setInterval(() => { if (socket.connected) socket.emit('present'); }, heartbeatMs);
  socket.on('connect', handlers.connected);
  socket.on('disconnect', handlers.disconnected);
  const stopTrying = onRefused(socket, (error) => { if (error.message === 'linkOver') handlers.linkOver(); else handlers.disconnected(); });
  socket.on('ringing', handlers.ringing);
  socket.on('linkOver', handlers.linkOver);
  return {
    close() {
      clearInterval(timer);
      stopTrying();
      socket.close();
    },
  };
}
