import { listManagerTransfers } from '../../../platform/postgres/manager-transfers.ts';
import { answer } from '../../http/answer.ts';
import { route } from '../../http/route.ts';

export const history = route({
  method: 'get',
  path: '/manager/history',
  roles: ['manager'],
  summary: 'Your transfers, newest first, with the missed ones and their numbers',
  answers: { 200: '{transfers: TransferHistoryItem[]}' },
  handle: async ({ house, user }) => answer({ transfers: await listManagerTransfers(house.db, { userId: user.id }) }),
});
