/** Proves that jobs are really consumed. PING and a worker's own `isRunning` both say yes when nothing moves any more. */
import type { World } from '../src/ports/world.ts';

export async function runCanary(world: Pick<World, 'household'>): Promise<void> {
  await world.household.noteCanary();
}
