/** The real world: every port filled with its adapter. */
import { systemClock, systemRandom } from '../../adapters/clock/system.ts';
import { openOutbox } from '../../adapters/redis/outbox.ts';
import type { RedisOutbox } from '../../adapters/redis/outbox.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import type { World } from '../ports/world.ts';
import { makeHousehold } from './household.ts';
import { makePeople } from './people.ts';
import type { RedisHouse } from './redis.ts';
import type { Settings } from './settings.ts';

export interface WorldNeeds {
  readonly settings: Settings;
  readonly redis: RedisHouse;
  readonly queue: JobQueue;
  /** In place of the configured resolvers (--resolver), as HOST:PORT. */
  readonly resolvers: readonly string[];
}

export interface RealWorld {
  readonly world: World;
  readonly outbox: RedisOutbox;
  /** Ends what the adapters hold open. */
  close(): Promise<void>;
}

export function makeWorld(needs: WorldNeeds): RealWorld {
  const { settings, redis, queue } = needs;
  const outbox = openOutbox(redis.records);
  const world: World = {
    clock: systemClock,
    random: systemRandom,
    outbox,
    people: makePeople(settings.config),
    household: makeHousehold(settings, redis, queue, async () => []),
  };
  return { world, outbox, close: async () => {} };
}
