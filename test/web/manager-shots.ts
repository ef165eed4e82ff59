import { mkdirSync } from 'node:fs';
import { history, ringingNow, token, transfer, waits } from './manager-fixtures.ts';
import { customer } from './fixtures.ts';
import { openBrowser, startStubExchange } from './stub-exchange.ts';

/** Pictures of the manager's screens, phone and wide, light and dark, in both languages: `npx tsx test/web/manager-shots.ts [folder]`. */
const folder = process.argv[2] ?? '/tmp/shots';
mkdirSync(folder, { recursive: true });
const stub = await startStubExchange();
const browser = await openBrowser();
const manager = { id: '9', name: 'Sergey', email: 'manager@example.org', role: 'manager' } as const;
const page = (stage: Parameters<typeof transfer>[0]) => () => {
  waits(stub);
  stub.answers.set('POST /manager/sessions', [201, { kind: 'transfer', transferId: 't1' }]);
  stub.answers.set('GET /manager/transfers/t1', () => [200, transfer(stage)]);
};
const shots: readonly { name: string; path: string; prepare: () => void }[] = [
  { name: 'manager-waiting', path: `/manager/#${token}`, prepare: () => waits(stub) },
  { name: 'manager-ringing', path: `/manager/#${token}`, prepare: () => { waits(stub); stub.ring(ringingNow()); } },
  { name: 'manager-connecting', path: `/manager/#${token}`, prepare: page({ stage: 'accepted' }) },
  { name: 'manager-briefing', path: `/manager/#${token}`, prepare: page({ stage: 'briefing' }) },
  { name: 'manager-with-contact', path: `/manager/#${token}`, prepare: page({ stage: 'handedOver' }) },
  { name: 'manager-over', path: `/manager/#${token}`, prepare: page({ stage: 'over' }) },
  { name: 'manager-judged', path: `/manager/#${token}`, prepare: page({ stage: 'over', outcome: 'interested' }) },
  { name: 'manager-link-over', path: `/manager/#${token}`, prepare: () => { waits(stub); stub.answers.set('POST /manager/sessions', [401, { type: 'about:blank', title: 'x', status: 401, code: 'linkOver' }]); } },
  { name: 'manager-history', path: '/manager/history', prepare: () => { stub.user = manager; stub.answers.set('GET /manager/history', [200, { transfers: history }]); } },
  { name: 'customer-managers', path: '/customer/campaigns/c1/edit', prepare: () => { stub.user = customer; } },
];
try {
  for (const width of [360, 1440]) for (const colorScheme of ['light', 'dark'] as const) for (const locale of ['en', 'ru']) {
    if (locale === 'ru' && (colorScheme === 'dark' || width === 1440)) continue;
    const context = await browser.newContext({ viewport: { width, height: width === 360 ? 760 : 900 }, colorScheme, locale, permissions: ['microphone'] });
    for (const shot of shots) {
      stub.answers.clear();
      shot.prepare();
      const tab = await context.newPage();
      tab.on('pageerror', (error) => console.log(shot.name, error.message));
      await tab.goto(stub.url + shot.path);
      await tab.waitForSelector('#content');
      await tab.waitForTimeout(400);
      await tab.screenshot({ path: `${folder}/${shot.name}-${width}-${colorScheme}-${locale}.png`, fullPage: shot.name.startsWith('customer') });
      await tab.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await stub.close();
}
