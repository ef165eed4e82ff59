/** A thousand pages in a process of their own: what they are told comes back with the moment at which it was read from the socket. */
import { io } from 'socket.io-client';
import type { Cockpit } from '../../domain/api.ts';
import { nowMs } from './uas.ts';

export interface PagesOrder { readonly url: string; readonly pages: readonly { readonly operatorId: string; readonly cookie: string }[] }
export type PagesWord = { readonly open: number } | { readonly operatorId: string; readonly callId: string; readonly state: string; readonly at: number };

const opensAtOnce = 25;

process.once('message', ({ url, pages }: PagesOrder) => void (async () => {
  for (let from = 0; from < pages.length; from += opensAtOnce)
    await Promise.all(pages.slice(from, from + opensAtOnce).map(({ operatorId, cookie }) => new Promise<void>((resolve, reject) => {
      const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders: { cookie } });
      socket.once('cockpit', () => resolve());
      socket.once('connect_error', reject);
      socket.on('cockpit', ({ call }: Cockpit) => {
        if (call) process.send?.({ operatorId, callId: call.id, state: call.state, at: nowMs() } satisfies PagesWord);
      });
    })));
  process.send?.({ open: pages.length } satisfies PagesWord);
})());
