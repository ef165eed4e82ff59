import { z } from 'zod';
import type { AdminLines } from '../../../domain/api.ts';
import { destinationTypes } from '../../../domain/destination-types.ts';
import { clearSpendAlarm, listAlarms, readSpend } from '../../../platform/postgres/alarms.ts';
import type { Db } from '../../../platform/postgres/database.ts';
import { changeLines, listTrunks } from '../../../platform/postgres/trunks.ts';
import { audit } from '../../accounts/logins.ts';
import { answer, refuse } from '../../http/answer.ts';
import { rowId } from '../../http/ids.ts';
import { route } from '../../http/route.ts';

const e164 = z.string().regex(/^\+[1-9][0-9]{6,14}$/, 'a number looks like +74951234567').nullable();
const minor = z.number().int('whole minor units').min(0, 'not below 0').max(1_000_000_000_000, 'at most 1,000,000,000,000');
const limit = (most: number) => z.number().int().min(1, 'at least 1').max(most, `at most ${most}`).nullable();

const trunk = z.object({
  id: z.string().regex(/^[a-z0-9_-]{1,32}$/, 'a trunk’s id is its gateway’s name'),
  callsPerSecond: limit(1_000).optional(), concurrency: limit(10_000).optional(), pricePerMinute: minor.optional(), callerId: e164.optional(),
  countries: z.array(z.string().toUpperCase().regex(/^[A-Z]{2}$/, 'a country is two letters, for example RU')).min(1, 'allow at least one country').nullable().optional(),
  types: z.array(z.enum(destinationTypes)).min(1, 'allow at least one kind of number').optional(),
  /** All of them; longest prefix wins. */
  rates: z.array(z.object({ prefix: z.string().regex(/^[1-9][0-9]{0,14}$/, 'a prefix is digits without the plus'), pricePerMinute: minor })).max(20_000, 'at most 20,000 prices').optional(),
});
const campaign = z.object({ id: rowId, callerId: e164.optional(), maxLiveCalls: limit(10_000).optional(), maxCallsPerSecond: limit(1_000).optional() });

export const readLines = route({
  method: 'get',
  path: '/admin/lines',
  roles: ['admin'],
  summary: 'Trunks with their limits, today’s spend and its cap, alarms',
  answers: { 200: 'AdminLines' },
  handle: async ({ house: { db } }) => answer(await lines(db)),
});

export const changeLine = route({
  method: 'patch',
  path: '/admin/lines',
  roles: ['admin'],
  summary: 'Change the daily spend cap, a trunk, or a campaign’s caller ID and caps; what is not named stays',
  body: z.object({ dailySpendCapMinor: minor.optional(), trunk: trunk.optional(), campaign: campaign.optional() }),
  answers: { 200: 'AdminLines' },
  async handle({ house: { db, log, nudges }, body, user, request }) {
    const changed = await db.transaction(async (tx) => {
      const done = await changeLines(tx, body);
      if (done === 'changed') await audit(tx, request, user, { action: 'linesChanged', subject: 'lines', subjectId: body.trunk?.id ?? body.campaign?.id ?? 'house', details: { what: Object.keys(body).join(', '), dailySpendCapMinor: body.dailySpendCapMinor ?? null } });
      return done;
    });
    if (changed !== 'changed') return refuse(404, 'notFound', `There is no such ${changed}.`);
    log.warn({ userId: user.id, changed: Object.keys(body), trunkId: body.trunk?.id, campaignId: body.campaign?.id }, 'lines changed');
    // At once, and where no controller runs as well.
    if (body.dailySpendCapMinor !== undefined && (await clearSpendAlarm(db))) nudges.publish({ topic: 'alarm', id: 'spendCapReached' });
    return answer(await lines(db));
  },
});

const lines = async (db: Db): Promise<AdminLines> => ({ trunks: await listTrunks(db), spend: await readSpend(db), alarms: await listAlarms(db) });
