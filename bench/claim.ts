import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startPostgres } from '../local/postgres.ts';
import { migrate, openDatabase, type Db } from '../platform/postgres/database.ts';
import { claimFreshContact, ClaimHints } from '../platform/postgres/queue.ts';

/**
 * Claims out of 1,000,000 contacts, half of them of high priority and not yet due, by 50 operators: as fast as they can,
 * at 100 a second, and while a report holds a snapshot open. The reference is a bare `UPDATE … FOR UPDATE SKIP LOCKED`
 * on a table of three columns through the same driver, in the same run. PostgreSQL is durable, as `npm start` runs it.
 */
const contactCount = 1_000_000;
const operators = 50;
const phaseMs = 5_000;

const say = (figure: string, value: number, unit: string, more: object) =>
  console.log(JSON.stringify({ bench: 'claim', figure, value: Math.round(value * 100) / 100, unit, ...more }));
const percentile = (times: number[], p: number) => times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * p))] ?? 0;

/** Operators in a closed loop until the time is over. */
async function closedLoop(claim: (operator: number) => Promise<string | undefined>): Promise<{ perSecond: number; ids: string[]; times: number[] }> {
  const ids: string[] = [];
  const times: number[] = [];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: operators }, async (_, operator) => {
      while (performance.now() - start < phaseMs) {
        const asked = performance.now();
        const id = await claim(operator + 1);
        if (id === undefined) throw new Error('nothing to claim');
        ids.push(id);
        times.push(performance.now() - asked);
      }
    }),
  );
  return { perSecond: (ids.length * 1000) / (performance.now() - start), ids, times };
}

/** One claim every 10 ms, whether or not the one before has been answered. */
async function openLoop(claim: (operator: number) => Promise<string | undefined>): Promise<{ ids: string[]; times: number[] }> {
  const ids: string[] = [];
  const times: number[] = [];
  const pending: Promise<void>[] = [];
  const start = performance.now();
  for (let i = 0; i < phaseMs / 10; i += 1) {
    const due = start + i * 10;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    pending.push(
      claim((i % operators) + 1).then((id) => {
        if (id !== undefined) ids.push(id);
        // From when it was due, so that a late start counts.
        times.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(pending);
  return { ids, times };
}

async function fill(db: Db): Promise<string> {
  await db.raw(`insert into customers (name) values ('bench')`);
  await db.raw(`insert into users (role, email, password_hash, name) select 'operator', 'o' || n || '@example.org', '!', 'o' || n from generate_series(1, ${operators}) n`);
  await db.raw(`insert into campaigns (customer_id, name, country, time_zone, state) values (1, 'bench', 'RU', 'Europe/Moscow', 'running')`);
  await db.raw(`insert into contacts (customer_id, campaign_id, name, time_zone) select 1, 1, 'Contact ' || n, 'Europe/Moscow' from generate_series(1, ${contactCount}) n`);
  await db.raw(`insert into contact_numbers (contact_id, position, campaign_id, customer_id, e164) select id, 0, 1, 1, '+79' || lpad(id::text, 9, '0') from contacts`);
  await db.raw(`insert into call_queue (contact_id, campaign_id, customer_id, priority, next_attempt_at)
    select id, 1, 1, case when id % 2 = 0 then 3 else 1 end, case when id % 2 = 0 then now() + interval '1 day' else now() - interval '1 hour' end from contacts`);
  // Each operator has entered a few numbers, so that the look at them is part of what is measured.
  await db.raw(`insert into operator_entered_numbers (operator_id, e164) select u.id, '+79' || lpad((u.id * 7 + n)::text, 9, '0') from users u, generate_series(1, 5) n`);
  await db.raw(`create table bare_queue as select id, id % 2 = 0 as taken, 0::bigint as claimed_by from contacts; alter table bare_queue add primary key (id); create index on bare_queue (id) where not taken`);
  for (const table of ['call_queue', 'contacts', 'contact_numbers', 'bare_queue', 'operator_entered_numbers']) await db.raw(`vacuum analyze ${table}`);
  return '1';
}

const dataDir = mkdtempSync(path.join(tmpdir(), 'exchange-bench-'));
chmodSync(dataDir, 0o711);
const postgres = await startPostgres({ dataDir, durable: true });
const db = openDatabase({ url: postgres.url, applicationName: 'bench', poolMax: 16 });
try {
  await migrate(db);
  const campaignId = await fill(db);
  const all: string[] = [];
  const hints = new ClaimHints();
  const claim = async (operator: number) => (await claimFreshContact(db, { operatorId: String(operator), campaignId }, hints))?.contactId;
  const bare = async (operator: number) => {
    const { rows } = await db.raw<{ rows: { id: string }[] }>(
      `update bare_queue set taken = true, claimed_by = ? where id = (select id from bare_queue where not taken order by id limit 1 for update skip locked) returning id`, [operator]);
    return rows[0]?.id;
  };

  const reference = await closedLoop(bare);
  const closed = await closedLoop(claim);
  all.push(...closed.ids);
  say('closed loop, 50 operators', closed.perSecond, 'claims/s', { reference: Math.round(reference.perSecond), goal: '>= 5000', ok: closed.perSecond >= 5_000 });

  const open = await openLoop(claim);
  all.push(...open.ids);
  const p95 = percentile(open.times, 0.95);
  say('100 a second, p95', p95, 'ms', { reference: Math.round(percentile(reference.times, 0.95) * 100) / 100, referenceIs: 'bare claim in a closed loop, p95', goal: '< 5', ok: p95 < 5 });

  const report = new pg.Client({ connectionString: postgres.url });
  await report.connect();
  await report.query('begin isolation level repeatable read');
  await report.query('select count(*) from call_queue');
  const bareHeld = await closedLoop(bare);
  const held = await closedLoop(claim);
  all.push(...held.ids);
  await report.query('commit');
  await report.end();
  say('while a report holds a snapshot', held.perSecond, 'claims/s', { reference: Math.round(bareHeld.perSecond), goal: '>= 1000', ok: held.perSecond >= 1_000 });

  const twice = all.length - new Set(all).size;
  say('claimed twice', twice, 'contacts', { of: all.length, goal: '= 0', ok: twice === 0 });
} finally {
  await db.destroy();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
