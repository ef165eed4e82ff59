import { mkdirSync } from 'node:fs';
import { cockpit } from './fixtures.ts';
import { openBrowser, startStubExchange } from './stub-exchange.ts';

/** Pictures of the ways to go on line, phone and wide, light and dark: `npx tsx test/web/line-shots.ts [folder]`. */
const folder = process.argv[2] ?? '/tmp/shots';
mkdirSync(folder, { recursive: true });
const stub = await startStubExchange();
const browser = await openBrowser();
const device = { id: '5', name: 'SIP 1', username: 'dev-2-0123456789abcdef', createdAt: new Date(0).toISOString(), lastUsedAt: null };
stub.cockpit = cockpit({ operator: { ...cockpit().operator, state: 'offline' }, contact: null, line: { up: true, practice: false, legUp: false, pageId: null, kind: 'browser' } });
stub.answers.set('GET /operator/devices', [200, { devices: [device] }]);
stub.answers.set('POST /operator/devices', [201, { ...device, password: 'p4Zc0yKq7_made-once-0aB', domain: 'exchange', server: 'pbx.example.org:5070' }]);
try {
  for (const width of [360, 1440]) for (const colorScheme of ['light', 'dark'] as const) for (const kind of ['browser', 'phone', 'device']) {
    const context = await browser.newContext({ viewport: { width, height: width === 360 ? 760 : 900 }, colorScheme, locale: width === 360 ? 'ru' : 'en' });
    const tab = await context.newPage();
    tab.on('pageerror', (error) => console.log(kind, error.message));
    await tab.goto(`${stub.url}/operator/call`);
    await tab.locator('#line-kind').selectOption(kind);
    if (kind === 'device') await tab.locator('.line-choice .pair button').first().click();
    await tab.waitForTimeout(400);
    await tab.screenshot({ path: `${folder}/line-${kind}-${width}-${colorScheme}.png` });
    await context.close();
  }
} finally {
  await browser.close();
  await stub.close();
}
