import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/own-temp.ts', 'test/support/leaks.ts'],
    testTimeout: 60_000,
    hookTimeout: 90_000,
    pool: 'forks',
    // In CI one file at a time: two browsers with two switches on two cores take longer than people's patience, which some tests measure.
    maxWorkers: process.env['CI'] ? 1 : 2,
    // A second try there is told in the report; it is for a machine that is short of time, not for a test that fails.
    retry: process.env['CI'] ? 1 : 0,
  },
});
