import { z } from 'zod';
import { takeCampaign as take } from '../../../platform/postgres/operators.ts';
import { answer, refuse } from '../../http/answer.ts';
import { rowId } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { cockpitWithContact } from '../../next-contact.ts';
import { refusalOf } from './refusals.ts';

export const takeCampaign = route({
  method: 'post',
  path: '/operator/campaign',
  roles: ['operator'],
  summary: 'Take a campaign from the pool, or leave (null); between calls only',
  body: z.object({ campaignId: rowId.nullable() }),
  answers: { 200: 'Cockpit, with the next contact' },
  async handle({ house, body: { campaignId }, user }) {
    const taken = await take(house.db, { operatorId: user.id, campaignId });
    if (!taken.ok) return refuse(taken.code === 'noSuchCampaign' ? 404 : 409, taken.code, refusalOf(taken.code));
    const cockpit = await cockpitWithContact(house, user.id);
    house.nudges.publish({ topic: 'operator', id: user.id });
    for (const id of new Set([taken.former, campaignId])) if (id !== null) house.nudges.publish({ topic: 'campaign', id });
    return answer(cockpit);
  },
});
