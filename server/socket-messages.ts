import { z } from 'zod';
import type { Role } from '../domain/api.ts';
import { ownsCampaign } from '../platform/postgres/campaigns.ts';
import { recordHeartbeat } from '../platform/postgres/operators.ts';
import { claimLeaseMs, extendLease } from '../platform/postgres/queue.ts';
import type { User } from '../platform/postgres/users.ts';
import type { House } from './house.ts';
import { rowId } from './http/ids.ts';
import type { ExchangeSocket } from './sockets.ts';

interface SocketMessage {
  readonly role: Role;
  readonly shape: z.ZodType;
  readonly handle: (house: Pick<House, 'db'>, socket: ExchangeSocket, user: User, message: never) => Promise<void>;
}
const message = <Shape extends z.ZodType>(declared: { role: Role; shape: Shape; handle: (house: Pick<House, 'db'>, socket: ExchangeSocket, user: User, message: z.output<Shape>) => Promise<void> }): SocketMessage => declared;

/** What a page of somebody signed in may say on its socket, and who may; each checked by its shape first. Nothing else is listened to. */
export const socketMessages = {
  /** The page with the standing leg is there: its leg and its contact stay its own. */
  heartbeat: message({
    role: 'operator',
    shape: z.object({ pageId: z.string().max(64) }),
    async handle({ db }, _socket, { id }, { pageId }) {
      if (await recordHeartbeat(db, { operatorId: id, pageId })) await extendLease(db, { operatorId: id, leaseMs: claimLeaseMs });
    },
  }),
  /** Only the customer's own campaign is watched. */
  campaign: message({
    role: 'customer',
    shape: z.object({ id: rowId }),
    async handle({ db }, socket, { customerId }, { id }) {
      if (customerId !== null && (await ownsCampaign(db, { customerId, campaignId: id }))) await socket.join(`campaign:${id}`);
    },
  }),
} as const satisfies Readonly<Record<string, SocketMessage>>;

/** What a manager's own page says; its link is looked at each time (manager-pages.ts). */
export const managerPageMessages = ['present'] as const;

/** Listens to what this person's role may say. */
export function listenTo(house: Pick<House, 'db' | 'log'>, socket: ExchangeSocket, user: User): void {
  for (const [name, { role, shape, handle }] of Object.entries<SocketMessage>(socketMessages)) {
    if (role !== user.role) continue;
    socket.on(name, (said) => {
      const read = shape.safeParse(said);
      if (read.success) void handle(house, socket, user, read.data as never).catch((error: Error) => house.log.warn({ userId: user.id, error: error.message }, 'socket message failed'));
    });
  }
}
