import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { CFB } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importFailures } from '../../../server/imports/outcome.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { aCampaign, aCustomer, aUser } from '../../support/rows.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hostile-'));
let database: TestDatabase;
let ids: string[];
beforeAll(async () => {
  database = await createTestDatabase();
  const customer_id = await aCustomer(database.db);
  ids = [customer_id, await aUser(database.db, { customer_id }), await aCampaign(database.db, { customer_id })];
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

interface Came { readonly code: string; readonly grewMb: number }
let files = 0;
async function importInChild(content: Uint8Array): Promise<Came> {
  const filePath = path.join(folder, String((files += 1)));
  writeFileSync(filePath, content);
  const child = fork(path.join(import.meta.dirname, 'import-in-child.ts'), [database.url, filePath, ...ids], { execArgv: ['--import', 'tsx'] });
  const message = once(child, 'message') as Promise<[Came]>;
  const exit = once(child, 'exit').then(([code, signal]) => { throw new Error(`the process died: ${String(code ?? signal)}`); });
  exit.catch(() => undefined);
  const [came] = await Promise.race([message, exit]);
  await once(child, 'exit').catch(() => undefined);
  return came;
}

interface Entry { readonly name: string; readonly content: Buffer; readonly declaredBytes?: number }
/** A zip whose directory may name one content under many names, or lie about sizes. */
function zipOf(entries: readonly Entry[], names: (name: string) => string[] = (name) => [name]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  let count = 0;
  for (const { name, content, declaredBytes = content.length } of entries) {
    const packed = deflateRawSync(content, { level: 9 });
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(8, 4);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(declaredBytes, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    for (const each of names(name)) {
      const own = Buffer.from(head);
      own.writeUInt16LE(Buffer.byteLength(each), 22);
      const tail = Buffer.alloc(14);
      tail.writeUInt32LE(at, 10);
      directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), own, tail, Buffer.from(each)]));
      count += 1;
    }
    locals.push(Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), head, Buffer.from(name), packed]));
    at += locals.at(-1)?.length ?? 0;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, listed, end]);
}
const zeros = (megabytes: number) => Buffer.alloc(megabytes * 1024 * 1024, ' ');

/** A workbook whose parts are whole, but for the ones given. */
function bookOf(parts: Readonly<Record<string, Buffer>>): Buffer {
  const relations = (items: string) => Buffer.from(`<Relationships>${items}</Relationships>`);
  const whole: Record<string, Buffer> = {
    '_rels/.rels': relations('<Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/>'),
    'xl/workbook.xml': Buffer.from('<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'),
    'xl/_rels/workbook.xml.rels': relations('<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="x/styles" Target="styles.xml"/>'),
    'xl/worksheets/sheet1.xml': Buffer.from('<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>Phone</t></is></c></row></sheetData></worksheet>'),
    ...parts,
  };
  return zipOf(Object.entries(whole).map(([name, content]) => ({ name, content })));
}

describe('a bomb is refused for less than 100 MB of memory', () => {
  test.each<[string, string, () => Buffer]>([
    ['a part that packs a thousand times', 'unpacksTooLarge', () => bookOf({ 'xl/sharedStrings.xml': zeros(240) })],
    ['a sheet that packs a thousand times', 'unpacksTooLarge', () => bookOf({ 'xl/worksheets/sheet1.xml': zeros(200) })],
    ['one content under a thousand names', 'unpacksTooLarge', () => zipOf([{ name: 'a', content: zeros(10) }], () => Array.from({ length: 1_000 }, (_, index) => `a${index}`))],
    ['more entries than a workbook has', 'unpacksTooLarge', () => zipOf([{ name: 'a', content: Buffer.from('a') }], () => Array.from({ length: 2_001 }, (_, index) => `a${index}`))],
    ['a part that unpacks to more than it says', 'damagedFile', () => zipOf([{ name: '_rels/.rels', content: zeros(200), declaredBytes: 500 }])],
    ['a list of sheets of 200 MB', 'unpacksTooLarge', () => bookOf({ 'xl/workbook.xml': zeros(200) })],
    ['a row without end', 'damagedFile', () => bookOf({ 'xl/worksheets/sheet1.xml': Buffer.concat([Buffer.from('<worksheet><sheetData><row r="1">'), zeros(15)]) })],
    ['a string without end', 'damagedFile', () => bookOf({ 'xl/sharedStrings.xml': Buffer.concat([Buffer.from('<sst><si><t>'), zeros(15)]) })],
    ['a zip in a zip in a zip', 'damagedFile', () => [0, 1, 2, 3].reduce((inner, depth) => zipOf([{ name: `${depth}.zip`, content: inner }], (name) => Array.from({ length: 16 }, (_, index) => `${index}${name}`)), zipOf([{ name: 'a', content: zeros(15) }]))],
    ['a part that is the zip itself', 'damagedFile', () => {
      // What a quine unpacks to is never opened: its name is no part of a workbook.
      const inner = zipOf([{ name: 'r/r.zip', content: Buffer.from('r') }]);
      return zipOf([{ name: 'r/r.zip', content: inner }]);
    }],
  ])('%s: %s', async (_, code, make) => {
    const came = await importInChild(make());
    expect(came.code).toBe(code);
    expect(came.grewMb).toBeLessThan(100);
  }, 30_000);
});

