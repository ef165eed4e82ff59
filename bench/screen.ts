/**
 * From the switch's event to the screen, with 1,000 pages open: CHANNEL_ANSWER's own time until the operator's socket has
 * read that the call talks (reference: the age of the same events at a bare Event Socket). One JSON line a figure.
 */
import { fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hash } from '@node-rs/argon2';
import { EslLink } from '../calls-controller/esl/link.ts';
import { findFreeswitch } from '../local/freeswitch.ts';
import type { PagesOrder, PagesWord } from './calls/pages.ts';
import { openBenchHouse, percentile, sayFor, type BenchHouse, type Desk } from './calls/house.ts';
import { nowMs } from './calls/uas.ts';
import { finish, press } from './calls/work.ts';

const pageCount = 1_000;
const callers = 20;
const samples = 150;
const say = sayFor('screen');

/** When each contact's leg was answered, ms since the epoch: as the switch says, and as a bare listener heard it. */
function listen({ eslUrl }: BenchHouse): { answered: Map<string, { at: number; heardAt: number }>; stop(): Promise<void> } {
  const { hostname, port, password } = new URL(eslUrl);
  const answered = new Map<string, { at: number; heardAt: number }>();
  const link = new EslLink({
    host: hostname, port: Number(port), password, log: { info: () => undefined, warn: () => undefined }, onLink: () => undefined,
    onEvent: (event) => {
      if (event.type === 'CHANNEL_ANSWER') answered.set(event.getHeader('Unique-ID') ?? '', { at: Number(event.getHeader('Event-Date-Timestamp')) / 1_000, heardAt: nowMs() });
    },
  });
  link.start();
  link.setBusy(true);
  return { answered, stop: () => link.stop() };
}

async function openPages(house: BenchHouse, desks: readonly Desk[]): Promise<{ talking: Map<string, number>; close(): void }> {
  const child = fork(fileURLToPath(new URL('calls/pages.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  const talking = new Map<string, number>();
  const open = new Promise<void>((resolve, reject) => {
    child.on('message', (word: PagesWord) => {
      if ('open' in word) resolve();
      else if (word.state === 'talking' && !talking.has(word.callId)) talking.set(word.callId, word.at);
    });
    child.once('exit', () => reject(new Error('the pages ended')));
  });
  child.send({ url: house.url, pages: desks.map(({ operatorId, cookie }) => ({ operatorId, cookie })) } satisfies PagesOrder);
  await open;
  return { talking, close: () => child.kill() };
}

async function onlookers({ db, campaignId }: BenchHouse, count: number): Promise<Desk[]> {
  const password_hash = await hash('bench of the house', { memoryCost: 1_024, timeCost: 1 });
  const rows = Array.from({ length: count }, (_, index) => ({ role: 'operator', email: `onlooker-${index}@example.org`, password_hash, name: `Onlooker ${index}` }));
  const made = (await db('users').insert(rows).returning(['id', 'email'])) as { id: string; email: string }[];
  await db('operators').insert(made.map(({ id }) => ({ operator_id: id, state: 'paused', campaign_id: campaignId })));
  return made.map(({ id, email }) => ({ operatorId: id, leg: '', email, cookie: '' }));
}

async function main(): Promise<void> {
  if (findFreeswitch() === undefined) return console.log(JSON.stringify({ bench: 'screen', skipped: 'no FreeSWITCH' }));
  const house = await openBenchHouse();
  const bare = listen(house);
  try {
    await house.addContacts(5_000);
    const desks = await house.putOnLine(callers);
    const everyone = [...desks, ...(await onlookers(house, pageCount - callers))];
    for (let from = 0; from < everyone.length; from += 10) await Promise.all(everyone.slice(from, from + 10).map((desk) => house.signIn(desk)));
    const pages = await openPages(house, everyone);
    await delay(6_000);
    const own: number[] = [];
    const heard: number[] = [];
    for (let index = 0; index < samples; index += 1) {
      const desk = desks[index % callers]!;
      const callId = await press(house, desk);
      const until = performance.now() + 5_000;
      while (!pages.talking.has(callId) && performance.now() < until) await delay(5);
      const { contact_leg } = (await house.db('calls').where({ id: callId }).first('contact_leg')) as { contact_leg: string };
      const answer = bare.answered.get(contact_leg);
      if (!answer || !pages.talking.has(callId)) throw new Error('the answer reached no screen in 5 s');
      own.push(pages.talking.get(callId)! - answer.at);
      heard.push(answer.heardAt - answer.at);
      await finish(house, desk, callId);
      await delay(60);
    }
    const p95 = percentile(own, 0.95);
    say('event to screen, p95', p95, 'ms', { p50: Math.round(percentile(own, 0.5) * 10) / 10, reference: Math.round(percentile(heard, 0.95) * 100) / 100, referenceIs: 'the age of the same events at a bare Event Socket', pages: pageCount, events: own.length, goal: '< 15 ms', ok: p95 < 15 });
    pages.close();
  } finally {
    await bare.stop();
    await house.stop();
  }
}

await main();
process.exit();
