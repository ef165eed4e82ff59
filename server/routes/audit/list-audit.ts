import { z } from 'zod';
import type { AuditPage } from '../../../domain/api.ts';
import { auditActions, listAudit } from '../../../platform/postgres/audit.ts';
import { answer } from '../../http/answer.ts';
import { rowId } from '../../http/ids.ts';
import { route } from '../../http/route.ts';

const pageSize = 50;

export const readAudit = route({
  method: 'get',
  path: '/audit',
  roles: ['admin'],
  summary: 'The audit log, newest first',
  query: z.object({ cursor: rowId.optional(), action: z.enum(auditActions).optional() }),
  answers: { 200: 'AuditPage' },
  async handle({ house, query: { cursor, action } }) {
    const entries = await listAudit(house.db, { before: cursor ?? null, action: action ?? null, limit: pageSize + 1 });
    const shown = entries.slice(0, pageSize);
    return answer({
      entries: shown.map(({ at, ...entry }) => ({ ...entry, at: at.toISOString() })),
      next: entries.length > pageSize ? (shown.at(-1)?.id ?? null) : null,
    } satisfies AuditPage);
  },
});
