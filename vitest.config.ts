import { defineConfig } from 'vitest/config';

const inCi = Boolean(process.env['CI']);
/** Real browsers take both cores of a small machine. */
const browsers = ['test/browser/**/*.test.ts', 'test/web/{admin,axe,manager,customer-*,operator-*}.test.ts', 'test/switch-contract/browser.test.ts', 'test/faults/house.test.ts'];

const common = {
  setupFiles: ['test/support/own-temp.ts', 'test/support/leaks.ts'],
  testTimeout: 60_000,
  hookTimeout: 90_000,
  pool: 'forks' as const,
  // A second try in CI is told in the report; it is for a machine that is short of time, not for a test that fails.
  retry: inCi ? 1 : 0,
};

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    projects: [
      // These mostly wait for a switch to ring out.
      { test: { ...common, name: 'calls', include: ['test/**/*.test.ts'], exclude: browsers, maxWorkers: 3, sequence: { groupOrder: 0 } } },
      { test: { ...common, name: 'browsers', include: browsers, maxWorkers: 2, sequence: { groupOrder: 1 } } },
    ],
  },
});
