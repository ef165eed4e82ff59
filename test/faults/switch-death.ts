import { expect } from 'vitest';
import { press, soundBothWays } from '../browser/chromium.ts';
import { anOperatorOnLine, ask, callIn, dialNext, readCall, until } from '../support/house.ts';
import { aCampaign, aContact, aNumber } from '../support/rows.ts';
import type { Desk } from './desk.ts';
import { figure } from './figures.ts';

const mostMs = 60_000;

/** Calls beside the page's: one rings, one is briefed, one handed over. Robots play their operators. */
async function otherCalls({ db, hand }: Desk): Promise<{ ringing: string; briefing: string; handedOver: string }> {
  const begin = async (digits: string, state: 'dialling' | 'talking') => {
    const campaignId = await aCampaign(db);
    await aContact(db, campaignId, { numbers: [aNumber(digits)] });
    const { operatorId } = await anOperatorOnLine(db, hand, campaignId);
    const { callId } = await dialNext(db, operatorId, campaignId);
    await callIn(db, callId, state);
    return { callId, operatorId };
  };
  const [ringing, briefing, handedOver] = await Promise.all([begin('91', 'dialling'), begin('97', 'talking'), begin('97', 'talking')]);
  const { contact_leg } = await readCall(db, ringing.callId);
  await until(() => hand.exists(contact_leg), 'the telephone that rings');
  await Promise.all([briefing, handedOver].map(async ({ callId, operatorId }) => {
    expect(await ask(db, operatorId, 'transfer', callId)).toEqual({ ok: true });
    await callIn(db, callId, 'briefing');
  }));
  expect(await ask(db, handedOver.operatorId, 'handOver', handedOver.callId)).toEqual({ ok: true });
  await callIn(db, handedOver.callId, 'handedOver');
  return { ringing: ringing.callId, briefing: briefing.callId, handedOver: handedOver.callId };
}

/**
 * The switch is killed in the middle of the page's talk and of others' calls, and started again: every call ends with its
 * cause, every contact is free, and the page is on line again without a click and makes the next call.
 */
export async function surviveSwitchDeath(desk: Desk, callId: string, note: string): Promise<void> {
  const { db, exchange, operator, operatorId, campaignId, name } = desk;
  const { page } = operator;
  await aContact(db, campaignId, { name: 'Boris', numbers: [aNumber('97')] });
  const calls = { ...(await otherCalls(desk)), page: callId };
  await exchange.freeswitch.kill();
  const killedAt = performance.now();
  const killedDate = Date.now();
  // Everybody has noticed by then.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await exchange.freeswitch.startAgain();
  const backAt = performance.now();
  const say = (what: string) => figure('switch killed and restarted', `${name ?? 'freeswitch'}: ${what}`, performance.now() - backAt);

  const ended = Object.fromEntries(await Promise.all(Object.entries(calls).map(async ([which, id]) => [which, await callIn(db, id, 'ended', mostMs)] as const)));
  say('every call ended, after it was back');
  expect(ended['ringing']).toMatchObject({ outcome: 'unknown', ended_by: 'unknown', hangup_cause: 'SWITCH_RESTARTED', answered_at: null });
  expect(ended['briefing']).toMatchObject({ outcome: 'talked', ended_by: 'network', hangup_cause: 'SWITCH_RESTARTED' });
  expect(ended['handedOver']).toMatchObject({ outcome: 'handedOver', ended_by: 'network', hangup_cause: 'SWITCH_RESTARTED' });
  expect(ended['page']).toMatchObject({ outcome: 'talked', ended_by: 'network', hangup_cause: 'SWITCH_RESTARTED', notes: note });
  for (const call of Object.values(ended)) {
    expect(call).toMatchObject({ operator_bound: false, number_live: false });
    // The talk ended when the switch did, not when somebody looked.
    expect(call.ended_at!.getTime()).toBeLessThan(killedDate + 1_000);
  }
  // Whether it rang nobody knows: by the rules of "no answer", in two hours.
  const waiting = (await db('call_queue').where({ contact_id: db('calls').where({ id: calls.ringing }).select('contact_id') }).first('next_attempt_at', 'claimed_by')) as { next_attempt_at: Date; claimed_by: string | null };
  expect(waiting.claimed_by).toBeNull();
  expect(waiting.next_attempt_at.getTime()).toBeGreaterThan(Date.now() + 600_000);

  await until(async () => (await db('operators').where({ operator_id: operatorId }).whereNotNull('leg').whereNot('leg', ended['page']!.operator_leg).first('leg')) as unknown, 'the new leg', mostMs);
  await desk.phoneIs('up', mostMs);
  await desk.shows('How did it end?');
  say('operator’s line back, after the switch was');
  expect(performance.now() - killedAt).toBeLessThan(mostMs);
  expect(await page.inputValue('#notes')).toBe(note);
  await page.locator('body').click({ position: { x: 5, y: 5 } });
  await press(page, '4');
  await desk.shows('Boris');
  await press(page, 'c');
  await desk.shows('Talking');
  await soundBothWays(page);
}
