import { describe, expect, it } from 'vitest';
import { cockpits, customer, hostileName, operator } from './fixtures.ts';
import { axeFinds, isTooWide, open, openPage, page, stub, usePage } from './opened-page.ts';

usePage({ user: operator, expected: /status of (401|409|422|503)/ });

describe('axe finds nothing', () => {
  const places: readonly (readonly [name: string, path: string, state: string | null])[] = [
    ['tasks', '/operator/tasks', 'before'], ...Object.keys(cockpits).map((state) => [`cockpit ${state}`, '/operator/call', state] as const),
    ['campaigns', '/customer', null], ['new campaign', '/customer/campaigns/new', null], ['campaign', '/customer/campaigns/c1/edit', null], ['live', '/customer/campaigns/c1', null], ['results', '/customer/campaigns/c1/results?outcome=busy', null], ['draft', '/customer/campaigns/c2', null], ['upload', '/customer/campaigns/c1/contacts', null],
  ];
  for (const [colorScheme, width] of [['light', 1440], ['dark', 360]] as const) {
    it(`${colorScheme}, ${width} px`, async () => {
      await openPage({ colorScheme, viewport: { width, height: 800 } });
      stub.user = null;
      const found = [await axe('sign-in', '/sign-in')];
      for (const [name, path, state] of places) {
        stub.user = state === null ? customer : operator;
        if (state !== null) stub.cockpit = (cockpits[state] as () => typeof stub.cockpit)();
        found.push(await axe(name, path));
      }
      expect(found.flat()).toEqual([]);
    }, 120_000);
  }

  it('in sign-in’s second step, passwords, account and audit log', async () => {
    const admin = { id: '5', name: hostileName, email: 'admin@example.org', role: 'admin' } as const;
    for (const [colorScheme, width] of [['light', 1440], ['dark', 360]] as const) {
      await openPage({ colorScheme, viewport: { width, height: 800 } });
      stub.user = null;
      stub.answers.set('POST /sessions', [201, { user: null, secondStep: 'enrol' }]);
      stub.answers.set('POST /sessions/totp/enrolment', [201, { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Exchange:admin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }]);
      stub.answers.set('POST /sessions/totp', [201, { user: admin, recoveryCodes: ['K7QM-3WXD-9RTA-HC5P', 'B2FN-8YUE-QKJ4-MZ6V'] }]);
      stub.answers.set('GET /audit', [200, { entries: [{ id: '1', at: '2026-11-21T07:40:00Z', userId: '5', userName: hostileName, role: 'admin', customerName: hostileName, address: '203.0.113.7', action: 'campaignPaused', subject: 'campaign', subjectId: '118', subjectName: hostileName, details: { what: hostileName } }], next: null }]);
      stub.answers.set('GET /account', [200, { user: admin, secondFactor: { since: '2026-11-02T08:00:00Z', recoveryCodesLeft: 2, obligatory: true }, sessions: [{ id: 'a', address: '203.0.113.7', userAgent: hostileName, signedInAt: '2026-11-21T06:10:00Z', seenAt: '2026-11-21T07:40:00Z', current: true }] }]);
      const found = [await axe('forgotten password', '/forgot-password'), await axe('new password', `/new-password#${'a'.repeat(43)}`)];
      await open('/sign-in');
      await page.fill('#email', 'admin@example.org');
      await page.fill('#password', 'x');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.qr path');
      found.push(await look('enrolment'));
      await page.fill('#code', '123456');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.recovery-codes');
      found.push(await look('recovery codes'));
      await page.getByRole('button', { name: 'I have kept them' }).click();
      await page.getByRole('link', { name: 'Audit log' }).click();
      await page.waitForSelector('.audit');
      expect(await page.locator('.audit tbody').textContent()).toContain(hostileName);
      found.push(await look('audit log'));
      stub.user = admin;
      found.push(await axe('account', '/account'));
      expect(found.flat()).toEqual([]);
    }
  }, 60_000);

  it('in the recordings of a call', async () => {
    for (const [colorScheme, width] of [['light', 1440], ['dark', 360]] as const) {
      await openPage({ colorScheme, viewport: { width, height: 800 } });
      stub.user = customer;
      await open('/customer/campaigns/c1/results');
      await page.locator('button.listen').click();
      await page.locator('.segments').waitFor();
      expect(await look('recordings')).toEqual([]);
    }
  }, 60_000);

  it('in a list before and after it is taken', async () => {
    for (const [colorScheme, width] of [['light', 1440], ['dark', 360]] as const) {
      await openPage({ colorScheme, viewport: { width, height: 800 } });
      stub.user = customer;
      for (const campaign of ['c1', 'c2']) {
        await open(`/customer/campaigns/${campaign}/contacts`);
        await page.setInputFiles('input[type=file]', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('x') });
        await page.waitForSelector('.preview-table');
        expect(await look(`preview of ${campaign}, ${colorScheme}`)).toEqual([]);
      }
      await open('/customer/campaigns/c1/contacts');
      await page.setInputFiles('input[type=file]', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('x') });
      await page.click('#take');
      await page.waitForSelector('table.problems');
      expect(await look(`result, ${colorScheme}`)).toEqual([]);
    }
  }, 60_000);

  async function axe(name: string, path: string): Promise<string[]> {
    await open(path);
    return look(name);
  }

  async function look(name: string): Promise<string[]> {
    await page.waitForTimeout(200);
    const texts = await axeFinds(['best-practice']);
    const wide = await isTooWide();
    const ran = await page.evaluate("window.stolen !== undefined || document.querySelector('img[src=\"x\"]') !== null");
    return [...texts, ...(wide ? ['wider than the screen'] : []), ...(ran ? ['what a list holds was taken for HTML'] : [])].map((text) => `${name}: ${text}`);
  }
});
