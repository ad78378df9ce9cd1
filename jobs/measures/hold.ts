/**
 * What a measure holds of its target, from being proposed to its end: of two that are proposed at once one is refused.
 *
 * What one that has ended still holds (nobody freed it, or Redis was away then) is free.
 */
import { holdOf } from '../../src/domain/measures/order.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import { isOpen } from '../../src/domain/measures/record.ts';
import type { World } from '../../src/ports/world.ts';
import { readMeasure } from './ledger.ts';

type Holding = Pick<World, 'clock' | 'holds' | 'ledger'>;

/** Between taking the hold and writing the proposal down lie milliseconds; after this long its process has died. */
const BEING_PROPOSED_MS = 2000;
const STEP_MS = 50;

/** Gives the measure that holds it now: this one, or another that is open. */
export async function takeHold(world: Holding, number: number, order: MeasureOrder): Promise<number> {
  const what = holdOf(order);
  for (let waited = 0; ; waited += STEP_MS) {
    const holder = await world.holds.take(what, number);
    if (holder === number) return number;
    const theirs = await readMeasure(world, holder);
    if (theirs && isOpen(theirs.record)) return holder;
    if (theirs || waited >= BEING_PROPOSED_MS) await world.holds.free(what, holder);
    else await world.clock.wait(STEP_MS);
  }
}
