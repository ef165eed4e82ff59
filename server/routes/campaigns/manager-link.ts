import { z } from 'zod';
import { setManagerLink } from '../../../platform/postgres/campaign-managers.ts';
import { answer, noContent, notFound } from '../../http/answer.ts';
import { rowId } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { hashOfToken, newToken } from '../../manager-links.ts';
import { tenantOf } from './tenant.ts';

const params = z.object({ id: rowId, managerId: rowId });

export const makeManagerLink = route({
  method: 'post',
  path: '/campaigns/{id}/managers/{managerId}/link',
  roles: ['customer'],
  summary: 'A new personal link of a manager’s page; the one before opens nothing any more',
  params,
  answers: { 201: '{url}: shown this once' },
  async handle({ house: { db, config, nudges }, params, user }) {
    const token = newToken();
    const made = await setManagerLink(db, { customerId: tenantOf(user), campaignId: params.id, managerId: params.managerId, linkHash: hashOfToken(token) });
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
  async handle({ house: { db, nudges }, params, user }) {
    if (!(await setManagerLink(db, { customerId: tenantOf(user), campaignId: params.id, managerId: params.managerId, linkHash: null }))) return notFound('The manager’s page');
    nudges.publish({ topic: 'manager', id: params.managerId });
    return noContent();
  },
});
