/**
 * From the key to the voice, with 200 parked SIP legs on line: calls a second that the controller drives end to end
 * (reference: a bare loop of originates on the same FreeSWITCH), from the operator's request to the INVITE on the wire
 * (reference: a bare bridge order), and from the answer to the bridge (reference: the same of the bare bridges).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreeswitch } from '../local/freeswitch.ts';
import { bounded, within } from './calls/bounded.ts';
import { cpuPerCall, readCpu, type CpuMs } from './calls/cpu.ts';
import { openBenchHouse, percentile, sayFor, type BenchHouse, type Desk } from './calls/house.ts';
import { Legs } from './calls/legs.ts';
import { nowMs } from './calls/uas.ts';
import { finish, nextContact, press, untilAnswered } from './calls/work.ts';

const parkedLegs = 200;
const atOnce = 40;
const warmUpMs = 5_000;
const roundMs = 6_000;
/** A short call, as most are, begun one after another as people begin them; the saturated loop has calls of no length. */
const talkMs = 3_000;
const pacedMs = 15_000;
/** So many keys, fewer where the machine is slow, and no figure of less than the least. */
const [mostPresses, leastPresses] = [100, 40];
const pressingMs = 50_000;
const limitMs = 150_000;
const say = sayFor('dial');
const round = (value: number): number => Math.round(value * 10) / 10;

/** Calls a second, and what one took of the processors. */
interface Round { readonly perSecond: number; readonly cpuMsPerCall: CpuMs }

/** Originates as fast as they end, `atOnce` at a time: rung, answered, parked, killed, next. */
async function bareLoop({ hand }: BenchHouse, legs: Legs, forMs = roundMs, lastsMs = 0): Promise<Round> {
  let calls = 0;
  hand.setBusy(true);
  const before = readCpu();
  const start = performance.now();
  const end = start + forMs;
  await Promise.all(Array.from({ length: atOnce }, async (_, line) => {
    await delay(line * lastsMs / atOnce);
    while (performance.now() < end) {
      const leg = randomUUID();
      const [parked, over] = [legs.seen('parked', leg), legs.seen('hungUp', leg)];
      await hand.originateParked({ leg, destination: { kind: 'phone', e164: `+792600${String(line).padStart(3, '0')}01` }, ringTimeoutMs: 10_000 });
      await parked;
      await delay(lastsMs);
      await hand.hangup(leg, 'NORMAL_CLEARING');
      await over;
      calls += 1;
    }
  }));
  hand.setBusy(false);
  // Until the last one has ended: what was begun in time is counted, and its time as well.
  return { perSecond: (calls * 1_000) / (performance.now() - start), cpuMsPerCall: cpuPerCall(before, calls) };
}

/** Calls that the controller drives: the key, authorised, rung, answered, hung up, judged, next contact. The same number at a time. */
async function drivenLoop(house: BenchHouse, desks: readonly Desk[], forMs: number, lastsMs = 0): Promise<Round> {
  let calls = 0;
  const before = readCpu();
  const start = performance.now();
  const end = start + forMs;
  await Promise.all(desks.slice(0, atOnce).map(async (desk, line) => {
    await delay(line * lastsMs / atOnce);
    while (performance.now() < end) {
      const callId = await press(house, desk);
      await untilAnswered(house, desk, callId);
      await delay(lastsMs);
      await finish(house, desk, callId);
      calls += 1;
    }
  }));
  // Until the last one has ended: what was begun in time is counted, and its time as well.
  return { perSecond: (calls * 1_000) / (performance.now() - start), cpuMsPerCall: cpuPerCall(before, calls) };
}

async function rate(house: BenchHouse, legs: Legs, desks: readonly Desk[], step: (text: string) => void): Promise<void> {
  const best = (rounds: readonly Round[]): Round => rounds.reduce((most, each) => (each.perSecond > most.perSecond ? each : most));
  const bare: Round[] = [];
  const driven: Round[] = [];
  // Statements are prepared once a connection, and code is compiled when it has run often: a house has run for hours.
  step(`warm: ${round((await drivenLoop(house, desks, warmUpMs)).perSecond)} /s`);
  for (let index = 0; index < 2; index += 1) {
    bare.push(await bareLoop(house, legs));
    step(`bare originates ${round(bare[index]!.perSecond)} /s`);
    driven.push(await drivenLoop(house, desks, roundMs));
    step(`driven calls ${round(driven[index]!.perSecond)} /s`);
  }
  const [{ perSecond: value, cpuMsPerCall }, { perSecond: reference, cpuMsPerCall: referenceCpu }] = [best(driven), best(bare)];
  say('dial rate', value, 'calls/s', { reference: round(reference), referenceIs: `a bare loop of originates, ${atOnce} at once as well`, ratio: Math.round((value / reference) * 100) / 100, cpuMsPerCall, referenceCpuMsPerCall: referenceCpu, goal: 'ratio >= 0.9', ok: value >= 0.9 * reference });
  const [barePaced, drivenPaced] = [await bareLoop(house, legs, pacedMs, talkMs), await drivenLoop(house, desks, pacedMs, talkMs)];
  say(`dial rate with calls of ${talkMs / 1_000} s`, drivenPaced.perSecond, 'calls/s', { reference: round(barePaced.perSecond), referenceIs: `the same bare loop, ${atOnce} at once, of calls as long`, ratio: Math.round((drivenPaced.perSecond / barePaced.perSecond) * 100) / 100, cpuMsPerCall: drivenPaced.cpuMsPerCall, referenceCpuMsPerCall: barePaced.cpuMsPerCall });
}

