import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

export const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
/** Says in one clear line why browser tests do not run. */
export const noChromium: string | undefined = existsSync(chromiumPath) ? undefined : 'skipped: no chromium';
if (noChromium) process.stderr.write(`${noChromium}\n`);

const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

export interface Person {
  readonly page: Page;
  /** What went wrong in the page: thrown errors and what the content security policy stopped. */
  readonly faults: string[];
  readonly profile: string;
  close(): Promise<void>;
}

/** One person's browser: a profile of its own, a fake microphone that beeps, English; its network is a test's own proxy where one is given. */
export async function openPerson(url: string, proxy?: string): Promise<Person> {
  const profile = mkdtempSync(path.join(tmpdir(), 'exchange-chromium-'));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath, headless: true, args: flags, ignoreDefaultArgs: ['--mute-audio', '--enable-automation'], viewport: { width: 1440, height: 900 }, locale: 'en-GB', baseURL: url, ...(proxy === undefined ? {} : { proxy: { server: proxy } }),
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /content security policy|unhandled/i.test(message.text())) faults.push(message.text());
  });
  return {
    page,
    faults,
    profile,
    async close() {
      await context.close().catch(() => undefined);
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export async function signIn({ page }: Person, email: string, password: string): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('input[type=email]').fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** What a key means is what the operator's screen shows: the label of its one status line, whole. */
export const stands = (page: Page, label: string): Promise<void> => page.locator('.strip-label', { hasText: new RegExp(`^${label}$`) }).waitFor({ timeout: 20_000 });

/** A key as a person presses it: keys are ignored for 400 ms after a change of state, so that a slip does nothing. */
export async function press(page: Page, key: string): Promise<void> {
  await page.waitForTimeout(500);
  await page.keyboard.press(key);
}

export interface LineStats { readonly bytesReceived: number; readonly bytesSent: number; readonly packetsReceived: number; readonly audioLevel: number; readonly state: string; readonly muted: boolean }

/** getStats of the page's leg. */
export const lineStats = (page: Page): Promise<LineStats | null> =>
  page.evaluate('window.exchangeSoftphone ? window.exchangeSoftphone.stats() : null');

/** Waits until sound really flows both ways: more bytes sent and received than before, and a level that is heard. */
export async function soundBothWays(page: Page): Promise<void> {
  const before = await lineStats(page);
  const deadline = Date.now() + 10_000;
  let loudest = 0;
  for (;;) {
    const now = await lineStats(page);
    loudest = Math.max(loudest, now?.audioLevel ?? 0);
    if (now && now.bytesReceived > (before?.bytesReceived ?? 0) + 3_000 && now.bytesSent > (before?.bytesSent ?? 0) + 3_000 && loudest > 0.01) return;
    if (Date.now() > deadline) throw new Error(`no sound both ways: before ${JSON.stringify(before)}, now ${JSON.stringify(now)}, loudest ${loudest}`);
    await page.waitForTimeout(100);
  }
}
