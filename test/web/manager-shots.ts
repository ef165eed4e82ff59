import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { history, ringingNow, token, transfer, waits } from './manager-fixtures.ts';
import { campaign, counts, customer, results } from './fixtures.ts';
import { openBrowser, startStubExchange } from './stub-exchange.ts';

/** Pictures of the manager's screens, phone and wide, light and dark, in both languages: `npx tsx test/web/manager-shots.ts [folder] [only]`. */
const folder = process.argv[2] ?? '/tmp/shots';
const only = process.argv[3] ?? '';
mkdirSync(folder, { recursive: true });
const stub = await startStubExchange();
const browser = await openBrowser();
const manager = { id: '9', name: 'Sergey', email: 'manager@example.org', role: 'manager' } as const;
const page = (stage: Parameters<typeof transfer>[0]) => () => {
  waits(stub);
  stub.answers.set('POST /manager/sessions', [201, { kind: 'transfer', transferId: 't1' }]);
  stub.answers.set('GET /manager/transfers/t1', () => [200, transfer(stage)]);
};
/** A campaign whose managers have pages, none of them open. */
const pages = () => {
  stub.user = customer;
  const sergey = { ...campaign.managers[0], kind: 'page' };
  stub.answers.set('GET /campaigns/c1', [200, { ...campaign, state: 'paused', managers: [{ ...sergey, linkMadeAt: new Date().toISOString() }, { ...sergey, id: '8', name: 'Ольга', linkMadeAt: null }] }]);
  const missed = ['notOpen', 'contactHungUp'];
  stub.answers.set('GET /campaigns/c1/results', [200, { results: results.map((result, index) => ({ ...result, managerMissedBecause: missed[index - 2] ?? null })), next: null, counts, now: new Date().toISOString() }]);
};
const shots: readonly { name: string; path: string; prepare: () => void; act?: (tab: Page) => Promise<void> }[] = [
  { name: 'manager-waiting', path: `/manager/#${token}`, prepare: () => waits(stub) },
  { name: 'manager-ringing', path: `/manager/#${token}`, prepare: () => { waits(stub); stub.ring(ringingNow()); } },
  { name: 'manager-connecting', path: `/manager/#${token}`, prepare: page({ stage: 'accepted' }) },
  { name: 'manager-briefing', path: `/manager/#${token}`, prepare: page({ stage: 'briefing' }) },
  { name: 'manager-with-contact', path: `/manager/#${token}`, prepare: page({ stage: 'handedOver' }) },
  { name: 'manager-over', path: `/manager/#${token}`, prepare: page({ stage: 'over' }) },
  { name: 'manager-judged', path: `/manager/#${token}`, prepare: page({ stage: 'over', outcome: 'interested' }) },
  { name: 'manager-link-over', path: `/manager/#${token}`, prepare: () => { waits(stub); stub.answers.set('POST /manager/sessions', [401, { type: 'about:blank', title: 'x', status: 401, code: 'linkOver' }]); } },
  { name: 'manager-history', path: '/manager/history', prepare: () => { stub.user = manager; stub.answers.set('GET /manager/history', [200, { transfers: history }]); } },
  { name: 'manager-elsewhere', path: `/manager/#${token}`, prepare: () => {
    waits(stub);
    stub.answers.set('POST /manager/sessions', [201, { kind: 'inbox', managerName: 'Sergey', campaignName: 'Windows, spring', hasLogin: true, transferId: 't1' }]);
    stub.answers.set('GET /manager/transfers/t1', () => [200, transfer({ stage: 'handedOver' })]);
  } },
  { name: 'customer-start', path: '/customer/campaigns/c1', prepare: pages, act: (tab) => tab.getByRole('button', { name: /Start calling|Начать обзвон|Go on|Продолжить/ }).click() },
  { name: 'customer-renew', path: '/customer/campaigns/c1', prepare: pages, act: (tab) => tab.getByRole('button', { name: /New link|Новая ссылка/ }).first().click() },
  { name: 'customer-missed', path: '/customer/campaigns/c1/results', prepare: pages },
  { name: 'customer-managers', path: '/customer/campaigns/c1/edit', prepare: () => { stub.user = customer; } },
];
try {
  for (const width of [360, 1440]) for (const colorScheme of ['light', 'dark'] as const) for (const locale of ['en', 'ru']) {
    if (locale === 'ru' && (colorScheme === 'dark' || width === 1440)) continue;
    const context = await browser.newContext({ viewport: { width, height: width === 360 ? 760 : 900 }, colorScheme, locale, permissions: ['microphone'] });
    for (const shot of shots.filter(({ name }) => name.includes(only))) {
      stub.answers.clear();
      shot.prepare();
      const tab = await context.newPage();
      tab.on('pageerror', (error) => console.log(shot.name, error.message));
      await tab.goto(stub.url + shot.path);
      await tab.waitForSelector('#content');
      await tab.waitForTimeout(400);
      await shot.act?.(tab);
      await tab.screenshot({ path: `${folder}/${shot.name}-${width}-${colorScheme}-${locale}.png`, fullPage: shot.name.startsWith('customer') && !shot.act });
      await tab.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await stub.close();
}
