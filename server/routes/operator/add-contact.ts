import { z } from 'zod';
import { phoneReasonText, readPhone } from '../../../domain/phone.ts';
import { addExtraContact } from '../../../platform/postgres/extra-contact.ts';
import { findOwnCall } from '../../../platform/postgres/notes.ts';
import { destinationProblem } from '../../destinations.ts';
import { answer, badField, notFound, refuse } from '../../http/answer.ts';
import { ofCall } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { refusalOf } from './refusals.ts';

export const addContact = route({
  method: 'post',
  path: '/operator/calls/{id}/contacts',
  roles: ['operator'],
  summary: 'Add a contact that was heard of in this call: queued for the other operators',
  params: ofCall,
  body: z.object({
    phone: z.string('enter the phone number').trim().min(1, 'enter the phone number').max(60, 'at most 60 characters'),
    name: z.string('enter a name').trim().min(1, 'enter a name').max(200, 'at most 200 characters'),
    note: z.string().trim().max(2_000, 'at most 2,000 characters').optional(),
  }),
  answers: { 201: '{id}' },
  async handle({ house: { db, nudges }, params, body: { phone, name, note = '' }, user }) {
    const call = await findOwnCall(db, { callId: params.id, operatorId: user.id });
    if (!call) return notFound('The call');
    if (!call.open) return refuse(409, 'callClosed', 'Contacts are added during the call and its wrap-up only.');
    const read = readPhone(phone, call.country);
    if (!read.ok) return badField('phone', phoneReasonText(read.reason));
    const { e164, extension } = read;
    const problem = await destinationProblem(db, { e164, own: call.destinations });
    if (problem !== undefined) return badField('phone', problem);
    const added = await addExtraContact(db, { operatorId: user.id, campaignId: call.campaignId, e164, name, note, nowMs: Date.now(), ...(extension === undefined ? {} : { extension }) });
    if (!added.ok) return refuse(409, added.code, refusalOf(added.code), { fields: [{ field: 'phone', message: refusalOf(added.code) }] });
    nudges.publish({ topic: 'campaign', id: call.campaignId });
    nudges.publish({ topic: 'pool' });
    return answer({ id: added.id }, 201);
  },
});
