import { z } from 'zod';
import { answer, notFound } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from '../campaigns/tenant.ts';

export const progress = route({
  method: 'get',
  path: '/lists/progress/{progressId}',
  roles: ['customer'],
  summary: 'How many rows of an upload are read so far; its form named this UUID as `progress`',
  params: z.object({ progressId: z.uuid() }),
  answers: { 200: '{rowsRead}' },
  handle({ house: { readingProgress }, params, user }) {
    const rowsRead = readingProgress.of(tenantOf(user), params.progressId);
    return Promise.resolve(rowsRead === undefined ? notFound('The reading') : answer({ rowsRead }));
  },
});
