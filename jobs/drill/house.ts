/** What the house does by itself in a drill, at the times of the drill. */
import type { World } from '../../src/ports/world.ts';
import { reconcile } from '../measures/reconcile.ts';

const EVERY_MS = 60_000;
const AT_START_MS = 1000;

export function startHouse(world: World): { stop(): void } {
  let isOpen = true;
  const live = async (): Promise<void> => {
    await world.clock.wait(AT_START_MS);
    while (isOpen) {
      // A round that fails doesn't keep the next one.
      await reconcile(world).catch(() => 0);
      await world.clock.wait(EVERY_MS);
    }
  };
  live().catch(() => {});
  return {
    stop: () => {
      isOpen = false;
    },
  };
}
