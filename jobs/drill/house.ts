/** What the house does by itself in a drill, at the times of the drill. */
import type { World } from '../../src/ports/world.ts';
import { reconcile } from '../measures/reconcile.ts';

const EVERY_MS = 60_000;

export function startHouse(world: World): { stop(): void } {
  let isOpen = true;
  const live = async (): Promise<void> => {
    while (isOpen) {
      await world.clock.wait(EVERY_MS);
      // A round that fails doesn't keep the next one.
      if (isOpen) await reconcile(world).catch(() => 0);
    }
  };
  live().catch(() => {});
  return {
    stop: () => {
      isOpen = false;
    },
  };
}
