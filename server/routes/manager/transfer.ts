import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PhoneCredentials } from '../../../domain/api.ts';
import { managerOutcomes } from '../../../domain/manager-outcome.ts';
import { managerUsername, storeManagerCredentials } from '../../../platform/postgres/leg-credentials.ts';
import { saveManagerOutcome, type OpenTransfer } from '../../../platform/postgres/manager-transfers.ts';
import { readSwitchAddress } from '../../../platform/postgres/switch-service.ts';
import type { House } from '../../house.ts';
import { answer, refuse, type Refusal } from '../../http/answer.ts';
import { ofTransfer } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { mayJudge, openTransfer } from '../../manager-access.ts';
import { a1Hash, sipDomain, sipTarget } from '../../sip-domain.ts';
import { refusalOf } from '../operator/refusals.ts';

const credentialsLiveMs = 60_000;

export const readTransfer = route({
  method: 'get',
  path: '/manager/transfers/{id}',
  roles: 'anyone',
  summary: 'The transfer of a link; who it is only after Accept',
  params: ofTransfer,
  answers: { 200: 'ManagerTransfer' },
  async handle({ house, params, request }) {
    const open = await openTransfer(house, request, params.id);
    return 'refused' in open ? open : answer(open.transfer);
  },
});

/** The controller has the last word: somebody else may have been quicker. */
async function ask({ requests }: House, open: OpenTransfer, transferId: string, what: { kind: 'managerAccept' } | { kind: 'managerDecline'; reason: 'busy' | 'later' }): Promise<Refusal | undefined> {
  const { kind, ...payload } = what;
  const result = await requests.ask({ switchId: open.switchId, operatorId: open.operatorId, callId: open.callId, kind, payload: { transfer: transferId, ...payload }, askedAt: open.askedAt });
  if (!result) return refuse(503, 'noAnswer', 'The exchange does not answer: try again.', { retryAfter: 1 });
  return result.ok ? undefined : refuse(409, result.code, refusalOf(result.code));
}

export const acceptTransfer = route({
  method: 'post',
  path: '/manager/transfers/{id}/accept',
  roles: 'anyone',
  summary: 'Take the call: one-use credentials, with which the page calls in',
  params: ofTransfer,
  answers: { 201: 'PhoneCredentials' },
  async handle({ house, params, request }) {
    const open = await openTransfer(house, request, params.id);
    if ('refused' in open) return open;
    const refused = await ask(house, open, params.id, { kind: 'managerAccept' });
    if (refused) return refused;
    const { db } = house;
    // The page goes to the switch where the call is.
    const wsUrl = await readSwitchAddress(db, { switchId: open.switchId });
    if (wsUrl === undefined) return refuse(503, 'noAnswer', 'The exchange does not answer: try again.', { retryAfter: 1 });
    const username = managerUsername(randomBytes(12).toString('hex'));
    const password = randomBytes(24).toString('base64url');
    const { expiresAt } = await storeManagerCredentials(db, { username, transferId: params.id, switchId: open.switchId, a1Hash: a1Hash(username, password), liveMs: credentialsLiveMs });
    return answer({ wsUrl, domain: sipDomain, username, password, target: sipTarget, expiresAt: expiresAt.toISOString() } satisfies PhoneCredentials, 201);
  },
});

export const declineTransfer = route({
  method: 'post',
  path: '/manager/transfers/{id}/decline',
  roles: 'anyone',
  summary: 'Busy, or a call in 15 minutes instead',
  params: ofTransfer,
  body: z.object({ reason: z.enum(['busy', 'later'], 'busy or later') }),
  answers: { 200: 'ManagerTransfer' },
  async handle({ house, params, body, request }) {
    const open = await openTransfer(house, request, params.id);
    if ('refused' in open) return open;
    const refused = await ask(house, open, params.id, { kind: 'managerDecline', reason: body.reason });
    if (refused) return refused;
    house.nudges.publish({ topic: 'campaign', id: open.campaignId });
    const after = await openTransfer(house, request, params.id);
    return 'refused' in after ? after : answer(after.transfer);
  },
});

export const judgeTransfer = route({
  method: 'put',
  path: '/manager/transfers/{id}/outcome',
  roles: 'anyone',
  summary: 'What came of it: sold, interested, no',
  params: ofTransfer,
  body: z.object({ outcome: z.enum(managerOutcomes, `one of ${managerOutcomes.join(', ')}`) }),
  answers: { 200: '{outcome}' },
  async handle({ house, params, body, request }) {
    const may = await mayJudge(house, request, params.id);
    if (may !== true) return may;
    const saved = await saveManagerOutcome(house.db, { transferId: params.id, outcome: body.outcome });
    if (!saved) return refuse(409, 'notHandedOver', 'The contact was not handed over to you.');
    house.nudges.publish({ topic: 'campaign', id: saved.campaignId });
    return answer({ outcome: body.outcome });
  },
});
