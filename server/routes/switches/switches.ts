import { z } from 'zod';
import { recordAudit } from '../../../platform/postgres/audit.ts';
import { listSwitches, setDraining } from '../../../platform/postgres/switch-service.ts';
import { addressOf } from '../../http/address.ts';
import { answer, notFound } from '../../http/answer.ts';
import { route } from '../../http/route.ts';

export const readSwitches = route({
  method: 'get',
  path: '/switches',
  roles: ['admin'],
  summary: 'The switches with what stands on them',
  answers: { 200: '{switches: SwitchState[]}' },
  handle: async ({ house }) => answer({ switches: await listSwitches(house.db) }),
});

export const drainSwitch = route({
  method: 'put',
  path: '/switches/{id}',
  roles: ['admin'],
  summary: 'Take a switch out of service (nothing new starts there, operators are moved to another between calls) or back into it',
  params: z.object({ id: z.string().min(1).max(64) }),
  body: z.object({ draining: z.boolean('true takes it out, false brings it back') }),
  answers: { 200: '{switches: SwitchState[]}' },
  async handle({ house: { db, nudges, log }, params: { id }, body: { draining }, user, request }) {
    const found = await db.transaction(async (trx) => {
      if (!(await setDraining(trx, { switchId: id, draining }))) return false;
      await recordAudit(trx, { userId: user.id, role: user.role, address: addressOf(request), action: draining ? 'switchDrained' : 'switchResumed', subject: 'switch', subjectId: id });
      return true;
    });
    if (!found) return notFound('The switch');
    log.info({ switchId: id, draining, userId: user.id }, draining ? 'switch is taken out of service' : 'switch is back in service');
    nudges.publish({ topic: 'switch', id });
    return answer({ switches: await listSwitches(db) });
  },
});
