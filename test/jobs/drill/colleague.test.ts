import { expect, it } from 'vitest';
import { ROOM, PLAYER } from '../../../jobs/drill/auto.ts';
import { commandJobs } from '../../../jobs/catalogue.ts';
import { carryOut } from '../../../jobs/carry-out.ts';
import { inviteColleagues } from '../../../jobs/drill/colleague.ts';
import { readMeasure } from '../../../jobs/measures/ledger.ts';
import { loadScenarios } from '../../../src/compose/drill/scenarios.ts';
import { openDrillWorld } from '../../../src/compose/drill/world.ts';

it('a colleague agrees after about a minute, though the journal was away meanwhile and the wall clock was set back', async () => {
  await Promise.all(Object.values(commandJobs).map((load) => load()));
  const [scenario] = loadScenarios();
  if (!scenario) throw new Error('There is no scenario.');
  const { world, clock } = await openDrillWorld({ scenario, seed: 3, speak: async () => {}, overheard: () => {} });
  let isAway = false;
  const numbers: typeof world.ledger.numbers = async (which) => {
    if (isAway) throw new Error('The journal can not be reached.');
    return world.ledger.numbers(which);
  };
  const colleagues = inviteColleagues({ ...world, ledger: { ...world.ledger, numbers } }, ROOM);
  const command = { name: 'freeze', words: ['mx1'], options: {} };
  const request = { id: 'x', command, actor: PLAYER, conversation: ROOM, at: clock.now(), files: {} };
  await clock.carry(carryOut(request, world));
  isAway = true;
  await clock.pass(20_000);
  isAway = false;
  clock.jump(-3_600_000);
  const state = async () => (await readMeasure(world, 1))?.record.state;
  expect(await state()).toBe('proposed');
  await clock.pass(80_000);
  expect(await state()).toBe('in-force');
  colleagues.leave();
});
