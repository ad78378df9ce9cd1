/** What surfaces remember of what they have said, in Redis: a restart, or another process, goes on with it. */
import type { Recall } from '../../src/ports/recall.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const KEEP_SECONDS = 7 * 86_400;

export function openRecall(redis: RedisClient, surface: string): Recall {
  const keyOf = (name: string): string => `${KEY_PREFIX}:recall:${surface}:${name}`;
  return {
    keep: async (name, words) => {
      await redis.set(keyOf(name), words, 'EX', KEEP_SECONDS).catch(() => '');
    },
    find: async (name) => (await redis.get(keyOf(name)).catch(() => null)) ?? undefined,
    take: async (name) => (await redis.getdel(keyOf(name)).catch(() => null)) ?? undefined,
  };
}
