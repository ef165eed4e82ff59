import type { CallRecordings } from '../../../domain/api.ts';
import { listRecordings } from '../../../platform/postgres/recordings.ts';
import { answer, notFound } from '../../http/answer.ts';
import { ofCall } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { hearerOf, hearingRoles } from './hearer.ts';

export const callRecordings = route({
  method: 'get',
  path: '/calls/{id}/recordings',
  roles: hearingRoles,
  summary: 'What was recorded of a call: its segments in their order, with their place in the call',
  params: ofCall,
  answers: { 200: 'CallRecordings' },
  async handle({ house: { db }, params, user }) {
    const rows = await listRecordings(db, { callId: params.id, hearer: hearerOf(user) });
    if (!rows) return notFound('The call');
    const body: CallRecordings = {
      segments: rows.map(({ startedAt, erasedAt, ...row }) => ({ ...row, startedAt: startedAt.toISOString(), erasedAt: erasedAt?.toISOString() ?? null })),
    };
    return answer(body);
  },
});
