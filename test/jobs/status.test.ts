import { expect, it } from 'vitest';
import { runStatus } from '../../jobs/status.ts';
import { plain } from '../../src/domain/foreign.ts';
import type { HouseholdLook } from '../../src/ports/household.ts';

const WELL: HouseholdLook = {
  version: '1',
  configured: [],
  redis: { kind: 'private', version: '7' },
  queue: { waiting: 0, active: 1, delayed: 8, failed: 0 },
  measures: { standing: 2, changed: 0, unknown: 0 },
  workers: [],
  canarySecondsAgo: 10,
  resolvers: [],
};

it.each<[what: string, look: Partial<HouseholdLook>, status: string, words: string]>([
  ['well', {}, 'ok', 'Tourniquet runs.'],
  ['without a queue', { queue: undefined }, 'critical', 'The job queue does not answer: nothing can be carried out.'],
  [
    'without anybody who carries out jobs',
    { canarySecondsAgo: 90 },
    'critical',
    'Jobs are not carried out: the last canary was 90 s ago. Is a worker running?',
  ],
  [
    'with a measure that is not known',
    { measures: { standing: 2, changed: 1, unknown: 1 } },
    'unknown',
    'Tourniquet runs; of one measure it is not known how it stands: say ledger.',
  ],
  [
    'with measures in which somebody else had a hand',
    { measures: { standing: 2, changed: 2, unknown: 0 } },
    'warning',
    'Tourniquet runs; 2 measures not as we left it: say ledger.',
  ],
])('the house %s says so in one line and by its status', async (_what, look, status, words) => {
  const request = {} as Parameters<typeof runStatus>[0];
  const answer = await runStatus(
    request,
    { household: { noteCanary: async () => {}, look: async () => ({ ...WELL, ...look }) } },
    () => {},
  );
  expect([answer.status, plain(answer.message.summary)]).toEqual([status, words]);
});
