import { z } from 'zod';
import { disposeCall } from '../../../platform/postgres/dispositions.ts';
import { answer, badField, notFound, refuse } from '../../http/answer.ts';
import { ofCall } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { cockpitWithContact } from '../../next-contact.ts';
import { refusalOf } from './refusals.ts';

const furthestCallbackMs = 366 * 86_400_000;

export const dispose = route({
  method: 'post',
  path: '/operator/calls/{id}/disposition',
  roles: ['operator'],
  summary: 'Judge the call: ends the wrap-up, the next contact comes',
  params: ofCall,
  body: z.object({
    key: z.string('choose a result').min(1, 'choose a result').max(40),
    callbackAt: z.iso.datetime({ offset: true, error: 'a time looks like 2030-01-31T10:00:00Z' }).optional(),
    pause: z.boolean().optional(),
  }),
  answers: { 200: 'Cockpit, with the next contact' },
  async handle({ house, params, body: { key, callbackAt, pause }, user }) {
    const { db, nudges } = house;
    const callbackAtMs = callbackAt === undefined ? undefined : Date.parse(callbackAt);
    if (callbackAtMs !== undefined && (callbackAtMs < Date.now() || callbackAtMs > Date.now() + furthestCallbackMs))
      return badField('callbackAt', 'choose a time from now to a year from now');
    const judged = await disposeCall(db, { callId: params.id, operatorId: user.id, key, callbackAt: callbackAtMs, pause });
    if (!judged.ok) return judged.code === 'noSuchCall' ? notFound('The call') : refuse(409, judged.code, refusalOf(judged.code), judged.missing ? { fields: judged.missing.map((question) => ({ field: `answers.${question}`, message: 'answer this question' })) } : {});
    const cockpit = await cockpitWithContact(house, user.id);
    nudges.publish({ topic: 'operator', id: user.id });
    nudges.publish({ topic: 'campaign', id: judged.campaignId });
    return answer(cockpit);
  },
});
