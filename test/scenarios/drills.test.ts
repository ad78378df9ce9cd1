import { expect, it, vi } from 'vitest';
import { loadScenarios } from '../../src/compose/drill/scenarios.ts';
import { playByItself } from '../../src/compose/drill/play.ts';
import { playMany } from '../support/drills.ts';

it('fifty drills played by what the product recommends: each verdict right, each contained, nothing left in force, nobody innocent cut off', async () => {
  const { table, failures } = await playMany(50, false);
  console.table(table);
  expect(failures.map(({ order, why }) => `${order.scenario.name} --seed ${order.seed}: ${why.join('; ')}`)).toEqual(
    [],
  );
  expect(Object.keys(table)).toHaveLength(18);
}, 240_000);

it('in eighteen drills with faults every invariant holds and each ends contained: lost commands and answers, a process that dies, a clock that is set, journals away', async () => {
  const { failures, table } = await playMany(18, true);
  const rows = Object.entries(table);
  expect(rows.filter(([, { contained, runs }]) => contained < runs).map(([name]) => name)).toEqual([]);
  expect(
    failures.map(({ order, why }) => `${order.scenario.name} --faults --seed ${order.seed}: ${why.join('; ')}`),
  ).toEqual([]);
}, 240_000);

it('the same seed of faults gives the same run, and a limit keeps only the first of them', async () => {
  const scenario = loadScenarios().find((each) => each.name === 'infected-workstation');
  if (!scenario) throw new Error('There is no such scenario.');
  const play = async (first: number): Promise<string> => {
    const { run, faults } = await playByItself({ scenario, seed: 3, faults: { first } });
    return JSON.stringify([faults, run.steps.map((step) => [step.afterMs, step.line, step.status])]);
  };
  const whole = await play(Infinity);
  expect(await play(Infinity)).toBe(whole);
  expect((JSON.parse(await play(1)) as unknown[][])[0]).toHaveLength(1);
});

it('a machine that is slow changes nothing: no time of the real one reaches a drill', async () => {
  const scenario = loadScenarios().find((each) => each.name === 'login-and-machine');
  if (!scenario) throw new Error('There is no such scenario.');
  const play = async (): Promise<string> => {
    const { run, faults } = await playByItself({ scenario, seed: 378, faults: { first: Infinity } });
    return JSON.stringify([faults, run.steps.map((step) => [step.afterMs, step.line, step.status])]);
  };
  const quick = await play();
  const real = globalThis.setTimeout;
  // As if every wait of the real world were over before the next thing is done.
  vi.stubGlobal('setTimeout', (run: () => void) => real(run, 0));
  try {
    expect(await play()).toBe(quick);
  } finally {
    vi.unstubAllGlobals();
  }
});
