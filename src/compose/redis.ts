/**
 * Which Redis is used: REDIS_URL's, or the private one of the data folder.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { joinEmbeddedRedis } from '../../adapters/redis/embedded.ts';
import type { RedisProgram } from '../../adapters/redis/embedded.ts';
import { openProducer, openWaiter, parseRedisUrl, refuseEviction, whenReady } from '../../adapters/redis/connection.ts';
import type { RedisClient, RedisTarget } from '../../adapters/redis/connection.ts';
import { PROJECT_ROOT } from './settings.ts';
import type { Settings } from './settings.ts';

export interface RedisHouse {
  readonly kind: 'private' | 'configured';
  readonly target: RedisTarget;
  /** For adding jobs and for our own records: fails fast. */
  readonly records: RedisClient;
  /** A new connection for a worker or a subscriber; closed with the rest. */
  waiter(): RedisClient;
  /** A new connection of the failing-fast kind, once it is ready. */
  producer(): Promise<RedisClient>;
  close(): Promise<void>;
}

/** Connects, starting the private server where it is needed. Throws an Error with the remedy. */
export async function openRedis(settings: Settings): Promise<RedisHouse> {
  const embedded =
    settings.redisUrl === undefined ? await joinEmbeddedRedis(settings.dataFolder, findRedisProgram) : undefined;
  const target: RedisTarget = embedded
    ? { kind: 'socket', path: embedded.socket }
    : parseRedisUrl(settings.redisUrl ?? '');
  const clients: RedisClient[] = [];
  const keep = (client: RedisClient): RedisClient => {
    clients.push(client);
    return client;
  };
  const close = async (): Promise<void> => {
    for (const client of clients) client.disconnect();
    await embedded?.leave();
  };
  const records = keep(openProducer(target));
  try {
    await whenReady(records, 3000);
    await refuseEviction(records);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    kind: embedded ? 'private' : 'configured',
    target,
    records,
    waiter: () => keep(openWaiter(target)),
    producer: async () => {
      const client = keep(openProducer(target));
      await whenReady(client, 5000);
      return client;
    },
    close,
  };
}

/** redis-server of the PATH, or the one unpacked privately from Debian's package. Throws an Error that says what to install. */
function findRedisProgram(): RedisProgram {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'redis-server');
    if (isExecutable(path)) return { path, env: {} };
  }
  const fetched = spawnSync(process.execPath, [join(PROJECT_ROOT, 'bin', 'debian-packages.mjs'), 'redis', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (fetched.status === 0) {
    const set: { root: string; env: Record<string, string> } = JSON.parse(fetched.stdout);
    const path = join(set.root, 'usr', 'bin', 'redis-server');
    if (isExecutable(path)) return { path, env: set.env };
  }
  throw new Error(
    'redis-server is missing. Debian: apt-get install redis-server; Fedora: dnf install redis; macOS: brew install redis. Or set REDIS_URL.',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
