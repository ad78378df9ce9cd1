/** Looks at the product itself: configuration, Redis, queue, workers, the last canary. */
import { KEY_PREFIX } from '../../adapters/redis/connection.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import type { Household, HouseholdLook } from '../ports/household.ts';
import { countMeasures } from '../../jobs/measures/ledger.ts';
import type { World } from '../ports/world.ts';
import type { RedisHouse } from './redis.ts';
import type { Settings } from './settings.ts';
import { readVersion } from './settings.ts';

export const WORKERS_KEY = `${KEY_PREFIX}:workers`;
export const CANARY_KEY = `${KEY_PREFIX}:canary`;

/** A worker that has not been seen for this long is not listed. */
const WORKER_GONE_MS = 20_000;

export function makeHousehold(
  settings: Settings,
  redis: RedisHouse,
  queue: JobQueue,
  resolvers: () => Promise<HouseholdLook['resolvers']>,
  ledger: World['ledger'],
): Household {
  return {
    noteCanary: async () => {
      await redis.records.set(CANARY_KEY, String(Date.now()));
    },
    async look() {
      const [info, depth, workers, canary, asked, measures] = await Promise.all([
        redis.records.info('server').catch(() => ''),
        queue.depth(),
        seenWorkers(redis),
        redis.records.get(CANARY_KEY).catch(() => null),
        resolvers(),
        countMeasures({ ledger }).catch(() => undefined),
      ]);
      return {
        version: readVersion(),
        configured: configuredOf(settings),
        redis: { kind: redis.kind, version: /redis_version:(\S+)/.exec(info)?.[1] },
        queue: depth,
        measures,
        workers,
        canarySecondsAgo: canary === null ? undefined : Math.max(0, Math.round((Date.now() - Number(canary)) / 1000)),
        resolvers: asked,
      };
    },
  };
}

/** Whether this process was seen in the last 20 s. */
export async function isWorkerAlive(redis: RedisHouse, name: string): Promise<boolean> {
  return (await seenWorkers(redis)).some(({ id }) => id === name);
}

async function seenWorkers(redis: RedisHouse): Promise<HouseholdLook['workers']> {
  const entries = await redis.records.hgetall(WORKERS_KEY).catch((): Record<string, string> => ({}));
  const now = Date.now();
  return Object.entries(entries).flatMap(([id, value]) => {
    const [at, roles] = value.split(' ');
    const age = now - Number(at);
    return age > WORKER_GONE_MS
      ? []
      : [{ id, roles: roles ?? '', seenSecondsAgo: Math.max(0, Math.round(age / 1000)) }];
  });
}

function configuredOf(settings: Settings): HouseholdLook['configured'] {
  const { config } = settings;
  const names = (list: readonly { readonly name: string }[]): string =>
    list.length === 0 ? 'none' : list.map(({ name }) => name).join(', ');
  return [
    { name: 'configuration', value: settings.configFile ?? 'none (nothing is configured)' },
    { name: 'sites', value: names(config.sites) },
    { name: 'servers', value: names(config.servers) },
    { name: 'firewalls', value: names(config.firewalls) },
    { name: 'people', value: names(config.people) },
  ];
}
