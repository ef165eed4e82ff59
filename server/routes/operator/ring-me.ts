import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readPhone, phoneReasonText } from '../../../domain/phone.ts';
import { storeCredentialsForSwitch, withdrawLegCredentials } from '../../../platform/postgres/leg-credentials.ts';
import { adoptOwnPhone } from '../../../platform/postgres/operator-legs.ts';
import { useDevice } from '../../../platform/postgres/operator-devices.ts';
import { countRings } from '../../../platform/postgres/requests.ts';
import { destinationProblem } from '../../destinations.ts';
import { answer, badField, notFound, refuse, type Refusal } from '../../http/answer.ts';
import { rowId } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import type { House } from '../../house.ts';
import { pageId } from './go-on-line.ts';
import { refusalOf } from './refusals.ts';

/** Ringing, whisper and key take at most a minute. */
const liveMs = 60_000;
/** A telephone that is rung again and again is somebody else's. */
const mostRings = 15;

const body = z.object({
  pageId,
  /** One of the operator's own SIP phones, or a telephone number. */
  deviceId: rowId.optional(),
  number: z.string().trim().min(1, 'enter the phone number').max(60, 'at most 60 characters').optional(),
  country: z.string().toUpperCase().regex(/^[A-Z]{2}$/, 'a country is two letters, for example RU').default('RU'),
  language: z.enum(['ru', 'en']).default('ru'),
}).refine(({ deviceId, number }) => (deviceId === undefined) !== (number === undefined), { path: ['number'], error: 'give either a telephone number or one of your SIP phones' });

type Destination = { readonly kind: 'device'; readonly user: string } | { readonly kind: 'phone'; readonly e164: string };

export const ringMe = route({
  method: 'post',
  path: '/operator/phone/ring',
  roles: ['operator'],
  summary: 'Go on line without the browser’s sound: the exchange rings the operator’s own phone',
  body,
  answers: { 200: 'it is on line already, and with this page from now on', 202: 'it rings; the cockpit tells when the line is up' },
  async handle({ house, body: asked, user }) {
    const { db, nudges, requests } = house;
    if (await adoptOwnPhone(db, { operatorId: user.id, pageId: asked.pageId })) {
      nudges.publish({ topic: 'operator', id: user.id });
      return answer({ ringing: false });
    }
    const destination = await destinationOf(house, user.id, asked);
    if ('refused' in destination) return destination;
    if ((await countRings(db, { operatorId: user.id, withinMs: 900_000 })) >= mostRings) return refuse(429, 'tooManyRings', refusalOf('tooManyRings'), { retryAfter: 900 });
    // What the page's call-in has as its one-use credential is here a ticket for the leg that the controller makes; nobody learns its password.
    const username = `op-${user.id}-${randomBytes(12).toString('hex')}`;
    const stored = await storeCredentialsForSwitch(db, { username, operatorId: user.id, pageId: asked.pageId, a1Hash: randomBytes(16).toString('hex'), liveMs, unreachable: false });
    if (!stored) return refuse(409, 'noSwitch', refusalOf('noSwitch'));
    const result = await requests.ask({ switchId: stored.switchId, operatorId: user.id, kind: 'ring', payload: { username, destination, language: asked.language }, askedAt: user.askedAt });
    if (result && !result.ok) {
      await withdrawLegCredentials(db, { operatorId: user.id });
      nudges.publish({ topic: 'operator', id: user.id });
      return refuse(409, result.code, result.detail ?? refusalOf(result.code));
    }
    nudges.publish({ topic: 'operator', id: user.id });
    return answer({ ringing: true }, 202);
  },
});

async function destinationOf({ db }: Pick<House, 'db'>, operatorId: string, { deviceId, number = '', country }: z.output<typeof body>): Promise<Destination | Refusal> {
  if (deviceId !== undefined) {
    const device = await useDevice(db, { operatorId, id: deviceId });
    return device ? { kind: 'device', user: device.username } : notFound('The phone');
  }
  const read = readPhone(number, country);
  if (!read.ok) return badField('number', phoneReasonText(read.reason));
  if (read.extension !== undefined) return badField('number', 'a number without extension is needed');
  const problem = await destinationProblem(db, { e164: read.e164, own: null });
  return problem === undefined ? { kind: 'phone', e164: read.e164 } : badField('number', problem);
}
