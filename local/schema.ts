import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openDatabase, type Knex } from '../platform/postgres/database.ts';
import { startPostgres } from './postgres.ts';

/**
 * The schema as the migrations make it, read from PostgreSQL's own catalogues (the npm package brings no pg_dump) and
 * written in one order, so that a change of a migration is a change of `migrations/schema.sql` that a reviewer sees.
 */
export async function dumpSchema(db: Knex): Promise<string> {
  const tables = await lines(db, `
    select 'create table ' || c.relname || ' (' || chr(10) || string_agg('  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || case when a.attidentity = 'a' then ' generated always as identity' else '' end
        || case when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end
        || case when a.attnotnull then ' not null' else '' end, ',' || chr(10) order by a.attnum)
      || chr(10) || ')' || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') || ';' as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind = 'r' and c.relname not like 'schema_migrations%' group by c.oid, c.relname, c.reloptions order by c.relname`);
  // PostgreSQL 18 lists NOT NULL as constraints, too; they stand with their columns already.
  const constraints = await lines(db, `
    select 'alter table ' || r.relname || ' add constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) || ';' as line
    from pg_constraint k join pg_class r on r.oid = k.conrelid join pg_namespace n on n.oid = r.relnamespace and n.nspname = 'public'
    where k.contype <> 'n' and r.relname not like 'schema_migrations%' order by r.relname, k.contype desc, k.conname`);
  const indexes = await lines(db, `
    select x.indexdef || ';' as line from pg_indexes x where x.schemaname = 'public' and x.tablename not like 'schema_migrations%'
      and not exists (select from pg_constraint k where k.conname = x.indexname) order by x.tablename, x.indexname`);
  const functions = await lines(db, `
    select pg_get_functiondef(p.oid) || ';' as line from pg_proc p join pg_namespace n on n.oid = p.pronamespace and n.nspname = 'public' order by p.proname`);
  const triggers = await lines(db, `
    select pg_get_triggerdef(t.oid) || ';' as line from pg_trigger t join pg_class r on r.oid = t.tgrelid join pg_namespace n on n.oid = r.relnamespace and n.nspname = 'public'
    where not t.tgisinternal order by r.relname, t.tgname`);
  const parts = ['-- Written by `npm run check -- --write` from the migrations; compared in CI. Do not edit.', tables.join('\n\n'), constraints.join('\n'), indexes.join('\n'), functions.join('\n\n'), triggers.join('\n')];
  return `${parts.join('\n\n')}\n`;
}

async function lines(db: Knex, sql: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { line: string }[] }>(sql);
  return rows.map((row) => row.line);
}

/** The dump of a database that was made for it and is gone afterwards. */
export async function freshSchema(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'exchange-schema-'));
  // PostgreSQL may run as the user nobody, who must get through.
  chmodSync(dataDir, 0o711);
  const postgres = await startPostgres({ dataDir, durable: false });
  const db = openDatabase({ url: postgres.url, applicationName: 'schema' });
  try {
    await migrate(db);
    return await dumpSchema(db);
  } finally {
    await db.destroy();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
