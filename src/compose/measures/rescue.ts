/** `tq rescue`: the audit logs' files, the drivers, and nothing else of the house. */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { openAuditLog } from '../../../adapters/audit/log.ts';
import { systemClock } from '../../../adapters/clock/system.ts';
import { begunMeasures, everBegun, lookAtBegun, nameOf, takeBack } from '../../../jobs/measures/rescue.ts';
import type { Begun, Rescued } from '../../../jobs/measures/rescue.ts';
import type { RescueArguments } from '../../commands/specs/rescue.ts';
import { targetOf } from '../../domain/measures/order.ts';
import { plain } from '../../domain/foreign.ts';
import { orderInWords } from '../../messages/measure.ts';
import { asLocal } from '../hosts/as-local.ts';
import { makeMeasureDrivers } from './drivers.ts';
import type { Settings } from '../settings.ts';

/** The second place is what is away. */
const NO_SECOND_PLACE = {
  name: 'Redis',
  tail: () => Promise.reject(new Error('not asked')),
  append: () => Promise.reject(new Error('not asked')),
  lines: () => Promise.reject(new Error('not asked')),
};

/** Gives the exit status: 0 nothing stands, 1 something does and was only looked at, 2 something could not be taken back. */
export async function rescue(args: RescueArguments, settings: Settings, say: (line: string) => void): Promise<number> {
  const logs = logsOf(settings);
  if (logs.length === 0) {
    say(`There is no audit log in ${settings.dataFolder}: nothing was begun from this data folder.`);
    return 0;
  }
  const { which } = args;
  const chosen = logs.flatMap(({ begun, world }) =>
    begun.filter(({ number }) => typeof which !== 'number' || which === number).map((each) => ({ each, world })),
  );
  if (chosen.length === 0)
    say(
      typeof which === 'number'
        ? `Measure ${which} was not begun here, or was ended.`
        : 'Nothing was begun that was not ended.',
    );
  const outcomes: Rescued[] = [];
  for (const { each, world } of chosen) {
    const outcome =
      which === undefined
        ? await lookAtBegun(world, each)
        : await takeBack(world, each, userInfo().username, args.oursOnly ? 'ours-only' : 'exact');
    outcomes.push(outcome);
    for (const line of sayOutcome(each, outcome)) say(line);
  }
  return Math.max(0, ...outcomes.map(statusOf));
}

interface Logged {
  /** The newest first. */
  readonly begun: readonly Begun[];
  readonly world: Parameters<typeof takeBack>[0];
}

/** The logs of this data folder: an agent's own, which knows best what was done on this host, then the bot's. */
function logsOf(settings: Settings): readonly Logged[] {
  const agents = linesOf(settings, 'agent');
  const bots = linesOf(settings, 'audit');
  const known = everBegun(agents ?? []);
  const ofAgent = begunMeasures(agents ?? []);
  const here = asLocal(settings.config, [...new Set(ofAgent.map(({ task }) => targetOf(task.order)))]);
  return [
    ...(agents ? [{ begun: ofAgent, world: worldOf({ ...settings, config: here }, 'agent') }] : []),
    ...(bots
      ? [{ begun: begunMeasures(bots).filter((each) => !known.has(nameOf(each))), world: worldOf(settings, 'audit') }]
      : []),
  ];
}

function linesOf({ dataFolder }: Settings, log: 'agent' | 'audit'): readonly string[] | undefined {
  const file = join(dataFolder, log, 'audit.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : undefined;
}

function worldOf(settings: Settings, log: 'agent' | 'audit'): Logged['world'] {
  return {
    measureDrivers: makeMeasureDrivers(settings, (target) => {
      throw new Error(`${target} is reached through its agent, which needs Redis. Run tq rescue on ${target} itself.`);
    }),
    auditLog: openAuditLog(join(settings.dataFolder, log), NO_SECOND_PLACE, systemClock),
    clock: systemClock,
  };
}

function statusOf(outcome: Rescued): number {
  if (outcome.kind === 'seen') return outcome.seen.kind === 'absent' ? 0 : 1;
  return outcome.kind === 'released' && outcome.released.kind === 'released' ? 0 : 2;
}

function sayOutcome(begun: Begun, outcome: Rescued): readonly string[] {
  const what = `Measure ${begun.number}: ${plain(orderInWords(begun.task.order))}`;
  const byHand = begun.undo.length === 0 ? [] : ['  By hand:', ...begun.undo.map((line) => `    ${line}`)];
  switch (outcome.kind) {
    case 'seen':
      return [`${what}: ${outcome.seen.kind}`, ...(outcome.seen.kind === 'absent' ? [] : byHand)];
    case 'released':
      return outcome.released.kind === 'released'
        ? [`${what}: taken back`, ...outcome.released.notes.map((line) => `  ${plain(line)}`)]
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