describe('a legacy workbook that is hostile ends its own reading and nothing else', () => {
  const small = readFileSync(path.join(import.meta.dirname, '../../samples/export-1c.xls'));
  const refusals = Object.keys(importFailures);

  test('one that needs more memory than the reading thread has', async () => {
    const file = numbersOnly(65_000, 15);
    expect(file.length).toBeLessThan(20 * 1024 * 1024);
    expect((await importInChild(file)).code).toBe('tooComplex');
  }, 60_000);

  test.each<[string, () => Uint8Array]>([
    ['cut in half', () => small.subarray(0, small.length / 2)],
    ['a header and nothing', () => small.subarray(0, 512)],
    ['a sector that follows itself', () => { const file = Buffer.from(small); for (let at = 512; at < 1_024; at += 4) file.writeUInt32LE((at - 512) / 4, at); return file; }],
    ['sectors that number millions', () => { const file = Buffer.from(small); file.writeUInt32LE(0x7fff_ffff, 44); file.writeUInt32LE(0x7fff_ffff, 72); return file; }],
    ['strings that number billions', () => inStream(small, (stream) => { const at = stream.indexOf(Buffer.from([0xfc, 0x00])); if (at >= 0) { stream.writeUInt32LE(0x7fff_ffff, at + 4); stream.writeUInt32LE(0x7fff_ffff, at + 8); } })],
    ['records longer than the file', () => inStream(small, (stream) => { for (let at = 600; at + 4 < stream.length; at += 97) stream.writeUInt16LE(0xffff, at + 2); })],
    ['noise in a workbook’s clothes', () => inStream(small, (stream) => { for (let at = 24; at < stream.length; at++) stream[at] = (at * 2_654_435_761) >>> 24; })],
  ])('%s', async (_, make) => {
    const came = await importInChild(make());
    expect([...refusals, 'taken']).toContain(came.code);
    expect(came.grewMb).toBeLessThan(200);
  }, 30_000);
});

/** A legacy workbook (BIFF8) of one sheet, written record by record: a program for it would need minutes. */
function numbersOnly(rows: number, columns: number): Uint8Array {
  const record = (id: number, body: Buffer): Buffer => { const head = Buffer.alloc(4); head.writeUInt16LE(id, 0); head.writeUInt16LE(body.length, 2); return Buffer.concat([head, body]); };
  const begin = (kind: number): Buffer => { const body = Buffer.alloc(16); body.writeUInt16LE(0x0600, 0); body.writeUInt16LE(kind, 2); return record(0x0809, body); };
  const end = record(0x000a, Buffer.alloc(0));
  const sheet = Buffer.alloc(10);
  sheet.writeUInt8(1, 6);
  sheet.write('a', 8, 'latin1');
  const globals = Buffer.concat([begin(5), record(0x0085, sheet.subarray(0, 9)), end]);
  globals.writeUInt32LE(globals.length, begin(5).length + 4);
  const cells = Buffer.alloc(rows * columns * 18);
  for (let at = 0, cell = 0; at < cells.length; at += 18, cell++) {
    cells.writeUInt16LE(0x0203, at);
    cells.writeUInt16LE(14, at + 2);
    cells.writeUInt16LE(Math.floor(cell / columns), at + 4);
    cells.writeUInt16LE(cell % columns, at + 6);
    cells.writeDoubleLE(cell + 0.5, at + 10);
  }
  const book = CFB.utils.cfb_new();
  CFB.utils.cfb_add(book, '/Workbook', Buffer.concat([globals, begin(0x10), cells, end]));
  return CFB.write(book, { type: 'buffer' }) as Uint8Array;
}

/** The same compound file with its workbook's stream changed. */
function inStream(file: Buffer, change: (stream: Buffer) => void): Uint8Array {
  const book = CFB.read(file, { type: 'buffer' });
  const entry = CFB.find(book, 'Workbook') ?? CFB.find(book, 'Book');
  if (entry === null) throw new Error('no workbook in the sample');
  const stream = Buffer.from(entry.content as Uint8Array);
  change(stream);
  entry.content = stream;
  return CFB.write(book, { type: 'buffer' }) as Uint8Array;
}
