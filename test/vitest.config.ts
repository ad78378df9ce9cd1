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
    // Only for what hangs: what has to be quick measures that itself, and a busy machine takes ten times as long.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['default'],
  },
});
