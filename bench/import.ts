import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';
import { streamXlsxRows, writeXlsx } from 'hucre/xlsx';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { pino } from 'pino';
import { startPostgres } from '../local/postgres.ts';
import { migrate, openDatabase, type Db } from '../platform/postgres/database.ts';
import { importList } from '../server/imports/import-list.ts';
import { prepareThread } from '../server/imports/spare-thread.ts';

/**
 * 100,000 rows of six columns, Cyrillic, as xlsx and as csv: from the uploaded file to committed contacts. The
 * reference, measured in the same run, is the bare streaming reader (hucre, csv-parse) and then a bare COPY of the same
 * cells into a table of six text columns without index or constraint. PostgreSQL is durable, as `npm start` runs it. A
 * reading thread is ready, as it is when somebody has opened the page of the upload; what it costs to start one is told.
 */
const rowCount = 100_000;
const rounds = 3;
const log = pino({ level: 'silent' });

const say = (figure: string, value: number, unit: string, more: object) =>
  console.log(JSON.stringify({ bench: 'import', figure, value: Math.round(value * 100) / 100, unit, ...more }));

const header = ['Телефон', 'Имя', 'Компания', 'Город', 'Когда удобно', 'Примечание'];
const cities = ['Москва', 'Санкт-Петербург', 'Казань', 'Екатеринбург', 'Новосибирск', 'Владивосток'];
/** Every row differs; phones in four styles. */
function cellsOf(row: number): [string, string, string, string, string, string] {
  const digits = String(row).padStart(6, '0');
  const [a, b, c] = [`1${digits.slice(0, 2)}`, digits.slice(2, 4), digits.slice(4)];
  const phone = [`+7 (916) ${a}-${b}-${c}`, `8916${a}${b}${c}`, `8 916 ${a} ${b} ${c}`, `7916${a}${b}${c}`][row % 4] ?? '';
  return [phone, `Щербакова Алёна ${row}`, `ООО «Ёлка №${row}»`, cities[row % cities.length] ?? '', `после ${String(row % 24)}:00`, `"срочно"; ждёт 😀 ${row}`];
}
const rowsToWrite = function* () {
  yield header;
  for (let row = 0; row < rowCount; row++) yield cellsOf(row);
};

async function writeCsv(filePath: string): Promise<void> {
  const file = createWriteStream(filePath);
  const line = (cells: readonly string[]) => `${cells.map((cell) => (/[";\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(';')}\r\n`;
  for (const cells of rowsToWrite()) if (!file.write(line(cells))) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
}

/** With a table of shared strings, as Excel writes. */
async function writeWorkbook(filePath: string): Promise<void> {
  writeFileSync(filePath, await writeXlsx({ sheets: [{ name: 'Лист1', rows: [...rowsToWrite()] }], stringMode: 'shared' }));
}

interface Sample { readonly name: 'xlsx' | 'csv'; readonly filePath: string; readonly bareRows: () => AsyncIterable<readonly unknown[]> }

/** The reader with nothing behind it. */
async function readAlone({ bareRows }: Sample): Promise<number> {
  const started = performance.now();
  let rows = 0;
  for await (const cells of bareRows()) rows += cells.length > 0 ? 1 : 0;
  if (rows !== rowCount + 1) throw new Error(`${rows} rows were read`);
  return performance.now() - started;
}

/** Reader and COPY one after the other's chunk, in one thread, as the simplest program would. */
async function reference(url: string, { bareRows }: Sample): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('drop table if exists bare; create table bare (a text, b text, c text, d text, e text, f text)');
  const started = performance.now();
  const copyText = async function* () {
    let text = '';
    for await (const cells of bareRows()) {
      text += `${cells.map((cell) => String(cell ?? '').replace(/[\\\t\n\r]/g, ' ')).join('\t')}\n`;
      if (text.length < 65_536) continue;
      yield Buffer.from(text);
      text = '';
    }
    yield Buffer.from(text);
  };
  await pipeline(Readable.from(copyText()), client.query(copyFrom('copy bare from stdin')));
  const took = performance.now() - started;
  await client.query('drop table bare');
  await client.end();
  return took;
}

/**
 * The same rows, ready made, by bare COPY into the three tables that an import fills, with their indexes and foreign
 * keys: what the database alone needs, without reading, comparing or staging.
 */
