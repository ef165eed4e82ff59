import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit, recordAudit } from '../../platform/postgres/audit.ts';
import { aUser } from '../support/rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

test('the audit log says who did what to what, newest first, in pages', async () => {
  const { db } = database;
  const userId = await aUser(db, { role: 'admin', name: 'Anton' });
  for (let i = 1; i <= 3; i += 1) await recordAudit(db, { userId, role: 'admin', address: '192.0.2.1', action: 'campaignPaused', subject: 'campaign', subjectId: String(i), details: { why: 'complaint' } });
  await recordAudit(db, { userId: null, role: null, address: '192.0.2.9', action: 'signInFailed' });
  const first = await listAudit(db, { before: null, action: null, limit: 2 });
  expect(first.map(({ action, subjectId }) => [action, subjectId])).toEqual([['signInFailed', null], ['campaignPaused', '3']]);
  const second = await listAudit(db, { before: first[1]!.id, action: null, limit: 2 });
  expect(second.map(({ subjectId }) => subjectId)).toEqual(['2', '1']);
  expect(second[0]).toMatchObject({ userId, userName: 'Anton', role: 'admin', address: '192.0.2.1', details: { why: 'complaint' } });
  expect(await listAudit(db, { before: null, action: 'signInFailed', limit: 10 })).toHaveLength(1);
});

test('nobody changes, removes or empties it, and what is rolled back was never done', async () => {
  const { db } = database;
  await recordAudit(db, { userId: null, role: null, address: null, action: 'signInFailed' });
  const before = await db('audit_entries').count().first();
  await expect(db('audit_entries').update({ action: 'signedIn' })).rejects.toThrow();
  await expect(db('audit_entries').delete()).rejects.toThrow();
  await expect(db.raw('truncate audit_entries')).rejects.toThrow();
  await expect(db.raw('truncate audit_entries cascade')).rejects.toThrow();
  await db.transaction(async (tx) => {
    await recordAudit(tx, { userId: null, role: null, address: null, action: 'passwordReset' });
    throw new Error('taken back');
  }).catch(() => undefined);
  expect(await db('audit_entries').count().first()).toEqual(before);
});
