/** What a sweep needs beside a resolver, where operators permit everything and nothing is remembered. */
import { systemClock, systemRandom } from '../../adapters/clock/system.ts';
import type { SweepWorld } from '../../jobs/blocklists/sweep.ts';
import type { Resolver } from '../../src/ports/dns.ts';
import type { World } from '../../src/ports/world.ts';

export function sweepWorld(
  resolver: Resolver,
  over: Partial<SweepWorld> = {},
): SweepWorld & Pick<World, 'resolverMemory'> {
  return {
    resolver,
    clock: systemClock,
    random: systemRandom,
    manners: {
      nextMoment: () => Promise.resolve(0),
      take: (_operator, _perDay, count) => Promise.resolve(count),
      giveBack: () => Promise.resolve(),
    },
    resolverMemory: { lookedAt: () => Promise.resolve(undefined), noteLook: () => Promise.resolve() },
    listProofs: { holdMs: 0, read: () => Promise.resolve(new Map()), note: () => Promise.resolve() },
    ...over,
  };
}
