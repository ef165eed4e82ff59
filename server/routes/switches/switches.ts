import { z } from 'zod';
import { recordAudit } from '../../../platform/postgres/audit.ts';
import { declareSwitchLost } from '../../../platform/postgres/lost-switch.ts';
import { listSwitches, setDraining } from '../../../platform/postgres/switch-service.ts';
import { addressOf } from '../../http/address.ts';
import { answer, notFound, refuse } from '../../http/answer.ts';
import { route } from '../../http/route.ts';

const params = z.object({ id: z.string().min(1).max(64) });

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
  params,
  body: z.object({ draining: z.boolean('true takes it out, false brings it back') }),
  answers: { 200: '{switches: SwitchState[]}' },
  async handle({ house: { db, nudges, log }, params: { id }, body: { draining }, user, request }) {
    const done = await db.transaction(async (trx) => {
      const changed = await setDraining(trx, { switchId: id, draining });
      if (changed === 'changed') await recordAudit(trx, { userId: user.id, role: user.role, address: addressOf(request), action: draining ? 'switchDrained' : 'switchResumed', subject: 'switch', subjectId: id });
      return changed;
    });
    if (done === 'noSwitch') return notFound('The switch');
    if (done === 'stillLost') return refuse(409, 'switchStillLost', 'It was declared lost and is not up: start the switch and its controller first.');
    log.info({ switchId: id, draining, userId: user.id }, draining ? 'switch is taken out of service' : 'switch is back in service');
    nudges.publish({ topic: 'switch', id });
    return answer({ switches: await listSwitches(db) });
  },
});

export const loseSwitch = route({
  method: 'post',
  path: '/switches/{id}/lost',
  roles: ['admin'],
  summary: 'Declare a switch lost for good: its calls are closed, contacts and numbers are free, its operators can go on line elsewhere',
  params,
  body: z.object({ confirm: z.boolean('true: close its calls though a controller held it lately; it must be drained').default(false) }),
  answers: { 200: '{switches: SwitchState[], callsClosed, operatorsFreed}' },
  async handle({ house: { db, nudges, log }, params: { id }, body: { confirm }, user, request }) {
    const done = await db.transaction(async (trx) => {
      const lost = await declareSwitchLost(trx, { switchId: id, confirmed: confirm });
      if (lost.kind === 'lost')
        await recordAudit(trx, { userId: user.id, role: user.role, address: addressOf(request), action: 'switchDeclaredLost', subject: 'switch', subjectId: id, details: { calls: lost.calls, operators: lost.operatorIds.length } });
      return lost;
    });
    switch (done.kind) {
      case 'noSwitch': return notFound('The switch');
      case 'held': return refuse(409, 'switchHeld', 'A controller holds it, or did a minute ago: drain it first, or wait a minute.');
      case 'notConfirmed': return refuse(409, 'switchNotConfirmed', 'A controller holds it, or did a minute ago: confirm that its calls are to be closed.');
      case 'lost': break;
      default: return done satisfies never;
    }
    log.warn({ switchId: id, userId: user.id, calls: done.calls, operators: done.operatorIds.length }, 'switch is declared lost');
    nudges.publish({ topic: 'switch', id });
    for (const operatorId of done.operatorIds) nudges.publish({ topic: 'operator', id: operatorId });
    for (const campaignId of done.campaignIds) nudges.publish({ topic: 'campaign', id: campaignId });
    return answer({ switches: await listSwitches(db), callsClosed: done.calls, operatorsFreed: done.operatorIds.length });
  },
});
