import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { Account, AuditEntryShown, SessionUser } from '../../domain/api.ts';
import { openBrowser, startStubExchange } from './stub-exchange.ts';

/** Pictures of sign-in, passwords, account and audit log, wide and phone, light and dark: `npx tsx test/web/account-shots.ts [folder] [only]`. */
const folder = process.argv[2] ?? '/tmp/shots';
const only = process.argv[3] ?? '';
mkdirSync(folder, { recursive: true });
const stub = await startStubExchange();
const browser = await openBrowser();

const admin: SessionUser = { id: '5', name: 'Anton Belov', email: 'admin@example.org', role: 'admin' };
const moderator: SessionUser = { id: '4', name: 'Marina Serova', email: 'moderator@example.org', role: 'moderator' };
const customer: SessionUser = { id: '1', name: 'Karina Petrova', email: 'customer@example.org', role: 'customer' };
const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const account = (user: SessionUser, since: string | null): Account => ({
  user, secondFactor: { since, recoveryCodesLeft: since === null ? 0 : 9, obligatory: user.role === 'admin' },
  sessions: [
    { id: 'a', address: '203.0.113.7', userAgent: chrome, signedInAt: '2026-11-21T06:10:00Z', seenAt: '2026-11-21T07:40:00Z', current: true },
    { id: 'b', address: '2001:db8:4c1:20::17', userAgent: phone, signedInAt: '2026-11-18T18:02:00Z', seenAt: '2026-11-20T21:15:00Z', current: false },
  ],
});
const entry = (id: number, more: Partial<AuditEntryShown>): AuditEntryShown => ({
  id: String(id), at: new Date(Date.UTC(2026, 10, 21, 7, 40 - id * 7)).toISOString(), userId: '1', userName: 'Karina Petrova', role: 'customer', customerName: 'Okna Plus', address: '203.0.113.7', action: 'signedIn', subject: 'user', subjectId: '1', subjectName: 'Karina Petrova', details: {}, ...more,
});
const entries: AuditEntryShown[] = [
  entry(0, { action: 'campaignChanged', subject: 'campaign', subjectId: '118', subjectName: 'Windows, spring', details: { what: 'managers, rules', managers: 'Olga', rules: 'maxAttempts' } }),
  entry(1, { action: 'resultsExported', subject: 'campaign', subjectId: '118', details: { rows: 'calls', format: 'xlsx' } }),
  entry(2, { action: 'signInFailed', userId: null, userName: null, role: null, customerName: null, address: '198.51.100.23', subjectId: '5' }),
  entry(3, { action: 'signedIn', userId: '5', userName: 'Anton Belov', role: 'admin', customerName: null, subjectId: '5', details: { secondStep: 'totp' } }),
  entry(4, { action: 'managerLinked', subject: 'manager', subjectId: '31' }),
  entry(5, { action: 'switchDrained', userId: '5', userName: 'Anton Belov', role: 'admin', customerName: null, subject: 'switch', subjectId: 'switch-2' }),
];
const offer = { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Exchange:admin%40example.org?issuer=Exchange&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30' };
const codes = ['K7QM-3WXD-9RTA-HC5P', 'B2FN-8YUE-QKJ4-MZ6V', 'T9GH-5XPC-2WDA-RN7K', 'E4LM-J8QF-VY3B-6UTS', 'P3ZK-N7CR-HX9D-W2GA', 'M6TB-4QYE-F8JV-5KNU', 'X9RD-A2WG-7LPH-C3MS', 'H5JU-V8KB-4NEQ-T6ZY', 'D7CF-G3XA-9MRW-P2LK', 'Q8VN-6HTE-B5YJ-4UZS'];
const signIn = async (page: Page) => { await page.fill('#email', 'admin@example.org'); await page.fill('#password', 'x'); await page.keyboard.press('Enter'); };
const asked = (step: string) => { stub.user = null; stub.answers.set('POST /sessions', [201, { user: null, secondStep: step }]); stub.answers.set('POST /sessions/totp/enrolment', [201, offer]); stub.answers.set('POST /sessions/totp', [201, { user: admin, recoveryCodes: codes }]); };
const as = (user: SessionUser, since: string | null) => { stub.user = user; stub.answers.set('GET /account', [200, account(user, since)]); stub.answers.set('GET /audit', [200, { entries, next: '7' }]); };
const answer = (status: number, code: string, fields: object[] = []) => [status, { type: 'about:blank', title: 'x', status, code, fields }] as const;

const shots: readonly { name: string; path: string; prepare: () => void; act?: (page: Page) => Promise<unknown> }[] = [
  { name: 'sign-in', path: '/sign-in', prepare: () => { stub.user = null; } },
  { name: 'code', path: '/sign-in', prepare: () => asked('code'), act: signIn },
  { name: 'code-wrong', path: '/sign-in', prepare: () => { asked('code'); stub.answers.set('POST /sessions/totp', answer(422, 'wrongCode')); }, act: async (page) => { await signIn(page); await page.fill('#code', '123456'); await page.keyboard.press('Enter'); await page.waitForSelector('.remedy'); } },
  { name: 'enrol', path: '/sign-in', prepare: () => asked('enrol'), act: async (page) => { await signIn(page); await page.waitForSelector('.qr'); } },
  { name: 'recovery-codes', path: '/sign-in', prepare: () => asked('enrol'), act: async (page) => { await signIn(page); await page.fill('#code', '123456'); await page.keyboard.press('Enter'); await page.waitForSelector('.recovery-codes'); } },
  { name: 'forgot', path: '/forgot-password', prepare: () => { stub.user = null; } },
  { name: 'forgot-sent', path: '/forgot-password', prepare: () => { stub.user = null; stub.answers.set('POST /passwords/forgotten', [202, { delivery: 'folder' }]); }, act: async (page) => { await page.fill('#email', 'karina@example.org'); await page.keyboard.press('Enter'); await page.waitForSelector('.notice'); } },
  { name: 'new-password', path: `/new-password#${'a'.repeat(43)}`, prepare: () => { stub.user = null; stub.answers.set('POST /passwords/reset', answer(422, 'password.known', [{ field: 'password', message: 'x' }])); }, act: async (page) => { await page.fill('#password', 'Password2026!'); await page.keyboard.press('Enter'); await page.waitForSelector('.remedy'); } },
  { name: 'new-password-over', path: '/new-password', prepare: () => { stub.user = null; } },
  { name: 'account', path: '/account', prepare: () => as(customer, null) },
  { name: 'account-admin', path: '/account', prepare: () => as(admin, '2026-11-02T08:00:00Z'), act: async (page) => { await page.getByRole('button', { name: 'New recovery codes' }).click(); } },
  { name: 'admin-audit', path: '/admin/audit', prepare: () => as(admin, null) },
  { name: 'moderator', path: '/moderator', prepare: () => as(moderator, null) },
];
try {
  for (const width of [1440, 360]) for (const colorScheme of ['light', 'dark'] as const) for (const locale of ['en', 'ru']) {
    if (locale === 'ru' && !(width === 360 && colorScheme === 'light')) continue;
    const context = await browser.newContext({ viewport: { width, height: width === 360 ? 760 : 900 }, colorScheme, locale });
    for (const shot of shots.filter(({ name }) => name.includes(only) && !(locale === 'ru' && name === 'account-admin'))) {
      stub.answers.clear();
      shot.prepare();
      const page = await context.newPage();
      page.on('pageerror', (error) => console.log(shot.name, error.message));
      page.on('console', (message) => { if (/content security/i.test(message.text())) console.log(shot.name, message.text()); });
      await page.goto(stub.url + shot.path);
      await page.waitForSelector('#content');
      await page.waitForTimeout(250);
      await shot.act?.(page).catch((error: unknown) => console.log(shot.name, String(error)));
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${folder}/${shot.name}-${width}-${colorScheme}-${locale}.png`, fullPage: true });
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await stub.close();
}
