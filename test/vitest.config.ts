import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They wait for a minute and more: npm run soak:deaths.
    exclude: process.env['TOURNIQUET_SOAK'] === undefined ? ['test/scenarios/dead-{bot,agent}.test.ts'] : [],
    globalSetup: ['test/lab/setup.ts'],
    pool: 'forks',
    // Half of the time the tests wait for real servers.
    maxWorkers: 3,
    testTimeout: 15_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
