import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/lab/setup.ts'],
    pool: 'forks',
    // Most of the time the tests wait for real servers: more of them than processors share the two.
    maxWorkers: 4,
    testTimeout: 15_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
