import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeptUploads } from '../../../server/imports/kept-uploads.ts';

const root = mkdtempSync(path.join(tmpdir(), 'kept-'));
const lifeMs = 1_800_000;
const owner = { customerId: '1', campaignId: '2' };
let kept: KeptUploads;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  kept = new KeptUploads({ root, lifeMs, log: pino({ level: 'silent' }) });
});
afterEach(async () => {
  await kept.stop();
  vi.useRealTimers();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let files = 0;
const file = (name = 'list.csv') => {
  const filePath = path.join(root, `upload-${(files += 1)}`);
  writeFileSync(filePath, 'phone');
  return { filePath, fileName: name };
};

test('a kept upload is removed when its time is over, found until then by its owner alone', async () => {
  const upload = await kept.keep(owner, file());
  expect(kept.find(owner, upload.id)).toMatchObject({ fileName: 'list.csv' });
  expect(kept.find({ ...owner, customerId: '9' }, upload.id)).toBeUndefined();
  expect(kept.find({ ...owner, campaignId: '9' }, upload.id)).toBeUndefined();
  vi.advanceTimersByTime(lifeMs - 1);
  expect(existsSync(upload.filePath)).toBe(true);
  vi.advanceTimersByTime(1);
  await kept.removed();
  expect(kept.find(owner, upload.id)).toBeUndefined();
  expect(existsSync(upload.folder)).toBe(false);
});

test('the fifth upload of a customer makes the first go, others’ stay', async () => {
  const foreign = await kept.keep({ customerId: '3', campaignId: '2' }, file());
  const own = [];
  for (let count = 0; count < 5; count++) own.push(await kept.keep(owner, file()));
  await kept.removed();
  expect(own.map(({ folder }) => existsSync(folder))).toEqual([false, true, true, true, true]);
  expect(existsSync(foreign.folder)).toBe(true);
});

test('nothing outlives the server, and what a killed one left goes; a living one’s stays until it is old', async () => {
  const upload = await kept.keep(owner, file());
  await kept.stop();
  expect(existsSync(upload.folder)).toBe(false);
  const ended = spawnSync(process.execPath, ['-e', '']).pid;
  const left = (pid: number, ageMs: number) => {
    const folder = path.join(root, `${pid}-${randomUUID().slice(0, 8)}`, '7', randomUUID());
    mkdirSync(folder, { recursive: true });
    for (const each of [folder, path.dirname(folder), path.dirname(path.dirname(folder))]) utimesSync(each, new Date(Date.now() - ageMs), new Date(Date.now() - ageMs));
    return folder;
  };
  const folders = [left(ended, 1_000), left(process.ppid, 1_000), left(process.ppid, lifeMs + 1_000)];
  const other = new KeptUploads({ root, lifeMs, log: pino({ level: 'silent' }) });
  const theirs = await other.keep(owner, file());
  await kept.sweep();
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, true, false]);
  expect(existsSync(theirs.filePath)).toBe(true);
  await other.stop();
});
