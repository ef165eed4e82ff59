import { z } from 'zod';
import type { ManagerSession } from '../../../domain/api.ts';
import { findManagerPage } from '../../../platform/postgres/campaign-managers.ts';
import { findUnjudged } from '../../../platform/postgres/manager-transfers.ts';
import { useTransferToken } from '../../../platform/postgres/transfer-tokens.ts';
import { networkOf } from '../../http/address.ts';
import { answer, refuse } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { grantAccess } from '../../manager-access.ts';
import { hashOfToken, tokenShape } from '../../manager-links.ts';

export const openLink = route({
  method: 'post',
  path: '/manager/sessions',
  roles: 'anyone',
  summary: 'Exchange a link’s token for a cookie: a personal link, or the link of one transfer (once)',
  body: z.object({ token: z.string('give the token').regex(tokenShape, 'this is no token of a link') }),
  answers: { 201: 'ManagerSession, and the session cookie' },
  async handle({ house: { db, managerLinkLimit }, body: { token }, request }) {
    const address = networkOf(request);
    const waitMs = await managerLinkLimit.take(address);
    if (waitMs > 0) return refuse(429, 'tooManyAttempts', 'Too many links that open nothing: try again later.', { retryAfter: Math.ceil(waitMs / 1_000) });
    const hash = hashOfToken(token);
    const page = await findManagerPage(db, { linkHash: hash });
    if (page) {
      await managerLinkLimit.giveBack(address);
      // Who was in a call when the page was loaded anew is not asked to remember it.
      const unjudged = await findUnjudged(db, page);
      await grantAccess(request, { page: { managerId: page.managerId, linkHash: hash }, ...unjudged });
      return answer({ kind: 'inbox', managerName: page.managerName, campaignName: page.campaignName, hasLogin: page.hasLogin, transferId: unjudged?.transferId ?? null } satisfies ManagerSession, 201);
    }
    const used = await useTransferToken(db, { tokenHash: hash });
    if (used) {
      await managerLinkLimit.giveBack(address);
      await grantAccess(request, { transferId: used.transferId });
      return answer({ kind: 'transfer', transferId: used.transferId } satisfies ManagerSession, 201);
    }
    return refuse(401, 'linkOver', 'This link opens nothing (any more). Ask whoever gave it to you for a new one.');
  },
});
