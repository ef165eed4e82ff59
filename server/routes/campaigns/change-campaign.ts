import { campaignChangeSchema, type CampaignChange } from '../../../domain/campaign.ts';
import { changeCampaign as change, readCampaign } from '../../../platform/postgres/campaigns.ts';
import { checkChange, checkLogins, checkNumbers } from '../../campaign-draft.ts';
import { describeDifference, differenceOf } from '../../campaign-difference.ts';
import { audit } from '../../accounts/logins.ts';
import { answer, notFound } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { tenantOf } from './tenant.ts';

export const changeCampaign = route({
  method: 'patch',
  path: '/campaigns/{id}',
  roles: ['customer'],
  summary: 'Change what is named and different; script, questions and dispositions make a new version',
  params: ofRow,
  body: campaignChangeSchema,
  answers: { 200: 'Campaign' },
  async handle({ house: { db, config, nudges }, params, body, user, request }) {
    const lineRecords = !config.switch.standIn;
    const own = { customerId: tenantOf(user), campaignId: params.id };
    const current = await readCampaign(db, own);
    if (!current) return notFound('The campaign');
    const named = onlyNamed(body, request.body);
    const checked = checkChange(named, named.country ?? current.country, config.switch.sipHosts);
    if ('refused' in checked) return checked;
    const wrongLogin = await checkLogins(db, own.customerId, checked);
    if (wrongLogin) return wrongLogin;
    const wrongNumber = await checkNumbers(db, checked, checked.destinations === undefined ? current.destinations : checked.destinations);
    if (wrongNumber) return wrongNumber;
    const difference = differenceOf(current, checked);
    if (Object.keys(difference).length === 0) return answer({ ...current, lineRecords });
    await db.transaction(async (tx) => {
      await change(tx, { ...own, userId: user.id, change: difference });
      await audit(tx, request, user, { action: 'campaignChanged', subject: 'campaign', subjectId: params.id, details: describeDifference(current, difference) });
    });
    nudges.publish({ topic: 'pool' });
    nudges.publish({ topic: 'campaign', id: params.id });
    const changed = await readCampaign(db, own);
    return changed ? answer({ ...changed, lineRecords }) : notFound('The campaign');
  },
});

/** Zod fills defaults in for optional keys as well; a change must not touch what was not named. */
function onlyNamed(change: CampaignChange, sent: unknown): CampaignChange {
  const named = new Set(Object.keys((sent ?? {}) as object));
  return Object.fromEntries(Object.entries(change).filter(([key]) => named.has(key)));
}
