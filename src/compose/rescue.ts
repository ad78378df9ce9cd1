/** `tq rescue`: the audit log's file, the drivers, and nothing else of the house. */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { openAuditLog } from '../../adapters/audit/log.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import { begunMeasures, lookAtBegun, takeBack } from '../../jobs/measures/rescue.ts';
import type { Begun, Rescued } from '../../jobs/measures/rescue.ts';
import type { RescueArguments } from '../commands/specs/rescue.ts';
import { plain } from '../domain/foreign.ts';
import { orderInWords } from '../messages/measure.ts';
import { makeMeasureDrivers } from './measure-drivers.ts';
import type { Settings } from './settings.ts';

/** The second place is what is away. */
const NO_SECOND_PLACE = {
  name: 'Redis',
  count: () => Promise.reject(new Error('not asked')),
  append: () => Promise.reject(new Error('not asked')),
  lines: () => Promise.reject(new Error('not asked')),
};

/** Gives the exit status: 0 nothing stands, 1 something does and was only looked at, 2 something could not be taken back. */
export async function rescue(args: RescueArguments, settings: Settings, say: (line: string) => void): Promise<number> {
  const folder = join(settings.dataFolder, 'audit');
  const file = join(folder, 'audit.jsonl');
  if (!existsSync(file)) {
    say(`There is no audit log at ${file}: nothing was begun from this data folder.`);
    return 0;
  }
  const begun = begunMeasures(readFileSync(file, 'utf8').split('\n'));
  const chosen =
    args.which === undefined || args.which === 'all' ? begun : begun.filter((each) => each.number === args.which);
  if (chosen.length === 0) {
    say(
      args.which === undefined || args.which === 'all'
        ? 'Nothing was begun that was not ended.'
        : `Measure ${args.which} was not begun, or was ended.`,
    );
    return 0;
  }
  const world = {
    measureDrivers: makeMeasureDrivers(settings, (target) => {
      throw new Error(`${target} is reached through its agent, which needs Redis. Run tq rescue on ${target} itself.`);
    }),
    auditLog: openAuditLog(folder, NO_SECOND_PLACE, systemClock),
    clock: systemClock,
  };
  const outcomes: Rescued[] = [];
  for (const each of chosen) {
    const outcome =
      args.which === undefined
        ? await lookAtBegun(world, each)
        : await takeBack(world, each, userInfo().username, args.oursOnly ? 'ours-only' : 'exact');
    outcomes.push(outcome);
    for (const line of sayOutcome(each, outcome)) say(line);
  }
  return Math.max(...outcomes.map(statusOf));
}

function statusOf(outcome: Rescued): number {
  if (outcome.kind === 'seen') return outcome.seen.kind === 'absent' ? 0 : 1;
  return outcome.kind === 'released' && outcome.released.kind === 'released' ? 0 : 2;
}

function sayOutcome(begun: Begun, outcome: Rescued): readonly string[] {
  const what = `Measure ${begun.number}: ${plain(orderInWords(begun.task.order))}`;
  const byHand = ['  By hand:', ...begun.undo.map((line) => `    ${line}`)];
  switch (outcome.kind) {
    case 'seen':
      return [`${what}: ${outcome.seen.kind}`, ...(outcome.seen.kind === 'absent' ? [] : byHand)];
    case 'released':
      return outcome.released.kind === 'released'
        ? [`${what}: taken back`]
        : [
            `${what}: refused, as somebody else has changed it since (--ours-only takes back only what is ours)`,
            ...outcome.released.differences.map((line) => `  ${plain(line)}`),
          ];
    case 'failed':
      return [`${what}: ${outcome.why}`, ...byHand];
    default:
      return outcome satisfies never;
  }
}
