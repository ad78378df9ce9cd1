/** `confirm N`: a person says that a step was done by hand; the measure goes on from there. */
import { readArguments } from '../../src/commands/parse.ts';
import { confirmSpec } from '../../src/commands/specs/decisions.ts';
import { tagOf } from '../../src/domain/measures/record.ts';
import { sayMeasure } from '../../src/messages/measure.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandJob } from '../answer.ts';
import { writeIfPossible } from './audit-if-possible.ts';
import { carryMeasureOut } from './engine.ts';
import { readMeasure } from './ledger.ts';
import { lookAtMeasure } from './look.ts';
import { measureJson } from './order.ts';
import type { Reconciling } from './reconcile.ts';
import { releaseMeasure } from './release.ts';
import { tellMeasure } from './tell.ts';
import { whoIs } from './who.ts';

type Confirming = Reconciling & Pick<World, 'people' | 'hands'>;

export const runConfirm: CommandJob<keyof Confirming> = async (request, world) => {
  const args = readArguments(confirmSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const { number } = args.value;
  const by = whoIs(world, request.actor);
  const entry = await readMeasure(world, number);
  const asked = entry && (await world.hands.confirm(tagOf(number), by.shown, world.clock.now()));
  if (!entry || !asked)
    return {
      status: 'refused',
      message: sayRefused(
        `nobody was asked to do anything by hand for measure ${number}`,
        'say ledger for what stands',
      ),
    };
  const what = `confirmed by hand: ${asked}`;
  await writeIfPossible(world.auditLog, { kind: 'fact', about: `measure/${number}`, who: by.person, what });
  const way = entry.record.release?.way ?? 'exact';
  const carried =
    asked === 'take' ? await releaseMeasure(world, number, by, way) : await carryMeasureOut(world, number);
  const after = (await lookAtMeasure(world, number))?.after ?? carried;
  await tellMeasure(world, after);
  return { status: 'unknown', message: sayMeasure(after), data: measureJson(after) };
};
