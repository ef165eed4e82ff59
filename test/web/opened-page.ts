import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { cockpit, cockpits } from './fixtures.ts';
import { openBrowser, startStubExchange, type Seen, type StubExchange } from './stub-exchange.ts';

/** Of the file that runs: one exchange and one browser for all its tests, a context and a page anew for each. */
export let stub: StubExchange;
export let browser: Browser;
export let context: BrowserContext;
export let page: Page;
/** What the page threw and the browser complained of; a test that expects some takes them out. */
export const complaints: string[] = [];

export interface PageUse {
  readonly user: StubExchange['user'];
  readonly options?: BrowserContextOptions;
  /** Complaints about answers that the tests ask for. */
  readonly expected: RegExp;
  /** Before the page is opened. */
  readonly prepare?: () => void;
}

let defaults: BrowserContextOptions;

/** Registers the hooks for the file, or for the describe that calls it. */
export function usePage({ user, options = {}, expected, prepare = () => undefined }: PageUse): void {
  beforeAll(async () => {
    stub = await startStubExchange();
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await stub?.close();
  });
  beforeEach(async () => {
    defaults = { viewport: { width: 1440, height: 900 }, locale: 'en', permissions: ['microphone'], ...options };
    Object.assign(stub, { user, cockpit: cockpit() });
    stub.answers.clear();
    stub.seen.length = 0;
    complaints.length = 0;
    prepare();
    await openPage();
  });
  afterEach(async () => {
    await context.close();
    expect(complaints.filter((text) => !expected.test(text))).toEqual([]);
  });
}

/** Another page in place of the present one. */
export async function openPage(change: BrowserContextOptions = {}): Promise<void> {
  await context?.close();
  context = await browser.newContext({ ...defaults, ...change });
  page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
}

export async function open(path: string): Promise<void> {
  await page.goto(stub.url + path);
  await page.waitForSelector('#content h1');
}

export const sent = (method: string, path: string): Seen[] => stub.seen.filter((each) => each.method === method && each.path === path);

/** An operator's keys wait this long after each change of the stage, in ms. */
export const settledMs = 450;

/** The operator's page in a state of fixtures.ts, or a change of it, its keys awake. */
export async function openCockpit(state: string, change: Partial<StubExchange['cockpit']> = {}): Promise<void> {
  stub.cockpit = { ...(cockpits[state] as () => StubExchange['cockpit'])(), ...change };
  await open('/operator/call');
  await page.waitForSelector(stub.cockpit.wrapUp === null ? '.card-x' : '.dispositions');
  await page.waitForTimeout(settledMs);
}
export const push = (state: string): void => stub.push((cockpits[state] as () => StubExchange['cockpit'])());

/** From now on the page's clock moves only by page.clock.runFor: what has to happen within tenths of a second does, however slow the machine is. Before a page is gone to. */
export async function stopClock(): Promise<void> {
  const start = Date.now();
  await page.clock.install({ time: start });
  await page.clock.pauseAt(start + 1_000);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @returns what axe finds on the page as it stands, a line each */
export async function axeFinds(alsoRules: readonly string[] = []): Promise<string[]> {
  // The policy forbids inline script; the browser's debugger may still evaluate.
  await page.evaluate(axeSource);
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', ...alsoRules];
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, { runOnly: ${JSON.stringify(runOnly)} })`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`).join(' ')}`);
}
export const isTooWide = (): Promise<boolean> => page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
