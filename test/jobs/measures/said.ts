/** What people say about measures, as the jobs are given it. */
import { runApprove, runBreakGlass, runDeny } from '../../../jobs/measures/decide.ts';
import { runBlock, runFreeze, runUnplug } from '../../../jobs/measures/order.ts';
import { runLedger } from '../../../jobs/measures/show.ts';
import { runExtend, runKeep, runUndo } from '../../../jobs/measures/undo.ts';
import type { Answer, CommandRequest } from '../../../jobs/answer.ts';
import { parseLine } from '../../../src/commands/parse.ts';
import { registry } from '../../../src/commands/registry.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureStage } from '../../support/measure-world.ts';

export const JOBS = {
  freeze: runFreeze,
  block: runBlock,
  unplug: runUnplug,
  approve: runApprove,
  deny: runDeny,
  'break-glass': runBreakGlass,
  undo: runUndo,
  keep: runKeep,
  extend: runExtend,
  ledger: runLedger,
} as const;

/** Notes each release that a driver is asked for, also where nothing is left to take back. */
export function withReleases(world: MeasureStage['world'], released: string[]): MeasureStage['world'] {
  const find: MeasureStage['world']['measureDrivers']['find'] = (order) => {
    const driver = world.measureDrivers.find(order);
    if ('refused' in driver) return driver;
    return {
      ...driver,
      release: async (task, fence, way) => {
        released.push(task.tag);
        return driver.release(task, fence, way);
      },
    };
  };
  return { ...world, measureDrivers: { find } };
}

let count = 0;

/** Says a line as this person, in this person's own conversation. */
export async function sayIn(
  stage: MeasureStage,
  person: string,
  line: string,
  nonce?: string,
  world = stage.world,
): Promise<Answer> {
  const command = parseLine(line, registry);
  if (command.kind === 'misheard') throw new Error(command.why);
  const run = Object.entries(JOBS).find(([name]) => name === command.spec.name)?.[1];
  if (!run) throw new Error(`not part of this test: ${line}`);
  count += 1;
  const request: CommandRequest = {
    id: `event-${count}`,
    command: command.spoken,
    actor: { surface: 'slack', id: person, shown: { foreign: person } },
    conversation: { surface: 'slack', id: `of-${person}` },
    at: stage.now,
    files: {},
    ...(nonce !== undefined && { nonce }),
  };
  return run(request, world, () => {});
}

export const nonceOf = (answer: Answer): string | undefined => {
  const card = answer.message.blocks.find((block) => block.kind === 'approval');
  return card?.kind === 'approval' ? card.buttons[0]?.nonce : undefined;
};
export const words = (answer: Answer): string => plain(answer.message.summary);
