/** Taking a measure back. It stays possible where the audit log can't be written. */
import { FenceLost } from '../../src/ports/host.ts';
import { holdOf, targetOf } from '../../src/domain/measures/order.ts';
import type { ReleaseWay } from '../../src/domain/measures/plan.ts';
import { taskOf } from '../../src/domain/measures/record.ts';
import type { MeasureEvent, MeasureRecord, Who } from '../../src/domain/measures/record.ts';
import { writeIfPossible } from './audit-if-possible.ts';
import { readMeasure } from './ledger.ts';
import { driverOf, isLeftBehind, note, stateOf, unknown } from './notes.ts';
import type { Acting } from './notes.ts';

/**
 * Takes a standing measure back, or continues doing so. `ours-only` leaves what others changed since. Gives the state
 * after: released, or in force again with the differences that refuse it.
 */
export async function releaseMeasure(world: Acting, number: number, by: Who, way: ReleaseWay): Promise<MeasureRecord> {
  const entry = await readMeasure(world, number);
  if (!entry) throw new Error(`There is no measure ${number}; say ledger for those there are.`);
  const { record } = entry;
  const free =
    record.state === 'in-force' ||
    record.state === 'engaging' ||
    (record.state === 'releasing' && (await isLeftBehind(world, number, 'releasing')));
  if (!free) return record;
  const driver = driverOf(world, record);
  if (!driver)
    throw new Error(`There is no way to ${targetOf(record.order)} any more. Its undo: ${record.plan.undo.join('; ')}`);
  const fence = await world.fences.next(targetOf(record.order));
  const unwritten = await writeIfPossible(world.auditLog, {
    kind: 'intent',
    about: `measure/${number}`,
    who: by.person,
    what: `release ${record.order.kind} on ${targetOf(record.order)} (${way})`,
    data: { fence, undo: record.plan.undo },
  });
  const at = world.clock.now();
  if ((await world.ledger.append(number, entry.version, [{ kind: 'releasing', at, by, way, fence }])) === 'conflict')
    return releaseMeasure(world, number, by, way);
  try {
    const done = await driver.release(taskOf(record), fence, way);
    const after = world.clock.now();
    const event: MeasureEvent =
      done.kind === 'released'
        ? { kind: 'released', at: after, notes: [...done.notes, ...unwritten] }
        : { kind: 'release-refused', at: after, differences: done.differences };
    const state = await note(
      world,
      number,
      'releasing',
      [event],
      done.kind === 'released' ? 'released' : 'release refused',
    );
    if (done.kind === 'released') await world.holds.free(holdOf(record.order), number);
    return state;
  } catch (error) {
    if (error instanceof FenceLost) return stateOf(world, number);
    return note(world, number, 'releasing', [unknown(error, world.clock.now())], 'releasing, outcome unknown');
  }
}
