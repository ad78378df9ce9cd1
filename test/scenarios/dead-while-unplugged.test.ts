/** The bot dies while the plug is pulled: the site comes back by the firewall's own timer. In virtual time. */
import { expect, it } from 'vitest';
import { layFaults } from '../../adapters/simulated/faults.ts';
import { commandJobs } from '../../jobs/catalogue.ts';
import { carryOut } from '../../jobs/carry-out.ts';
import { startHouse } from '../../jobs/drill/house.ts';
import { readMeasures } from '../../jobs/drill/record.ts';
import { parseLine } from '../../src/commands/parse.ts';
import { registry } from '../../src/commands/registry.ts';
import { loadScenarios } from '../../src/compose/drill/scenarios.ts';
import { openDrillWorld } from '../../src/compose/drill/world.ts';
import type { DrillWorld } from '../../src/compose/drill/world.ts';
import { plain } from '../../src/domain/foreign.ts';

const MINUTE = 60_000;
const OUTSIDE = '0.0.0.0';

async function say(drill: DrillWorld, id: string, line: string): Promise<string> {
  const command = parseLine(line, registry);
  if (command.kind === 'misheard') throw new Error(command.why);
  const who = { surface: 'terminal' as const, id };
  const request = { id: `${id} ${line}`, command: command.spoken, conversation: { ...who, id: 'room' }, files: {} };
  const actor = { ...who, shown: { foreign: id } };
  const answer = await drill.clock.carry(carryOut({ ...request, actor, at: drill.clock.now() }, drill.world));
  return plain(answer.message.summary);
}

it.each([5, 30, 120])(
  'a plug that is pulled for %i min is back at its lease though the bot is dead, and the next one says so',
  async (lease) => {
    await Promise.all(Object.values(commandJobs).map((load) => load()));
    const scenario = loadScenarios().find(({ name }) => name === 'infected-server-alone');
    if (!scenario) throw new Error('There is no such scenario.');
    const drill = await openDrillWorld({ scenario, seed: 1, speak: async () => {}, overheard: () => {} });
    const { clock, company, world } = drill;
    const passage = () => company.gateway.passage(OUTSIDE);
    await say(drill, 'ana', `unplug gw --lease ${lease}`);
    await say(drill, 'ben', 'approve 1');
    expect(await say(drill, 'cem', 'approve 1')).toContain('in force');
    const pulled = company.gateway.device.acts.at(-1)?.at ?? 0;
    expect(passage()).toBe('plugged');

    const always = { ...company.random, chance: () => true };
    const life = layFaults(drill, always, 1).live(world);
    const house = startHouse(life.world);
    life.world.outbox
      .put({
        conversation: { surface: 'terminal', id: 'room' },
        key: 'k',
        message: { summary: ['x'], tone: 'neutral', blocks: [] },
      })
      .catch(() => {});
    await clock.pass(0);
    expect(life.isDead()).toBe(true);
    const saidBefore = drill.said.length;
    await clock.pass(pulled + lease * MINUTE - 1000 - clock.monotonic());
    expect(passage()).toBe('plugged');
    await clock.pass(2000);
    expect(passage()).not.toBe('plugged');
    const last = company.gateway.device.acts.at(-1);
    expect(last).toMatchObject({ by: 'timer', after: undefined });
    expect(Math.abs((last?.at ?? 0) - pulled - lease * MINUTE)).toBeLessThan(5000);
    expect(drill.said.length, 'a dead bot said something').toBe(saidBefore);
    house.stop();

    const next = startHouse(world);
    await clock.pass(2 * MINUTE);
    next.stop();
    expect(await readMeasures(world)).toMatchObject([{ number: 1, state: 'lapsed' }]);
    expect(
      drill.said
        .slice(saidBefore)
        .map(({ message }) => plain(message.summary))
        .join('\n'),
    ).toMatch(/Measure 1/);
    expect(await drill.auditLog.verify()).toMatchObject({ kind: 'whole' });
  },
);
