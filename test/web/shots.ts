import { mkdirSync } from 'node:fs';
import { campaign, cockpits, counts, customer, draftCampaign, operator } from './fixtures.ts';
import { openBrowser, startStubExchange } from './stub-exchange.ts';

/** Pictures of every screen, wide and phone, light and dark: `npx tsx test/web/shots.ts [folder] [only]`. */
const folder = process.argv[2] ?? '/tmp/shots';
const only = process.argv[3] ?? '';
mkdirSync(folder, { recursive: true });
const stub = await startStubExchange();
const browser = await openBrowser();

interface Shot { readonly name: string; readonly path: string; readonly prepare?: () => void; readonly act?: (page: import('playwright-core').Page) => Promise<unknown> }
const asOperator = (state: string) => () => { stub.user = operator; stub.cockpit = (cockpits[state] as () => typeof stub.cockpit)(); };
const asCustomer = () => { stub.user = customer; };
const spreadsheet = { name: 'okna-moskva.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('x') };
const shots: Shot[] = [
  { name: 'sign-in', path: '/sign-in', prepare: () => { stub.user = null; } },
  { name: 'operator-tasks', path: '/operator/tasks', prepare: asOperator('before') },
  ...Object.keys(cockpits).map((state) => ({ name: `operator-${state}`, path: '/operator/call', prepare: asOperator(state) })),
  { name: 'operator-add', path: '/operator/call', prepare: asOperator('during'), act: async (page) => { await page.waitForTimeout(450); await page.keyboard.press('a'); } },
  { name: 'operator-callback', path: '/operator/call', prepare: asOperator('after'), act: async (page) => { await page.waitForTimeout(450); await page.keyboard.press('3'); } },
  { name: 'operator-keys', path: '/operator/call', prepare: asOperator('before'), act: async (page) => { await page.waitForTimeout(450); await page.keyboard.press('?'); } },
  { name: 'customer-list', path: '/customer', prepare: asCustomer },
  { name: 'customer-new', path: '/customer/campaigns/new', prepare: asCustomer },
  { name: 'customer-edit', path: '/customer/campaigns/c1/edit', prepare: asCustomer },
  { name: 'customer-discard', path: '/customer/campaigns/c1/edit', prepare: asCustomer, act: async (page) => { await page.fill('#f-name', 'Windows, autumn'); await page.getByRole('button', { name: 'Cancel' }).click(); } },
  { name: 'customer-live', path: '/customer/campaigns/c1', prepare: asCustomer },
  { name: 'customer-draft', path: '/customer/campaigns/c2', prepare: asCustomer },
  { name: 'customer-results', path: '/customer/campaigns/c1/results?outcome=talked&q=a', prepare: asCustomer },
  { name: 'customer-results-download', path: '/customer/campaigns/c1/results', prepare: asCustomer, act: (page) => page.locator('.downloads summary').click() },
  { name: 'customer-listen', path: '/customer/campaigns/c1/results', prepare: asCustomer, act: async (page) => {
    await page.locator('button.listen').first().click();
    await page.waitForSelector('.segments');
  } },
  { name: 'customer-upload', path: '/customer/campaigns/c1/contacts', prepare: asCustomer },
  { name: 'customer-import', path: '/customer/campaigns/c1/contacts', prepare: asCustomer, act: async (page) => {
    await page.setInputFiles('input[type=file]', spreadsheet);
    await page.waitForSelector('.preview-table');
    await page.getByLabel('What is “Долг, руб.”?').selectOption('leaveOut');
    await page.waitForSelector('.chip.no');
  } },
  { name: 'customer-doubted', path: '/customer/campaigns/c1/contacts', prepare: asCustomer, act: async (page) => {
    await page.setInputFiles('input[type=file]', spreadsheet);
    await page.getByLabel('What is “Город”?').selectOption('phone');
    await page.waitForSelector('.chip.no');
  } },
  { name: 'customer-taken', path: '/customer/campaigns/c2/contacts', prepare: () => { asCustomer(); stub.answers.set('GET /campaigns/c2', [200, { ...draftCampaign, counts, managers: [] }]); }, act: async (page) => {
    await page.setInputFiles('input[type=file]', spreadsheet);
    await page.getByLabel('What is “A”?').selectOption('phone');
    await page.click('#take');
    await page.waitForSelector('.next-step');
    stub.answers.clear();
  } },
  { name: 'customer-link', path: '/customer/campaigns/c1', prepare: () => {
    asCustomer();
    stub.answers.set('GET /campaigns/c1', [200, { ...campaign, managers: campaign.managers.map((manager) => ({ ...manager, kind: 'page', linkMadeAt: new Date().toISOString() })) }]);
    stub.answers.set('POST /campaigns/c1/managers/7/link', [201, { url: 'http://127.0.0.1:3000/manager/#kx1Q' }]);
  }, act: async (page) => { await page.getByRole('button', { name: 'New link' }).click(); await page.locator('dialog[open]').getByRole('button', { name: 'New link' }).click(); await page.waitForSelector('.fresh-link'); stub.answers.clear(); } },
  { name: 'customer-unclear', path: '/customer/campaigns/c2/contacts', prepare: asCustomer, act: async (page) => {
    await page.setInputFiles('input[type=file]', spreadsheet);
    await page.waitForSelector('.preview-table');
  } },
  { name: 'customer-imported', path: '/customer/campaigns/c1/contacts', prepare: asCustomer, act: async (page) => {
    await page.setInputFiles('input[type=file]', spreadsheet);
    await page.click('#take');
    await page.waitForSelector('table.problems');
  } },
];
try {
  for (const width of [1440, 360]) for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ viewport: { width, height: width === 360 ? 760 : 900 }, colorScheme, locale: 'en', permissions: ['microphone'] });
    for (const shot of shots.filter(({ name }) => name.includes(only))) {
      shot.prepare?.();
      const page = await context.newPage();
      page.on('console', (message) => { if (message.type() === 'error' && !message.text().includes('401')) console.log(shot.name, message.text()); });
      page.on('pageerror', (error) => console.log(shot.name, error.message));
      await page.goto(stub.url + shot.path);
      await page.waitForSelector('#content');
      await page.waitForTimeout(250);
      await shot.act?.(page).catch((error: unknown) => console.log(shot.name, String(error)));
      await page.waitForTimeout(150);
      await page.screenshot({ path: `${folder}/${shot.name}-${width}-${colorScheme}.png`, fullPage: width === 1440 && shot.name.startsWith('customer') });
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await stub.close();
}