async function referenceIntoTables(url: string, campaignId: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = [
    ['contacts', 'id, customer_id, campaign_id, list_id, row_number, name, company, city, time_zone, fields'],
    ['contact_numbers', 'contact_id, position, campaign_id, customer_id, e164, extension'],
    ['call_queue', 'contact_id, campaign_id, customer_id, priority, next_attempt_at'],
  ] as const;
  const copies: Buffer[][] = [];
  for (const [table, columns] of tables) {
    const pieces: Buffer[] = [];
    for await (const piece of client.query(copyTo(`copy (select ${columns} from ${table} where campaign_id = ${campaignId}) to stdout`))) pieces.push(piece as Buffer);
    copies.push(pieces);
  }
  await client.query(`delete from contacts where campaign_id = ${campaignId}`);
  await client.query('vacuum contacts, contact_numbers, call_queue');
  const started = performance.now();
  await client.query('begin');
  for (const [index, [table, columns]] of tables.entries()) await pipeline(Readable.from(copies[index] ?? []), client.query(copyFrom(`copy ${table} (${columns}) from stdin`)));
  await client.query('commit');
  const took = performance.now() - started;
  await client.end();
  return took;
}

/** The longest time between two turns of the loop, beyond the timer's own millisecond. */
function watchLoop(): { stop(): { longestMs: number; rssMb: number } } {
  let last = performance.now();
  let longest = 0;
  let rss = 0;
  const tick = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 2);
    last = now;
    rss = Math.max(rss, process.memoryUsage.rss());
  }, 2);
  return {
    stop() {
      clearInterval(tick);
      return { longestMs: longest, rssMb: rss / 1024 / 1024 };
    },
  };
}

interface Run { readonly campaignId: string; readonly tookMs: number; readonly threadMs: number; readonly longestMs: number; readonly rssMb: number; readonly outcome: string; readonly accepted: number }