async function keys(house: BenchHouse, legs: Legs, desks: readonly Desk[], step: (text: string) => void): Promise<void> {
  const invited = new Map<string, (at: number) => void>();
  house.uas.onInvite(({ number, at }) => invited.get(number)?.(at));
  const invite = (number: string) => within(`the INVITE for ${number}`, 10_000, new Promise<number>((resolve) => invited.set(number, resolve)));
  const [own, bare]: [number[], number[]] = [[], []];
  const [voice, bareVoice]: [number[], number[]] = [[], []];
  const spare = desks[desks.length - 1]!;
  house.hand.setBusy(true);
  await house.hand.arm(spare.leg, 'operator', 3_600_000);
  const toVoice = (leg: string) => (legs.bridged.get(leg) ?? NaN) - (legs.answered.get(leg) ?? NaN);
  const end = performance.now() + pressingMs;
  for (let index = 0; index < mostPresses && (index < leastPresses || performance.now() < end); index += 1) {
    if (index % 20 === 0) step(`key ${index}`);
    const desk = desks[index % atOnce]!;
    const contactId = await nextContact(house, desk);
    const { e164 } = (await house.db('contact_numbers').where({ contact_id: contactId }).first('e164')) as { e164: string };
    const reached = invite(e164);
    const from = nowMs();
    const [callId, at] = await Promise.all([press(house, desk), reached]);
    own.push(at - from);
    const contactLeg = await untilAnswered(house, desk, callId);
    await delay(40);
    voice.push(toVoice(contactLeg));
    await finish(house, desk, callId);

    const leg = randomUUID();
    const number = `+7926${String(index).padStart(5, '0')}01`;
    const bareReached = invite(number);
    const [bridged, over, parked] = [legs.seen('bridged', leg), legs.seen('hungUp', leg), legs.seen('parked', spare.leg)];
    const bareFrom = nowMs();
    const ordered = house.hand.dialContact({ operatorLeg: spare.leg, contactLeg: leg, destination: { kind: 'phone', e164: number }, ringTimeoutMs: 10_000 });
    bare.push((await bareReached) - bareFrom);
    if (!(await ordered).ok) throw new Error(`bare bridge order refused: ${JSON.stringify(await ordered)}`);
    await bridged;
    await delay(40);
    bareVoice.push(toVoice(leg));
    await house.hand.hangup(leg, 'NORMAL_CLEARING');
    // The next order is for a leg that has parked again, as an operator's has.
    await Promise.all([over, parked]);
    await house.hand.arm(spare.leg, 'operator', 3_600_000);
  }
  house.hand.setBusy(false);
  const p95 = (values: readonly number[]) => percentile(values, 0.95);
  say('key to INVITE, p95', p95(own), 'ms', { p50: round(percentile(own, 0.5)), reference: round(p95(bare)), referenceP50: round(percentile(bare, 0.5)), referenceIs: 'a bare bridge order to the same FreeSWITCH', parkedLegs, presses: own.length, goal: '< 25 ms', ok: p95(own) < 25 });
  say('answer to voice, p95', p95(voice), 'ms', { p50: round(percentile(voice, 0.5)), reference: round(p95(bareVoice)), referenceP50: round(percentile(bareVoice, 0.5)), referenceIs: 'the same of the bare bridges', goal: '< 25 ms', ok: p95(voice) < 25 });
}

async function main(step: (text: string) => void): Promise<void> {
  if (findFreeswitch() === undefined) return console.log(JSON.stringify({ bench: 'dial', skipped: 'no FreeSWITCH' }));
  const house = await openBenchHouse(step);
  const legs = new Legs(house.hand);
  try {
    await house.addContacts(20_000);
    const desks = await house.putOnLine(parkedLegs);
    step(`${parkedLegs} legs are parked`);
    for (const desk of desks.slice(0, atOnce)) await house.signIn(desk);
    await keys(house, legs, desks, step);
    await rate(house, legs, desks, step);
  } finally {
    await house.stop();
  }
}

await bounded('dial', limitMs, main);
