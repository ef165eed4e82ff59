import { z } from 'zod';
import { answer } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from '../campaigns/tenant.ts';

export const progress = route({
  method: 'get',
  path: '/lists/progress/{progressId}',
  roles: ['customer'],
  summary: 'How many rows of an upload are read so far; its form named this UUID as `progress`',
  params: z.object({ progressId: z.uuid() }),
  answers: { 200: '{rowsRead}, null when nothing of this name is being read' },
  handle({ house: { readingProgress }, params, user }) {
    return Promise.resolve(answer({ rowsRead: readingProgress.of(tenantOf(user), params.progressId) ?? null }));
  },
});