/** One upload in a process of its own, as the server would do it: its memory is this import's alone. */
async function importOnce(url: string, { filePath, name }: Sample): Promise<Run> {
  const child = fork(fileURLToPath(import.meta.url), [url, filePath, name], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [run] = (await once(child, 'message')) as [Run];
  if (run.accepted !== rowCount) throw new Error(`not all rows were accepted: ${run.outcome}`);
  return run;
}

async function upload(url: string, filePath: string, name: string): Promise<Run> {
  const db = openDatabase({ url, applicationName: 'bench' });
  const ids = await db.raw<{ rows: { customer: string; user: string; campaign: string }[] }>(`
    with c as (insert into customers (name) values ('bench') returning id),
      u as (insert into users (customer_id, role, email, password_hash, name) select id, 'customer', 'bench-' || id || '@example.org', '!', 'Bench' from c returning id),
      p as (insert into campaigns (customer_id, name, country, time_zone) select id, 'bench', 'RU', 'Europe/Moscow' from c returning id)
    select c.id as customer, u.id as user, p.id as campaign from c, u, p`);
  const { customer, user, campaign } = ids.rows[0] ?? { customer: '', user: '', campaign: '' };
  const loading = performance.now();
  await prepareThread();
  const threadMs = performance.now() - loading;
  const watch = watchLoop();
  const started = performance.now();
  const outcome = await importList({
    db, customerId: customer, userId: user, filePath, fileName: `bench.${name}`, log,
    campaign: { id: campaign, country: 'RU', timeZone: 'Europe/Moscow', language: 'ru', priority: 1, window: { from: '09:00', to: '20:00', days: [1, 2, 3, 4, 5, 6, 7] } },
  });
  const tookMs = performance.now() - started;
  const watched = watch.stop();
  await db.destroy();
  return { campaignId: campaign, tookMs, threadMs, ...watched, outcome: JSON.stringify(outcome).slice(0, 300), accepted: outcome.ok ? outcome.list.accepted : 0 };
}

/** Every stored cell against what was written. */
async function countWrongCells(db: Db, campaignId: string): Promise<number> {
  const { rows } = await db.raw<{ rows: { row_number: number; name: string; company: string; city: string; fields: Record<string, string>; e164: string }[] }>(
    `select c.row_number, c.name, c.company, c.city, c.fields, n.e164 from contacts c join contact_numbers n on n.contact_id = c.id
     join call_queue q on q.contact_id = c.id where c.campaign_id = ?`,
    [campaignId],
  );
  let wrong = (rowCount - rows.length) * header.length;
  for (const { row_number, name, company, city, fields, e164 } of rows) {
    const [phone, ...texts] = cellsOf(row_number - 2);
    const stored = [name, company, city, fields['Когда удобно'], fields['Примечание']];
    wrong += texts.filter((text, index) => text !== stored[index]).length + (e164 === `+7${phone.replace(/\D/g, '').slice(-10)}` ? 0 : 1);
  }
  return wrong;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function bench(): Promise<void> {
const dataDir = mkdtempSync(path.join(tmpdir(), 'exchange-bench-'));
chmodSync(dataDir, 0o711);
const postgres = await startPostgres({ dataDir, durable: true });
const db = openDatabase({ url: postgres.url, applicationName: 'bench' });
try {
  await migrate(db);
  const samples: Sample[] = [
    { name: 'csv', filePath: path.join(dataDir, 'rows.csv'), bareRows: () => createReadStream(path.join(dataDir, 'rows.csv')).pipe(parse({ delimiter: ';' })) },
    {
      name: 'xlsx', filePath: path.join(dataDir, 'rows.xlsx'),
      bareRows: async function* () {
        for await (const { values } of streamXlsxRows(readFileSync(path.join(dataDir, 'rows.xlsx')))) yield values;
      },
    },
  ];
  await writeCsv(samples[0]?.filePath ?? '');
  await writeWorkbook(samples[1]?.filePath ?? '');
  for (const sample of samples) {
    const runs: (Run & { readonly wrongCells: number })[] = [];
    const references: number[] = [];
    const readings: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const run = await importOnce(postgres.url, sample);
      // Right behind it, so that both find the machine as busy.
      references.push(await reference(postgres.url, sample));
      readings.push(await readAlone(sample));
      runs.push({ ...run, wrongCells: await countWrongCells(db, run.campaignId) });
    }
    const tookMs = Math.min(...runs.map((run) => run.tookMs));
    const bareMs = Math.min(...references);
    say(`${sample.name}: upload to committed`, tookMs, 'ms', { reference: Math.round(bareMs), referenceIs: 'bare reader and bare COPY', ratio: Math.round((tookMs / bareMs) * 100) / 100, goal: '<= 1.5 x reference', ok: tookMs <= bareMs * 1.5 });
    const intoTables: number[] = [];
    for (const { campaignId } of runs) intoTables.push(await referenceIntoTables(postgres.url, campaignId));
    const tablesMs = Math.min(...intoTables);
    const readMs = Math.min(...readings);
    const sameTablesMs = readMs + tablesMs;
    say(`${sample.name}: upload to committed, beside COPY into the same tables`, tookMs, 'ms', { reference: Math.round(sameTablesMs), referenceIs: 'bare reader, and bare COPY of the ready rows into the three tables, with their indexes and foreign keys', readerMs: Math.round(readMs), copyMs: Math.round(tablesMs), ratio: Math.round((tookMs / sameTablesMs) * 100) / 100, goal: '<= 1.5 x reference', ok: tookMs <= sameTablesMs * 1.5 });
    say(`${sample.name}: a reading thread's start`, median(runs.map((run) => run.threadMs)), 'ms', { referenceIs: 'not in the figures above: it is ready before the upload' });
    const longest = median(runs.map((run) => run.longestMs));
    say(`${sample.name}: longest block of the main loop`, longest, 'ms', { reference: 50, goal: '<= 50', ok: longest <= 50 });
    const rss = Math.max(...runs.map((run) => run.rssMb));
    say(`${sample.name}: memory`, rss, 'MB', { reference: 400, goal: '< 400', ok: rss < 400 });
    const wrong = runs.reduce((sum, run) => sum + run.wrongCells, 0);
    say(`${sample.name}: wrong cells`, wrong, 'cells', { reference: rowCount * header.length * rounds, goal: '0', ok: wrong === 0 });
  }
} finally {
  await db.destroy();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
}

const [url, filePath, name] = process.argv.slice(2);
if (url !== undefined && filePath !== undefined && name !== undefined) process.send?.(await upload(url, filePath, name));
else await bench();
