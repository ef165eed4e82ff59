import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PhoneCredentials } from '../../../domain/api.ts';
import { storeCredentialsForSwitch } from '../../../platform/postgres/leg-credentials.ts';
import { answer, refuse } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { refusalOf } from './refusals.ts';
import { a1Hash, sipDomain, sipTarget } from '../../sip-domain.ts';

const liveMs = 120_000;
export const pageId = z.string('name the page').regex(/^[A-Za-z0-9_-]{1,64}$/, 'a page id has at most 64 letters, digits, - and _');

export const goOnLine = route({
  method: 'post',
  path: '/operator/phone',
  roles: ['operator'],
  summary: 'Go on line: one-use credentials, with which the page calls in',
  body: z.object({ pageId, unreachable: z.boolean('whether the former switch was tried and not reached').default(false) }),
  answers: { 201: 'PhoneCredentials' },
  async handle({ house: { db, nudges }, body, user }) {
    const username = `op-${user.id}-${randomBytes(12).toString('hex')}`;
    const password = randomBytes(24).toString('base64url');
    const stored = await storeCredentialsForSwitch(db, { username, operatorId: user.id, pageId: body.pageId, a1Hash: a1Hash(username, password), liveMs, unreachable: body.unreachable });
    if (!stored) return refuse(409, 'noSwitch', refusalOf('noSwitch'));
    nudges.publish({ topic: 'operator', id: user.id });
    const credentials: PhoneCredentials = { wsUrl: stored.wsUrl, domain: sipDomain, username, password, target: sipTarget, expiresAt: stored.expiresAt.toISOString() };
    return answer(credentials, 201);
  },
});
