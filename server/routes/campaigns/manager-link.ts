import type { Request } from 'express';
import { z } from 'zod';
import type { Db } from '../../../platform/postgres/database.ts';
import type { User } from '../../../platform/postgres/users.ts';
import { setManagerLink } from '../../../platform/postgres/campaign-managers.ts';
import { audit } from '../../accounts/logins.ts';
import { answer, noContent, notFound } from '../../http/answer.ts';
import { rowId } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { hashOfToken, newToken } from '../../manager-links.ts';
import { tenantOf } from './tenant.ts';

async function audited(tx: Db, request: Request, user: User, action: 'managerLinked' | 'managerUnlinked', managerId: string): Promise<true> {
  await audit(tx, request, user, { action, subject: 'manager', subjectId: managerId });
  return true;
}

const params = z.object({ id: rowId, managerId: rowId });

export const makeManagerLink = route({
  method: 'post',
  path: '/campaigns/{id}/managers/{managerId}/link',
  roles: ['customer'],
  summary: 'A new personal link of a manager’s page; the one before opens nothing any more',
  params,
  answers: { 201: '{url}: shown this once' },
  async handle({ house: { db, config, nudges }, params, user, request }) {
    const token = newToken();
    const made = await db.transaction(async (tx) => (await setManagerLink(tx, { customerId: tenantOf(user), campaignId: params.id, managerId: params.managerId, linkHash: hashOfToken(token) })) && audited(tx, request, user, 'managerLinked', params.managerId));
    if (!made) return notFound('The manager’s page');
    nudges.publish({ topic: 'manager', id: params.managerId });
    return answer({ url: `${config.publicUrl.replace(/\/$/, '')}/manager/#${token}` }, 201);
  },
});

export const revokeManagerLink = route({
  method: 'delete',
  path: '/campaigns/{id}/managers/{managerId}/link',
  roles: ['customer'],
  summary: 'Take a personal link back',
  params,
  answers: { 204: 'it opens nothing any more' },
  async handle({ house: { db, nudges }, params, user, request }) {
    const taken = await db.transaction(async (tx) => (await setManagerLink(tx, { customerId: tenantOf(user), campaignId: params.id, managerId: params.managerId, linkHash: null })) && audited(tx, request, user, 'managerUnlinked', params.managerId));
    if (!taken) return notFound('The manager’s page');
    nudges.publish({ topic: 'manager', id: params.managerId });
    return noContent();
  },
});
