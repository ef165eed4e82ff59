import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { NewDevice } from '../../../domain/api.ts';
import { addDevice, listDevices, revokeDevice } from '../../../platform/postgres/operator-devices.ts';
import { answer, noContent, notFound, refuse } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { a1Hash, sipDomain } from '../../sip-domain.ts';
import { refusalOf } from './refusals.ts';

export const devices = route({
  method: 'get',
  path: '/operator/devices',
  roles: ['operator'],
  summary: 'The operator’s own SIP phones',
  answers: { 200: '{devices: OperatorDevice[]}' },
  handle: async ({ house: { db }, user }) => answer({ devices: await listDevices(db, { operatorId: user.id }) }),
});

export const makeDevice = route({
  method: 'post',
  path: '/operator/devices',
  roles: ['operator'],
  summary: 'A credential for one SIP phone: the password is shown this once',
  body: z.object({ name: z.string('name the phone').trim().min(1, 'name the phone').max(60, 'at most 60 characters') }),
  answers: { 201: 'NewDevice' },
  async handle({ house: { db, config }, body: { name }, user }) {
    if (config.switch.standIn) return refuse(409, 'noDevicesHere', refusalOf('noDevicesHere'));
    const username = `dev-${user.id}-${randomBytes(8).toString('hex')}`;
    const password = randomBytes(18).toString('base64url');
    const made = await addDevice(db, { operatorId: user.id, name, username, a1Hash: a1Hash(username, password) });
    if (!made) return refuse(409, 'tooManyDevices', refusalOf('tooManyDevices'));
    const device: NewDevice = { id: made.id, name, username, password, domain: sipDomain, server: config.switch.sipAddress };
    return answer(device, 201);
  },
});

export const dropDevice = route({
  method: 'delete',
  path: '/operator/devices/{id}',
  roles: ['operator'],
  summary: 'Take a SIP phone’s credential back',
  params: ofRow,
  answers: { 204: 'taken back' },
  async handle({ house: { db }, params, user }) {
    return (await revokeDevice(db, { operatorId: user.id, id: params.id })) ? noContent() : notFound('The phone');
  },
});
