import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { admin, linesAtCap } from './admin-fixtures.ts';
import { openBrowser, startStubExchange } from './stub-exchange.ts';

/** Pictures of the administrator's switches and lines, wide and phone, light and dark, both languages: `npx tsx test/web/admin-shots.ts [folder] [only]`. */
const folder = process.argv[2] ?? '/tmp/shots';
const only = process.argv[3] ?? '';
mkdirSync(folder, { recursive: true });
const stub = await startStubExchange();
const browser = await openBrowser();

const shots: readonly { name: string; path: string; prepare?: () => void; act?: (page: Page) => Promise<unknown> }[] = [
  { name: 'switches', path: '/admin' },
  { name: 'switches-lose', path: '/admin', act: (page) => page.locator('.switch .btn.end').first().click() },
  { name: 'switches-away', path: '/admin', act: async (page) => { stub.answers.set('GET /switches', [503, { type: 'about:blank', title: 'x', status: 503, code: 'databaseAway' }]); await page.waitForSelector('.admin-notices .notice', { timeout: 9_000 }); } },
  { name: 'lines', path: '/admin/lines' },
  { name: 'lines-cap', path: '/admin/lines', prepare: () => stub.answers.set('GET /admin/lines', [200, linesAtCap()]) },
  { name: 'lines-edit', path: '/admin/lines', act: async (page) => { await page.locator('.trunk .btn').first().click(); await page.fill('#trunk-callerId', 'x'); await page.fill('#trunk-pricePerMinute', 'much'); await page.locator('dialog .btn.go').click(); await page.waitForSelector('.remedy'); } },
];
try {
  for (const width of [1440, 360]) for (const colorScheme of ['light', 'dark'] as const) for (const locale of ['en', 'ru']) {
    const context = await browser.newContext({ viewport: { width, height: width === 360 ? 760 : 900 }, colorScheme, locale });
    for (const shot of shots.filter(({ name }) => name.includes(only))) {
      stub.answers.clear();
      stub.user = admin;
      shot.prepare?.();
      const page = await context.newPage();
      page.on('pageerror', (error) => console.log(shot.name, error.message));
      page.on('console', (message) => { if (/content security/i.test(message.text())) console.log(shot.name, message.text()); });
      await page.goto(stub.url + shot.path);
      await page.waitForSelector('.card-x');
      await page.waitForTimeout(200);
      await shot.act?.(page).catch((error: unknown) => console.log(shot.name, String(error)));
      await page.waitForTimeout(150);
      await page.screenshot({ path: `${folder}/${shot.name}-${width}-${colorScheme}-${locale}.png`, fullPage: true });
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await stub.close();
}
