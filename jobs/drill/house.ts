/** What the house does by itself in a drill, at the times of the drill. */
import type { World } from '../../src/ports/world.ts';
import { reconcile, settle } from '../measures/reconcile.ts';

const EVERY_MS = 15_000;
/** Every so many rounds everything is looked at, in between what is not known: as jobs/schedule.ts has it. */
const WHOLE_ROUNDS = 2;
const AT_START_MS = 1000;

export function startHouse(world: World): { stop(): void } {
  let isOpen = true;
  const live = async (): Promise<void> => {
    await world.clock.wait(AT_START_MS);
    const begun = world.clock.monotonic();
    for (let round = 0; isOpen; round += 1) {
      // A round that fails doesn't keep the next one.
      await (round % WHOLE_ROUNDS === 0 ? reconcile : settle)(world).catch(() => 0);
      // At fixed times, as by a clock: a look that took ten seconds doesn't put off the next one.
      await world.clock.wait(EVERY_MS - ((world.clock.monotonic() - begun) % EVERY_MS));
    }
  };
  live().catch(() => {});
  return {
    stop: () => {
      isOpen = false;
    },
  };
}
