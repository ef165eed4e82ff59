/**
 * From the key to the voice, with 200 parked SIP legs on line: calls a second that the controller drives end to end
 * (reference: a bare loop of originates on the same FreeSWITCH), from the operator's request to the INVITE on the wire
 * (reference: a bare bridge order), and from the answer to the bridge (reference: the same of the bare bridges).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EslLink } from '../calls-controller/esl/link.ts';
import { findFreeswitch } from '../local/freeswitch.ts';
import { nowMs } from './calls/uas.ts';
import { openBenchHouse, percentile, sayFor, type BenchHouse, type Desk } from './calls/house.ts';
import { finish, nextContact, press, untilAnswered } from './calls/work.ts';

const parkedLegs = 200;
const atOnce = 40;
const roundMs = 8_000;
const presses = 120;
const say = sayFor('dial');

/** Waits for what the switch tells of a leg. */
class Legs {
  readonly #waiting = new Map<string, () => void>();
  readonly #link: EslLink;
  /** When each leg was answered and bridged, ms since the epoch as FreeSWITCH says. */
  readonly answered = new Map<string, number>();
  readonly bridged = new Map<string, number>();

  constructor(house: BenchHouse) {
    const { hostname, port, password } = new URL(house.eslUrl);
    const at = (event: { getHeader(name: string): string | null }) => Number(event.getHeader('Event-Date-Timestamp')) / 1_000;
    this.#link = new EslLink({
      host: hostname, port: Number(port), password, log: { info: () => undefined, warn: () => undefined }, onLink: () => undefined,
      onEvent: (event) => {
        const leg = event.getHeader('Unique-ID') ?? '';
        if (event.type === 'CHANNEL_ANSWER') this.answered.set(leg, at(event));
        if (event.type === 'CHANNEL_BRIDGE') for (const side of ['Bridge-A-Unique-ID', 'Bridge-B-Unique-ID']) this.bridged.set(event.getHeader(side) ?? '', at(event));
        this.#waiting.get(`${event.type} ${leg}`)?.();
        if (event.type === 'CHANNEL_BRIDGE') this.#waiting.get(`CHANNEL_BRIDGE ${event.getHeader('Bridge-B-Unique-ID')}`)?.();
      },
    });
    this.#link.start();
    this.#link.setBusy(true);
  }

  seen(what: string, leg: string): Promise<void> {
    const key = `${what} ${leg}`;
    return new Promise((resolve) => this.#waiting.set(key, () => {
      this.#waiting.delete(key);
      resolve();
    }));
  }

  stop(): Promise<void> { return this.#link.stop(); }
}

/** Originates as fast as they end, `atOnce` at a time: answered, killed, next. */
async function bareLoop({ hand }: BenchHouse, legs: Legs): Promise<number> {
  let calls = 0;
  const end = performance.now() + roundMs;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (performance.now() < end) {
      const leg = randomUUID();
      const [answered, over] = [legs.seen('CHANNEL_PARK', leg), legs.seen('CHANNEL_HANGUP_COMPLETE', leg)];
      await hand.originateParked({ leg, destination: { kind: 'phone', e164: '+79000000000' }, ringTimeoutMs: 10_000 });
      await answered;
      await hand.hangup(leg, 'NORMAL_CLEARING');
      await over;
      calls += 1;
    }
  }));
  return (calls * 1_000) / roundMs;
}

/** Calls that the controller drives: the key, authorised, rung, answered, hung up, judged, next contact. The same number at a time. */
async function drivenLoop(house: BenchHouse, desks: readonly Desk[]): Promise<number> {
  let calls = 0;
  const end = performance.now() + roundMs;
  await Promise.all(desks.slice(0, atOnce).map(async (desk) => {
    while (performance.now() < end) {
      const callId = await press(house, desk);
      await untilAnswered(house, callId);
      await finish(house, desk, callId);
      calls += 1;
    }
  }));
  return (calls * 1_000) / roundMs;
}

