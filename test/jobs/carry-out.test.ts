import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { carryOut } from '../../jobs/carry-out.ts';
import { parseLine } from '../../src/commands/parse.ts';
import { registry } from '../../src/commands/registry.ts';
import { plain } from '../../src/domain/foreign.ts';
import type { Role } from '../../src/commands/spec.ts';
import type { Message } from '../../src/messages/message.ts';
import type { World } from '../../src/ports/world.ts';
import { until } from '../lab/process.ts';
import { makeMeasureStage } from '../support/measure-world.ts';
import type { MeasureStage } from '../support/measure-world.ts';

let stage: MeasureStage;
beforeEach(() => {
  stage = makeMeasureStage();
});

afterEach(() => void vi.useRealTimers());

/** `freeze mx1`, whose plan is made only once `before` is over. */
async function freeze(before: () => Promise<void>): Promise<void> {
  const command = parseLine('freeze mx1', registry);
  if (command.kind !== 'command') throw new Error('freeze is no command');
  const find: World['measureDrivers']['find'] = (order) => {
    const driver = stage.world.measureDrivers.find(order);
    if ('refused' in driver) return driver;
    return {
      ...driver,
      plan: async (...task) => {
        await before();
        return driver.plan(...task);
      },
    };
  };
  const request = {
    id: 'event-1',
    command: command.spoken,
    actor: { surface: 'teams', id: 'ana', shown: { foreign: 'Ana' } },
    conversation: { surface: 'teams', id: 'here' },
    at: stage.now,
    files: {},
  } as const;
  await carryOut(request, { ...stage.world, measureDrivers: { find } } as World);
}

it('calls in the answer itself where nothing stood before it', async () => {
  // "Working" is said after 0.4 s, which a busy machine may take for this too.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await freeze(async () => {});
  expect(stage.said.map(({ message, loud }) => [message.calls, loud])).toEqual([[['ben', 'carla'], undefined]]);
});

it('calls by a line of its own where "working" stood already: no chat notifies of an edit', async () => {
  await freeze(() => until(() => stage.said.length > 0, 5000, 'the word that it is worked on'));
  const [working, answer, call] = stage.said;
  expect(stage.said).toHaveLength(3);
  expect([working?.message.calls, answer?.message.calls, answer?.loud]).toEqual([
    undefined,
    ['ben', 'carla'],
    undefined,
  ]);
  expect(call).toMatchObject({ key: 'event-1', loud: true, message: { calls: ['ben', 'carla'] } });
  expect(plain(call?.message.summary ?? [])).toMatch(/^ben, carla: Measure 1: freeze outbound mail of mx1\?$/);
});

it.each([
  [true, 'viewer', [], 'for the role responder and above'],
  [true, 'responder', ['Undo'], undefined],
  [undefined, 'viewer', ['Undo'], undefined],
] as const)('offers whom it answers alone (%s) as %s only what they may: %j', async (alone, role, labels, words) => {
  const ask = async (line: string, who: string, as: Role, more: object = {}): Promise<Message> => {
    const command = parseLine(line, registry);
    if (command.kind !== 'command') throw new Error(`${line} is no command`);
    const request = {
      id: `event-${line}`,
      command: command.spoken,
      actor: { surface: 'slack', id: who, shown: { foreign: who } },
      conversation: { surface: 'slack', id: 'D0', ...more },
      at: stage.now,
      files: {},
    } as const;
    const people = { ...stage.world.people, roleOf: () => as };
    return (await carryOut(request, { ...stage.world, people } as unknown as World)).message;
  };
  await ask('freeze mx1', 'ana', 'admin');
  await ask('approve 1', 'ben', 'admin');
  const said = await ask('ledger', 'eve', role, alone && { alone });
  const offered = said.blocks.flatMap((block) => ('buttons' in block ? block.buttons.map(({ label }) => label) : []));
  expect(offered.map((label) => label.replace(/ \d+$/, ''))).toEqual(labels);
  const spoken = said.blocks.flatMap((block) => (block.kind === 'text' ? [plain(block.text)] : []));
  expect(spoken.some((each) => each.includes(words ?? 'for the role'))).toBe(words !== undefined);
});
