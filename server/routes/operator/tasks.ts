import { listTasks } from '../../../platform/postgres/tasks.ts';
import { answer } from '../../http/answer.ts';
import { route } from '../../http/route.ts';

export const tasks = route({
  method: 'get',
  path: '/operator/tasks',
  roles: ['operator'],
  summary: 'The pool of running campaigns',
  answers: { 200: '{tasks: Task[]}' },
  handle: async ({ house }) => answer({ tasks: await listTasks(house.db) }),
});
