import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** Each waits for half a minute and more: begun last, as their size would have it, they'd be waited for at the end. */
const LONG =
  /(?:mail\/(?:exim-contract|postfix-contract|postfix-inward|full-disk)|compose\/(?:slack-walk|slack-walk-socket|teams|slack|agent|queue-stream|triage|check|check-contract|slack-gateways|slack-entries|service|settle|morning)|scenarios\/plug-in-slack)\.test\.ts$/;

class LongOnesFirst extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]): ReturnType<BaseSequencer['sort']> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is the sequencer's own, and gives a new list
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: (typeof files)[number]): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((each) => !isLong(each))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They wait for a minute and more: npm run soak:deaths.
    exclude: process.env['TOURNIQUET_SOAK'] === undefined ? ['test/scenarios/dead-{bot,agent}.test.ts'] : [],
    globalSetup: ['test/lab/setup.ts'],
    pool: 'forks',
    // Half of the time the tests wait for real servers.
    maxWorkers: 3,
    sequence: { sequencer: LongOnesFirst },
    // Only for what hangs: what has to be quick measures that itself, and a busy machine takes ten times as long.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['default'],
  },
});