async function rate(house: BenchHouse, legs: Legs, desks: readonly Desk[]): Promise<void> {
  const bare: number[] = [];
  const driven: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    bare.push(await bareLoop(house, legs));
    driven.push(await drivenLoop(house, desks));
  }
  const [value, reference] = [Math.max(...driven), Math.max(...bare)];
  say('dial rate', value, 'calls/s', { reference: Math.round(reference * 10) / 10, referenceIs: `a bare loop of originates, ${atOnce} at once as well`, ratio: Math.round((value / reference) * 100) / 100, goal: 'ratio >= 0.9', ok: value >= 0.9 * reference });
}

async function keys(house: BenchHouse, legs: Legs, desks: readonly Desk[]): Promise<void> {
  const invited = new Map<string, (at: number) => void>();
  house.uas.onInvite(({ number, at }) => invited.get(number)?.(at));
  const invite = (number: string) => new Promise<number>((resolve) => invited.set(number, resolve));
  const [own, bare]: [number[], number[]] = [[], []];
  const [voice, bareVoice]: [number[], number[]] = [[], []];
  const spare = desks[desks.length - 1]!;
  await house.hand.arm(spare.leg, 'operator', 3_600_000);
  const toVoice = (leg: string) => (legs.bridged.get(leg) ?? NaN) - (legs.answered.get(leg) ?? NaN);
  for (let index = 0; index < presses; index += 1) {
    const desk = desks[index % atOnce]!;
    const contactId = await nextContact(house, desk);
    const { e164 } = (await house.db('contact_numbers').where({ contact_id: contactId }).first('e164')) as { e164: string };
    const reached = invite(e164);
    const from = nowMs();
    const reply = await house.ask(desk, 'POST', '/operator/calls', { contactId }) as { status: number; body: { callId: string } };
    if (reply.status !== 201) throw new Error(`not dialled: ${JSON.stringify(reply.body)}`);
    own.push((await reached) - from);
    await untilAnswered(house, reply.body.callId);
    await delay(40);
    const { contact_leg } = (await house.db('calls').where({ id: reply.body.callId }).first('contact_leg')) as { contact_leg: string };
    voice.push(toVoice(contact_leg));
    await finish(house, desk, reply.body.callId);

    const leg = randomUUID();
    const number = `+7926${String(index).padStart(5, '0')}01`;
    const bareReached = invite(number);
    const [bridged, over] = [legs.seen('CHANNEL_BRIDGE', leg), legs.seen('CHANNEL_HANGUP_COMPLETE', leg)];
    const bareFrom = nowMs();
    void house.hand.dialContact({ operatorLeg: spare.leg, contactLeg: leg, destination: { kind: 'phone', e164: number }, ringTimeoutMs: 10_000 });
    bare.push((await bareReached) - bareFrom);
    await bridged;
    await delay(40);
    bareVoice.push(toVoice(leg));
    await house.hand.hangup(leg, 'NORMAL_CLEARING');
    await over;
    await delay(20);
    await house.hand.arm(spare.leg, 'operator', 3_600_000);
  }
  const p95 = (values: readonly number[]) => percentile(values, 0.95);
  say('key to INVITE, p95', p95(own), 'ms', { p50: Math.round(percentile(own, 0.5) * 10) / 10, reference: Math.round(p95(bare) * 100) / 100, referenceIs: 'a bare bridge order to the same FreeSWITCH', parkedLegs, presses, goal: '< 25 ms', ok: p95(own) < 25 });
  say('answer to voice, p95', p95(voice), 'ms', { p50: Math.round(percentile(voice, 0.5) * 10) / 10, reference: Math.round(p95(bareVoice) * 100) / 100, referenceIs: 'the same of the bare bridges', goal: '< 25 ms', ok: p95(voice) < 25 });
}

async function main(): Promise<void> {
  if (findFreeswitch() === undefined) return console.log(JSON.stringify({ bench: 'dial', skipped: 'no FreeSWITCH' }));
  const house = await openBenchHouse();
  const legs = new Legs(house);
  try {
    await house.addContacts(20_000);
    const desks = await house.putOnLine(parkedLegs);
    for (const desk of desks.slice(0, atOnce)) await house.signIn(desk);
    await keys(house, legs, desks);
    await rate(house, legs, desks);
  } finally {
    await legs.stop();
    await house.stop();
  }
}

await main();
process.exit();
